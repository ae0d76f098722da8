"""The shapes of requests and answers about offers, orders and tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from bookings.ledger.division import RESIDENT
from bookings.models import Bill, Booking, Disruption, Offer, OfferPart, OfferProduct, Order, Ticket
from bookings.services import bills, contacts, disruptions, orders, payment_links, ticketing
from bookings.services.alternatives import Alternative, list_alternatives
from bookings.services.cancelling import BookingQuote
from bookings.services.pricing import included_vat
from bookings.services.sales import cells_of_product
from bookings.services.subsidies import place_in_queue
from bookings.services.viewers import Viewer
from bookings.services.ways import Way, list_ways
from bookings.states import BILL
from transit import tokens
from transit.money import Money
from transit.routing.itinerary import Itinerary
from transit.routing.query import Mode, RiderCategory, Traveller

CATEGORIES = [category.value for category in RiderCategory]
MAX_TRAVELLERS = 9


class TravellerRequest(serializers.Serializer[Any]):
    """One person who will ride. No name is asked."""

    category = serializers.ChoiceField(choices=CATEGORIES, default="adult")


class OfferRequest(serializers.Serializer[Any]):
    """A proposed journey and who will ride. Times, stops and prices are read here, never from the request."""

    token = serializers.CharField(max_length=8000, help_text="`token` of an itinerary")
    back_token = serializers.CharField(
        max_length=8000, required=False, help_text="`token` of an itinerary for the way back, to be bought together"
    )
    travellers = serializers.ListField(child=TravellerRequest(), min_length=1, max_length=MAX_TRAVELLERS)

    def travellers_of(self) -> tuple[Traveller, ...]:
        """The travellers of a valid request."""
        rows = self.validated_data["travellers"]
        return tuple(Traveller(f"{number}", RiderCategory(row["category"])) for number, row in enumerate(rows, 1))


class PriceSerializer(serializers.Serializer[Money]):
    """An amount. `minor` counts the smallest unit of the currency: 350 EUR is 3.50 €, 350 JPY is 350 ¥."""

    minor = serializers.IntegerField()
    currency = serializers.CharField(help_text="ISO 4217")


@extend_schema_field(PriceSerializer)
class PriceField(serializers.Field[Any, Any, dict[str, Any], Any]):
    """A `Money` that `pick` finds in the value shown."""

    def __init__(self, pick: Callable[[Any], Money]) -> None:
        super().__init__(source="*", read_only=True)
        self.pick = pick

    def to_representation(self, value: Any) -> dict[str, Any]:
        """As `minor` and `currency`."""
        money = self.pick(value)
        return {"minor": money.minor, "currency": money.currency}


def _price(product: OfferProduct) -> Money:
    return Money(product.price_minor, product.part.offer.currency)


class VatSerializer(serializers.Serializer[OfferProduct]):
    """The value-added tax that a price includes."""

    country = serializers.CharField(source="vat_country", help_text="ISO 3166-1 alpha-2")
    basis_points = serializers.IntegerField(source="vat_basis_points", help_text="1000 = 10 %")
    included = PriceField(lambda product: included_vat(_price(product), product.vat_basis_points))


class PayerSerializer(serializers.Serializer[Any]):
    """What one payer owes."""

    payer = serializers.CharField(help_text="`resident`, or the name of who else owes it")
    price = PriceSerializer()


class WaitingSerializer(PayerSerializer):
    """What a payer whose money is used up would owe, and how many wait for it, with oneself the last."""

    place = serializers.IntegerField()


class ProductSerializer(serializers.Serializer[OfferProduct]):
    """A fare product for one traveller; it becomes one ticket. `legs` are positions in the journey."""

    name = serializers.CharField()
    legs = serializers.ListField(child=serializers.IntegerField())
    traveller_key = serializers.CharField()
    category = serializers.ChoiceField(choices=CATEGORIES)
    price = PriceField(lambda product: _price(product))
    payer = serializers.SerializerMethodField(help_text="Who owes the largest part: `resident`, or a named payer")
    payers = serializers.SerializerMethodField(help_text="Who owes which part; together the price")
    waiting = serializers.SerializerMethodField(help_text="Shares that others would pay if their money becomes free")
    vat = VatSerializer(source="*")
    valid_from_at = serializers.DateTimeField()
    valid_until_at = serializers.DateTimeField()

    def get_payer(self, product: OfferProduct) -> str:
        """The largest payer."""
        cells = cells_of_product(product)
        return max(sorted(cells), key=lambda cell: cells[cell])[1] if cells else RESIDENT

    @extend_schema_field(PayerSerializer(many=True))
    def get_payers(self, product: OfferProduct) -> list[dict[str, Any]]:
        """Every payer with an amount."""
        currency = product.part.offer.currency
        return [
            {"payer": payer, "price": {"minor": minor, "currency": currency}}
            for (_, payer), minor in cells_of_product(product).items()
        ]

    @extend_schema_field(WaitingSerializer(many=True))
    def get_waiting(self, product: OfferProduct) -> list[dict[str, Any]]:
        """Places in queues."""
        currency = product.part.offer.currency
        waiting = [claim for claim in product.claims.all() if claim.state == "WAITING" or claim.is_offered_a_place]
        return [
            {
                "payer": claim.budget.payer,
                "price": {"minor": claim.amount_minor, "currency": currency},
                "place": place_in_queue(claim),
            }
            for claim in waiting
        ]


class PartSerializer(serializers.Serializer[OfferPart]):
    """What one operator sells of the journey, and is paid for."""

    operator_code = serializers.CharField()
    operator_name = serializers.CharField()
    price = PriceField(lambda part: Money(part.price_minor, part.offer.currency))
    price_is_ceiling = serializers.BooleanField(help_text="The price is the most that may be charged: what is used is")
    demand_basis_points = serializers.IntegerField(
        help_text="By how much of the usual price it is dearer because many want to ride then (less than 0: cheaper)"
    )
    expires_at = serializers.DateTimeField()
    products = ProductSerializer(many=True)


class UnsoldSerializer(serializers.Serializer[Any]):
    """A ride that is not sold here: `free` needs no ticket, `elsewhere` is sold at `url`, `unknown`: ask on board."""

    leg = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=["free", "elsewhere", "unknown"])
    text = serializers.CharField(help_text="Who runs it")
    url = serializers.CharField()
    price_minor = serializers.IntegerField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    with_leg = serializers.IntegerField(allow_null=True, help_text="The earlier ride whose price includes this one")


class SoldLegSerializer(serializers.Serializer[Any]):
    """A leg as it was sold."""

    mode = serializers.ChoiceField(choices=[mode.value for mode in Mode])
    line = serializers.CharField()
    agency_name = serializers.CharField()
    start_name = serializers.CharField()
    start_stop_id = serializers.CharField(allow_null=True)
    start_at = serializers.DateTimeField()
    end_name = serializers.CharField()
    end_stop_id = serializers.CharField(allow_null=True)
    end_at = serializers.DateTimeField()


def sold_legs(itinerary: Itinerary) -> list[dict[str, Any]]:
    """The legs of an itinerary as `SoldLegSerializer` shows them."""
    return [
        {
            "mode": leg.mode.value,
            "line": leg.service.line if leg.service else "",
            "agency_name": leg.service.agency_name if leg.service else "",
            "start_name": leg.start.name,
            "start_stop_id": leg.start.stop_id,
            "start_at": leg.start_at.astimezone(ZoneInfo(leg.start.timezone)).isoformat(),
            "end_name": leg.end.name,
            "end_stop_id": leg.end.stop_id,
            "end_at": leg.end_at.astimezone(ZoneInfo(leg.end.timezone)).isoformat(),
        }
        for leg in itinerary.legs
    ]


class WaySerializer(serializers.Serializer[Way]):
    """A way to pay. `left` is what a wallet or a billing account still bears, null for the others."""

    key = serializers.CharField(help_text="`pay_with` of an order: `stripe` (by card), `cash`, `wallet:…` …")
    provider = serializers.ChoiceField(choices=["stripe", "cash", "wallet", "invoice"])
    enough = serializers.BooleanField(help_text="Whether it bears the price")
    left = PriceSerializer(allow_null=True)


class ReplacedSerializer(serializers.Serializer[Offer]):
    """What is given back once the offer is bought: the bookings of another order, for `refund`."""

    order = serializers.CharField(source="replaces.code")
    bookings = serializers.SerializerMethodField(help_text="`seq` of those that are given back")
    refund = PriceField(lambda offer: Money(offer.replaced_refund_minor, offer.currency))

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_bookings(self, offer: Offer) -> list[int]:
        """In the order of the journey."""
        return sorted(int(seq) for seq in offer.replaced_kept)

    def to_representation(self, instance: Offer) -> Any:
        """Nothing for most offers."""
        return super().to_representation(instance) if instance.replaces_id else None


class ChangeRequest(serializers.Serializer[Any]):
    """Another journey, and the bookings that it takes the place of."""

    token = serializers.CharField(max_length=20_000)
    bookings = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=1000), allow_empty=False, max_length=100
    )


class OfferSerializer(serializers.Serializer[Offer]):
    """A journey at a price that holds until `expires_at`."""

    code = serializers.CharField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    total = PriceField(lambda offer: Money(offer.total_minor, offer.currency))
    due = PriceField(lambda offer: Money(offer.due_minor, offer.currency))
    fee = PriceField(lambda offer: Money(offer.fee.price_minor if hasattr(offer, "fee") else 0, offer.currency))
    legs = serializers.SerializerMethodField()
    back_from = serializers.IntegerField(allow_null=True, help_text="The first leg of the way back, if it is included")
    parts = PartSerializer(many=True)
    unsold = UnsoldSerializer(many=True)
    ways = serializers.SerializerMethodField()
    replaces = ReplacedSerializer(source="*", allow_null=True)

    @extend_schema_field(WaySerializer(many=True))
    def get_ways(self, offer: Offer) -> Any:
        """How it can be paid, by whoever it was made for."""
        ways: Any = list_ways(offer, Viewer(offer.owner_id, offer.session_hash))
        return WaySerializer(ways, many=True).data

    @extend_schema_field(SoldLegSerializer(many=True))
    def get_legs(self, offer: Offer) -> list[dict[str, Any]]:
        """The journey that was sold."""
        return sold_legs(tokens.of_json(offer.itinerary))


class TicketSerializer(serializers.Serializer[Ticket]):
    """A right to ride. `token` is the text of its QR code: a signed JWS that can be checked offline."""

    serial = serializers.CharField()
    state = serializers.CharField()
    operator_name = serializers.CharField(source="booking.part.operator_name")
    product = serializers.CharField(source="product.name")
    category = serializers.ChoiceField(choices=CATEGORIES, source="product.category")
    legs = serializers.ListField(child=serializers.IntegerField(), source="product.legs")
    valid_from_at = serializers.DateTimeField()
    valid_until_at = serializers.DateTimeField()
    token = serializers.CharField()
    ride_code = serializers.SerializerMethodField(help_text="Of a ride on demand: what is told to the driver; or empty")
    qr_url = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.STR)
    def get_ride_code(self, ticket: Ticket) -> str:
        """Out of what is signed."""
        return ticketing.ride_code(ticket)

    @extend_schema_field(OpenApiTypes.URI)
    def get_qr_url(self, ticket: Ticket) -> str:
        """Where the code is as an SVG image."""
        return reverse("api-ticket-qr", args=[ticket.serial])


class PriceRequest(serializers.Serializer[Any]):
    """An amount that was shown, as `minor` and `currency`."""

    minor = serializers.IntegerField(min_value=0, max_value=10**12)
    currency = serializers.RegexField("^[A-Z]{3}$", help_text="ISO 4217")

    def to_internal_value(self, data: Any) -> Money:
        """As money."""
        return Money(**super().to_internal_value(data))


class PhoneField(serializers.RegexField):
    """A number with its country, as in E.164."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(contacts.PHONE, **kwargs)


class OrderRequest(serializers.Serializer[Any]):
    """An offer that is accepted. The address, if any, is where the receipt goes."""

    offer = serializers.CharField(max_length=22, help_text="`code` of the offer")
    contact = serializers.EmailField(required=False)
    phone = PhoneField(required=False, help_text="For messages, as in E.164: `+358401234567`")
    pay_with = serializers.CharField(max_length=40, default="stripe", help_text="`key` of one of the offer's `ways`")


class ConsentRequest(serializers.Serializer[Any]):
    """The higher price that was shown, and is accepted."""

    price = PriceRequest()


class CancellationRequest(serializers.Serializer[Any]):
    """The fee that was shown; if it has risen since, nothing is cancelled. Needed once everything is bought."""

    fee = PriceRequest(required=False)
    bookings = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=1000),
        required=False,
        allow_empty=False,
        max_length=100,
        help_text="`seq` of those that are given back; without it, all",
    )


class BookingCancellationSerializer(serializers.Serializer[Any]):
    """What giving back one operator's part alone would cost now."""

    seq = serializers.IntegerField(source="booking.seq")
    cancellable = serializers.SerializerMethodField()
    obstacle = serializers.CharField(help_text="Why it cannot be given back, as a code; or empty")
    fee = PriceSerializer()
    refund = PriceSerializer(help_text="What comes back")

    def get_cancellable(self, part: BookingQuote) -> bool:
        """Whether it can be given back."""
        return not part.obstacle


class CancellationSerializer(serializers.Serializer[Any]):
    """What giving back everything that still stands would cost now, and what each operator's part alone."""

    cancellable = serializers.BooleanField()
    fee = PriceSerializer()
    refund = PriceSerializer(help_text="What comes back")
    bookings = BookingCancellationSerializer(many=True, source="parts")


class BookingSerializer(serializers.Serializer[Booking]):
    """One operator's part of an order."""

    seq = serializers.IntegerField(help_text="Its number within the order")
    operator_code = serializers.CharField()
    operator_name = serializers.CharField(source="part.operator_name")
    operator_ref = serializers.CharField(allow_null=True, help_text="The operator's own reference")
    state = serializers.CharField()
    price = PriceField(lambda booking: Money(booking.price_minor, booking.order.currency))
    tickets = TicketSerializer(many=True)


class OrderStatusSerializer(serializers.Serializer[Any]):
    """Where an order stands. `action_url` is where the payer must go now, or empty."""

    state = serializers.CharField()
    reason = serializers.CharField(help_text="Why it is not being booked, as a code; or empty")
    price = PriceSerializer()
    charged = PriceSerializer(help_text="What was paid and has not come back")
    owed = PriceSerializer(help_text="What is still to be paid: to the driver, or by the invoice")
    action_url = serializers.CharField()
    is_final = serializers.BooleanField()
    can_give_up = serializers.BooleanField()
    can_cancel = serializers.BooleanField()


class AlternativeSerializer(serializers.Serializer[Alternative]):
    """A search that may help: `later` departures, `other_way`, or the same `again`."""

    kind = serializers.ChoiceField(choices=["later", "other_way", "again"])
    url = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, found: Alternative) -> str:
        """Where to GET it."""
        ends = {"from": found.way.legs[0].start, "to": found.way.legs[-1].end}
        counts = Counter(traveller.category.value for traveller in found.way.travellers)
        asked = {name: f"{place.lat:.5f},{place.lon:.5f}" for name, place in ends.items()}
        asked |= {
            "time": found.leave_at.isoformat(timespec="seconds"),
            "travellers": ",".join(f"{category}:{count}" for category, count in counts.items()),
        }
        return f"{reverse('api-plan')}?{urlencode(asked)}"


class BillSerializer(serializers.Serializer[Bill]):
    """An invoice, or cash for one operator's driver; `number` is the invoice's or the receipt's."""

    operator_code = serializers.CharField(help_text="Whose driver takes it; empty for an invoice")
    number = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=list(BILL.moves))
    amount = PriceField(lambda bill: Money(bill.left_minor, bill.pledge.currency))
    due_on = serializers.DateField(allow_null=True)


class DisruptionSerializer(serializers.Serializer[Disruption]):
    """A ride that will be `missed`, or is `cancelled`. `/orders/{code}/way-on` offers how to go on."""

    leg = serializers.IntegerField(help_text="Its position in the journey")
    kind = serializers.ChoiceField(choices=["missed", "cancelled"])
    leave_at = serializers.DateTimeField(help_text="From when on the resident can go another way")


class OrderSerializer(serializers.Serializer[Order]):
    """The one transaction: everything in it is sold, or nothing is."""

    code = serializers.CharField()
    offer = serializers.CharField(source="offer.code")
    created_at = serializers.DateTimeField()
    status = serializers.SerializerMethodField()
    provider = serializers.CharField(help_text="How it is paid: `stripe` (by card), `cash`, `wallet`, `invoice`")
    payment_link = serializers.SerializerMethodField()
    bookings = BookingSerializer(many=True)
    bills = serializers.SerializerMethodField()
    disruption = serializers.SerializerMethodField()
    alternatives = serializers.SerializerMethodField()

    def get_payment_link(self, order: Order) -> str:
        """For partners: the page on which their customer pays, and sees the tickets afterwards; empty otherwise."""
        return payment_links.find_for_others(order)

    @extend_schema_field(DisruptionSerializer(allow_null=True))
    def get_disruption(self, order: Order) -> Any:
        """What stands in the way of the journey now; null where nothing is known."""
        found = disruptions.find_open(order)
        return DisruptionSerializer(found).data if found else None

    @extend_schema_field(AlternativeSerializer(many=True))
    def get_alternatives(self, order: Order) -> Any:
        """What may help where it was not booked, best first."""
        return [AlternativeSerializer(each).data for each in list_alternatives(order, datetime.now(UTC))]

    @extend_schema_field(BillSerializer(many=True))
    def get_bills(self, order: Order) -> Any:
        """What is paid afterwards."""
        found: Any = bills.list_bills(order)
        return BillSerializer(found, many=True).data

    @extend_schema_field(OrderStatusSerializer)
    def get_status(self, order: Order) -> Any:
        """As of now."""
        return _STATUS.to_representation(orders.status(order))


# Made once: every new one copies all of its fields, which takes longer than to show an order.
_STATUS: Final = OrderStatusSerializer()
_ORDER: Final = OrderSerializer()


def show_order(order: Order) -> Any:
    """An order as `OrderSerializer` says."""
    return _ORDER.to_representation(order)
