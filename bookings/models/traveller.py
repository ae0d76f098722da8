"""For whom an order was made, where another made it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from bookings.models.caller import Caller
from bookings.models.delegation import Delegation
from bookings.models.order import Order
from bookings.models.sealed import SealedJSONField


class OrderTraveller(models.Model):
    """The person an order is for: its owner, or a guest of the desk, whose `said` is {"name", "phone"}.

    `made_by` is who ordered: staff who served a caller, a delegate, or nobody where a standing order did.
    """

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="traveller")
    said = SealedJSONField(null=True)
    phone_digest = models.CharField(max_length=64, blank=True, db_index=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    caller = models.ForeignKey(Caller, null=True, on_delete=models.SET_NULL, related_name="orders")
    delegation = models.ForeignKey(Delegation, null=True, on_delete=models.SET_NULL, related_name="orders")
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["delegation", "made_at"], name="delegation_spent")
        ]
