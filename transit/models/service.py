"""The register: what an operator runs, and how it is sold here."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from transit.models.operator import Operator
from transit.models.texts import check_codes, check_texts


def new_code() -> str:
    """A public code that nobody has."""
    return secrets.token_hex(5)


class Service(models.Model):
    """What an operator runs and how it is sold here. It is met in timetables as `agency_id` (`feed:agency`), if in any.

    What is disclosed of it has the names of the Finnish national access point, where it has one for it.
    `names`, `descriptions` and the notes are texts by language.
    """

    class Kind(models.TextChoices):
        """What it is: the kinds between which the duty to disclose tells."""

        TRAIN = "train", _("train")
        TRAM = "tram", _("tram or metro")
        BUS = "bus", _("bus")
        FERRY = "ferry", _("ferry")
        FLIGHT = "flight", _("flight")
        ON_DEMAND = "on-demand", _("rides on demand")
        TAXI = "taxi", _("taxi")
        RENTAL = "rental", _("rental")
        CAR_SHARING = "car-sharing", _("car sharing")
        BIKE_SHARING = "bike-sharing", _("bike or scooter sharing")
        LOGISTICS = "logistics", _("logistics")
        PARKING = "parking", _("parking")
        TERMINAL = "terminal", _("station or terminal")

    class Subtype(models.TextChoices):
        """How passengers are carried."""

        SCHEDULE = "schedule", _("by a timetable")
        REQUEST = "request", _("on request")
        TAXI = "taxi", _("as a taxi")

    class TransportType(models.TextChoices):
        """On what it moves."""

        ROAD = "road", _("road")
        RAIL = "rail", _("rail")
        SEA = "sea", _("water")
        AVIATION = "aviation", _("air")

    class Traffic(models.TextChoices):
        """At whose risk it runs."""

        CONTRACT = "contract", _("contract traffic: a public authority orders and pays it")
        COMMERCIAL = "commercial", _("commercial traffic: the operator runs it at its own risk")

    class AdvanceReservation(models.TextChoices):
        """Whether one must book before."""

        NO = "no", _("booking in advance is not possible")
        POSSIBLE = "possible", _("booking in advance is possible")
        MANDATORY = "mandatory", _("must be booked in advance")

    class PaymentMethod(models.TextChoices):
        """How one can pay the operator."""

        CASH = "cash", _("cash")
        DEBIT_CARD = "debit-card", _("debit card")
        CREDIT_CARD = "credit-card", _("credit card")
        MOBILEPAY = "mobilepay", _("MobilePay")
        CONTACTLESS_PAYMENT = "contactless-payment", _("contactless payment")
        INVOICE = "invoice", _("invoice")
        OTHER = "other", _("another way")

    class Sales(models.TextChoices):
        """Who sells the ride."""

        HOSTED = "hosted", _("sold here, the operator has no sales system of its own")
        TOMP = "tomp", _("sold here through the operator's TOMP interface")
        ONDEMAND = "ondemand", _("rides on demand, planned and sold here")
        ELSEWHERE = "elsewhere", _("sold elsewhere")
        FREE = "free", _("no ticket needed")

    class VatKind(models.TextChoices):
        """What is taxed alike."""

        TRANSPORT = "transport", _("carriage of passengers")
        GENERAL = "general", _("everything else, such as vehicles for hire")

    code = models.SlugField(max_length=40, unique=True, default=new_code, help_text="In addresses of its pages.")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="services")
    agency_id = models.CharField(max_length=120, blank=True, help_text="feed:agency; empty = in no timetable.")
    name = models.CharField(max_length=150)
    names = models.JSONField(default=dict, blank=True, help_text="The name by language code.")
    descriptions = models.JSONField(default=dict, blank=True, help_text="What it is, by language code.")
    kind = models.CharField(max_length=16, choices=Kind.choices, blank=True)
    subtype = models.CharField(max_length=10, choices=Subtype.choices, blank=True)
    transport_types = models.JSONField(default=list, blank=True, help_text='["road", "rail", "sea", "aviation"]')
    brokerage = models.BooleanField(default=False, help_text="It passes orders on to others who carry them out.")
    traffic = models.CharField(max_length=10, choices=Traffic.choices, blank=True)
    published_on = models.DateField(null=True, blank=True, help_text="Public from this day on; empty = at once.")
    url = models.URLField(max_length=500, blank=True, help_text="Where more is said of it.")
    council = models.CharField(max_length=150, blank=True, help_text="The local transport council that agreed to it.")
    council_decision = models.CharField(max_length=300, blank=True)
    council_decided_on = models.DateField(null=True, blank=True)
    advance_reservation = models.CharField(max_length=10, choices=AdvanceReservation.choices, blank=True)
    booking_phone = models.CharField(max_length=40, blank=True)
    booking_url = models.URLField(max_length=500, blank=True)
    price_notes = models.JSONField(default=dict, blank=True, help_text="What it costs, by language code.")
    price_url = models.URLField(max_length=500, blank=True)
    payment_methods = models.JSONField(default=list, blank=True, help_text='["cash", "credit-card" …]')
    accessibility_notes = models.JSONField(default=dict, blank=True, help_text="By language code.")
    accessibility_url = models.URLField(max_length=500, blank=True)
    assistance_notice_s = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many seconds before the ride assistance must be asked for."
    )
    luggage_notes = models.JSONField(default=dict, blank=True, help_text="Limits of luggage, by language code.")

    sales = models.CharField(max_length=12, choices=Sales.choices, default=Sales.ELSEWHERE)
    sales_url = models.URLField(blank=True, help_text="Where else tickets can be bought.")
    vat_kind = models.CharField(
        max_length=12, choices=VatKind.choices, default="transport", help_text="Which rate of the country applies."
    )
    vat_basis_points = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="1000 = 10 %; prices include it. Empty = by law; 0 = no tax is due.",
    )
    seats_per_departure = models.PositiveIntegerField(null=True, blank=True, help_text="Hosted: empty = not counted.")
    hold_s = models.PositiveIntegerField(default=900, help_text="Hosted: how long an unpaid hold is kept.")
    refundable_until_s = models.IntegerField(
        default=0, help_text="Hosted: a ticket can be given back until so many seconds before departure."
    )
    refund_fee_basis_points = models.PositiveIntegerField(default=0)
    no_show_fee_basis_points = models.PositiveIntegerField(
        default=10_000,
        validators=[MaxValueValidator(10_000)],
        help_text="Hosted: what is kept of a booking for which nobody came; 10000 = all of it.",
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["agency_id"], condition=~models.Q(agency_id=""), name="service_of_an_agency_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Texts are texts by language, lists are of known codes."""
        for field in ("names", "descriptions", "price_notes", "accessibility_notes", "luggage_notes"):
            check_texts(field, getattr(self, field))
        check_codes("transport_types", self.transport_types, self.TransportType.values)
        check_codes("payment_methods", self.payment_methods, self.PaymentMethod.values)


class RefundStep(models.Model):
    """An earlier and cheaper time to give a hosted ticket back, beside the last one that its service states itself.

    The operator keeps the share of the price, and at least `fee_minor`.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="refund_steps")
    until_s = models.IntegerField(help_text="Until so many seconds before departure.")
    fee_basis_points = models.PositiveIntegerField(default=0, help_text="2500 = 25 % of the price.")
    fee_minor = models.PositiveIntegerField(default=0, help_text="At least so much, in the smallest unit.")

    class Meta:
        ordering: ClassVar[list[str]] = ["-until_s"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["service", "until_s"], name="refund_step_once"),
            models.CheckConstraint(condition=models.Q(fee_basis_points__lte=10_000), name="refund_step_within_price"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.until_s} s"
