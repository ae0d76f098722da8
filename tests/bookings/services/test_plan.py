"""The plan is a pure function: rows and time in, the next move out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bookings.services import timing
from bookings.services.plan import give_up, plan
from bookings.services.snapshot import Part, Snapshot, Step
from tests.factories import NOW

MINUTE = timedelta(minutes=1)


def part(seq: int = 1, state: str = "HELD", **fields: object) -> Part:
    values = {"capability": "A", "price_minor": 500, "hold_expires_at": NOW + 15 * MINUTE}
    return Part(seq, state, **(values | fields))  # type: ignore[arg-type]


def step(kind: str, seq: int = 0, state: str = "DONE", **fields: object) -> Step:
    values = {"epoch": 0, "attempts": 1, "unknowns": 0, "not_before": NOW, "deadline_at": NOW + 10 * MINUTE}
    return Step(abs(hash((kind, seq))), kind, seq, state=state, **(values | fields))  # type: ignore[arg-type]


def order(state: str, *steps: Step, parts: tuple[Part, ...] = (part(1), part(2)), **fields: object) -> Snapshot:
    values = {"cap_minor": 1000, "deadline_at": NOW + 120 * MINUTE}
    return Snapshot(state, parts, steps, **(values | fields))  # type: ignore[arg-type]


HELD = (step("HOLD", 1), step("HOLD", 2))


def test_everything_is_held_before_money_is_touched() -> None:
    assert [(new.kind, new.booking_seq) for new in plan(order("HOLDING"), NOW).steps] == [("HOLD", 1), ("HOLD", 2)]
    half = order("HOLDING", HELD[0], step("HOLD", 2, "UNKNOWN"))
    assert not plan(half, NOW).changes
    assert plan(order("HOLDING", *HELD), NOW).state == "AUTHORISING"


def test_an_unknown_outcome_is_no_failure_before_its_time_is_over() -> None:
    waiting = order("HOLDING", HELD[0], step("HOLD", 2, "UNKNOWN", not_before=NOW + MINUTE))
    assert plan(waiting, NOW).wake_at == NOW + MINUTE
    assert plan(waiting, NOW + 10 * MINUTE).reason == "operator_unavailable"


def test_dearer_than_consented_is_asked() -> None:
    assert plan(order("HOLDING", *HELD, cap_minor=999), NOW).state == "NEEDS_CONSENT"
    assert plan(order("NEEDS_CONSENT", *HELD, cap_minor=1000), NOW).state == "AUTHORISING"


def test_a_hold_that_ends_soon_is_extended_once() -> None:
    short = (part(1, hold_expires_at=NOW + timedelta(seconds=59)), part(2))
    assert [new.kind for new in plan(order("HOLDING", *HELD, parts=short), NOW).steps] == ["EXTEND"]
    refused = order("HOLDING", *HELD, step("EXTEND", 1, "REJECTED"), parts=short)
    assert plan(refused, NOW).reason == "too_late"
    both = (replace(short[0]), replace(short[0], seq=2))
    one_open = order("HOLDING", *HELD, step("EXTEND", 1), step("EXTEND", 2, "PENDING"), parts=both)
    assert not plan(one_open, NOW).changes


def test_the_payer_has_until_ninety_seconds_before_the_first_hold_ends() -> None:
    (new,) = plan(order("AUTHORISING", *HELD), NOW).steps
    assert new.deadline_at == NOW + 15 * MINUTE - timing.PAY_MARGIN
    late = order("NEEDS_ACTION", *HELD, step("AUTHORISE", state="PENDING", deadline_at=NOW))
    move = plan(late, NOW)
    assert (move.state, move.reason, len(move.dead)) == ("UNWINDING", "payment_abandoned", 1)


def test_what_can_be_rolled_back_longest_is_confirmed_first_and_d_last() -> None:
    parts = (part(1, capability="D"), part(2, capability="B", rollback_expires_at=NOW), part(3, capability="B"))
    (new,) = plan(order("CONFIRMING", parts=parts), NOW).steps
    assert new.booking_seq == 3
    (new,) = plan(order("CONFIRMING", step("CONFIRM", 3), parts=(*parts[:2], part(3, "CONFIRMED"))), NOW).steps
    assert new.booking_seq == 2


def test_what_can_be_undone_is_bought_together_and_before_all_else() -> None:
    for_long, too_short = NOW + timing.UNDO_AT_LEAST, NOW + timing.UNDO_AT_LEAST - timedelta(seconds=1)
    parts = (
        part(1),
        part(2, capability="B", rollback_expires_at=for_long),
        part(3, capability="B", rollback_expires_at=too_short),
        part(4, capability="C"),
        part(5, capability="D", rollback_expires_at=for_long),
    )
    first = plan(order("CONFIRMING", parts=parts), NOW).steps
    assert [(new.kind, new.booking_seq) for new in first] == [("CONFIRM", 1), ("CONFIRM", 2)]
    half = order(
        "CONFIRMING", step("CONFIRM", 1), step("CONFIRM", 2, "PENDING"), parts=(part(1, "CONFIRMED"), *parts[1:])
    )
    assert not plan(half, NOW).changes
    bought = (*(replace(each, state="CONFIRMED") for each in parts[:2]), *parts[2:])
    (new,) = plan(order("CONFIRMING", step("CONFIRM", 1), step("CONFIRM", 2), parts=bought), NOW).steps
    assert new.booking_seq == 3


def test_an_operator_that_hesitates_is_awaited() -> None:
    parts = (part(1, "CONDITIONAL"), part(2))
    assert plan(order("CONFIRMING", step("CONFIRM", 1, "PENDING"), parts=parts), NOW).state == "AWAITING_OPERATOR"


BOUGHT = (part(1, "CONFIRMED"), part(2, "CONFIRMED", capability="B"))


def test_money_is_taken_after_the_last_confirmation() -> None:
    assert plan(order("CONFIRMING", parts=BOUGHT), NOW).state == "CAPTURING"
    free = tuple(replace(each, price_minor=0) for each in BOUGHT)
    assert plan(order("CONFIRMING", parts=free), NOW).state == "COMPLETED"
    assert plan(order("CAPTURING", step("CAPTURE"), parts=BOUGHT), NOW).state == "COMPLETED"


def test_a_capture_that_fails_is_unwound_while_all_can_be_undone_and_else_handed_over() -> None:
    failed = order("CAPTURING", step("CAPTURE", state="REJECTED"), parts=BOUGHT)
    assert plan(failed, NOW).state == "UNWINDING"
    closed = replace(failed, parts=(BOUGHT[0], replace(BOUGHT[1], rollback_expires_at=NOW)))
    assert (plan(closed, NOW).state, plan(closed, NOW).case) == ("MANUAL", "capture_refused")


def test_all_that_was_attempted_is_undone_swept_and_only_then_failed() -> None:
    began = (step("HOLD", 1, "REJECTED"), step("HOLD", 2, "DEAD"), step("AUTHORISE", state="DEAD", attempts=0))
    move = plan(order("UNWINDING", *began), NOW)
    assert [(new.kind, new.booking_seq) for new in move.steps] == [("CANCEL", 1), ("CANCEL", 2)]
    undone = (*began, step("CANCEL", 1), step("CANCEL", 2))
    sweep = plan(order("UNWINDING", *undone), NOW)
    assert {new.not_before for new in sweep.steps} == {NOW + timing.IN_FLIGHT}
    swept = (*undone, step("SWEEP", 1), step("SWEEP", 2))
    assert plan(order("UNWINDING", *swept), NOW).state == "FAILED"
    assert plan(order("UNWINDING"), NOW).state == "FAILED", "nothing was attempted"


@pytest.mark.parametrize("kind", ["CANCEL", "VOID"])
def test_what_cannot_be_undone_becomes_a_case(kind: str) -> None:
    began = (step("HOLD", 1), step("HOLD", 2), step("AUTHORISE"))
    undone = [step("CANCEL", 1), step("CANCEL", 2), step("VOID")]
    stuck = [replace(each, state="UNKNOWN", deadline_at=NOW) if each.kind == kind else each for each in undone]
    move = plan(order("UNWINDING", *began, *stuck), NOW)
    assert (move.state, move.case) == ("MANUAL", f"{kind.lower()}_overdue")


def test_a_doubtful_call_without_keys_is_audited_after_the_sale() -> None:
    doubtful = (replace(HELD[0], unknowns=1), replace(HELD[1], unknowns=1))
    (new,) = plan(order("COMPLETED", *doubtful, parts=BOUGHT), NOW).steps
    assert (new.kind, new.booking_seq, new.not_before) == ("AUDIT", 2, NOW + timing.IN_FLIGHT)
    differs = order("COMPLETED", *doubtful, step("AUDIT", 2, "REJECTED"), parts=BOUGHT)
    assert plan(differs, NOW).case == "audit_differs"
    assert not plan(replace(differs, cases=frozenset({"audit_differs"})), NOW).changes


def test_giving_up_is_for_what_is_not_bought() -> None:
    assert give_up(order("NEEDS_ACTION")).reason == "given_up"
    with pytest.raises(ValueError, match="CONFIRMING"):
        give_up(order("CONFIRMING"))


def test_back_off_doubles_up_to_a_minute_and_can_be_computed_again() -> None:
    waits = [timing.back_off("key", unknowns).total_seconds() for unknowns in range(1, 9)]
    assert waits == [timing.back_off("key", unknowns).total_seconds() for unknowns in range(1, 9)]
    for wait, middle in zip(waits, [1, 2, 4, 8, 16, 32, 60, 60], strict=True):
        assert 0.5 * middle <= wait <= 1.5 * middle


def test_one_refusal_does_not_keep_the_others_from_being_undone() -> None:
    began = (step("HOLD", 1), step("HOLD", 2), step("AUTHORISE"))
    refused = (*began, step("CANCEL", 1, "REJECTED"), step("CANCEL", 2), step("VOID", state="PENDING"))
    assert not plan(order("UNWINDING", *refused), NOW).changes
    undone = (*refused[:-1], step("VOID"))
    assert [new.kind for new in plan(order("UNWINDING", *undone), NOW).steps] == ["SWEEP"] * 3
    swept = (*undone, step("SWEEP", 1, "REJECTED"), step("SWEEP", 2), step("SWEEP"))
    assert plan(order("UNWINDING", *swept), NOW).state == "MANUAL"
    settled = (*undone, step("SWEEP", 1), step("SWEEP", 2), step("SWEEP"))
    assert plan(order("UNWINDING", *settled), NOW).state == "FAILED"


def test_nobody_but_people_find_out_what_became_of_a_purchase_at_d() -> None:
    parts = (part(1), part(2, capability="D"))
    lost = step("HOLD", 2, "UNKNOWN", unknowns=1)
    assert plan(order("HOLDING", HELD[0], lost, parts=parts), NOW).reason == "cannot_be_found_out"
    sold = (part(1, "CONFIRMED"), part(2, capability="D"))
    confirming = order("CONFIRMING", step("CONFIRM", 1), step("CONFIRM", 2, "UNKNOWN", unknowns=1), parts=sold)
    assert (plan(confirming, NOW).state, plan(confirming, NOW).case) == ("MANUAL", "cannot_be_found_out")
    undone = (step("HOLD", 1), step("HOLD", 2, "DEAD", unknowns=1), step("CANCEL", 1), step("CANCEL", 2))
    sweep = plan(order("UNWINDING", *undone, parts=parts), NOW)
    assert [(new.kind, new.booking_seq) for new in sweep.steps] == [("SWEEP", 1)]
    swept = order("UNWINDING", *undone, step("SWEEP", 1), parts=parts)
    assert plan(swept, NOW).case == "cannot_be_found_out"


def test_an_operator_that_others_owe_more_gives_nothing_back_at_the_payment_provider() -> None:
    moved = (step("TRANSFER", 1), step("REFUND", 0, epoch=1))
    amended = part(1, "CONFIRMED", others_minor=175, amends_minor=88)
    paid = {"cancel_epoch": 1, "captured_minor": 175, "asked_back_minor": 88, "payment_state": "CAPTURED"}
    assert plan(order("CANCELLING", *moved, parts=(amended,), **paid), NOW).state == "COMPLETED"
    too_much = replace(amended, too_much_minor=1)
    (reverse,) = plan(order("CANCELLING", *moved, parts=(too_much,), **paid), NOW).steps
    assert (reverse.kind, reverse.booking_seq) == ("REVERSE", 1)
