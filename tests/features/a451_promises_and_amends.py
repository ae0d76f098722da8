"""What is promised and not kept is told at once and given back after the ride; who does not come pays by the rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bookings import tasks
from bookings.ledger.posting import balance
from bookings.models import Booking, Order, Receipt, SubsidyBudget
from bookings.services import settlement
from tests.features import riding
from tests.features.driving import MARKET_DAY, Driving
from tests.features.market import Market
from tests.features.riding import ANY, HOME, MALL, VALLEY
from transit.models import RideEvent, Shift
from transit.ondemand.rules import Conduct, Subsidy, Vehicle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]
CONDUCT = Conduct(no_show_fee_basis_points=5000, broken_promise_basis_points=5000)
HALF = Subsidy("half", "region:coast", share_basis_points=5000, yearly_minor=1000)
TWO = (*VALLEY.vehicles, Vehicle("v2", "Bus 2", ((3, 1, 2, 4),), 24.85, 60.12, shifts=(riding.FROM_HOME,)))


@pytest.fixture
def day(market: Market, patient: None, request: pytest.FixtureRequest) -> Driving:
    """Somebody has bought a ride from home to the mall at ten, for 3.00; it is twenty to ten on that day."""
    market.publish(rail=riding.TRAIN)
    rules = {"subsidies": request.param} if hasattr(request, "param") else {}
    riding.release(replace(VALLEY, conduct=CONDUCT, vehicles=TWO, **rules))
    found = Driving(market)
    found.code = market.accept(market.ask(HOME, MALL, "10:00", **ANY), contact="aino@example.org")
    market.pay(found.code)
    charged = "1.50" if rules else "3.00"
    assert market.work(found.code) == f"COMPLETED charged {charged}: valley CONFIRMED; tickets ISSUED"
    assert found.mails() == ["Your journey is booked"]
    found.goes_to("09:40")
    return found


def alone(day: Driving, shift: int) -> None:
    """The other vehicle does not come at all."""
    other = Shift.objects.exclude(pk=shift).get(day__date=MARKET_DAY).pk
    office = day.staff("operator_staff")
    assert office.post("/operators/valley/rides/act", {"shift": other, "action": "call_off"}).status_code == 302
    assert Shift.objects.get(pk=other).state == "CALLED_OFF"


def test_another_vehicle_within_the_promise(day: Driving) -> None:
    first = day.shift
    office = day.staff("operator_staff")
    office.post("/operators/valley/rides/act", {"shift": first.pk, "action": "call_off"})
    day.market.work(day.code)
    assert day.shift != first
    assert day.mails() == ["Another vehicle comes for you"]
    assert "Bus" in day.last_mail
    assert Booking.objects.get().amends_basis_points == 0, "it comes as promised"


def test_a_broken_promise(day: Driving) -> None:
    shift = day.takes()
    alone(day, shift)
    assert day.does(shift, "delay", minutes=60) == "done"
    day.market.work(day.code)
    assert day.mails() == ["Your vehicle comes later than we promised"]
    assert "You get back €1.50 after the ride." in day.last_mail
    told = day.ride.told_at
    assert told > day.at("10:15")
    assert Booking.objects.get().amends_at is None, "not before the ride is over"
    assert balance("rider_refund_payable", "EUR").minor == 0

    day.drives(shift)
    assert day.market.work(day.code) == "COMPLETED charged 1.50: valley CONFIRMED; tickets USED"
    assert day.market.money() == "captured 3.00, authorised 0.00, refunded 1.50"
    assert balance("operator_payable:valley", "EUR").minor == -150
    assert balance("rider_refund_payable", "EUR").minor == 0
    assert "You get money back, because we did not keep a promise" in day.mails()
    assert Receipt.objects.get(kind=Receipt.Kind.CREDIT).lines.get().gross_minor == -150
    for _ in range(3):
        tasks.follow_rides()
        day.market.work(day.code)
    assert day.market.money() == "captured 3.00, authorised 0.00, refunded 1.50"
    page = riding.text(day.market.client.get(f"/orders/{day.code}/help"))
    assert "We did not keep a promise, so a part of the price is paid back to you." in page


def test_nobody_can_come(day: Driving) -> None:
    """The only vehicle breaks down: all comes back, and the order says how else one could go."""
    shift = day.takes()
    alone(day, shift)
    assert day.does(shift, "break_down") == "done"
    assert day.market.work(day.code) == "CANCELLED charged 0.00: valley CANCELLED; tickets VOID"
    assert day.market.money() == "captured 3.00, authorised 0.00, refunded 3.00"
    assert "An operator has cancelled a part of your journey" in day.mails()


def test_who_does_not_come(day: Driving) -> None:
    shift = day.takes()
    day.goes_to("10:01")
    assert day.does(shift, "arrive") == "done"
    day.goes_to("10:10")
    assert day.does(shift, "no_show") == "done"
    assert day.market.work(day.code) == "CANCELLED charged 1.50: valley CANCELLED; tickets VOID"
    told = day.mails()
    assert told[0] == "An operator says that nobody came for its ride"
    assert balance("operator_payable:valley", "EUR").minor == -150
    tasks.follow_rides()
    assert day.market.work(day.code).startswith("CANCELLED charged 1.50")


def test_a_ticket_proves_it_too(day: Driving) -> None:
    shift = day.takes()
    other = day.market.buy(HOME, MALL, "16:00", **ANY)
    day.goes_to("10:01")
    assert day.does(shift, "arrive") == "done"
    assert day.does(shift, "board", text=day.token(other)) == "wrong_ticket"
    assert day.ticket(other).state == "ISSUED", "shown by mistake, it is good for its own ride"
    assert day.does(shift, "board", text=day.token(day.code)[:-4] + "AAAA") == "wrong_ticket"
    assert day.does(shift, "board", text=day.token(day.code)) == "done"
    assert day.ride.state == "BOARDED"


def test_what_happens_while_the_order_is_under_way_is_not_lost(day: Driving) -> None:
    shift = day.takes()
    alone(day, shift)
    Order.objects.update(state="CAPTURING")
    assert day.does(shift, "delay", minutes=60) == "done"
    assert day.mails() == ["Your vehicle comes later than we promised"]
    assert Booking.objects.get().amends_basis_points == 5000
    day.market.clock.move_to(day.ride.told_at)
    assert day.does(shift, "arrive") == "done"
    day.market.clock.shift(600)
    assert day.does(shift, "no_show") == "done"
    tasks.follow_rides()
    Order.objects.update(state="COMPLETED")
    assert day.market.work(day.code) == "CANCELLED charged 1.50: valley CANCELLED; tickets VOID"


def test_a_change_that_nobody_understands_does_not_hide_the_next(day: Driving) -> None:
    shift = day.takes()
    alone(day, shift)
    day.mails()
    detail = {"told_at": "soon", "vehicle": "v1"}
    RideEvent.objects.create(ride=day.ride, old="CONFIRMED", new="CONFIRMED", detail=detail)
    assert day.does(shift, "delay", minutes=60) == "done"
    assert day.mails() == ["Your vehicle comes later than we promised"]


def test_nobody_says_that_the_ride_is_over(day: Driving) -> None:
    """The operator is not paid before it has given back what it owes, at the latest some hours after the ride."""
    shift = day.takes()
    alone(day, shift)
    assert day.does(shift, "delay", minutes=60) == "done"
    tasks.follow_rides()
    day.market.clock.move_to(max(day.ride.told_at, day.ride.planned_pickup_at))
    assert day.does(shift, "arrive") == "done"
    assert day.does(shift, "board", text=day.token(day.code)) == "done"
    day.market.clock.shift(3600 * 30)
    now = day.at("10:00") + timedelta(hours=40)
    assert settlement.list_due("valley", "EUR", now) == []
    tasks.follow_rides()
    assert day.market.work(day.code) == "COMPLETED charged 1.50: valley CONFIRMED; tickets USED"
    assert [due.amount.minor for due in settlement.list_due("valley", "EUR", now)] == [150]


@pytest.mark.parametrize("day", [(HALF,)], indirect=True, ids=["half_by_the_region"])
def test_amends_of_a_ride_that_others_pay_for(day: Driving) -> None:
    shift = day.takes()
    alone(day, shift)
    assert day.does(shift, "delay", minutes=60) == "done"
    tasks.follow_rides()
    assert SubsidyBudget.objects.get().spent_minor == 150
    day.drives(shift)
    assert day.market.work(day.code) == "COMPLETED charged 0.75: valley CONFIRMED; tickets USED"
    assert SubsidyBudget.objects.get().spent_minor == 75
    assert balance("region_subsidy:region:coast", "EUR").minor == 75
