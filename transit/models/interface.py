"""The register: at which addresses data are disclosed and rides are sold."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from transit.models.operator import Operator
from transit.models.service import Service
from transit.models.texts import check_codes


class Interface(models.Model):
    """An address at which an operator discloses data or sells: of `services` (others' too), else of all its own."""

    class Format(models.TextChoices):
        """What it speaks. `transit.feeds` and `transit.remote` read some of these, others are registered only."""

        GTFS = "GTFS", "GTFS"
        GTFS_RT = "GTFS-RT", "GTFS-Realtime"
        GBFS = "GBFS", "GBFS"
        GOFS = "GOFS", "GOFS"
        NETEX = "NeTEx", "NeTEx"
        SIRI = "SIRI", "SIRI"
        OSM_PBF = "OSM", "OpenStreetMap PBF"
        TOMP_1 = "TOMP-1.6", "TOMP-API 1.5, 1.6"
        TOMP_2 = "TOMP-2.0", "TOMP-API 2.0"
        OSDM = "OSDM", "OSDM"
        OTHER = "other", _("another format")

    class Content(models.TextChoices):
        """What is in it: the content types of the Finnish national access point."""

        ROUTE_AND_SCHEDULE = "route-and-schedule", _("routes and timetables")
        LUGGAGE_RESTRICTIONS = "luggage-restrictions", _("limits of luggage")
        REALTIME_INTERFACE = "realtime-interface", _("what happens now")
        BOOKING_INTERFACE = "booking-interface", _("bookings")
        ACCESSIBILITY_SERVICES = "accessibility-services", _("accessibility")
        OTHER_SERVICES = "other-services", _("extra services")
        PRICING = "pricing", _("prices")
        SERVICE_HOURS = "service-hours", _("service hours")
        ON_BEHALF_ERRAND = "on-behalf-errand", _("acting on behalf of a customer")
        CUSTOMER_ACCOUNT_INFO = "customer-account-info", _("customers' accounts")
        DISRUPTIONS = "disruptions", _("disruptions")
        PAYMENT_INTERFACE = "payment-interface", _("payment")
        MAP_AND_LOCATION = "map-and-location", _("maps and locations")
        OTHER = "other", _("something else")

    class Authentication(models.TextChoices):
        """How one shows who one is."""

        NONE = "none", _("none: open to everybody")
        API_KEY = "api-key", _("a key")
        BASIC = "basic", _("a name and a password")
        OAUTH2 = "oauth2-client-credentials", _("OAuth 2.0, client credentials")
        OAUTH2_CODE = "oauth2-authorization-code", _("OAuth 2.0, authorisation by the customer")
        MUTUAL_TLS = "mutual-tls", _("certificates of both sides (mutual TLS)")
        OTHER = "other", _("another way")

    class Capability(models.TextChoices):
        """What can be done about an outcome that is not known."""

        A = "A", _("repeat with the same key")
        B = "B", _("look up by an identifier that is known before the call")
        C = "C", _("search by our reference")
        D = "D", _("nothing")

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="interfaces", null=True, blank=True)
    services = models.ManyToManyField(
        Service, blank=True, related_name="interfaces", help_text="Empty = every service of the operator."
    )
    name = models.SlugField(max_length=40, unique=True, help_text="For a feed: the prefix of all its identifiers.")
    format = models.CharField(max_length=10, choices=Format.choices)
    version = models.CharField(max_length=20, blank=True, help_text="Of the format, such as 3.0 or 2.0.0.")
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
    contents = models.JSONField(default=list, blank=True, help_text='["route-and-schedule", "pricing" …]')
    licence = models.CharField(max_length=200, blank=True)
    licence_url = models.URLField(max_length=500, blank=True)
    terms_url = models.URLField(max_length=500, blank=True, help_text="The terms of its use.")
    attribution = models.CharField(max_length=300, blank=True)
    documentation_url = models.URLField(max_length=500, blank=True)
    read_here = models.BooleanField(
        default=True,
        db_default=True,
        help_text="No: it is written here of what is planned here, and the search asks the planner instead.",
    )
    authentication = models.CharField(max_length=30, choices=Authentication.choices, blank=True)
    sandbox_url = models.URLField(max_length=500, blank=True, help_text="Where it can be tried without effect.")
    rate_limit_requests = models.PositiveIntegerField(null=True, blank=True, help_text="So many requests at most …")
    rate_limit_period_s = models.PositiveIntegerField(
        default=60, validators=[MinValueValidator(1)], help_text="… within so many seconds."
    )
    contact_email = models.EmailField(blank=True, help_text="Whom to ask about it.")
    contact_url = models.URLField(max_length=500, blank=True)
    availability_basis_points = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(10_000)],
        help_text="The share of time for which it is promised to work (SLA); 9950 = 99.5 %.",
    )
    sla_url = models.URLField(max_length=500, blank=True, help_text="Where the promise (SLA) is written.")
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

    def clean(self) -> None:
        """The contents are known ones; one that sells belongs to somebody."""
        check_codes("contents", self.contents, self.Content.values)
        if self.operator is None and self.format in {self.Format.TOMP_1, self.Format.TOMP_2, self.Format.OSDM}:
            raise ValidationError({"operator": _("Whose rides does it sell? Choose the operator.")})
