"""The daily comparison: every kind of drift is found by name, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from bookings.models import Case, Comparison, Order
from bookings.services import comparison
from tests.bookings.drift import DAMAGES, Street, hurt, missed, stock
from transit.remote import http

pytestmark = [pytest.mark.db, pytest.mark.no_ledger_check]


@pytest.fixture
def street(emptied_ledger: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Street:
    settings.TICKET_KEYS_DIR = tmp_path / "tickets"
    made = Street()
    monkeypatch.setattr(http, "call", made.wire)
    return made


def test_all_kinds_of_drift_and_nothing_else(street: Street) -> None:
    chosen = stock(street, 28)
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
