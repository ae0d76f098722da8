"""The duty to disclose: what a region states, who is exempt, and who discloses for whom."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from transit.models.operator import Operator
from transit.models.region import Region
from transit.models.service import Service
from transit.states import Machine

EXEMPTION = Machine.of(
    "exemption", ASKED="GRANTED REFUSED WITHDRAWN", GRANTED="REVOKED", REFUSED="", WITHDRAWN="", REVOKED=""
)
DISCLOSURE = Machine.of(
    "disclosure", PROPOSED="ACCEPTED DECLINED WITHDRAWN", ACCEPTED="ENDED", DECLINED="", WITHDRAWN="", ENDED=""
)


class DutyLevel(models.IntegerChoices):
    """How far a duty goes."""

    DATA = 1, _("data")
    AVAILABILITY = 2, _("live availability")
    SALES = 3, _("sales")
    ON_BEHALF = 4, _("acting on behalf of a customer")


LEVELS = [MinValueValidator(1), MaxValueValidator(4)]


class Supervision(models.Model):
    """Who oversees the duty in a region, and how long answers may take there. The days are the region's to set."""

    region = models.OneToOneField(Region, on_delete=models.CASCADE, related_name="supervision")
    authority = models.CharField(max_length=150, blank=True)
    email = models.EmailField(blank=True)
    answer_days = models.PositiveSmallIntegerField(default=14, validators=[MinValueValidator(1)])
    decision_days = models.PositiveSmallIntegerField(default=60, validators=[MinValueValidator(1)])

    def __str__(self) -> str:
        return self.authority or self.region.name


class Duty(models.Model):
    """What a region states to be owed: by all who run a kind of service, or by one operator, for which this counts
    instead. It is never changed: another one takes its place, and it is withdrawn.
    """

    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="duties")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="duties", null=True, blank=True)
    kind = models.CharField(max_length=16, choices=Service.Kind.choices)
    level = models.PositiveSmallIntegerField(choices=DutyLevel.choices, validators=LEVELS)
    due_on = models.DateField(help_text="The last day on which it need not be kept yet.")
    legal_basis = models.CharField(max_length=300)
    legal_url = models.URLField(max_length=500, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "duties"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["region", "kind", "level"],
                condition=models.Q(operator=None, withdrawn_at=None),
                name="duty_of_a_region_once",
            ),
            models.UniqueConstraint(
                fields=["region", "operator", "kind", "level"],
                condition=models.Q(withdrawn_at=None),
                name="duty_of_an_operator_once",
            ),
            models.CheckConstraint(condition=models.Q(level__range=(1, 4)), name="duty_level"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.level}"


class DutyRun(models.Model):
    """Days on end on which it stood alike with a duty, as noted once a day: so it is known what stands there no more.

    Codes and not rows, because services leave the register; `current` is the run that today belongs to.
    """

    operator_code = models.CharField(max_length=40, db_index=True)
    service_code = models.CharField(max_length=40)
    service_name = models.CharField(max_length=150)
    kind = models.CharField(max_length=16)
    level = models.PositiveSmallIntegerField()
    standing = models.CharField(max_length=9)
    first_day = models.DateField()
    last_day = models.DateField()
    current = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-first_day", "service_code", "level"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["service_code", "level"], condition=models.Q(current=True), name="duty_run_current_once"
            ),
        ]


class Exemption(models.Model):
    """An operator need not keep a duty, or none of a kind (`level` empty), or none at all, for a while.

    Its reason is public, and so are its words: they name nobody.
    """

    class Reason(models.TextChoices):
        """Why."""

        SMALL = "small", _("the operator is small")
        TECHNICAL = "technical", _("it cannot be done technically yet")
        COST = "cost", _("it would cost too much for what it brings")
        ENDING = "ending", _("the service ends soon")
        LAW = "law", _("another rule stands against it")
        OTHER = "other", _("another reason")

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="exemptions")
    kind = models.CharField(max_length=16, choices=Service.Kind.choices, blank=True)
    level = models.PositiveSmallIntegerField(choices=DutyLevel.choices, null=True, blank=True, validators=LEVELS)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    text = models.CharField(max_length=400)
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    state = models.CharField(max_length=9, choices=EXEMPTION.choices, default="ASKED", db_index=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state__in=("ASKED", "WITHDRAWN"))
                | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="exemption_decided_by_somebody",
            ),
        ]


class ExemptionEvent(models.Model):
    """A state change of an exemption."""

    exemption = models.ForeignKey(Exemption, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=9)
    new = models.CharField(max_length=9)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class Disclosure(models.Model):
    """`by` discloses for `operator`: a dispatch centre, a tendering authority … Both agree, or it does not count."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="disclosed_by")
    by = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="discloses_for")
    kind = models.CharField(max_length=16, choices=Service.Kind.choices, blank=True)
    level = models.PositiveSmallIntegerField(choices=DutyLevel.choices, null=True, blank=True, validators=LEVELS)
    first_day = models.DateField()
    last_day = models.DateField(null=True)
    state = models.CharField(max_length=9, choices=DISCLOSURE.choices, default="PROPOSED", db_index=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(operator=models.F("by")), name="disclosure_by_another"),
        ]


class DisclosureEvent(models.Model):
    """A state change of a disclosure by another."""

    disclosure = models.ForeignKey(Disclosure, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=9)
    new = models.CharField(max_length=9)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
