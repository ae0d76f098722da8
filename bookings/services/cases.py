"""Cases: what a person looks at. Each has a number; what happened and what staff can do about it are codes.

Residents ask for help with their own orders; staff have things tried again, or note what was settled otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from bookings.ledger import accounts
from bookings.ledger.posting import balance_of_order, post
from bookings.models import Case, Order, Refund
from bookings.services import amends, charging, disputes, effects, sales, ticketing, timing, undoing
from bookings.services.differences import KINDS
from bookings.services.dossier import Dossier
from bookings.services.orders import wake
from bookings.services.ports import OUTSIDE, Ports
from bookings.services.snapshot import OPEN
from bookings.services.undoing import UndoError
from bookings.states import ORDER, REFUND
from transit.money import Money

HELP: Final = "help"
BY_STAFF: Final = "by_staff"
LONGEST_TEXT: Final = 2000
MOST_TEXTS: Final = 20
_TRIED_AGAIN: Final = {
    "UNWINDING": ("CANCEL", "VOID", "SWEEP"),
    "CAPTURING": ("CAPTURE",),
    "CANCELLING": ("REVERSE",),
}
"""Where an order was when a person was called, and what is tried again there."""
_MONEY: Final = frozenset({"pay_back_otherwise", "note_paid", "operators_bear", "pay_operators", "release", "let_go"})
_UNDONE: Final = {"ghost_reservation": "release", "authorisation_open": "let_go"}
_TOLD_ACTIONS: Final = frozenset({"retry", "pay_back_otherwise", "note_paid", "close", "issue_tickets"})
"""What a resident hears of that staff have done."""
_OUR_OWN: Final = frozenset(KINDS) - {"paid_no_ticket"}
"""Cases that are between us and others: no resident has to do with them."""
_OUR_ACTIONS: Final = frozenset({"operators_bear", "pay_operators", "release", "let_go"})
MOST_CLOSED: Final = 30
_TOLD: Final = frozenset({"COMPLETED", "UNWINDING", "FAILED", "CANCELLING", "CANCELLED", "MANUAL", "SETTLED"})


class CaseError(Exception):
    """Something that cannot be done about a case (any more). `code` is not_possible, too_many_texts, not_reached or
    still_there.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to an order. `what` is a code; `why` another one, or empty; `about` names operators."""

    at: datetime
    what: str
    why: str = ""
    about: tuple[str, ...] = field(default=())
    amount: Money | None = None


def list_happenings(order: Order) -> list[Happening]:
    """What happened to an order, the oldest first, as far as it matters to whoever asks."""
    found = [Happening(order.created_at, "ordered"), *_moves(order), *_parts(order), *_refunds(order)]
    done = [event for case in order.cases.all() for event in case.events.all()]
    found += [Happening(event.at, f"staff_{event.action}") for event in done if event.action in _TOLD_ACTIONS]
    return sorted(found, key=lambda each: each.at)


def _moves(order: Order) -> Iterator[Happening]:
    given = ""
    for event in order.events.filter(new__in=_TOLD).order_by("pk"):
        what = event.new.lower()
        given = event.detail.get("reason", "") if event.new == "CANCELLING" else given
        if event.new == "COMPLETED" and event.detail.get("reason") == "paid_back_otherwise":
            what = "partly_cancelled"
        elif event.detail.get("reason") == amends.REASON:
            what = "amends"
        elif event.old == "CANCELLING" and event.new == "COMPLETED":
            if given == amends.REASON:
                continue
            what = "not_cancelled" if event.detail.get("reason") else "partly_cancelled"
        yield Happening(event.at, what, event.detail.get("reason", ""))


def _parts(order: Order) -> Iterator[Happening]:
    for booking in order.bookings.select_related("part"):
        about = (booking.part.operator_name,)
        if booking.no_show_at:
            yield Happening(booking.no_show_at, "no_show", about=about)
        for event in booking.events.filter(new__in=["REJECTED", "CANCELLED"]):
            off = event.new == "CANCELLED" and booking.called_off_at is not None
            yield Happening(event.at, "called_off" if off else f"booking_{event.new.lower()}", about=about)


def _refunds(order: Order) -> Iterator[Happening]:
    for refund in Refund.objects.filter(payment__order=order):
        for event in refund.events.filter(new__in=["SUCCEEDED", "FAILED"]):
            yield Happening(event.at, f"refund_{event.new.lower()}", amount=Money(refund.amount_minor, order.currency))


def list_of(order: Order) -> list[Case]:
    """The cases about an order that its resident may know of."""
    return list(order.cases.exclude(kind__in=_OUR_OWN).prefetch_related("events"))


def ask(order: Order, text: str, now: datetime) -> Case:
    """A resident asks for help: one case as long as it is open, with all that they write. Raises CaseError."""
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        case = locked.cases.filter(kind=HELP, resolution="").first()
        if case is None:
            case = Case.objects.create(kind=HELP, order=locked, opened_at=now, said=[])
        if case.said and case.said[-1]["text"] == text[:LONGEST_TEXT]:
            return case  # sent twice
        if len(case.said) >= MOST_TEXTS:
            raise CaseError("too_many_texts")
        case.said = [*case.said, {"at": now.isoformat(timespec="seconds"), "text": text[:LONGEST_TEXT]}]
        case.save(update_fields=["said"])
    return case


def can_ask(order: Order) -> bool:
    """Whether a resident may write once more before somebody answers."""
    case = order.cases.filter(kind=HELP, resolution="").first()
    return case is None or len(case.said) < MOST_TEXTS


def answers_to(case: Case) -> list[str]:
    """What staff have answered to a resident."""
    texts = [event.detail.get("text", "") for event in case.events.all() if event.action == "close"]
    return [text for text in texts if text]


def open_by_staff(order_code: str, user: Any, now: datetime) -> Case:
    """Staff begin a case about an order, or find the one they have begun. Raises Order.DoesNotExist."""
    if not user.has_perm("bookings.handle_case"):
        raise Order.DoesNotExist
    with transaction.atomic():
        order = Order.objects.select_for_update().get(code=order_code)
        known = order.cases.filter(kind=BY_STAFF, resolution="").first()
        return known or Case.objects.create(kind=BY_STAFF, order=order, opened_at=now)


def list_open() -> list[Case]:
    """What waits for a person, the oldest first."""
    return list(Case.objects.filter(resolution="").select_related("order"))


def list_closed() -> list[Case]:
    """What was closed last, the newest first."""
    return list(Case.objects.exclude(resolution="").select_related("order").order_by("-pk")[:MOST_CLOSED])


def list_ways(order: Order) -> list[str]:
    """What staff could do about an order now, whoever of them."""
    found = [action for case in list_of(order) for action in _possible(case) if action not in _OUR_ACTIONS]
    return list(dict.fromkeys([*found, "close"]))


def list_actions(case: Case, user: Any) -> list[str]:
    """What this member of staff can do about a case now."""
    may_decide = user.has_perm("bookings.decide_money")
    return [action for action in _possible(case) if may_decide or action not in _MONEY]


def _possible(case: Case) -> list[str]:
    order, found = case.order, []
    if case.resolution:
        return []
    if order is not None:
        if order.state == "MANUAL" and case.evidence.get("state") in _TRIED_AGAIN and not owed_by_resident(order):
            found.append("retry")
        if owed_to_resident(order) and not _is_refunding(order):
            found.append("pay_back_otherwise")
        if order.state == "MANUAL" and owed_by_resident(order):
            found.append("note_paid")
        if case.kind == "paid_no_ticket" and order.state in {"COMPLETED", "SETTLED"}:
            found.append("issue_tickets")
        if case.kind == "dispute" and disputes.is_lost(order) and disputes.withheld(order):
            found += ["operators_bear", "pay_operators"]
    if case.kind in _UNDONE:
        found.append(_UNDONE[case.kind])
    waits = case.write_offs.filter(state="PROPOSED").exists()
    if (order is None or order.state != "MANUAL") and not waits:
        found.append("close")
    return found


def act(case_id: int, action: str, text: str, user: Any, now: datetime, ports: Ports = OUTSIDE) -> Case:
    """Do something about a case; `text` is the reference at the bank, or what the resident is told.

    Raises Case.DoesNotExist, also for who may not know of it, and CaseError.
    """
    if not user.has_perm("bookings.handle_case"):
        raise Case.DoesNotExist
    if action in undoing.ACTIONS:
        _undo(case_id, action, user, now, ports)
    with transaction.atomic():
        case = lock(case_id)
        order = case.order
        if action not in list_actions(case, user):
            raise CaseError("not_possible")
        if order is not None and action in _DONE:
            _DONE[action](order, case, now)
        case.events.create(action=action, by=user, at=now, detail={"text": text[:200]})
        if action in _ENDS or (order is not None and order.state != "MANUAL" and action in _TRIED):
            case.resolution, case.resolved_by = text[:200] if action == "close" and text else action, user
        case.save(update_fields=["resolution", "resolved_by"])
    return case


def lock(case_id: int) -> Case:
    """A case with its order, both locked, the order first as everywhere. Raises Case.DoesNotExist."""
    order_id = Case.objects.values_list("order_id", flat=True).get(pk=case_id)
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    case = Case.objects.select_for_update().get(pk=case_id)
    case.order = order
    return case


def owed_to_resident(order: Order) -> Money:
    """What we owe the resident of an order."""
    return -balance_of_order(order.code, accounts.RIDER_REFUND_PAYABLE, order.currency)


def owed_by_resident(order: Order) -> Money:
    """What the resident owes us for rides that are bought."""
    return balance_of_order(order.code, accounts.RIDER_RECEIVABLE, order.currency)


def _is_refunding(order: Order) -> bool:
    """Whether money may still be on its way back: it must not be sent twice."""
    asked = order.effects.filter(kind="REFUND", state__in=OPEN).exists()
    return asked or Refund.objects.filter(payment__order=order, state="PENDING").exists()


def _retry(order: Order, case: Case, now: datetime) -> None:
    state = case.evidence["state"]
    effects.again(order, _TRIED_AGAIN[state], now)
    if state == "CANCELLING":
        _new_round(order, now)
    ORDER.move(order, state, reason="tried_again")
    wake(order, now, "cancel_epoch")


def _new_round(order: Order, now: datetime) -> None:
    """What operators refused is asked anew; a refund that was refused can only come back as another one."""
    effects.drop(order, "CANCEL", order.cancel_epoch)
    order.effects.filter(kind="REFUND", state__in=OPEN).update(
        not_before=now, deadline_at=now + timing.DEADLINES["REFUND"]
    )
    refused = order.effects.filter(kind="REFUND", state="REJECTED").values_list("idem_key", flat=True)
    for refund in Refund.objects.select_for_update().filter(key__in=refused, state__in=["CREATED", "PENDING"]):
        REFUND.move(refund, "FAILED", reason="refused")
    order.cancel_epoch += 1


def _pay_back(order: Order, case: Case, now: datetime) -> None:
    charging.refund_by_hand(order, owed_to_resident(order), f"{order.code}:case:{case.pk}", now)
    standing = set(order.bookings.values_list("state", "giving_back"))
    if order.state == "MANUAL" and ("CONFIRMED", True) not in standing:
        ORDER.move(
            order, "COMPLETED" if ("CONFIRMED", False) in standing else "CANCELLED", reason="paid_back_otherwise"
        )
        wake(order, now)


def _note_paid(order: Order, case: Case, now: datetime) -> None:
    owed = owed_by_resident(order)
    post(f"paid:{case.pk}", order.code, {accounts.BANK: owed, accounts.RIDER_RECEIVABLE: -owed}, now)
    dossier = Dossier.of(order)
    effects.move(dossier, "COMPLETED", "paid_otherwise", now)
    dossier.moves.write()
    wake(order, now)


def _undo(case_id: int, action: str, user: Any, now: datetime, ports: Ports) -> None:
    """Call somebody outside first: what follows only notes that it has worked. Raises CaseError."""
    case = Case.objects.select_related("order").get(pk=case_id)
    if action not in list_actions(case, user):
        raise CaseError("not_possible")
    try:
        undoing.undo(case, action, ports, now)
    except UndoError as error:
        raise CaseError(error.code) from error


def _issue_tickets(order: Order, case: Case, now: datetime) -> None:
    ticketing.issue([booking for booking in sales.list_sold(order) if booking.state == "CONFIRMED"], now)


def _operators_bear(order: Order, case: Case, now: datetime) -> None:
    disputes.settle_lost(order, now, by_operators=True)


def _pay_operators(order: Order, case: Case, now: datetime) -> None:
    disputes.settle_lost(order, now, by_operators=False)


_DONE: Final = {
    "retry": _retry,
    "pay_back_otherwise": _pay_back,
    "note_paid": _note_paid,
    "issue_tickets": _issue_tickets,
    "operators_bear": _operators_bear,
    "pay_operators": _pay_operators,
}
_TRIED: Final = frozenset({"retry", "pay_back_otherwise", "note_paid"})
"""With these a case is closed where its order no longer waits for a person."""
_ENDS: Final = frozenset({"close", "issue_tickets", *undoing.ACTIONS})
"""With these it is closed in any case."""
