"""The register: operators, what they run, and the interfaces that they disclose."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from transit.models.region import Region


class Operator(models.Model):
    """A transport operator (TOMP: TO). `code` is what bookings know it by; it never changes."""

    code = models.SlugField(max_length=40, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="operators", null=True)
    legal_name = models.CharField(max_length=150)
    business_id = models.CharField(max_length=40, blank=True)
    vat_id = models.CharField(max_length=40, blank=True, help_text="As receipts name it: FI12345678, T1234567890123 …")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2: whose VAT applies")
    homepage = models.URLField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)

    def __str__(self) -> str:
        return self.legal_name


class Service(models.Model):
    """What an operator runs and how it is sold here. It is met in timetables as `agency_id` (`feed:agency`)."""

    class Sales(models.TextChoices):
        """Who sells the ride."""

        HOSTED = "hosted", _("sold here, the operator has no sales system of its own")
        TOMP = "tomp", _("sold here through the operator's TOMP interface")
        ELSEWHERE = "elsewhere", _("sold elsewhere")
        FREE = "free", _("no ticket needed")

    class VatKind(models.TextChoices):
        """What is taxed alike."""

        TRANSPORT = "transport", _("carriage of passengers")
        GENERAL = "general", _("everything else, such as vehicles for hire")

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="services")
    agency_id = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=150)
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

    def __str__(self) -> str:
        return self.name


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


class Interface(models.Model):
    """An address at which an operator discloses data or sells."""

    class Format(models.TextChoices):
        """The formats that this software reads or speaks."""

        GTFS = "GTFS", "GTFS"
        GTFS_RT = "GTFS-RT", "GTFS-Realtime"
        OSM_PBF = "OSM", "OpenStreetMap PBF"
        TOMP_1 = "TOMP-1.6", "TOMP-API 1.5, 1.6"
        TOMP_2 = "TOMP-2.0", "TOMP-API 2.0"

    class Capability(models.TextChoices):
        """What can be done about an outcome that is not known."""

        A = "A", _("repeat with the same key")
        B = "B", _("look up by an identifier that is known before the call")
        C = "C", _("search by our reference")
        D = "D", _("nothing")

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="interfaces", null=True, blank=True)
    name = models.SlugField(max_length=40, unique=True, help_text="For a feed: the prefix of all its identifiers.")
    format = models.CharField(max_length=10, choices=Format.choices)
    url = models.CharField(max_length=500)
    of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="realtime",
        null=True,
        blank=True,
        limit_choices_to={"format": Format.GTFS},
        help_text="GTFS-Realtime: the timetable of which it speaks.",
    )
    licence = models.CharField(max_length=200, blank=True)
    attribution = models.CharField(max_length=300, blank=True)
    client_id = models.CharField(max_length=100, blank=True)
    client_secret_sealed = models.BinaryField(default=b"", blank=True)
    capability = models.CharField(max_length=1, choices=Capability.choices, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["operator", "format", "url"], name="interface_once"),
            models.CheckConstraint(
                condition=models.Q(format="GTFS-RT", of__isnull=False)
                | ~models.Q(format="GTFS-RT") & models.Q(of=None),
                name="realtime_of_a_timetable",
                violation_error_message=_("Choose the timetable of which a GTFS-Realtime interface speaks."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.format})"
