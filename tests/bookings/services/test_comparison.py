"""The daily comparison: every kind of drift is found by name, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from bookings.ledger import accounts
from bookings.ledger.posting import balance
from bookings.models import Case, Comparison, Order
from bookings.services import cases, comparison
from maas.accounts.models import Role, User
from maas.sandbox.stripe.balance import sums as balances
from tests.bookings.drift import DAMAGES, Street, hurt, missed, stock
from transit.models import Interface
from transit.remote import http

pytestmark = [pytest.mark.db, pytest.mark.no_ledger_check]


@pytest.fixture
def street(emptied_ledger: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Street:
    settings.TICKET_KEYS_DIR = tmp_path / "tickets"
    made = Street()
    monkeypatch.setattr(http, "call", made.wire)
    return made


def test_all_kinds_of_drift_and_nothing_else(street: Street) -> None:
    chosen = stock(street, len(DAMAGES))
    run = street.compare()
    assert (missed(run, {}), run.figures["found"]) == ([], 0)
    hurt(street, chosen)
    assert missed(street.compare(), chosen) == []
    assert len({damage.kind for damage in DAMAGES.values()}) >= 12
    open_before = set(Case.objects.exclude(subject="").values_list("pk", flat=True))
    street.work()
    again = comparison.compare(street.now, street.ports)
    assert set(Case.objects.exclude(subject="").values_list("pk", flat=True)) == open_before, "each is one case"
    _mended(street, chosen, again)


def _mended(street: Street, chosen: dict[str, Order], run: Comparison) -> None:
    """What software mends by itself is mended; what a person has put right is no case any more."""
    assert run.mended == []
    order = chosen["operator cancelled"]
    order.refresh_from_db()
    assert (order.bookings.get(seq=2).state, order.state) == ("CANCELLED", "COMPLETED")
    assert chosen["dispute, never heard of"].cases.get().kind == "dispute"
    street.intent(chosen["another amount"])["amount_received"] = chosen["another amount"].payments.get().captured_minor
    street.compare()
    case = chosen["another amount"].cases.get()
    assert (case.resolution, case.resolved_by) == ("vanished", None)
    assert chosen["another currency"].cases.get().resolution == ""


def test_what_a_provider_keeps_and_sends_on_is_booked(street: Street) -> None:
    street.stripe.charge_fees(250)
    sold = street.buy()
    street.stripe.pay_out(300, "eur")
    assert street.compare().figures["found"] == 0
    street.compare()
    fee = street.intent(sold)["amount_received"] * 250 // 10_000
    assert (balance(accounts.PAYMENT_COSTS, "EUR").minor, balance(accounts.BANK, "EUR").minor) == (fee, 300)
    assert balance(accounts.PSP_CLEARING, "EUR").minor == sum(balances(street.stripe.store).values())


def test_orders_under_way_alarm_nobody(street: Street) -> None:
    for sort in ("unpaid", "sold", "in part"):
        street.buy(sort)
    street.stripe.faults.add(method="POST", path="/v1/refunds", status=500, times=50)
    street.buy("given back")
    for _ in range(3):
        assert street.compare().figures["found"] == 0


def test_who_cannot_be_asked_is_named(street: Street) -> None:
    street.buy()
    Interface.objects.filter(operator__code=street.sea).update(capability="D")
    street.stripe.faults.add(method="GET", path="/v1/refunds", status=500)
    run = street.compare()
    assert run.not_compared == [
        {"who": "stripe", "why": "payment_unknown"},
        {"who": street.sea, "why": "cannot_be_asked"},
    ]
    assert [row["who"] for row in run.compared] == [street.bus]


def test_who_does_not_list_is_asked_for_each(street: Street) -> None:
    order = street.buy()
    street.operator.faults.add({"kind": "reject", "path": "payments", "times": 9})
    street.operator.shop.call_off(street.package(order), street.now)
    run = street.compare()
    assert next(row for row in run.compared if row["who"] == street.sea)["one_way"]
    assert run.mended == [f"operator_cancelled {street.sea} {order.bookings.get(seq=2).reference}"]


def test_what_staff_have_settled_is_not_found_again(street: Street) -> None:
    order = street.buy()
    street.intent(order)["amount_received"] = 1
    street.compare()
    staff = User.objects.create_superuser("staff@maas.test")
    cases.act(order.cases.get().pk, "close", "by letter", staff, street.now)
    assert street.compare().figures["opened"] == 0
    street.intent(order)["amount_received"] = 2
    assert street.compare().figures["opened"] == 1, "something else differs now"


def test_a_reserved_payment_is_let_go_by_staff(street: Street) -> None:
    order = street.buy("unwound")
    street.work()
    street.intent(order).update(status="requires_capture", amount_capturable=1280)
    street.compare()
    case = order.cases.get()
    desk, staff = (User.objects.create_user(f"{name}@maas.test") for name in ("desk", "staff"))
    Role.objects.create(user=desk, kind=Role.Kind.DESK_AGENT)
    Role.objects.create(user=staff, kind=Role.Kind.PLATFORM_STAFF)
    with pytest.raises(cases.CaseError, match="not_possible"):
        cases.act(case.pk, "let_go", "", desk, street.now, street.ports)
    cases.act(case.pk, "let_go", "", staff, street.now, street.ports)
    assert street.intent(order)["status"] == "canceled"
    assert street.compare().figures["found"] == 0
