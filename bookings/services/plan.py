"""What comes next for an order: a pure function of its rows and the time. Reads no clock, asks nobody, writes nothing.

hold all → consent → authorise → confirm all → capture → tickets; anything else → unwind → sweep → failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bookings.payments.base import ACCOUNT_NOT_READY
from bookings.services import timing
from bookings.services.snapshot import Part, Snapshot, Step

FORWARD: Final = frozenset({"HOLD", "EXTEND", "AUTHORISE", "CONFIRM", "CAPTURE"})
_UNDO: Final = ("CANCEL", "VOID")
_PASSED_ON: Final = frozenset({"sold_out", "departed"})
"""Operators' reasons that say something to a resident."""


@dataclass(frozen=True, slots=True)
class NewStep:
    """An effect to write down. A hold is stopped by its deadline, an undoing becomes a case."""

    kind: str
    booking_seq: int
    not_before: datetime
    deadline_at: datetime
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write. `reason` says why in a code; `case` opens one for a person; `dead` are given-up steps' numbers."""

    steps: tuple[NewStep, ...] = ()
    dead: tuple[int, ...] = ()
    state: str | None = None
    reason: str = ""
    case: str = ""
    wake_at: datetime | None = None

    @property
    def changes(self) -> bool:
        """Whether rows change, so that it is worth planning again."""
        return bool(self.steps or self.dead or self.state or self.case)


def plan(order: Snapshot, now: datetime) -> Plan:
    """The next move of an order, or when to look again."""
    return _BY_STATE[order.state](order, now)


def _holding(order: Snapshot, now: datetime) -> Plan:
    if missing := [part for part in order.parts if order.find("HOLD", part.seq) is None]:
        return Plan(
            steps=tuple(NewStep("HOLD", part.seq, now, now + timing.hold_deadline(part.capability)) for part in missing)
        )
    steps = order.list_kind("HOLD")
    if refused := next((step for step in steps if step.state == "REJECTED"), None):
        return _unwind(order, refused.reason if refused.reason in _PASSED_ON else "hold_rejected")
    if _never_known(order, steps):
        return _unwind(order, timing.NEVER_KNOWN)
    if any(step.is_open for step in steps):
        return _unwind(order, "operator_unavailable") if _failure(steps, now) else _wait(order)
    return _held(order, now)


def _held(order: Snapshot, now: datetime) -> Plan:
    """Everything is held: keep it alive, ask when it is dearer than consented, then pay."""
    if keeping := _keep_holds(order, now):
        return keeping
    if order.due_minor > order.cap_minor:
        return Plan(state="NEEDS_CONSENT", reason="dearer")
    return Plan(state="AUTHORISING" if order.due_minor else "CONFIRMING")


def _needs_consent(order: Snapshot, now: datetime) -> Plan:
    last = _last_moment(order)
    if now >= last:
        return _unwind(order, "consent_refused")
    return _wait(order, last) if order.due_minor > order.cap_minor else _held(order, now)


def _authorising(order: Snapshot, now: datetime) -> Plan:
    step = order.find("AUTHORISE")
    if step is None:
        until = min(_last_moment(order), now + timing.LONGEST_PAYMENT)
        return Plan(steps=(NewStep("AUTHORISE", 0, now, until),))
    if step.state == "DONE":
        return _keep_holds(order, now) or Plan(state="CONFIRMING")
    if step.state == "REJECTED":
        return _unwind(order, "declined")
    if now >= step.deadline_at:
        return _unwind(order, "payment_abandoned")
    if order.state == "AUTHORISING" and order.payment_state == "REQUIRES_ACTION":
        return Plan(state="NEEDS_ACTION")
    return _wait(order)


def _confirming(order: Snapshot, now: datetime) -> Plan:
    """Together what can be undone for a while yet. Then one after the other, those first that can be so for longest."""
    steps = order.list_kind("CONFIRM")
    if _failure(steps, now):
        return _unwind(order, "confirm_rejected")
    if _never_known(order, steps):
        return _hand_over(timing.NEVER_KNOWN)
    if any(step.is_open for step in steps):
        return _await_operator(order) or _wait(order)
    if left := [part for part in order.parts if part.state != "CONFIRMED"]:
        if not steps and (keeping := _keep_holds(order, now)):
            return keeping
        undoable = [part.seq for part in left if _is_undoable(part, now)]
        return _start("CONFIRM", undoable or [min(left, key=_irrevocable).seq], now)
    return Plan(state="CAPTURING" if order.due_minor and not order.is_open_ended else "COMPLETED")


def _await_operator(order: Snapshot) -> Plan | None:
    waits = any(part.state == "CONDITIONAL" for part in order.parts)
    wanted = "AWAITING_OPERATOR" if waits else "CONFIRMING"
    return Plan(state=wanted) if order.state != wanted else None


def _is_undoable(part: Part, now: datetime) -> bool:
    """Whether a purchase can be taken back at no cost for long enough, if another one should be refused."""
    if part.capability == "D":
        return False
    if part.rollback_expires_at is None:  # no end is known: that is relied on where every call has a key
        return part.capability == "A"
    return part.rollback_expires_at - now >= timing.UNDO_AT_LEAST


def _irrevocable(part: Part) -> tuple[str, bool, int]:
    """D last: nothing can be found out about it. Then those without a way back."""
    return (part.capability, part.rollback_expires_at is not None, part.seq)


def _capturing(order: Snapshot, now: datetime) -> Plan:
    step = order.find("CAPTURE")
    if step is None:
        return _start("CAPTURE", [0], now)
    if step.state == "DONE":
        return Plan(state="COMPLETED")
    if step.state == "REJECTED":
        if all(part.rollback_expires_at is None or part.rollback_expires_at > now for part in order.parts):
            return _unwind(order, "declined")
        return _charge_again(order, now)
    return _hand_over("capture_overdue") if now >= step.deadline_at else _wait(order)


def _charge_again(order: Snapshot, now: datetime) -> Plan:
    """Everything is bought and the authorisation is gone: once from a saved card, else a person sees to it."""
    step = order.find("CHARGE")
    if step is None:
        return _start("CHARGE", [0], now) if order.card_saved else _hand_over("capture_refused")
    if step.state == "DONE":
        return Plan(state="COMPLETED")
    return _hand_over("capture_refused") if _failure([step], now) else _wait(order)


def _completed(order: Snapshot, now: datetime) -> Plan:
    """Sold. Where an operator has no keys, a doubtful call is looked at again when it can no longer arrive."""
    doubtful = {step.booking_seq for step in order.steps if step.kind in {"HOLD", "CONFIRM"} and step.unknowns}
    sold = {part.seq for part in order.parts if part.state == "CONFIRMED"}
    missing = [
        part.seq
        for part in order.parts
        if part.seq in doubtful & sold and part.capability in "BC" and order.find("AUDIT", part.seq) is None
    ]
    if missing:
        return _start("AUDIT", missing, now + timing.IN_FLIGHT)
    if pointless := [step for step in order.list_kind("AUDIT") if step.is_open and step.booking_seq not in sold]:
        return Plan(dead=_open(pointless))
    audits = [step for step in order.list_kind("AUDIT") if step.booking_seq in sold]
    if _failure(audits, now) and "audit_differs" not in order.cases:
        return Plan(case="audit_differs", dead=_open(audits))
    return _charge_use(order, now) or _give_taken_over(order, now) or _move_on(order, now) or _wait(order)


def _charge_use(order: Snapshot, now: datetime) -> Plan | None:
    """Operators tell what was used, and that is taken of what was authorised; None when nothing is left of that."""
    ceilings = [part for part in order.parts if part.is_ceiling]
    steps = order.list_kind("USE")
    if missing := [part for part in ceilings if order.find("USE", part.seq) is None]:
        return Plan(steps=tuple(_new("USE", part.seq, part.told_from or now) for part in missing))
    if not steps:
        return None
    if told := _tell_once(order, steps, "use_not_told", now):
        return told
    if any(step.is_open for step in steps):
        return _wait(order)
    return _settle(order, now) if order.payment_state == "AUTHORISED" else None


def _give_taken_over(order: Snapshot, now: datetime) -> Plan | None:
    """What somebody else pays since the sale goes back to the resident; None when there is nothing to do about it."""
    if not any(part.taken_over_minor for part in order.parts):
        return None
    steps = [step for step in order.list_kind("REFUND") if step.is_open or step.epoch == order.cancel_epoch]
    if not steps and order.captured_minor and order.to_refund_minor:
        return Plan(steps=(_new("REFUND", 0, now, order.cancel_epoch),))
    return _tell_once(order, steps, "share_not_paid_back", now)


def _settle(order: Snapshot, now: datetime) -> Plan | None:
    """Take what is known to be owed of what was authorised, or let it go; None when no more can be done."""
    kind = "CAPTURE" if order.due_minor else "VOID"
    step = order.find(kind)
    if step is None:
        return _start(kind, [0], now)
    return _tell_once(order, order.list_kind(kind), "use_not_captured", now) or (_wait(order) if step.is_open else None)


def _move_on(order: Snapshot, now: datetime) -> Plan | None:
    """Each operator's share goes to its own account, unless a bank disputes the payment; None when all is done."""
    taken = order.captured_minor and not order.disputed
    due = [part.seq for part in order.parts if part.payout_minor and part.state == "CONFIRMED" and taken]
    tried = {step.booking_seq: step for step in _last_transfers(order)}
    if missing := [seq for seq in due if seq not in tried or _may_go_later(tried[seq])]:
        return Plan(steps=tuple(_new("TRANSFER", seq, now, _next_epoch(tried.get(seq))) for seq in missing))
    waiting = [step for step in tried.values() if not _may_go_later(step)]
    return _tell_once(order, waiting, "transfer_refused", now)


def _last_transfers(order: Snapshot) -> list[Step]:
    """The last try for each booking."""
    return list({step.booking_seq: step for step in sorted(order.list_kind("TRANSFER"), key=_epoch)}.values())


def _epoch(step: Step) -> int:
    return step.epoch


def _next_epoch(step: Step | None) -> int:
    """What was refused under one key is asked under another."""
    return 0 if step is None else step.epoch + 1


def _may_go_later(step: Step) -> bool:
    """The operator's account could not receive. Its share is due again once it can; some tries later, a person's."""
    return step.state == "REJECTED" and step.reason == ACCOUNT_NOT_READY and step.epoch + 1 < timing.MOST_TRANSFERS


def _move_back(order: Snapshot, now: datetime) -> Plan | None:
    """What the resident got back comes back from the operators' accounts too; None when that is done."""
    gone = {part.seq for part in order.parts if part.state == "CANCELLED" or part.amends_minor}
    moved = [step for step in _last_transfers(order) if step.booking_seq in gone]
    if unsent := [step for step in moved if step.is_open and not step.attempts]:
        return Plan(dead=_open(unsent))
    if any(step.is_open for step in moved) and not _failure(moved, now):
        return _wait(order)
    done = {step.booking_seq for step in moved if step.state == "DONE"}
    due = [part.seq for part in order.parts if part.seq in done and part.refund_minor and part.too_much_minor]
    if missing := [seq for seq in due if order.find("REVERSE", seq) is None]:
        return _start("REVERSE", missing, now)
    if told := _tell_once(order, order.list_kind("REVERSE"), "reversal_refused", now):
        return told
    return _wait(order) if any(step.is_open for step in order.list_kind("REVERSE")) else None


def _tell_once(order: Snapshot, steps: Sequence[Step], case: str, now: datetime) -> Plan | None:
    """A person hears of money that does not move between accounts; the resident has nothing to do with it."""
    failed = [step for step in steps if _failure([step], now)]
    if not failed or (case in order.cases and not _open(failed)):
        return None
    return Plan(case="" if case in order.cases else case, dead=_open(failed))


def _unwinding(order: Snapshot, now: datetime) -> Plan:
    """Undo everything that was ever attempted; again when nothing can be under way any more."""
    targets = _undo_targets(order)
    if missing := [_new(kind, seq, now) for kind, seq in targets if order.find(kind, seq) is None]:
        return Plan(steps=tuple(missing))
    undone = [step for kind in _UNDO for step in order.list_kind(kind, epoch=0)]
    sweeps = order.list_kind("SWEEP")
    lost = _never_known(order, [step for step in order.steps if step.attempts])
    under_way = [step for step in [*undone, *sweeps] if step.is_open and step not in lost]
    if overdue := _failure(under_way, now):
        return _hand_over(overdue)
    if any(step in under_way for step in undone):
        return _wait(order)
    if (again := [seq for _, seq in targets if _capability(order, seq) != "D"]) and not sweeps:
        return _start("SWEEP", again, now + timing.IN_FLIGHT)
    if under_way:
        return _wait(order)
    # What one refused must not keep the others from being let go; the sweep has tried everything again.
    if refused := _failure(sweeps, now) or (timing.NEVER_KNOWN if lost else ""):
        return _hand_over(refused)
    return Plan(state="FAILED")


def _undo_targets(order: Snapshot) -> list[tuple[str, int]]:
    attempted = {(step.kind, step.booking_seq) for step in order.steps if step.attempts}
    held = [("CANCEL", part.seq) for part in order.parts if ("HOLD", part.seq) in attempted]
    return [*held, ("VOID", 0)] if ("AUTHORISE", 0) in attempted else held


def _cancelling(order: Snapshot, now: datetime) -> Plan:
    """After the sale, what is given back: operator by operator, then the money."""
    steps = order.list_kind("CANCEL", epoch=order.cancel_epoch)
    if failure := _failure(steps, now):
        if any(step.state == "DONE" for step in steps) or any(step.is_open for step in steps):
            return _hand_over(failure)
        return Plan(state="COMPLETED", reason=failure, case="not_given_back" if order.promised else "")
    if any(step.is_open for step in steps):
        return _wait(order)
    if left := [part for part in order.parts if part.state == "CONFIRMED" and part.giving_back]:
        return Plan(steps=(_new("CANCEL", left[0].seq, now, order.cancel_epoch),))
    return _refunding(order, now)


def _refunding(order: Snapshot, now: datetime) -> Plan:
    gone = {part.seq for part in order.parts if part.state == "CANCELLED"}
    kept = any(part.state == "CONFIRMED" for part in order.parts)
    if unused := _open(step for step in order.list_kind("USE") if step.booking_seq in gone):
        return Plan(dead=unused)
    if not kept and order.payment_state == "AUTHORISED" and (settling := _settle(order, now)):
        return settling
    steps = [step for step in order.list_kind("REFUND") if step.is_open or step.epoch == order.cancel_epoch]
    if failure := _failure(steps, now):
        return _hand_over(failure)
    if any(step.is_open for step in steps):
        return _wait(order)
    if not steps and order.captured_minor and order.to_refund_minor:
        return Plan(steps=(_new("REFUND", 0, now, order.cancel_epoch),))
    return _move_back(order, now) or Plan(state="COMPLETED" if kept else "CANCELLED")


def give_up(order: Snapshot) -> Plan:
    """The resident no longer wants it, before anything was bought. Raises ValueError when it is too late for that."""
    if order.state not in {"HOLDING", "NEEDS_CONSENT", "AUTHORISING", "NEEDS_ACTION"}:
        raise ValueError(order.state)
    return _unwind(order, "given_up")


def _at_rest(order: Snapshot, now: datetime) -> Plan:
    return Plan()


_BY_STATE: Final[dict[str, Callable[[Snapshot, datetime], Plan]]] = {
    "HOLDING": _holding,
    "NEEDS_CONSENT": _needs_consent,
    "AUTHORISING": _authorising,
    "NEEDS_ACTION": _authorising,
    "CONFIRMING": _confirming,
    "AWAITING_OPERATOR": _confirming,
    "CAPTURING": _capturing,
    "COMPLETED": _completed,
    "UNWINDING": _unwinding,
    "CANCELLING": _cancelling,
    "FAILED": _at_rest,
    "CANCELLED": _at_rest,
    "SETTLED": _at_rest,
    "MANUAL": _at_rest,
}


def _keep_holds(order: Snapshot, now: datetime) -> Plan | None:
    """Extend, once, what is about to end; None when every hold lasts long enough."""
    short = [
        part
        for part in order.parts
        if part.state == "HELD" and part.hold_expires_at and part.hold_expires_at - now < timing.EXTEND_BEFORE
    ]
    if not short:
        return None
    if missing := [part.seq for part in short if order.find("EXTEND", part.seq) is None]:
        return _start("EXTEND", missing, now)
    steps = [step for part in short if (step := order.find("EXTEND", part.seq))]
    if any(step.is_open for step in steps) and not _failure(steps, now):
        return _wait(order)
    return _unwind(order, "too_late")


def _last_moment(order: Snapshot) -> datetime:
    """Until when the resident may make up their mind."""
    ends = order.pay_by
    return order.deadline_at if ends is None else min(order.deadline_at, ends - timing.PAY_MARGIN)


def _never_known(order: Snapshot, steps: Iterable[Step]) -> list[Step]:
    """The steps at operators that cannot be asked (capability D) whose outcome was lost: only people find it out."""
    return [step for step in steps if step.unknowns and _capability(order, step.booking_seq) == "D"]


def _capability(order: Snapshot, seq: int) -> str:
    return next((part.capability for part in order.parts if part.seq == seq), "")


def _failure(steps: Iterable[Step], now: datetime) -> str:
    """Why these steps cannot all succeed any more: a refusal's reason, or a deadline; empty when they can."""
    for step in steps:
        if step.state == "REJECTED":
            return step.reason or f"{step.kind.lower()}_refused"
        if step.is_open and now >= step.deadline_at:
            return f"{step.kind.lower()}_overdue"
    return ""


def _start(kind: str, seqs: Iterable[int], at: datetime) -> Plan:
    return Plan(steps=tuple(_new(kind, seq, at) for seq in seqs))


def _new(kind: str, seq: int, at: datetime, epoch: int = 0) -> NewStep:
    return NewStep(kind, seq, at, at + timing.DEADLINES[kind], epoch)


def _unwind(order: Snapshot, reason: str) -> Plan:
    return Plan(state="UNWINDING", reason=reason, dead=_open(s for s in order.steps if s.kind in FORWARD))


def _hand_over(case: str) -> Plan:
    """Nothing that software may decide: a person looks at it."""
    return Plan(state="MANUAL", reason=case, case=case)


def _open(steps: Iterable[Step]) -> tuple[int, ...]:
    return tuple(step.number for step in steps if step.is_open)


def _wait(order: Snapshot, *moments: datetime) -> Plan:
    """Look again when an open step may be tried, its lease or its time is over, or at one of `moments`."""
    due = [*moments]
    for step in order.steps:
        if step.is_open:
            next_try = step.lease_until if step.state == "IN_FLIGHT" and step.lease_until else step.not_before
            due += [next_try, step.deadline_at]
    return Plan(wake_at=min(due, default=None))
