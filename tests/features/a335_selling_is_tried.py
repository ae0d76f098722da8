"""Sales interfaces are tried for real at their sandbox: what they prove there is what the transaction relies on."""

from __future__ import annotations

import pytest

from tests.features.probed import Probed
from transit.models import Interface, Probe
from transit.register import capabilities
from transit.register.sellers import get_sales_interface

PROTOCOLS = ("TOMP-2.0", "TOMP-1.6")


def capability() -> str:
    """What the register states; the transaction relies on it."""
    stated = Interface.objects.get(name="sea-sales").capability
    assert get_sales_interface("sea").capability == (stated or "D")
    return stated


def left(probed: Probed, place: str = "sandbox") -> list[str]:
    """The statuses of what an operator has in its books."""
    return [package["status"] for package in probed.twins[place].state()["packages"]]


@pytest.mark.parametrize("form", PROTOCOLS)
@pytest.mark.parametrize("habit", ["A", "B"])
def test_the_class_is_what_was_proven(probed: Probed, form: str, habit: str) -> None:
    probed.sells("sea", form, capability=habit)
    steps = probed.tries("sea-sales")
    repeated = "proven" if habit == "A" and form == "TOMP-2.0" else "disproven refused"
    assert steps["hold_again"] == ("proven" if habit == "A" else "disproven refused")
    assert steps["confirm_again"] == repeated
    assert {steps[name] for name in ("search", "hold", "look_up_before", "look_up", "look_up_after")} == {"proven"}
    assert steps["extend"] == steps["release"] == steps["undo"] == steps["nonsense"] == "proven"
    assert steps["find_all"] == ("not tried no such call" if form == "TOMP-2.0" else "proven")
    assert steps["charged_once"] == ("proven" if form == "TOMP-2.0" else "not tried no such call")
    # TOMP 1.6 refuses a second COMMIT with 403, whatever else the operator does.
    assert capability() == ("A" if repeated == "proven" else "B")


@pytest.mark.parametrize("form", PROTOCOLS)
def test_where_it_really_sells_nothing_is_bought(probed: Probed, form: str) -> None:
    probed.sells("sea", form)
    probed.tries("sea-sales")
    assert left(probed, "live") == []
    assert set(left(probed)) <= {"ROLLBACK", "CANCELLED", "EXPIRED"}
    assert len(left(probed)) == 3


def test_without_a_sandbox_nothing_is_tried(probed: Probed) -> None:
    probed.sells("sea", sandbox=False)
    assert probed.asks("sea-sales") == "FAULTY: no_sandbox"
    assert left(probed, "live") == []
    assert capability() == "", "nothing was proven"


@pytest.mark.parametrize("spelling", ["{}", "{}/", "{}//", "{}?x=1", "{}#a"])
def test_a_sandbox_that_is_none_is_not_used(probed: Probed, spelling: str) -> None:
    interface = probed.sells("sea")
    Interface.objects.filter(pk=interface.pk).update(sandbox_url=spelling.format(interface.url))
    assert probed.asks("sea-sales") == "FAULTY: sandbox_is_production"
    assert left(probed, "live") == []


def test_sold_twice_is_never_class_a(probed: Probed) -> None:
    probed.sells("sea", capability="A", sells_twice=True)
    steps = probed.tries("sea-sales")
    assert steps["hold_again"] == "disproven sold twice"
    assert capability() == "B"
    assert set(left(probed)) <= {"ROLLBACK", "CANCELLED"}, "the second sale is let go, too"
    assert "bad sells sells_twice" in probed.grade("sea-sales")


def test_a_number_that_nobody_knows_before_is_class_d(probed: Probed) -> None:
    probed.sells("sea", capability="A", own_numbers=True)
    assert probed.tries("sea-sales")["look_up"].startswith("disproven")
    assert capability() == "D"


def test_what_is_released_and_still_held(probed: Probed) -> None:
    probed.sells("sea", capability="A", keeps_released=True)
    steps = probed.tries("sea-sales")
    assert steps["look_up_after"] == "disproven still held"
    assert capability() == "D"


def test_a_senseless_call_wants_a_proper_refusal(probed: Probed) -> None:
    probed.sells("sea", bare_errors=True)
    steps = probed.tries("sea-sales")
    assert steps["nonsense"] == "disproven no error code"
    assert steps["look_up_before"] == "disproven refused", "a bare 404 may come from a gateway"
    assert capability() == "D"


def test_a_short_expiry_is_waited_for(probed: Probed) -> None:
    probed.sells("sea", hold_s=2, max_hold_s=3)
    assert probed.tries("sea-sales")["expire"] == "proven"
    assert left(probed).count("EXPIRED") == 1


def test_silence_that_books_is_found_out(probed: Probed) -> None:
    probed.sells("sea", hold_s=2, max_hold_s=3, silence_books=True)
    assert probed.tries("sea-sales")["expire"] == "disproven bought"
    assert "weak sells silence_sells" in probed.grade("sea-sales")


def test_an_answer_that_is_lost_proves_nothing(probed: Probed) -> None:
    """The class that was proven before stays; it is tried again soon."""
    probed.sells("sea", capability="A")
    probed.tries("sea-sales")
    assert capability() == "A"
    for grade in ("A", "B: weak sells not_conclusive"):
        probed.twins["sandbox"].faults.add({"kind": "lost", "path": "purchase-offers", "times": 9})
        probed.later(hours=7)
        assert probed.asks("sea-sales").startswith("FINE" if grade == "A" else "FAULTY")
        assert probed.grade("sea-sales") == grade
        probed.twins["sandbox"].faults.waiting.clear()
    assert (capability(), probed.alerts("sea-sales")) == ("A", ["fell"])


def test_a_worse_class_holds_at_once_and_is_told(probed: Probed) -> None:
    probed.sells("sea", capability="A")
    probed.tries("sea-sales")
    object.__setattr__(probed.twins["sandbox"].settings, "capability", "B")
    probed.tries("sea-sales")
    assert capability() == "B"
    assert probed.alerts("sea-sales") == ["worse"]
    probed.tries("sea-sales")
    assert probed.alerts("sea-sales") == ["worse"], "told once"


def test_a_better_class_waits_for_an_officer(probed: Probed) -> None:
    interface = probed.sells("sea", capability="A")
    Interface.objects.filter(pk=interface.pk).update(capability="B")
    probed.tries("sea-sales")
    interface.refresh_from_db()
    offered = capabilities.find_offer(interface)
    assert (capability(), offered and offered.new) == ("B", "A")
    capabilities.accept(interface.pk, Probe.objects.all()[0].started_at)
    assert capability() == "A"
    with pytest.raises(capabilities.NothingOffered):
        capabilities.accept(interface.pk, Probe.objects.all()[0].started_at)


def test_every_answer_obeys_the_schema_and_no_secret_is_kept(probed: Probed) -> None:
    probed.sells("sea", capability="A")
    assert probed.asks("sea-sales") == "FINE"
    row = Probe.objects.all()[0]
    kept = f"{row.evidence} {row.findings} {row.conformance}"
    assert "tomp-secret" not in kept
    assert "Bearer" not in kept
    assert "GET /health 200" in row.evidence


def test_found_by_our_reference_alone(probed: Probed) -> None:
    """Class C: a look-up by number is refused, the list of bookings has it."""
    probed.sells("sea", "TOMP-1.6", capability="A")
    probed.twins["sandbox"].faults.add({"kind": "reject", "method": "GET", "path": "/bookings/", "times": 99})
    assert probed.tries("sea-sales")["find_all"] == "proven"
    shown = Probe.objects.all()[0].conformance
    assert shown is not None
    assert shown["capability"] == "C"
    assert capability() == "C"
