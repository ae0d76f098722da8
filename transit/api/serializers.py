"""The shapes of the API's answers about journeys. Times are RFC 3339 with the offset of their own place."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transit import journeys, tokens
from transit.api.alerts import AlertSerializer, LegAlertsField, written_alerts
from transit.api.fields import (
    KnownField,
    LineField,
    LocalTimeField,
    MoneySerializer,
    OptionalLocalTimeField,
    PlaceSerializer,
    SecondsField,
)
from transit.api.reasons import ReasonSerializer
from transit.api.transfers import TransferSerializer
from transit.api.written import Written
from transit.journeys import Page
from transit.journeys.fare_words import sentence_of
from transit.routing.itinerary import (
    Arrangement,
    FareLine,
    FareProduct,
    FareReason,
    FareSource,
    Heading,
    Itinerary,
    Leg,
    Live,
    MediumKind,
    MediumPrice,
    Ordering,
    Parking,
    RealTime,
    Rental,
    Running,
    Service,
    Side,
    Stay,
    Step,
    Turn,
    Unknown,
)
from transit.routing.query import Mode, RiderCategory
from transit.routing.rentals import Form
from transit.routing.streets import WayKind


class StopCallSerializer(Written[Any]):
    """A vehicle at a stop on the way, as is expected."""

    place = PlaceSerializer()
    arrival_at = LocalTimeField(lambda call: (call.arrival_at, call.place.timezone))
    departure_at = LocalTimeField(lambda call: (call.departure_at, call.place.timezone))
    scheduled_departure_at = LocalTimeField(
        lambda call: (call.scheduled_departure_at or call.departure_at, call.place.timezone)
    )
    is_cancelled = serializers.BooleanField(help_text="The vehicle passes, though by the timetable it stops")


class RealTimeSerializer(Written[RealTime]):
    """What is known of now of a ride (GTFS-Realtime). Its times are then the expected ones."""

    running = serializers.ChoiceField(
        choices=[each.value for each in Running],
        help_text="`updated`: in the timetable; `added`: in none; `replaced`: by other stops in place of a trip",
    )
    said_at = serializers.DateTimeField(help_text="When the operator said so")
    stale = serializers.BooleanField(help_text="That is a while ago: perhaps outdated")
    start_stop_id = serializers.CharField(help_text="Where it leaves from by the timetable, if that is elsewhere")
    start_platform = serializers.CharField()
    end_stop_id = serializers.CharField(help_text="Where it arrives by the timetable, if that is elsewhere")
    end_platform = serializers.CharField()


class ServiceSerializer(Written[Service]):
    """What runs a ride: `feed:trip` on a service day, the public line name and the agency."""

    trip_id = serializers.CharField()
    service_date = serializers.DateField()
    route_id = serializers.CharField()
    line = serializers.CharField()
    headsign = serializers.CharField()
    agency_id = serializers.CharField()
    agency_name = serializers.CharField()
    agency_phone = serializers.CharField()
    colour = serializers.CharField(help_text="Six hexadecimal digits, or empty")
    text_colour = serializers.CharField()
    office_name = serializers.CharField(help_text="The office that answers for the trip (GTFS-JP)")
    office_phone = serializers.CharField()
    remark = serializers.CharField(help_text="What the feed says of the trip (GTFS-JP)")
    credits = serializers.ListField(
        child=serializers.CharField(), help_text="Whom to credit for this ride in particular"
    )


class AttributionSerializer(serializers.Serializer[Any]):
    """Whom to credit: for an agency, a route or a trip of the feed, else for all of it."""

    organization = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField(), help_text="producer, operator, authority, data_source")
    url = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    agency_id = serializers.CharField()
    route_id = serializers.CharField()
    trip_id = serializers.CharField()


class OfficeSerializer(serializers.Serializer[Any]):
    """An office that answers for trips (GTFS-JP)."""

    id = serializers.CharField()
    name = serializers.CharField()
    url = serializers.CharField()
    phone = serializers.CharField()


class DisclosureSerializer(serializers.Serializer[Any]):
    """A feed of the network. `credits` are the lines to be shown to people."""

    feed = serializers.CharField(help_text="The prefix of all its ids")
    publisher = serializers.CharField()
    publisher_url = serializers.CharField()
    version = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    licence = serializers.CharField()
    credits = serializers.ListField(child=serializers.CharField())
    contact_email = serializers.CharField()
    contact_url = serializers.CharField()
    attributions = AttributionSerializer(many=True)
    offices = OfficeSerializer(many=True)


class SourcesSerializer(serializers.Serializer[Any]):
    """What the network is made of."""

    feeds = DisclosureSerializer(many=True)
    streets = serializers.CharField(help_text="Whom to credit for the streets; empty where there are none")


class StepSerializer(Written[Step]):
    """A sentence of directions: turn, then follow a way for a distance. The last one arrives and has no distance.

    `street` is the name of the way in the reader's language; where it has none, `kind` says what it is (null: open
    ground).
    """

    turn = serializers.ChoiceField(choices=[turn.value for turn in Turn])
    street = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in WayKind], allow_null=True)
    distance_m = serializers.IntegerField()
    lat = serializers.FloatField(help_text="Where the step begins")
    lon = serializers.FloatField()
    heading = serializers.ChoiceField(
        choices=[heading.value for heading in Heading], allow_null=True, help_text="Of the first step"
    )
    side = serializers.ChoiceField(
        choices=[side.value for side in Side], allow_null=True, help_text="Of the last step, where it is known"
    )


class RentalSerializer(Written[Rental]):
    """The hired vehicle of a leg. Numbers are those when one looked; null: not known, or as many as come."""

    system = serializers.CharField()
    form = serializers.ChoiceField(choices=[form.value for form in Form])
    start_station = serializers.CharField(help_text="Empty: it stands in the street")
    end_station = serializers.CharField(help_text="Empty: it is left in the street")
    available = serializers.IntegerField(allow_null=True, help_text="Vehicles at the first station")
    docks = serializers.IntegerField(allow_null=True, help_text="Free docks at the last station")
    price = MoneySerializer(allow_null=True, help_text="An estimate by the published prices")
    surges = serializers.BooleanField(help_text="Whether the price may be higher when many ride")
    uris = LineField(help_text="Where it is hired: pairs of android, ios or web, and an address")


class ParkingSerializer(Written[Parking]):
    """Where one's own car is left, or stands."""

    name = serializers.CharField()
    capacity = serializers.IntegerField(allow_null=True, help_text="How many cars; null: not known")
    costs = serializers.BooleanField(allow_null=True, help_text="Whether parking costs money; null: not known")


class OrderingSerializer(Written[Ordering]):
    """How a ride on demand is ordered (GTFS-Flex). The leg's times are those it is ordered for; its end is reckoned by
    `safe_s`. Times are those of the agency's clocks.

    With `quoted_until_at`, our own dispatcher promises it: one is met between `pickup_from_at` and `pickup_until_at`
    and is there by the leg's end.
    """

    pickup_from_at = LocalTimeField(lambda each: (each.pickup_from_at, each.timezone))
    pickup_until_at = LocalTimeField(lambda each: (each.pickup_until_at, each.timezone))
    order_from_at = OptionalLocalTimeField(
        lambda each: (each.order_from_at, each.timezone), help_text="Null: at any time"
    )
    order_until_at = OptionalLocalTimeField(
        lambda each: (each.order_until_at, each.timezone), help_text="Null: until the ride begins"
    )
    estimated_s = serializers.IntegerField(help_text="How long the ride takes on a good day")
    safe_s = serializers.IntegerField(help_text="How long it takes nearly always at most")
    message = serializers.CharField()
    phone = serializers.CharField()
    info_url = serializers.CharField()
    booking_url = serializers.CharField()
    price_low = MoneySerializer(allow_null=True, help_text="An estimate of what a taxi costs at least")
    price_high = MoneySerializer(allow_null=True, help_text="And at most")
    live = serializers.ChoiceField(
        choices=[each.value for each in Live],
        allow_blank=True,
        help_text="`told`: the operator was asked now, and said `wait_s`; `silent`: it did not answer in time",
    )
    wait_s = serializers.IntegerField(allow_null=True, help_text="Of a ride that is ordered now")
    price = MoneySerializer(allow_null=True, help_text="What the operator says now that it costs")
    quoted_until_at = OptionalLocalTimeField(
        lambda each: (each.quote and each.quote.expires_at, each.timezone),
        help_text="So long the ride is to be had as it is promised here; null where nothing is promised",
    )
    probable_end_at = OptionalLocalTimeField(
        lambda each: (each.quote and each.quote.probable_end_at, each.timezone),
        help_text="Of what is promised: when one is probably there",
    )


class LegSerializer(Written[Leg]):
    """A walk, a ride by bicycle, or a ride in one vehicle (then with `service` and the stops between its ends)."""

    mode = serializers.ChoiceField(choices=[mode.value for mode in Mode])
    start = PlaceSerializer()
    end = PlaceSerializer()
    start_at = LocalTimeField(lambda leg: (leg.start_at, leg.start.timezone))
    end_at = LocalTimeField(lambda leg: (leg.end_at, leg.end.timezone))
    scheduled_start_at = LocalTimeField(lambda leg: (leg.scheduled_start_at, leg.start.timezone))
    scheduled_end_at = LocalTimeField(lambda leg: (leg.scheduled_end_at, leg.end.timezone))
    delay_s = serializers.IntegerField(
        allow_null=True, help_text="How much later than scheduled it starts; null where nothing is known of now"
    )
    realtime = RealTimeSerializer(source="real_time", allow_null=True)
    distance_m = serializers.IntegerField()
    steps = StepSerializer(
        many=True,
        help_text="On foot or by bicycle, where `directions` are asked for; their distances add up to the leg's",
    )
    polyline = LineField(
        source="drawn", read_only=True, help_text="Longitude, latitude, as in a GeoJSON LineString, to about a metre"
    )
    service = ServiceSerializer(allow_null=True)
    calls = StopCallSerializer(many=True)
    stay_seated = serializers.BooleanField(
        help_text="Whether the vehicle of the leg before goes on as this one, so that nobody changes"
    )
    pickup = serializers.ChoiceField(
        choices=[each.value for each in Arrangement],
        help_text="How one boards: `phone` the agency before, ask the `driver`",
    )
    drop_off = serializers.ChoiceField(choices=[each.value for each in Arrangement], help_text="How one gets off")
    headway_s = serializers.IntegerField(
        allow_null=True,
        help_text="Where a vehicle comes about so often, in seconds, and its times are likely; or null",
    )
    ordering = OrderingSerializer(allow_null=True, help_text="Of a ride on demand, which must be ordered")
    parking = ParkingSerializer(allow_null=True, help_text="Of a drive in one's own car to or from a car park")
    entrance = serializers.CharField(help_text="Of a walk: the station entrance that it leads through")
    signs = serializers.CharField(help_text="Of a walk: what to follow inside the station")
    step_free = KnownField(help_text="Of a walk: no steps in the stations at its ends? `yes`, `no` or `unknown`")
    wheelchair = KnownField(help_text="Whether it can be done in a wheelchair: `yes`, `no` or `unknown`")
    wheelchair_unknown = serializers.ListField(
        child=serializers.ChoiceField(choices=[each.value for each in Unknown]),
        help_text="Of what that is not known: the `vehicle`, the stop at its `start` or `end`, the `way` on foot",
    )
    alerts = LegAlertsField()
    rental = RentalSerializer(allow_null=True, help_text="Of a ride in a hired vehicle")
    transfer = TransferSerializer(
        allow_null=True, help_text="Of a ride that one changes to, where `reliability` is asked for"
    )


class TravellerSerializer(Written[Any]):
    """One person who rides; `key` tells the travellers of one request apart and is no name."""

    key = serializers.CharField(max_length=20)
    category = serializers.ChoiceField(choices=[category.value for category in RiderCategory])


@extend_schema_field(OpenApiTypes.STR)
class SentenceField(serializers.Field[Any, Any, str, Any]):
    """What a line of a price is for, and why, in the reader's language."""

    def to_representation(self, value: FareLine) -> str:
        """As a sentence."""
        return sentence_of(value)


class FareLineSerializer(Written[FareLine]):
    """One line of a price."""

    code = serializers.ChoiceField(choices=[reason.value for reason in FareReason], source="reason")
    text = SentenceField(source="*", read_only=True, help_text="Why, in the language of `Accept-Language`")
    name = serializers.CharField(help_text="The published name of the product; empty where a change costs nothing")
    legs = serializers.ListField(child=serializers.IntegerField())
    amount = MoneySerializer(help_text="May be negative: a discount")
    limit_s = serializers.IntegerField(allow_null=True, help_text="How long it lasts, in seconds, where it is limited")


class MediumPriceSerializer(Written[MediumPrice]):
    """What a product costs on a medium (GTFS fare_media.txt)."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in MediumKind], help_text="`none` is cash")
    price = MoneySerializer()


class FareProductSerializer(Written[FareProduct]):
    """A published fare that covers one or more legs (positions) for one traveller. An offer states what is charged.

    The lines of `explanation` add up to `price`, which is the least of `media`, where those are known.
    """

    product_id = serializers.CharField()
    name = serializers.CharField()
    agency_id = serializers.CharField()
    traveller = TravellerSerializer()
    legs = serializers.ListField(child=serializers.IntegerField())
    price = MoneySerializer()
    valid_s = serializers.IntegerField(allow_null=True, help_text="Seconds from first use; null: these legs only")
    standard = serializers.ChoiceField(choices=[each.value for each in FareSource], source="source")
    explanation = FareLineSerializer(many=True)
    media = MediumPriceSerializer(many=True)
    bought_on_board = serializers.BooleanField(help_text="GTFS `payment_method` 0")
    rider = serializers.CharField(help_text="The publisher's word for whom it is; empty where it is for anybody")
    eligibility_url = serializers.CharField(help_text="A page that says who that is, or nothing")


class StaySerializer(Written[Stay]):
    """One stays at a place before the leg in position `leg`: from the end of the leg before it to its start."""

    leg = serializers.IntegerField()
    place = PlaceSerializer()
    least_s = serializers.IntegerField(help_text="How long was asked for, in seconds")


@dataclass(frozen=True, slots=True)
class Proposed(Itinerary):
    """An itinerary with its token, signed at the time of the request."""

    token: str = ""


def proposed(itinerary: Itinerary, now: datetime) -> Proposed:
    """An itinerary with a token of now."""
    token = tokens.write_token(itinerary, now)
    return Proposed(**{each.name: getattr(itinerary, each.name) for each in fields(itinerary)}, token=token)


class ItinerarySerializer(Written[Proposed]):
    """One proposed way. `token` is what an offer is asked for with; it is good for 30 minutes."""

    token = serializers.CharField()
    start_at = LocalTimeField(lambda itinerary: (itinerary.start_at, itinerary.legs[0].start.timezone))
    end_at = LocalTimeField(lambda itinerary: (itinerary.end_at, itinerary.legs[-1].end.timezone))
    duration_s = SecondsField(source="duration")
    walk_s = SecondsField(source="walk")
    vehicles = serializers.IntegerField()
    co2_g = serializers.IntegerField(help_text="Grams of CO2 of one traveller, by average figures for each mode")
    step_free = KnownField(help_text="No steps in any station? `yes`, `no` or `unknown`")
    wheelchair = KnownField(help_text="`no` where a leg cannot be done in a wheelchair, else `unknown` where one is")
    reliability = serializers.FloatField(
        allow_null=True,
        help_text="The chance that every change holds, where `reliability` is asked for; 1 without changes",
    )
    legs = LegSerializer(many=True)
    stays = StaySerializer(many=True, help_text="Where one stays on the way, by `via`")
    travellers = TravellerSerializer(many=True)
    fares = FareProductSerializer(many=True)
    unpriced_legs = serializers.ListField(child=serializers.IntegerField())


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of the answer to a search, and the addresses of the pages beside it."""

    itineraries: list[Proposed]
    page: Page
    timezone: str
    """Of the region."""
    earlier: str | None
    later: str | None


class PlanSerializer(Written[Answer]):
    """A page of the answer to a search: rides by departure, then the direct ways; walking first where it is best.

    A page is the window between `window_from` and `window_until` (both included): rides that leave in it (with
    `arrive_by`: that arrive), unless another journey, in the window or not, leaves no earlier, arrives no later and
    has no more vehicles, or one on the same page makes them pointless. `earlier` and `later` lead to the windows right
    beside it: who follows them sees every such ride once. The bounds are exact; a walk at either end is shown by whole
    minutes, up to 59 seconds outside. Direct ways fit any time: they are on the first page alone. With `criteria` there
    are some rides more, slower and better in something; they too are on one page only.
    """

    itineraries = ItinerarySerializer(many=True)
    reasons = ReasonSerializer(
        source="page.reasons", many=True, help_text="Why a first page has no ride; empty where it has, or one can walk"
    )
    window_from = LocalTimeField(lambda answer: (answer.page.from_at, answer.timezone))
    window_until = LocalTimeField(lambda answer: (answer.page.until_at, answer.timezone))
    earlier = serializers.URLField(allow_null=True, help_text="The page before; null where all of it is over")
    later = serializers.URLField(allow_null=True, help_text="The page after; null where the timetables end")


class FoundPlaceSerializer(serializers.Serializer[Any]):
    """A place. `kind` is station, stop, settlement, street, address or poi."""

    kind = serializers.CharField()
    name = serializers.CharField(help_text="In the language of `Accept-Language` where it has one")
    detail = serializers.CharField(
        help_text="Where it is; of a house number that is on no map, also that this is the nearest, or the street"
    )
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    stop_id = serializers.CharField(allow_null=True, help_text="`feed:stop`, where the place is a stop")


class PlacesSerializer(serializers.Serializer[Any]):
    """Places, best first."""

    places = FoundPlaceSerializer(many=True)


class DepartureSerializer(serializers.Serializer[Any]):
    """A vehicle that leaves the stop."""

    departure_at = LocalTimeField(lambda row: (row["departure"].departure_at, row["timezone"]))
    scheduled_at = LocalTimeField(lambda row: (row["departure"].scheduled_at, row["timezone"]))
    is_cancelled = serializers.BooleanField(source="departure.is_cancelled", help_text="It does not leave from here")
    realtime = RealTimeSerializer(source="departure.real_time", allow_null=True)
    mode = serializers.ChoiceField(choices=[mode.value for mode in Mode], source="departure.mode")
    platform = serializers.CharField(source="departure.platform")
    headway_s = serializers.IntegerField(source="departure.headway_s", allow_null=True, help_text="As in a leg")
    service = ServiceSerializer(source="departure.service")


class BoardSerializer(serializers.Serializer[Any]):
    """The next departures of a stop or station."""

    stop_id = serializers.CharField()
    name = serializers.CharField()
    timezone = serializers.CharField(help_text="IANA name")
    alerts = serializers.SerializerMethodField()
    departures = serializers.SerializerMethodField()

    @extend_schema_field(AlertSerializer(many=True))
    def get_alerts(self, board: Any) -> Any:
        """What operators say about the stop, the gravest first."""
        return written_alerts(journeys.alerts_at(board.stop_id, get_language() or "en", board.at, datetime.now(UTC)))

    @extend_schema_field(DepartureSerializer(many=True))
    def get_departures(self, board: Any) -> Any:
        """In order of time."""
        rows = [{"departure": departure, "timezone": board.timezone} for departure in board.departures]
        return DepartureSerializer(rows, many=True).data
