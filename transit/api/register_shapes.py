"""The shapes of the register's answers. Codes are those of the Finnish national access point where it has them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transit.api.fields import MoneySerializer
from transit.api.written import Written
from transit.models import Interface, PriceClass, RegisterChange, Service, ServiceFacility
from transit.register.entries import Area, Hours, InterfaceEntry, OperatorEntry, OtherHours, Price, Rule, ServiceEntry

MOST, USUAL = 200, 50


def _one_of(codes: list[str]) -> str:
    return f"{', '.join(codes)}; empty: not stated"


class TextsField(serializers.DictField):
    """A text by language."""

    child = serializers.CharField()

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text="By language (BCP 47)", **options)


class WordsField(serializers.ListField):
    """A list of words."""

    child = serializers.CharField()


class ClockField(serializers.TimeField):
    """A time of day."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", **options)


@extend_schema_field(OpenApiTypes.OBJECT)
class GeometryField(serializers.Field[Any, Any, Any, Any]):
    """GeoJSON as it is."""

    def to_representation(self, value: Any) -> Any:
        """Unchanged."""
        return value


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": "string", "enum": ServiceFacility.Extent.values}}
)
class FacilitiesField(serializers.Field[Any, Any, Any, Any]):
    """Which facilities there are: what is not named is not stated."""

    def to_representation(self, value: Any) -> dict[str, str]:
        """By name."""
        return dict(value)


class OperatorSerializer(Written[OperatorEntry]):
    """An operator. `licensing_office` is the transport bureau that supervises it."""

    code = serializers.CharField()
    legal_name = serializers.CharField()
    region = serializers.CharField()
    business_id = serializers.CharField()
    vat_id = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2")
    homepage = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()
    visiting_address = serializers.CharField()
    billing_address = serializers.CharField()
    licensing_office = serializers.CharField()
    licence_number = serializers.CharField()
    licence_from = serializers.DateField(allow_null=True)
    licence_until = serializers.DateField(allow_null=True)
    dispatchers = WordsField(help_text="Codes of those through whom it takes orders")
    associated_operators = WordsField(help_text="Codes of those that take orders through it")


class AreaSerializer(Written[Area]):
    """An area in words, and on the map where it is known."""

    name = serializers.CharField()
    names = TextsField()
    primary = serializers.BooleanField(help_text="Where it is mainly offered")
    box = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="West, south, east, north (WGS 84)"
    )
    geometry = GeometryField(allow_null=True, help_text="GeoJSON Polygon or MultiPolygon; null also: not asked for")


class HoursSerializer(Written[Hours]):
    """Usual hours, in the service's time zone."""

    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="Monday is 0")
    opens = ClockField()
    closes = ClockField(help_text="Not after `opens`: on the day after. 00:00 to 00:00: the whole day")
    start_date = serializers.DateField(allow_null=True)
    end_date = serializers.DateField(allow_null=True)
    notes = TextsField()


class OtherHoursSerializer(Written[OtherHours]):
    """Days with other hours; several rows of a day add up."""

    start_date = serializers.DateField()
    end_date = serializers.DateField()
    opens = ClockField(allow_null=True, help_text="Null: closed")
    closes = ClockField(allow_null=True)
    notes = TextsField()


class RuleSerializer(Written[Rule]):
    """A booking rule with the fields of booking_rules.txt (GTFS-Flex)."""

    booking_type = serializers.IntegerField(help_text="0: at once, 1: the same day, 2: an earlier day")
    prior_notice_duration_min = serializers.IntegerField(allow_null=True, help_text="Minutes")
    prior_notice_duration_max = serializers.IntegerField(allow_null=True, help_text="Minutes")
    prior_notice_last_day = serializers.IntegerField(allow_null=True)
    prior_notice_last_time = ClockField(allow_null=True)
    prior_notice_start_day = serializers.IntegerField(allow_null=True)
    prior_notice_start_time = ClockField(allow_null=True)
    messages = TextsField()
    phone_number = serializers.CharField()
    info_url = serializers.CharField()
    booking_url = serializers.CharField()


class PriceClassSerializer(Written[Price]):
    """A price for information. What is sold here has its price in an offer."""

    name = serializers.CharField()
    names = TextsField()
    price = MoneySerializer()
    unit = serializers.CharField(help_text=", ".join(PriceClass.Unit.values))


class RegisteredServiceSerializer(Written[ServiceEntry]):
    """A service of an operator."""

    code = serializers.CharField()
    operator_code = serializers.CharField()
    operator_name = serializers.CharField()
    agency_id = serializers.CharField(help_text="`feed:agency`, by which it is met in journeys; empty: in none")
    name = serializers.CharField()
    names = TextsField()
    descriptions = TextsField()
    kind = serializers.CharField(help_text=_one_of(Service.Kind.values))
    subtype = serializers.CharField(help_text=_one_of(Service.Subtype.values))
    transport_types = WordsField(help_text=", ".join(Service.TransportType.values))
    brokerage = serializers.BooleanField(help_text="It passes orders on to others")
    traffic = serializers.CharField(help_text=_one_of(Service.Traffic.values))
    published_on = serializers.DateField(allow_null=True)
    url = serializers.CharField(help_text="Where more is said of it")
    council = serializers.CharField(help_text="The local transport council that agreed to it")
    council_decision = serializers.CharField()
    council_decided_on = serializers.DateField(allow_null=True)
    timezone = serializers.CharField()
    areas = AreaSerializer(many=True)
    hours = HoursSerializer(many=True)
    exceptions = OtherHoursSerializer(many=True)
    advance_reservation = serializers.CharField(help_text=_one_of(Service.AdvanceReservation.values))
    booking_phone = serializers.CharField()
    booking_url = serializers.CharField()
    booking_rules = RuleSerializer(many=True)
    prices = PriceClassSerializer(many=True)
    price_notes = TextsField()
    price_url = serializers.CharField()
    payment_methods = WordsField(help_text=", ".join(Service.PaymentMethod.values))
    facilities = FacilitiesField(
        help_text=f"How far it has {', '.join(ServiceFacility.Facility.values)}; what is not named is not stated"
    )
    accessibility_notes = TextsField()
    accessibility_url = serializers.CharField()
    assistance_notice_s = serializers.IntegerField(
        allow_null=True, help_text="How long before the ride assistance must be asked for"
    )
    luggage_notes = TextsField()
    sales = serializers.CharField(help_text=", ".join(Service.Sales.values))
    sales_url = serializers.CharField()
    interfaces = WordsField(help_text="Names of those at which its data are or it is sold")


class InterfaceSerializer(Written[InterfaceEntry]):
    """An address at which an operator discloses data or sells. The address has no credentials: ask the contact."""

    name = serializers.CharField()
    operator_code = serializers.CharField()
    operator_name = serializers.CharField()
    format = serializers.CharField(help_text=", ".join(Interface.Format.values))
    version = serializers.CharField()
    url = serializers.CharField()
    of = serializers.CharField(help_text="Real time: the interface of its timetable")
    services = WordsField(help_text="Codes")
    contents = WordsField(help_text=", ".join(Interface.Content.values))
    licence = serializers.CharField()
    licence_url = serializers.CharField()
    terms_url = serializers.CharField()
    attribution = serializers.CharField()
    documentation_url = serializers.CharField()
    authentication = serializers.CharField(help_text=_one_of(Interface.Authentication.values))
    sandbox_url = serializers.CharField()
    rate_limit_requests = serializers.IntegerField(allow_null=True, help_text="Requests within `rate_limit_period_s`")
    rate_limit_period_s = serializers.IntegerField()
    contact_email = serializers.CharField()
    contact_url = serializers.CharField()
    availability_basis_points = serializers.IntegerField(
        allow_null=True, help_text="The share of time for which it is promised to work; 9950 is 99.5 %"
    )
    sla_url = serializers.CharField()


class RegisterChangeSerializer(Written[RegisterChange]):
    """What changed, and when; not who did it."""

    at = serializers.DateTimeField()
    subject = serializers.CharField(help_text=", ".join(RegisterChange.Subject.values))
    code = serializers.CharField(help_text="Of the operator or service; of an interface its name")
    name = serializers.CharField()
    operator_code = serializers.CharField()
    change = serializers.CharField(help_text=", ".join(RegisterChange.Change.values))
    fields = WordsField(help_text="Which fields are different")  # type: ignore[assignment]


class PageParameters(serializers.Serializer[Any]):
    """Which part of a list."""

    cursor = serializers.CharField(required=False, default="", allow_blank=True, max_length=600)
    limit = serializers.IntegerField(default=USUAL, min_value=1, max_value=MOST)


class OperatorsParameters(PageParameters):
    """Operators that are looked for."""

    q = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=120, help_text="Words of the name, the number"
    )
    kind = serializers.ChoiceField(required=False, choices=Service.Kind.values, help_text="Of a service")


class ServicesParameters(OperatorsParameters):
    """Services that are looked for."""

    q = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=120,
        help_text="Words of its name, its operator's or its area's",
    )
    operator = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=40, help_text="Code of the operator"
    )
    lat = serializers.FloatField(required=False, min_value=-90, max_value=90, help_text="Offered at this point")
    lon = serializers.FloatField(required=False, min_value=-180, max_value=180)
    geometry = serializers.BooleanField(default=False, help_text="With the geometry of areas, which may be long")

    def validate(self, attrs: Any) -> Any:
        """A point has two coordinates."""
        if ("lat" in attrs) != ("lon" in attrs):
            raise serializers.ValidationError("give lat and lon, or neither")
        return attrs


class InterfacesParameters(PageParameters):
    """Interfaces that are looked for."""

    q = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=120, help_text="Words of its or the operator's name"
    )
    operator = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=40, help_text="Code of the operator"
    )
    format = serializers.ChoiceField(required=False, choices=Interface.Format.values)
    content = serializers.ChoiceField(required=False, choices=Interface.Content.values)


class ChangesParameters(PageParameters):
    """Changes that are looked for."""

    cursor = serializers.IntegerField(required=False, min_value=1, help_text="`next` of the answer before")  # type: ignore[assignment]
    operator = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=40, help_text="Code of the operator"
    )


class OperatorsSerializer(serializers.Serializer[Any]):
    """Operators in the order of their names. `next` is the `cursor` of the next page; empty on the last."""

    operators = OperatorSerializer(many=True)
    total = serializers.IntegerField()
    next = serializers.CharField()


class RegisteredServicesSerializer(serializers.Serializer[Any]):
    """Services in the order of their names. `next` is the `cursor` of the next page; empty on the last."""

    services = RegisteredServiceSerializer(many=True)
    total = serializers.IntegerField()
    next = serializers.CharField()


class InterfacesSerializer(serializers.Serializer[Any]):
    """Interfaces in the order of their names. `next` is the `cursor` of the next page; empty on the last."""

    interfaces = InterfaceSerializer(many=True)
    total = serializers.IntegerField()
    next = serializers.CharField()


class RegisterChangesSerializer(serializers.Serializer[Any]):
    """Changes, the newest first. `next` is the `cursor` of older ones; null where there are none."""

    changes = RegisterChangeSerializer(many=True)
    next = serializers.IntegerField(allow_null=True)
