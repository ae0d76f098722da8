"""The demo's region has people in it: the desk has booked for them, and companies have entered what they run."""

from dataclasses import replace

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from bookings.models import Concession, Customer, Order, Wallet
from bookings.services import favourites, riders
from maas.accounts.models import Role, User
from maas.management import callers, entering
from tests.features import riding
from tests.features.market import Market
from tests.feeds import NOW
from transit.models import HostedDeparture, Interface, Operator, Region, Ride
from transit.ondemand.rules import GroupFare, RiderGroup

pytestmark = pytest.mark.django_db
ASSISTED = RiderGroup("assisted", "Assisted", needs_proof=True, proof=(("en", "The card."),), valid_days=365)
FARES = replace(riding.FARES, groups=(GroupFare("assisted", 2500),))
RULES = replace(riding.VALLEY, groups=(ASSISTED,), fares=FARES)
HOME, MALL = [24.85, 60.12], [24.98, 60.11]
CALLED = {
    "operator": {"code": "valley"},
    "riders": [
        {"time": "12:00", "from": HOME, "to": MALL, "purpose": "health", "seats": 1},
        {"time": "15:00", "from": MALL, "to": HOME, "purpose": "health", "seats": 1},
    ],
}
STOPS = [{"name": "Pier", "lat": 60.1, "lon": 24.9}, {"name": "Shop", "lat": 60.11, "lon": 24.92}]
ENTERED = {
    "timetable": {
        "legal_name": "Island Bus", "number": "L1", "name": "Pier – Shop", "stops": STOPS, "first": ["7:10", "7:16"],
        "every_min": 60, "until": "9:30", "seats": 16, "prices": {"adult": 250, "child": 120},
    },
    "vehicles": {"legal_name": "Island Bikes", "stands": [{**each, "places": 8, "vehicles": 3} for each in STOPS]},
}  # fmt: skip


def test_the_desk_has_booked_for_them(market: Market, patient: None) -> None:
    market.publish(rail=riding.TRAIN)
    riding.release(RULES)
    agent = User.objects.create_user("desk@coast.example")
    Role.objects.create(user=agent, kind="desk_agent")
    desk = callers.Desk(agent, Region.objects.get(), "valley")
    for _again in range(2):
        callers.serve(CALLED, desk)
    assert [order.state for order in Order.objects.all()] == ["COMPLETED"] * 4, "both, today and tomorrow"
    found = riders.find_all(Ride.objects.values_list("reference", flat=True))
    assert {(each.name, each.has_phone) for each in found.values()} == {("Helvi M.", True), ("Onni S.", True)}
    assert all(each.cash for each in found.values()), "paid on board"
    helvi = Customer.objects.order_by("pk").first()
    assert helvi is not None
    assert [each.said["label"] for each in favourites.list_for(helvi.user_id)] == ["home", "errand"]
    assert [row.person_id for row in Concession.objects.all()] == [helvi.user_id]
    assert [row.owner_id for row in Wallet.objects.all()] == [helvi.user_id]


def test_companies_have_entered_what_they_run(market: Market) -> None:
    owner, officer = User.objects.create_user("o@island.example"), User.objects.create_user("officer@coast.example")
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True)
    Role.objects.create(user=officer, kind="region_officer", scope="coast")
    market.publish(rail=riding.TRAIN)
    for _again in range(2):
        entering.enter(ENTERED, "coast", owner, officer, NOW)
    assert list(Operator.objects.filter(code__startswith="island").values_list("code", flat=True).order_by("code")) == [
        "island-bikes",
        "island-bus",
    ]
    assert HostedDeparture.objects.count() == 6, "three there and three back"
    assert Interface.objects.get(name="island-bus").versions.get().state == "IMPORTED"
    page = Client().get("/open-data").content.decode()
    assert "island-bus/gtfs.zip" in page
    assert "island-bikes/gbfs/gbfs.json" in page
