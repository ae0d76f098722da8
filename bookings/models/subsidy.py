"""What named payers give for rides: yearly budgets, rides of a person in a month, and each share that is claimed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from bookings.models.offer import OfferProduct
from bookings.models.order import Booking
from bookings.states import SUBSIDY


class SubsidyBudget(models.Model):
    """A year of a subsidy of a service, for each payer that it had. Only `bookings.budgets` changes its amounts.

    `reserved_minor` is for rides that are being bought, `spent_minor` for those that are sold: together never above
    `cap_minor`, which is empty where there is no end. `reduced_minor` is what is given beyond it at the reduced share.
    `waiting` counts who has a place in the queue. `told_percent` is what the region was told of last.
    """

    service_code = models.CharField(max_length=40)
    subsidy = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    payer = models.CharField(max_length=60)
    region_code = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=40, default="UTC")
    at_cap = models.CharField(max_length=6)
    cap_minor = models.BigIntegerField(null=True)
    reserved_minor = models.BigIntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)
    reduced_minor = models.BigIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    told_percent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["-year", "service_code", "subsidy"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["service_code", "subsidy", "year", "payer"], name="subsidy_budget_once"),
            models.CheckConstraint(
                condition=models.Q(reserved_minor__gte=0, spent_minor__gte=0, reduced_minor__gte=0),
                name="subsidy_budget_counted",
            ),
            models.CheckConstraint(
                condition=models.Q(cap_minor__isnull=True)
                | models.Q(cap_minor__gte=models.F("reserved_minor") + models.F("spent_minor")),
                name="subsidy_budget_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_code} {self.subsidy} {self.year}"

    @property
    def used_minor(self) -> int:
        """What is given and promised, without what is beyond the budget."""
        return self.reserved_minor + self.spent_minor

    @property
    def left_minor(self) -> int | None:
        """What is free; nothing where there is no end."""
        return None if self.cap_minor is None else self.cap_minor - self.used_minor


class SubsidyAllowance(models.Model):
    """Rides of a person in a month that a subsidy pays for. Only `bookings.budgets` changes `taken`.

    `person` is a name of ours, such as `user:12`, of nobody else's.
    """

    service_code = models.CharField(max_length=40)
    subsidy = models.CharField(max_length=40)
    person = models.CharField(max_length=80)
    month = models.DateField(help_text="Its first day.")
    cap = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["service_code", "subsidy", "person", "month"], name="subsidy_allowance_once"
            ),
            models.CheckConstraint(
                condition=models.Q(taken__gte=0, taken__lte=models.F("cap")), name="subsidy_allowance_held"
            ),
        ]


class SubsidyClaim(models.Model):
    """A share of a product's price that is claimed of a budget.

    It is OFFERED with the price, RESERVED or WAITING once the offer is accepted, SETTLED with the sale. `amount_minor`
    is what was promised, `settled_minor` what the payer owes of it now. `waits`: the budget was used up, so that the
    full price was offered with a place in the queue. `reduced`: it is a share beyond the budget. `group`, `purpose`
    and `day` are the ride's.
    """

    product = models.ForeignKey(OfferProduct, on_delete=models.CASCADE, related_name="claims")
    budget = models.ForeignKey(SubsidyBudget, on_delete=models.PROTECT, related_name="claims")
    allowance = models.ForeignKey(SubsidyAllowance, null=True, on_delete=models.PROTECT, related_name="claims")
    booking = models.ForeignKey(Booking, null=True, on_delete=models.PROTECT, related_name="claims")
    state = models.CharField(max_length=10, choices=SUBSIDY.choices, default="OFFERED")
    person = models.CharField(max_length=80, blank=True)
    group = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    day = models.DateField()
    starts_at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    settled_minor = models.BigIntegerField(default=0)
    reduced = models.BooleanField(default=False)
    waits = models.BooleanField(default=False)
    queued_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["product", "budget"], name="subsidy_claim_once"),
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor__gt=0, settled_minor__gte=0, settled_minor__lte=models.F("amount_minor")
                ),
                name="subsidy_claim_within",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "starts_at"], name="subsidy_claim_due"),
        ]

    @property
    def is_offered_a_place(self) -> bool:
        """Whether accepting the offer would give a place in the queue."""
        return self.state == "OFFERED" and self.waits


class SubsidyClaimEvent(models.Model):
    """What happened to a claim."""

    claim = models.ForeignKey(SubsidyClaim, on_delete=models.CASCADE, related_name="events")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
