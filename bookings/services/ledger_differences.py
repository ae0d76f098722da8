"""The clearing account of the ledger and a provider's balance: every movement, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Sum

from bookings.ledger import accounts
from bookings.ledger.posting import post
from bookings.models import LedgerEntry, Order, Payment
from bookings.payments.base import ListedMove
from bookings.services.differences import Difference, Window, parts, quiet, written
from transit.money import Money

_DISPUTES: Final = "adjustment"
"""A dispute's fee is posted with the dispute."""
_TO_BANK: Final = frozenset({"payout", "payout_cancel", "payout_failure", "topup", "topup_reversal"})
_COSTS: Final = frozenset({"stripe_fee", "stripe_fx_fee", "tax_fee", "network_cost", "application_fee_refund"})
Sums = dict[str, Money]


def note_costs(provider: str, moves: tuple[ListedMove, ...]) -> None:
    """What only the provider's books tell: its fees, and what it sent on to our bank. Posted once each."""
    clearing = accounts.clearing(provider)
    for move in moves:
        if move.kind in _TO_BANK:
            post(f"bank:{move.ref}", "", {clearing: move.amount, accounts.BANK: -move.amount}, move.at)
        elif move.kind in _COSTS:
            post(f"costs:{move.ref}", "", {clearing: move.amount, accounts.PAYMENT_COSTS: -move.amount}, move.at)
        if move.fee and move.kind != _DISPUTES:
            post(f"fee:{move.ref}", "", {clearing: -move.fee, accounts.PAYMENT_COSTS: move.fee}, move.at)


@dataclass(frozen=True, slots=True)
class _Theirs:
    """A provider's movements by order: sums, and when the first and last were; `strangers` are nobody's."""

    sums: dict[str, Sums]
    first_at: dict[str, datetime]
    last_at: dict[str, datetime]
    strangers: list[ListedMove]


def list_differences(
    provider: str, moves: tuple[ListedMove, ...] | None, window: Window, known: Sequence[Difference]
) -> Iterator[Difference]:
    """Orders whose money did not move alike on both sides, but those of which more is `known` already.

    A provider in this house books both sides itself: what it took was the order's, and nothing is left between them.
    """
    theirs = _by_order(provider, moves or ())
    explained = {each.order.pk for each in known if each.order is not None}
    refs = {each.evidence.get(name) for each in known for name in ("reference", "payment")} - {None}
    for move in theirs.strangers:
        if window.holds(move.at) and not refs & {move.about, move.payment_ref}:
            said = {"what": move.kind, "theirs": written(move.amount), "payment": move.payment_ref}
            yield Difference.of("movement_unknown", provider, move.ref, move.at, None, **said)
    entries = LedgerEntry.objects.filter(account__code=accounts.clearing(provider), txn__posted=True)
    inside = entries.filter(txn__at__gte=window.start, txn__at__lt=window.until).exclude(txn__order_code="")
    ours: dict[str, Sums] = defaultdict(dict)
    for code, currency, minor in inside.values_list("txn__order_code", "currency").annotate(Sum("amount_minor")):
        ours[code][currency] = Money(minor, currency)
    # One side may have noted before the window what the other noted within: that was compared the day before.
    cut = set(inside.filter(txn__at__lt=window.since).values_list("txn__order_code", flat=True))
    cut |= {code for code, at in theirs.first_at.items() if at < window.since}
    moving = set(entries.filter(txn__at__gte=window.settled).values_list("txn__order_code", flat=True))
    moving |= {code for code, at in theirs.last_at.items() if at >= window.settled}
    quiet_codes = {*theirs.sums, *ours} - moving
    codes = [code for code in quiet_codes if not _same(theirs.sums.get(code, {}), ours.get(code, {}))]
    for order in _comparable(codes, cut, window):
        if order.pk not in explained:
            at = max(order.created_at, window.since)
            sums = {"theirs": _text(theirs.sums.get(order.code, {})), "ours": _text(ours.get(order.code, {}))}
            yield Difference.of("ledger_differs", provider, order.code, at, order, **sums)


def _comparable(codes: list[str], cut: set[str], window: Window) -> Iterator[Order]:
    orders = [order for part in parts(codes) for order in Order.objects.filter(code__in=part).order_by("pk")]
    still = quiet([order.pk for order in orders], window)
    for order in orders:
        whole = order.created_at >= window.since or order.code not in cut
        if order.pk in still and whole and order.created_at < window.settled:
            yield order


def _by_order(provider: str, moves: tuple[ListedMove, ...]) -> _Theirs:
    payments, codes, named = Payment.objects.filter(provider=provider), dict[str | None, str](), set[str]()
    for part in parts(move.payment_ref for move in moves):
        codes |= dict(payments.filter(provider_ref__in=part).values_list("provider_ref", "order__code"))
    for part in parts(move.order_code for move in moves):
        named |= set(Order.objects.filter(code__in=part).values_list("code", flat=True))
    found = _Theirs(defaultdict(dict), {}, {}, [])
    for move in moves:
        code = codes.get(move.payment_ref) or (move.order_code if move.order_code in named else "")
        amount = move.amount - move.fee if move.kind == _DISPUTES else move.amount
        if code:
            sums = found.sums[code]
            sums[amount.currency] = sums.get(amount.currency, Money(0, amount.currency)) + amount
            found.first_at[code] = min(move.at, found.first_at.get(code, move.at))
            found.last_at[code] = max(move.at, found.last_at.get(code, move.at))
        elif move.kind not in _TO_BANK | _COSTS:
            found.strangers.append(move)
    return found


def _same(theirs: Sums, ours: Sums) -> bool:
    currencies = {*theirs, *ours}
    return all(theirs.get(each, Money(0, each)) == ours.get(each, Money(0, each)) for each in currencies)


def _text(sums: Sums) -> str:
    return ", ".join(written(amount) for amount in sums.values()) or "0"
