"""A third-party provider buys a ride that our own dispatcher plans: offered, held, sold, given back, driven."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from bookings.ledger.posting import balance
from bookings.models import Outbox, Reservation, RideCursor, Ticket
from bookings.services import calling_off, package_dispatch, packages, redress
from bookings.tasks import sweep_orders
from maas.sandbox.tomp.conformance import Conformance
from maas.sandbox.tomp.judge import Judge
from tests.features import riding
from tests.features.a344_given_back_and_paid_for import GIVE_BACK
from tests.features.company import Company, refused
from tests.features.market import Market
from transit.models import Ride, RideEvent
from transit.ondemand import edit, rides, shifts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]
RIDE = ("gps:24.850000,60.120000", "gps:24.980000,60.110000", "2026-11-24T08:00:00Z")
AMENDS = replace(riding.VALLEY, conduct=replace(riding.VALLEY.conduct, broken_promise_basis_points=2500))


@pytest.fixture
def company(market: Market, patient: None, shared_specs: Path) -> Company:
    """A valley with one small bus that is called. It is nine on Monday."""
    market.publish(rail=riding.TRAIN)
    riding.release(AMENDS)
    made = Company(shared_specs)
    hook = {"url": "https://trips.example/tomp", "protocol": "tomp"}
    assert made.client.post("/api/v1/webhooks", hook, content_type="application/json").status_code == 201
    return made


def states() -> tuple[str, str]:
    """How it stands with the ride, and with the reservation."""
    return Ride.objects.get().state, Reservation.objects.get().state


def stopped(*_: object, **__: object) -> None:
    """The server is ended here."""
    raise SystemExit


def held(company: Company) -> tuple[str, UUID]:
    """A package that waits for its provider's word, and the reference of its ride."""
    code = company.offer(*RIDE)
    assert company.post("purchase-offers", offer=code)["properties"]["status"] == "PENDING"
    assert states() == ("HELD", "HELD")
    return code, Ride.objects.get().reference


def goes_to(market: Market, company: Company, at: datetime | str) -> None:
    """A day later a system asks for another token."""
    market.clock.move_to(at)
    company.client = company.system.client()


def told() -> list[str]:
    """What the provider is told, in order."""
    return [row.topic.removeprefix("tomp.") for row in Outbox.objects.filter(topic__startswith="tomp.").order_by("pk")]


def test_sold_and_driven(market: Market, company: Company) -> None:
    found = company.search(*RIDE)["features"]
    summary = found[0]["properties"]
    assert (summary["legs"][0]["mode"], summary["price"]["amount"]) == ("TAXI", 3.0)
    assert summary["cancellation"]["fee"]["amount"] == 0.0, "by the conduct rules of the day"
    code = company.buy(*RIDE)
    assert states() == ("CONFIRMED", "CONFIRMED")
    ride = Ride.objects.get()
    assert ride.seller == company.row.code
    fields = company.items("packages", packageId=code)["properties"]["customFields"]["ride"]
    assert (fields["code"], fields["vehicle"]) == (ride.code, "v1")
    assert fields["pickupFrom"] <= fields["pickupAt"] <= fields["pickupUntil"]
    assert company.items("travel-documents", packageId=code)["features"]
    assert balance("operator_payable:valley", "EUR").minor == -300
    assert refused(company.post("start-leg", 403, package=code, leg=f"{code}.1")) == [4004], "its driver says so"
    at = ride.told_at
    goes_to(market, company, at)
    shifts.begin(ride.shift_id or 0, at)
    shifts.arrive(ride.reference, at)
    shifts.board(ride.reference, at)
    assert company.status(code) == "STARTED"
    assert company.items("redress-options", packageId=code)["features"] == []
    assert refused(company.post("cancel-package", 403, package=code)) == [3004]
    shifts.finish(ride.reference, at)
    sweep_orders()
    assert company.status(code) == "ENDED"
    assert told() == ["VEHICLE_ARRIVED", "STARTED", "ENDED"]
    assert balance("operator_payable:valley", "EUR").minor == -300, "the promise was kept"


def test_let_go_and_too_late(market: Market, company: Company) -> None:
    code, _ = held(company)
    assert company.post("rollback-purchase", package=code)["properties"]["status"] == "ROLLBACK"
    assert states() == ("RELEASED", "RELEASED")
    assert refused(company.post("confirm-purchase", 403, package=code)) == [3004]
    chosen = company.post("select-offers", offers=[company.offer(*RIDE)])["properties"]["id"]
    assert refused(company.post("update-traveller", 409, package=chosen, traveller="1", age=70)) == [3503]
    company.post("release-package", package=chosen)
    other = company.offer(*RIDE)
    company.post("purchase-offers", offer=other)
    company.post("extend-expiry-time", package=other)
    market.clock.shift(2000)
    assert refused(company.post("confirm-purchase", 410, package=other)) == [3202]
    assert not Ride.objects.filter(state__in=["HELD", "CONFIRMED"]).exists()
    assert not Ticket.objects.exists()


def test_held_longer_and_never_shorter(company: Company) -> None:
    _, reference = held(company)
    until = timezone.now() + timedelta(hours=1)
    rides.extend(reference, until, timezone.now())
    rides.extend(reference, until - timedelta(minutes=50), timezone.now())
    assert Ride.objects.get().expires_at == until


def test_stopped_between_the_ride_and_the_sale(market: Market, company: Company) -> None:
    code, reference = held(company)
    rides.confirm(reference, timezone.now())
    assert (states(), company.status(code)) == (("CONFIRMED", "HELD"), "PENDING")
    sweep_orders()
    assert states() == ("CONFIRMED", "HELD"), "its provider may ask again"
    assert company.post("confirm-purchase", package=code)["properties"]["status"] == "CONFIRMED"
    assert Ticket.objects.count() == 1

    code = company.offer(*RIDE[:2], "2026-11-24T10:00:00Z")
    company.post("purchase-offers", offer=code)
    reference = packages.client_ref(code)
    rides.confirm(reference, timezone.now())
    market.clock.shift(2000)
    sweep_orders()  # ends the hold
    sweep_orders()
    assert company.status(code) == "EXPIRED"
    assert Ride.objects.get(reference=reference).state == "CANCELLED", "nobody has paid for it"


def test_held_by_half_is_held_again(company: Company) -> None:
    code = company.offer(*RIDE)
    offer = packages.get(packages.Counter(company.row), code).offer
    (leg,) = offer.journey.legs
    assert leg.ordering is not None
    assert leg.ordering.quote is not None
    rides.hold(
        packages.client_ref(code), leg.ordering.quote.token, offer.expires_at, company.row.code, now=timezone.now()
    )
    assert company.post("purchase-offers", offer=code)["properties"]["status"] == "PENDING"
    assert states() == ("HELD", "HELD")


def test_given_back_also_when_stopped_half_way(market: Market, company: Company) -> None:
    code = company.buy(*RIDE)
    company.post("claim-redress-option", package=code, **GIVE_BACK)
    assert company.post("confirm-redress-option", package=code, **GIVE_BACK)["properties"]["status"] == "CANCELLED"
    assert states() == ("CANCELLED", "CANCELLED")
    assert balance("operator_payable:valley", "EUR").minor == 0
    late = company.buy(*RIDE)
    goes_to(market, company, "2026-11-24T07:40:00Z")
    (option,) = company.items("redress-options", packageId=late)["features"]
    assert option["properties"]["compensations"][0]["amount"] == 1.5, "half is kept so shortly before"
    company.post("claim-redress-option", package=late, **GIVE_BACK)
    rides.cancel(packages.client_ref(late), timezone.now())
    sweep_orders()
    assert company.status(late) == "CANCELLED"
    assert balance(f"provider_receivable:{company.row.code}", "EUR").minor == 150


def test_the_dispatcher_is_too_busy(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _ = held(company)
    sold = company.post("confirm-purchase", package=code)
    monkeypatch.setattr(edit, "TRIES", 0)
    assert refused(company.post("cancel-package", 503, package=code)) == [3005]
    assert states() == ("CONFIRMED", "CONFIRMED")
    monkeypatch.undo()
    sweep_orders()
    assert company.items("packages", packageId=code) == sold
    assert company.post("cancel-package", package=code)["properties"]["status"] == "CANCELLED"


def test_the_bus_breaks_down(market: Market, company: Company) -> None:
    code = company.buy(*RIDE)
    ride = Ride.objects.get()
    goes_to(market, company, ride.told_at)
    shifts.begin(ride.shift_id or 0, timezone.now())
    shifts.break_down(ride.shift_id or 0, timezone.now())
    sweep_orders()
    assert company.status(code) == "CANCELLED"
    assert told() == ["WARNING"]
    assert balance("operator_payable:valley", "EUR").minor == 0


def test_late_and_nobody_there(market: Market, company: Company) -> None:
    late = company.buy(*RIDE)
    ride = Ride.objects.get()
    goes_to(market, company, ride.latest_at)
    shifts.begin(ride.shift_id or 0, timezone.now())
    market.clock.shift(300)
    shifts.arrive(ride.reference, timezone.now())
    shifts.board(ride.reference, timezone.now())
    shifts.finish(ride.reference, timezone.now())
    sweep_orders()
    sweep_orders()
    assert company.status(late) == "ENDED"
    assert balance("operator_payable:valley", "EUR").minor == -225, "a quarter comes back, once"
    assert [each["properties"]["amount"] for each in company.items("payments")["features"]] == [3.0, -0.75]

    missed = company.buy(*RIDE[:2], "2026-11-24T10:00:00Z")
    ride = Ride.objects.get(reference=packages.client_ref(missed))
    goes_to(market, company, ride.told_at)
    shifts.arrive(ride.reference, timezone.now())
    market.clock.shift(1800)
    shifts.no_show(ride.reference, timezone.now())
    sweep_orders()
    assert told()[-1] == "USER_NO_SHOW"
    assert company.status(missed) == "ENDED", "all of it is kept"


def test_called_off_by_its_operator_also_when_stopped_half_way(
    market: Market, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = company.buy(*RIDE)
    goes_to(market, company, "2026-11-24T07:40:00Z")
    company.post("claim-redress-option", package=code, **GIVE_BACK)
    monkeypatch.setattr(redress, "finish", stopped)
    with pytest.raises(SystemExit):
        calling_off.call_off("valley", f"{code}-1", timezone.now())
    monkeypatch.undo()
    row = Reservation.objects.get()
    assert (states(), row.refund_claimed_minor) == (("CANCELLED", "CONFIRMED"), 150)
    sweep_orders()
    assert company.status(code) == "CANCELLED"
    assert told() == ["WARNING"]
    assert balance("operator_payable:valley", "EUR").minor == 0, "not half of it, as if its provider had cancelled"


def test_asked_again_after_a_stop(market: Market, company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    code = company.buy(*RIDE)
    company.post("claim-redress-option", package=code, **GIVE_BACK)
    monkeypatch.setattr(redress, "finish", stopped)
    with pytest.raises(SystemExit):
        company.post("confirm-redress-option", package=code, **GIVE_BACK)
    monkeypatch.undo()
    assert states() == ("CANCELLED", "CONFIRMED")
    assert company.post("confirm-redress-option", package=code, **GIVE_BACK)["properties"]["status"] == "CANCELLED"
    assert balance("operator_payable:valley", "EUR").minor == 0


def test_one_that_fails_does_not_keep_back_the_others(market: Market, company: Company) -> None:
    bad, good = company.buy(*RIDE), company.buy(*RIDE[:2], "2026-11-24T10:00:00Z")
    sweep_orders()
    for code in (bad, good):
        rides.cancel(packages.client_ref(code), timezone.now())
    RideCursor.objects.update(last=RideEvent.objects.latest("pk").pk)  # seen, and nothing came of it
    Reservation.objects.filter(offer__code=bad).update(provider="nobody")
    sweep_orders()
    assert Reservation.objects.get(offer__code=bad).state == "CONFIRMED"
    assert company.status(good) == "CANCELLED"


def test_amends_are_a_part_of_what_comes_back(market: Market, company: Company) -> None:
    code = company.buy(*RIDE)
    ride = Ride.objects.get()
    goes_to(market, company, ride.latest_at)
    shifts.begin(ride.shift_id or 0, timezone.now())
    market.clock.shift(300)
    shifts.arrive(ride.reference, timezone.now())
    goes_to(market, company, Ride.objects.get().arrive_by + package_dispatch.OVER_AFTER)
    sweep_orders()
    assert balance("operator_payable:valley", "EUR").minor == -225, "its driver has never said what became of it"
    calling_off.call_off("valley", f"{code}-1", timezone.now())
    assert company.status(code) == "CANCELLED"
    assert balance("operator_payable:valley", "EUR").minor == 0, "the price, and not more"


def test_judged_by_the_schema(market: Market, company: Company, live_server: Any, shared_specs: Path) -> None:
    judge = Judge(shared_specs / "tomp" / "tomp-2.0-patched.json")
    at = f"{live_server.url}/tomp/v2/operators/valley"
    results = Conformance(at, judge, company.system.id, company.system.secret, *RIDE).run()
    assert len(results) >= 11
    assert {name: wrong for name, wrong in results if wrong} == {}
