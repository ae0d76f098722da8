"""Bar 17: what must be true of the ledger after every test that touched it, whatever the test was about.

Sums are nought for each transaction and currency, everything is posted, the database refuses changes and removals, the
balances are those of a replay from the first entry, and what the provider holds for us is what it says it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError, connection, transaction

from bookings.ledger import accounts
from bookings.ledger.posting import balance
from bookings.models import LedgerEntry, LedgerTxn
from maas.sandbox.stripe.balance import sums as balances
from tests.bookings.world import World

ATTACKS: list[Callable[[], object]] = [
    lambda: LedgerEntry.objects.update(amount_minor=1),
    lambda: LedgerEntry.objects.all()._raw_delete("default"),
    lambda: LedgerTxn.objects.filter(posted=True).update(order_code="other"),
    lambda: LedgerTxn.objects.filter(posted=True)._raw_delete("default"),
]
"""Each is refused by the database itself, or the ledger is not one."""


def failures(worlds: Iterable[World] = ()) -> list[str]:
    """What is not true of the ledger; nothing where all is well."""
    if not LedgerEntry.objects.exists():
        return []
    found = [*_unbalanced(), *_open(), *_changeable(), *_unlike_a_replay()]
    return [*found, *(text for world in worlds for text in _unlike_the_provider(world))]


def _unbalanced() -> Iterator[str]:
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for txn, currency, minor in LedgerEntry.objects.values_list("txn_id", "currency", "amount_minor"):
        sums[txn, currency] += minor
    yield from (f"transaction {txn} sums to {minor} {currency}" for (txn, currency), minor in sums.items() if minor)


def _open() -> Iterator[str]:
    """Entries of a transaction that was never posted are committed by nobody."""
    yield from (f"{txn.external_ref} is not posted" for txn in LedgerTxn.objects.filter(posted=False))


def _changeable() -> Iterator[str]:
    for attack in ATTACKS:
        try:
            with transaction.atomic():
                attack()
                transaction.set_rollback(True)
        except DatabaseError as refusal:
            if "append-only" not in str(refusal):
                yield f"refused for another reason: {refusal}"
        else:
            yield f"{connection.vendor} lets the ledger be changed"


def _unlike_a_replay() -> Iterator[str]:
    replayed: dict[tuple[str, str], int] = defaultdict(int)
    entries = LedgerEntry.objects.filter(txn__posted=True).order_by("pk")
    for code, currency, minor in entries.values_list("account__code", "currency", "amount_minor"):
        replayed[code, currency] += minor
    for (code, currency), minor in replayed.items():
        if balance(code, currency).minor != minor:
            yield f"{code} is {balance(code, currency)}, and {minor} by replay"


def _unlike_the_provider(world: World) -> Iterator[str]:
    """The provider's balance is what the ledger says it holds, once an order is over."""
    world.order.refresh_from_db()
    if world.order.state not in {"COMPLETED", "CANCELLED", "SETTLED", "FAILED"}:
        return
    holds = sum(balances(world.stripe.store).values())
    entries = LedgerEntry.objects.filter(txn__order_code=world.order.code, account__code=accounts.PSP_CLEARING)
    booked = sum(entries.values_list("amount_minor", flat=True))
    if booked != holds:
        yield f"the provider holds {holds}, the ledger {booked} for an order that is {world.order.state}"
