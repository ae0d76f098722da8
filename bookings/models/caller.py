"""Who is served at a desk, by phone or face to face."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from bookings.codes import new_code
from bookings.models.customer import Customer
from bookings.models.sealed import SealedJSONField


class Caller(models.Model):
    """Somebody whom a member of staff serves now: a customer, whose file is open for it, or a guest.

    A guest's `said` is {"name", "phone", "language"}, and is forgotten; `phone_digest` is the number's blind name.
    """

    class Where(models.TextChoices):
        """Where the caller is."""

        PHONE = "phone"
        COUNTER = "counter"

    code = models.CharField(max_length=22, unique=True, default=new_code)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="callers")
    said = SealedJSONField(null=True)
    phone_digest = models.CharField(max_length=64, blank=True, db_index=True)
    where = models.CharField(max_length=8, choices=Where.choices)
    opened_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["agent", "opened_at"], name="caller_opened")]
