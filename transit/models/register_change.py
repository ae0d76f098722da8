"""The register: what changed in it, and when."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class RegisterChange(models.Model):
    """Something public was added, changed or removed. Append-only, written by `transit.register.changes` alone.

    Not who did it, and not what stood there before: an old telephone number is nobody's business. `fields` are the
    names of what is different; `digests` (of each field as it stands now) are kept to find out what changes next.
    """

    class Subject(models.TextChoices):
        """Of what kind."""

        OPERATOR = "operator", _("operator")
        SERVICE = "service", _("service")
        INTERFACE = "interface", _("interface")

    class Change(models.TextChoices):
        """What happened to it."""

        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("removed")

    at = models.DateTimeField(db_index=True)
    subject = models.CharField(max_length=10, choices=Subject.choices)
    code = models.CharField(max_length=40, help_text="Code of the operator or service, name of the interface.")
    name = models.CharField(max_length=150)
    operator_code = models.CharField(max_length=40, blank=True, db_index=True)
    change = models.CharField(max_length=8, choices=Change.choices)
    fields = models.JSONField(default=list)
    digests = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject", "code", "-id"], name="register_change_of"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.subject} {self.code} {self.change}"

    def save(self, *args: Any, **options: Any) -> None:
        """Once."""
        if not self._state.adding:
            raise ValueError("what changed in the register is not rewritten")
        super().save(*args, **options)
