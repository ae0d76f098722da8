"""Effects as rows: writing a plan down, claiming one effect, storing what came of it.

All inside the caller's transaction, with the order locked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from bookings.models import Booking, Case, Effect, EffectAttempt, Order
from bookings.services import cards, charging, outbox, payouts, records, requests, sales, subsidies, timing
from bookings.services.calls import Answer, Outcome
from bookings.services.dossier import Dossier
from bookings.services.plan import NewStep, Plan
from bookings.services.snapshot import OPEN, Snapshot
from bookings.states import EFFECT, ORDER, ORDER_AT_REST
from transit.states import Moves

_TOLD = frozenset({"NEEDS_CONSENT", "NEEDS_ACTION", "COMPLETED", "FAILED", "CANCELLED", "MANUAL"})
"""States that somebody has to hear of."""
MOST_AT_ONCE = 8
"""Calls of one order that are under way together: threads of one process, and far within one lease."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make one call. Who comes back with an old fence has lost it."""

    dossier: Dossier
    effect: Effect
    booking: Booking | None

    @property
    def fence(self) -> int:
        """The fence at the time of the claim."""
        return self.effect.fence


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a claimed call that left at `sent_at`."""

    claim: Claim
    answer: Answer
    sent_at: datetime
    latency_ms: int


def end_leases(dossier: Dossier, now: datetime) -> None:
    """Who holds a claim for too long has died; whether the call was made, and worked, is not known."""
    for effect in dossier.list_effects("IN_FLIGHT"):
        if effect.lease_until and effect.lease_until <= now:
            effect.fence += 1
            effect.unknowns += 1
            effect.lease_until = None
            fields = ["fence", "unknowns", "lease_until"]
            EFFECT.move(effect, "UNKNOWN", fields=fields, moves=dossier.moves, reason="lease_over")


def apply(dossier: Dossier, snapshot: Snapshot, plan: Plan, now: datetime) -> None:
    """Write a plan down: effects before they are carried out, the new state with all that belongs to it.

    The caller makes the order's `version` rise, saves it, and writes the dossier's moves.
    """
    order = dossier.order
    for number in plan.dead:
        _kill(dossier.effects[number], plan.reason, dossier.moves)
    if plan.steps:
        _read_products(dossier, plan)
        dossier.begin(_new(dossier, step, snapshot, now) for step in plan.steps)
    if plan.case == "use_not_told":
        records.charge_nothing(dossier.bookings)
    if plan.case == "use_not_captured":
        records.sell(dossier, now)  # what could not be charged is owed
    if plan.case:
        Case.objects.create(kind=plan.case, order=order, opened_at=now, evidence={"state": order.state})
    if plan.state:
        move(dossier, plan.state, plan.reason, now)
    if plan.state == "FAILED":
        dossier.forget_payments()


def _read_products(dossier: Dossier, plan: Plan) -> None:
    """At once, where each of several holds would read its own."""
    if any(step.kind == "HOLD" for step in plan.steps):
        prefetch_related_objects(dossier.bookings, "part__products")


def _kill(effect: Effect, reason: str, moves: Moves | None = None) -> None:
    effect.fence += 1
    EFFECT.move(effect, "DEAD", fields=["fence"], moves=moves, reason=reason)


def _new(dossier: Dossier, step: NewStep, snapshot: Snapshot, now: datetime) -> Effect:
    """The row of an effect, and of what it opens."""
    order, booking = dossier.order, dossier.find_booking(step.booking_seq)
    request = _request(order, booking, step, snapshot, now)
    key = f"{order.code}:{step.booking_seq}:{step.kind}:{step.epoch}"
    if step.kind == "AUTHORISE":
        charging.open_payment(dossier, request["amount_minor"])
    if step.kind == "CHARGE":
        cards.open_charge(order)
        dossier.forget_payments()
    if step.kind == "REFUND":
        charging.open_refund(order, request["amount_minor"], key)
    if step.kind == "TRANSFER" and booking is not None:
        payouts.open_transfer(booking, request)
    return Effect(
        order=order,
        booking_seq=step.booking_seq,
        kind=step.kind,
        epoch=step.epoch,
        idem_key=key,
        request=request,
        request_sha256=requests.digest(request),
        not_before=step.not_before,
        deadline_at=step.deadline_at,
    )


def _request(order: Order, booking: Booking | None, step: NewStep, snapshot: Snapshot, now: datetime) -> dict[str, Any]:
    if step.kind == "HOLD" and booking is not None:
        return requests.hold(order, booking)
    if step.kind in {"CANCEL", "SWEEP"} and booking is not None:
        return requests.cancel(order, booking)
    if step.kind == "AUTHORISE":
        return requests.authorise(order, snapshot, now)
    if step.kind in {"CAPTURE", "CHARGE"}:
        return {"amount_minor": snapshot.due_minor}
    if step.kind in payouts.KINDS and booking is not None:
        return payouts.request(step.kind, booking, snapshot)
    if step.kind == "REFUND":
        return {"amount_minor": snapshot.to_refund_minor}
    return {}


def again(order: Order, kinds: Collection[str], now: datetime) -> None:
    """A person has what was refused, or took too long, tried again: operators and providers are looked at first."""
    for effect in order.effects.select_for_update().filter(kind__in=kinds, state__in=[*OPEN, "REJECTED"]):
        effect.not_before = now
        effect.deadline_at = now + timing.DEADLINES[effect.kind]
        effect.save(update_fields=["not_before", "deadline_at"])
        if effect.state == "REJECTED":
            EFFECT.move(effect, "PENDING", reason="tried_again")


def drop(order: Order, kind: str, epoch: int) -> None:
    """What is still open of a kind is given up: it will be asked under another key."""
    for effect in order.effects.select_for_update().filter(kind=kind, epoch=epoch, state__in=OPEN):
        _kill(effect, "tried_again")


def move(dossier: Dossier, state: str, reason: str, now: datetime) -> None:
    """A new state of a locked order, with all that belongs to it. The caller writes the dossier's moves."""
    order = dossier.order
    first_sale = state == "COMPLETED" and order.state != "CANCELLING"
    if state == "UNWINDING":
        order.unwind_reason = reason
    said = {"reason": reason} if reason else {}
    ORDER.move(order, state, fields=["version", "unwind_reason"], moves=dossier.moves, **said)
    if first_sale:
        records.complete(dossier, now)
    if reason == "capture_refused":
        subsidies.settle(sales.with_products(dossier.bookings))
        sales.post_receivable(order, now)
    if state == "FAILED":
        charging.close_unasked(order)
        subsidies.release(order)
    if state in _TOLD:
        told = state.lower() if first_sale or state != "COMPLETED" else "refused" if reason else "changed"
        amended = next((row for row in dossier.bookings if row.amends_at), None)
        if told == "changed" and amended and not any(row.giving_back for row in dossier.bookings):
            told = "amends"
        outbox.queue(order, told, f"{state}:{order.version}", now, booking=amended if told == "amends" else None)


def claim_due(dossier: Dossier, now: datetime) -> list[Claim]:
    """Every effect that is due, marked as under way: the intents last before the calls are made."""
    if dossier.order.state in ORDER_AT_REST:
        return []
    due = [
        effect for effect in dossier.list_effects("PENDING", "UNKNOWN") if effect.not_before <= now < effect.deadline_at
    ]
    return [_claim(dossier, effect, now) for effect in due[:MOST_AT_ONCE]]


def _claim(dossier: Dossier, effect: Effect, now: datetime) -> Claim:
    effect.attempts += 1
    effect.fence += 1
    effect.lease_until = now + timing.LEASE
    effect.sent_at = effect.sent_at or now
    fields = ["attempts", "fence", "lease_until", "sent_at"]
    EFFECT.move(effect, "IN_FLIGHT", fields=fields, moves=dossier.moves, attempt=effect.attempts)
    return Claim(dossier, effect, dossier.find_booking(effect.booking_seq))


def store(claim: Claim, dossier: Dossier, answer: Answer, now: datetime) -> bool:
    """Write down what came of a call. False when the claim was lost meanwhile: then nothing is written."""
    effect = dossier.get_effect(claim.effect.pk)
    if effect.fence != claim.fence or effect.state != "IN_FLIGHT":
        return False
    answer = records.record(dossier, effect, answer, now)
    effect.result = {"reason": answer.reason, "status": answer.status}
    effect.lease_until = None
    if answer.outcome == Outcome.UNKNOWN:
        effect.unknowns += 1
        effect.not_before = now + timing.back_off(effect.idem_key, effect.unknowns)
    if answer.reason == timing.MAY_STILL_ARRIVE and effect.sent_at is not None:
        effect.not_before = min(effect.not_before, effect.sent_at + timing.IN_FLIGHT)
    if claim.booking is not None and answer.sent:
        effect.sent_at = now
    if answer.outcome == Outcome.WAITING:
        effect.not_before = now + timing.poll(effect.kind, effect.attempts)
    fields = ["result", "lease_until", "unknowns", "not_before", "sent_at"]
    EFFECT.move(effect, _STATES[answer.outcome], fields=fields, moves=dossier.moves, reason=answer.reason)
    return True


def log_attempts(dossier: Dossier, came: Sequence[Came], worker: str) -> None:
    """One line for each call that was made, to be written with the dossier's moves."""
    for each in came:
        attempt = EffectAttempt(
            effect=each.claim.effect,
            worker=worker,
            started_at=each.sent_at,
            latency_ms=each.latency_ms,
            status=(each.answer.status or each.answer.outcome)[:20],
        )
        dossier.moves.note(attempt)


_STATES = {
    Outcome.DONE: "DONE",
    Outcome.WAITING: "PENDING",
    Outcome.REFUSED: "REJECTED",
    Outcome.UNKNOWN: "UNKNOWN",
}
