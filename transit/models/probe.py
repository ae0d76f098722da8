"""What asking the interfaces of the register has found: probes, days and grades."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from transit.models.interface import Interface


class Probe(models.Model):
    """One look at an interface.

    `findings` are {code, severity, figures, samples}. `conformance` is what selling at the sandbox has shown: {at,
    steps: [{step, verdict, code, said}], capability, possible}. `evidence` is an excerpt of what was answered, without
    secrets.
    """

    class Outcome(models.TextChoices):
        """How it went, the worst first."""

        DOWN = "DOWN", _("not reached")
        FAULTY = "FAULTY", _("reached, with faults")
        FINE = "FINE", _("in order")

    interface = models.ForeignKey(Interface, on_delete=models.CASCADE, related_name="probes")
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    outcome = models.CharField(max_length=6, choices=Outcome.choices)
    findings = models.JSONField(default=list)
    conformance = models.JSONField(null=True)
    evidence = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["interface", "-id"], name="probe_of_interface"),
            models.Index(fields=["started_at"], name="probe_of_time"),
        ]

    def __str__(self) -> str:
        return f"{self.interface} {self.outcome}"


class ProbeState(models.Model):
    """When an interface is to be asked next, and what the last probe leaves to the next one.

    A claim moves `next_at` behind the time that a probe may take and raises `fence`: who comes back with an old fence
    has lost the row and writes nothing. `seen_at` is the start of the last probe, `failures` counts those that did not
    reach it since one did, `down_since` is the first of them. `findings` are those of the last probe that reached it,
    `failure` is what the last one that did not has found. `kept` is the own memory of each kind of probe.
    """

    interface = models.OneToOneField(Interface, on_delete=models.CASCADE, related_name="probe_state")
    next_at = models.DateTimeField(db_index=True)
    fence = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    down_since = models.DateTimeField(null=True)
    findings = models.JSONField(default=list)
    failure = models.JSONField(null=True)
    kept = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.interface.name


class ProbeDay(models.Model):
    """A day (UTC) of an interface: for how long it was seen to be up and down, and how its probes went.

    What a probe has found holds until the next one, but not for longer than `uptime.LONGEST_S`.
    """

    interface = models.ForeignKey(Interface, on_delete=models.CASCADE, related_name="probe_days")
    day = models.DateField()
    up_s = models.PositiveIntegerField(default=0)
    down_s = models.PositiveIntegerField(default=0)
    probes = models.PositiveIntegerField(default=0)
    faulty = models.PositiveIntegerField(default=0)
    duration_ms = models.PositiveBigIntegerField(default=0, help_text="Of all its probes together.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["interface", "day"], name="probe_day_once"),
        ]


class InterfaceGrade(models.Model):
    """What an interface was worth from a moment on: a row for every change of letter or reasons.

    `reasons` are {criterion, level, code, figures}; `docs/probes.md` states the rule.
    """

    interface = models.ForeignKey(Interface, on_delete=models.CASCADE, related_name="grades")
    letter = models.CharField(max_length=1)
    reasons = models.JSONField(default=list)
    since = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.interface.name} {self.letter}"


class CapabilityChange(models.Model):
    """A capability class that was proven at the sandbox: adopted by rule, offered, or accepted by an officer."""

    class Way(models.TextChoices):
        """How it came to hold, or not."""

        ADOPTED = "ADOPTED", _("adopted by rule")
        OFFERED = "OFFERED", _("offered")
        ACCEPTED = "ACCEPTED", _("accepted")
        WITHDRAWN = "WITHDRAWN", _("no longer offered")

    interface = models.ForeignKey(Interface, on_delete=models.CASCADE, related_name="capability_changes")
    probe = models.ForeignKey(Probe, on_delete=models.SET_NULL, null=True, related_name="+")
    old = models.CharField(max_length=1, blank=True)
    new = models.CharField(max_length=1)
    way = models.CharField(max_length=9, choices=Way.choices)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
