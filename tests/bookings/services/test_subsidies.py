"""Subsidies from the offer to the sale and back: the budget, the ledger and the receipts say the same at every step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Sum

from bookings import budgets
from bookings.ledger.posting import balance
from bookings.models import LedgerEntry, Offer, Order, SubsidyAllowance, SubsidyBudget, SubsidyClaim
from bookings.services import cancelling, no_shows, orders, receipts, subsidies, subsidy_queue
from bookings.services.orders import OrderError
from bookings.services.subsidies import FundedRide
from tests import factories
from tests.bookings.world import World
from transit.money import Money
from transit.ondemand.rules import AtCap, Subsidy

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
NewWorld = Callable[..., World]
REGION = "region:coast"


def half(**fields: Any) -> Callable[[Offer], None]:
    """The region pays half of the bus: 1.75 of 3.50 and 0.90 of 1.80, together 2.65."""
    rule: dict[str, Any] = {"code": "half", "payer": REGION, "share_basis_points": 5000}
    subsidy = Subsidy(**(rule | fields))

    def fund(offer: Offer) -> None:
        products = list(offer.parts.get(seq=1).products.all())
        ride = FundedRide(
            service_code="call", region_code="coast", subsidies=(subsidy,), groups=("senior",), purpose="",
            day=date(2026, 11, 23), starts_at=factories.NOW + timedelta(hours=1), person="user:1",
        )  # fmt: skip
        subsidies.offer(products, ride, "EUR")

    return fund


def budget() -> tuple[int, int, int, int]:
    """Reserved, spent, beyond it, and how many wait."""
    row = SubsidyBudget.objects.get()
    return row.reserved_minor, row.spent_minor, row.reduced_minor, row.waiting


def owed() -> int:
    """What the region owes by the ledger, which must be what its claims say."""
    minor = balance(f"region_subsidy:{REGION}", "EUR").minor
    assert minor == (SubsidyClaim.objects.aggregate(sum=Sum("settled_minor"))["sum"] or 0)
    spent = SubsidyBudget.objects.aggregate(spent=Sum("spent_minor"), beyond=Sum("reduced_minor"))
    assert minor == (spent["spent"] or 0) + (spent["beyond"] or 0) or any(budget()[0:1])
    return minor


def cancel(world: World) -> None:
    world.order.refresh_from_db()
    quote = cancelling.quote(world.order, world.now, world.ports)
    cancelling.cancel(world.order, world.now, quote.fee, world.ports)
    assert world.run().state == "CANCELLED"


def states() -> list[str]:
    return list(SubsidyClaim.objects.order_by("pk").values_list("state", flat=True))


def test_reserved_settled_and_given_back(new_world: NewWorld) -> None:
    world = new_world(sold="H", fund=half(yearly_minor=1000, monthly_rides=4))
    assert budget() == (265, 0, 0, 0)
    assert world.order.quoted_minor == 265
    assert world.run().state == "COMPLETED"
    assert (budget(), owed(), states()) == ((0, 265, 0, 0), 265, ["SETTLED", "SETTLED"])
    assert SubsidyAllowance.objects.get().taken == 2
    cancel(world)
    assert (budget(), owed(), states()) == ((0, 0, 0, 0), 0, ["GIVEN_BACK", "GIVEN_BACK"])
    assert SubsidyAllowance.objects.get().taken == 0


def test_not_bought_it_is_free_again(new_world: NewWorld) -> None:
    world = new_world(sold="H", pays="declined", fund=half(yearly_minor=1000, monthly_rides=4))
    world.run(until=lambda order: order.state == "NEEDS_ACTION")
    cancelling.cancel(world.order, world.now)
    assert world.run().state == "FAILED"
    assert (budget(), owed(), states()) == ((0, 0, 0, 0), 0, ["RELEASED", "RELEASED"])
    assert SubsidyAllowance.objects.get().taken == 0


def test_what_is_cheaper_costs_the_payer_no_more_than_the_ride(new_world: NewWorld) -> None:
    """Of a fee of 10 % everything is the resident's; only a fee above their part is the payer's too."""
    world = new_world(sold="H", provider="cash", fund=half(share_basis_points=9500))
    assert world.run().state == "COMPLETED"
    paid = owed()
    assert paid == 333 + 171
    cancel(world)
    assert (owed(), budget()[1]) == (53 - 26, 53 - 26)
    assert set(states()) == {"SETTLED"}


def test_somebody_else_was_first(new_world: NewWorld) -> None:
    """The money that was shown went to another one before the offer was accepted: nobody pays another price."""

    def fund(offer: Offer) -> None:
        half(yearly_minor=300)(offer)
        budgets.take(SubsidyBudget.objects.get().pk, 265)

    with pytest.raises(OrderError) as refused:
        new_world(sold="H", fund=fund)
    assert refused.value.code == "subsidy_changed"
    assert (budget(), states(), Order.objects.count()) == ((265, 0, 0, 0), ["OFFERED", "OFFERED"], 0)


@pytest.mark.parametrize(
    ("at_cap", "given", "after"),
    [(AtCap.STOP, [175, 90], 530), (AtCap.REDUCE, [175, 90, 35, 18], 530 - 53), (AtCap.QUEUE, [175, 90], 530)],
    ids=["stop", "reduce", "queue"],
)
def test_at_the_end_of_the_budget(new_world: NewWorld, at_cap: AtCap, given: list[int], after: int) -> None:
    fund = half(yearly_minor=300, at_cap=at_cap, reduced_basis_points=1000)
    first = new_world(sold="H", fund=fund)
    assert first.run().state == "COMPLETED"
    second = new_world(sold="H", fund=fund)
    assert second.order.quoted_minor == after
    assert second.run().state == "COMPLETED"
    found = SubsidyClaim.objects.filter(state="SETTLED").order_by("pk").values_list("settled_minor", flat=True)
    assert list(found) == given
    assert budget() == (0, 265, 53 if at_cap == AtCap.REDUCE else 0, 2 if at_cap == AtCap.QUEUE else 0)
    owed()


def queue_of(new_world: NewWorld, waiting: int, **fields: Any) -> tuple[World, list[World]]:
    """One has the last money, others wait for it."""
    fund = half(yearly_minor=300, at_cap=AtCap.QUEUE)
    worlds = [new_world(sold="H", fund=fund, **fields) for _ in range(waiting + 1)]
    for world in worlds:
        assert world.run().state == "COMPLETED"
    return worlds[0], worlds[1:]


def test_who_waits_gets_it_when_it_becomes_free(new_world: NewWorld) -> None:
    holder, (first, second) = queue_of(new_world, 2)
    assert subsidy_queue.follow(first.now) == []
    assert [subsidies.place_in_queue(each) for each in SubsidyClaim.objects.filter(state="WAITING")] == [1, 2, 3, 4]
    assert orders.status(first.order).charged.minor == 530
    cancel(holder)
    assert set(subsidy_queue.follow(first.now)) == {first.order}
    assert first.run().state == "COMPLETED"
    assert orders.status(first.order).charged.minor == 265
    assert orders.status(second.order).charged.minor == 530
    assert (budget(), owed()) == ((0, 265, 0, 2), 265)
    assert balance("rider_refund_payable", "EUR").minor == 0
    sold, *changes = receipts.list_papers(first.order)
    assert [paper.receipt.kind for paper in (sold, *changes)] == ["sale", "payers", "payers"]
    assert [paper.payers for paper in changes] == [
        [("resident", Money(-175, "EUR")), (REGION, Money(175, "EUR"))],
        [("resident", Money(-90, "EUR")), (REGION, Money(90, "EUR"))],
    ]
    assert [(paper.gross.minor, [tax.tax.minor for tax in paper.taxes]) for paper in changes] == [(0, [0]), (0, [0])]
    cancel(first)
    assert orders.status(first.order).charged.minor == 53, "the fee, and no more"
    subsidy_queue.follow(second.now)
    second.run()
    assert (budget(), owed()) == ((0, 265, 0, 0), 265)
    assert orders.status(second.order).charged.minor == 265


def test_nobody_overtakes(new_world: NewWorld) -> None:
    holder, _ = queue_of(new_world, 1)
    late = new_world(sold="H", fund=half(yearly_minor=10_000, at_cap=AtCap.QUEUE))
    assert late.order.quoted_minor == 530, "there is money again, and somebody waits for it"
    assert late.run().state == "COMPLETED"
    assert len(subsidy_queue.follow(late.now)) == 4
    assert budget() == (0, 265 * 3, 0, 0)
    assert holder.run().state == "COMPLETED"
    owed()


def test_after_the_ride_nobody_waits(new_world: NewWorld) -> None:
    holder, (first,) = queue_of(new_world, 1)
    assert subsidy_queue.follow(first.now + timedelta(hours=2)) == []
    assert (budget()[3], states()[2:]) == (0, ["RELEASED", "RELEASED"])
    cancel(holder)
    assert subsidy_queue.follow(first.now) == []
    assert owed() == 0


@pytest.mark.parametrize("provider", ["cash", "stripe"])
def test_what_is_paid_later_is_owed_less(new_world: NewWorld, provider: str) -> None:
    holder, (first,) = queue_of(new_world, 1, provider=provider)
    cancel(holder)
    subsidy_queue.follow(first.now)
    assert first.run().state == "COMPLETED"
    status = orders.status(first.order)
    assert status.charged.minor + status.owed.minor == 265
    assert owed() == 265


def test_who_did_not_come_has_used_up_a_ride(new_world: NewWorld) -> None:
    world = new_world(sold="H", fund=half(monthly_rides=4))
    assert world.run().state == "COMPLETED"
    booking = world.order.bookings.get()
    start = booking.rides.get().start_at
    no_shows.note(world.bus, booking.reference, start + timedelta(minutes=1))
    world.run()
    assert SubsidyAllowance.objects.get().taken == 2
    owed()


def test_somebody_whom_nobody_knows_has_no_month(new_world: NewWorld) -> None:
    def fund(offer: Offer) -> None:
        subsidy = Subsidy("half", REGION, share_basis_points=5000, monthly_rides=4)
        ride = FundedRide("call", "coast", (subsidy,), (), "", date(2026, 11, 23), factories.NOW)
        subsidies.offer(list(offer.parts.get(seq=1).products.all()), ride, "EUR")

    assert new_world(sold="H", fund=fund).order.quoted_minor == 530


def test_every_posting_sums_to_nought(new_world: NewWorld) -> None:
    holder, (first,) = queue_of(new_world, 1)
    cancel(holder)
    subsidy_queue.follow(first.now)
    first.run()
    sums = LedgerEntry.objects.values("txn").annotate(sum=Sum("amount_minor")).values_list("sum", flat=True)
    assert set(sums) == {0}
