"""What providers owe for what they have sold, in the ledger: a sale, a refund, a payment by bank.

The price is the published one, and no commission is taken of it: the operator is due the whole. It is paid once the
rides are over and the provider has paid, so that no operator's money is lent to a provider.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max, Q, QuerySet, Sum

from bookings.ledger import accounts
from bookings.ledger.posting import Line, balance_of_booking, post
from bookings.models import ConfirmedEntry, LedgerAccount, LedgerEntry, OfferProduct, Provider, Reservation
from transit.money import Money, total

CATEGORIES: Final = {"provider_sale": "FARE", "provider_refund": "REFUND"}
"""TOMP's paymentCategory of what is posted."""
NOTE_PAYMENT: Final = "bookings.note_payout"
LONGEST_REFERENCE: Final = 60


class BooksError(Exception):
    """`code`: not_found, nothing_due, amount_differs, reference_used."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are asked for; empty is any. `state` is a TOMP paymentState."""

    since: datetime | None = None
    until: datetime | None = None
    package: str = ""
    category: str = ""
    state: str = ""
    operator_code: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a provider's account: what it owes for a package, or gets back. `state` is a TOMP paymentState."""

    entry_id: int
    package: str
    category: str
    state: str
    amount: Money
    vat_basis_points: int
    vat_country: str
    at: datetime


def post_sale(provider: Provider, reference: str, row: Reservation, now: datetime) -> None:
    """What was sold: the provider owes it, the operator is due it."""
    price = Money(row.price_minor, row.currency)
    post(f"provider_sale:{reference}", "", _lines(provider, reference, row, price), now)


def post_refund(provider: Provider, reference: str, row: Reservation, back: Money, now: datetime) -> None:
    """What was sold was taken back: so much of it is not owed any more."""
    post(f"provider_refund:{reference}", "", _lines(provider, reference, row, -back), now)


def post_amends(provider: Provider, reference: str, row: Reservation, back: Money, now: datetime) -> None:
    """A promise was not kept: so much of what was sold is not owed any more."""
    post(f"provider_refund:{reference}:amends", "", _lines(provider, reference, row, -back), now)


def get_amends(provider: Provider, reference: str, currency: str) -> Money:
    """What has been given back of a package that stays sold, for a promise that was not kept."""
    rows = _account(provider).filter(txn__external_ref=f"provider_refund:{reference}:amends", currency=currency)
    return -Money(rows.aggregate(total=Sum("amount_minor"))["total"] or 0, currency)


def _lines(provider: Provider, reference: str, row: Reservation, amount: Money) -> list[Line]:
    return [
        Line(accounts.provider_receivable(provider.code), amount, reference),
        Line(accounts.operator_payable(row.operator_code), -amount, reference),
    ]


def is_paid(provider: Provider, reference: str, currency: str) -> bool:
    """Whether the provider owes nothing for a package that was sold."""
    return not balance_of_booking(reference, accounts.provider_receivable(provider.code), currency).minor


def list_entries(provider: Provider, asked: Asked, offset: int, limit: int) -> tuple[list[Entry], int]:
    """A page of a provider's account, the oldest first, and how many there are."""
    rows = _charges(provider)
    for name, value in (("txn__at__gte", asked.since), ("txn__at__lt", asked.until)):
        rows = rows.filter(**{name: value}) if value else rows
    if asked.package:
        rows = rows.filter(reference=f"{asked.package}-1")
    if asked.operator_code:
        rows = rows.filter(txn__entries__account__code=accounts.operator_payable(asked.operator_code))
    if asked.category not in ("", "ALL"):
        kinds = [kind for kind, category in CATEGORIES.items() if category == asked.category]
        rows = rows.filter(_of_kinds(kinds))
    if asked.state:
        rows = rows.filter(pk__in=[pk for pk, state in _states(provider, rows).items() if state == asked.state])
    count = rows.count()
    page = list(rows.select_related("txn").order_by("txn__at", "pk")[offset : offset + limit])
    return _entries(provider, page), count


def confirm_entry(provider: Provider, entry_id: str, now: datetime) -> None:
    """The provider agrees to an entry; agreed twice, nothing more happens. Raises BooksError."""
    found = _charges(provider).filter(pk=int(entry_id)).first() if entry_id.isdecimal() and len(entry_id) < 19 else None
    if found is None:
        raise BooksError("not_found")
    ConfirmedEntry.objects.get_or_create(entry=found, defaults={"at": now})


def list_balances(provider: Provider) -> list[Money]:
    """What a provider owes, in each currency."""
    sums = _account(provider).values_list("currency").annotate(Sum("amount_minor")).order_by("currency")
    return [Money(minor, currency) for currency, minor in sums]


def note_payment(provider: Provider, amount: Money, bank_reference: str, now: datetime) -> bool:
    """Note that a provider has paid all that it owes; False where this was noted before. Raises BooksError.

    `amount` is what came: the sum that was shown.
    """
    code, ref = accounts.provider_receivable(provider.code), f"provider_payment:{provider.code}:{bank_reference}"
    with transaction.atomic():
        # One payment at a time; sales, which only point at the account, do not wait.
        list(LedgerAccount.objects.select_for_update(no_key=True).filter(code=code))
        known = LedgerEntry.objects.filter(txn__external_ref=ref, account__code=accounts.BANK).first()
        if known is not None:
            if (known.amount_minor, known.currency) != (amount.minor, amount.currency):
                raise BooksError("reference_used")
            return False
        sums = (
            _account(provider).filter(currency=amount.currency).values_list("reference").annotate(Sum("amount_minor"))
        )
        owed = [(reference, Money(minor, amount.currency)) for reference, minor in sums.order_by("reference") if minor]
        due = total((each for _, each in owed), amount.currency)
        if due.minor <= 0:
            raise BooksError("nothing_due")
        if due != amount:
            raise BooksError("amount_differs")
        post(ref, "", [*(Line(code, -each, reference) for reference, each in owed), Line(accounts.BANK, due)], now)
    return True


def list_payable(codes: Collection[str], now: datetime) -> set[str]:
    """The packages of `codes` whose rides are over, or will not be, and for which their providers owe nothing."""
    rows = Reservation.objects.filter(offer__code__in=codes, state__in=["CONFIRMED", "CANCELLED"])
    dated = rows.annotate(last=Max("tickets__valid_until_at")).filter(Q(state="CANCELLED") | Q(last__lte=now))
    over = {
        code: (provider, currency)
        for code, provider, currency in dated.values_list("offer__code", "provider", "currency")
    }
    return {
        code
        for code, (provider, currency) in over.items()
        if not balance_of_booking(f"{code}-1", accounts.provider_receivable(provider), currency).minor
    }


def _account(provider: Provider) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(account__code=accounts.provider_receivable(provider.code), txn__posted=True)


def _charges(provider: Provider) -> QuerySet[LedgerEntry]:
    """What is charged and given back, without payments."""
    return _account(provider).filter(_of_kinds(CATEGORIES))


def _of_kinds(kinds: Collection[str]) -> Q:
    found = Q(pk__in=[])
    for kind in kinds:
        found |= Q(txn__external_ref__startswith=f"{kind}:")
    return found


def _states(provider: Provider, rows: QuerySet[LedgerEntry]) -> dict[int, str]:
    """Of each entry: paid (INVOICED), agreed to by the provider (INVOICING), or neither (TO_INVOICE)."""
    asked = list(rows.values_list("pk", "reference"))
    sums = _account(provider).filter(reference__in={reference for _, reference in asked}).values_list("reference")
    owed = {reference for reference, minor in sums.annotate(Sum("amount_minor")).order_by() if minor}
    agreed = set(ConfirmedEntry.objects.filter(entry__in=[pk for pk, _ in asked]).values_list("entry", flat=True))
    return {
        pk: "INVOICED" if reference not in owed else "INVOICING" if pk in agreed else "TO_INVOICE"
        for pk, reference in asked
    }


def _entries(provider: Provider, page: list[LedgerEntry]) -> list[Entry]:
    states = _states(provider, LedgerEntry.objects.filter(pk__in=[row.pk for row in page]))
    codes = {row.reference.rpartition("-")[0] for row in page}
    taxes = {
        code: (rate, country)
        for code, rate, country in OfferProduct.objects.filter(part__offer__code__in=codes).values_list(
            "part__offer__code", "vat_basis_points", "vat_country"
        )
    }
    return [_entry(row, states[row.pk], taxes.get(row.reference.rpartition("-")[0], (0, ""))) for row in page]


def _entry(row: LedgerEntry, state: str, tax: tuple[int, str]) -> Entry:
    amount, package = Money(row.amount_minor, row.currency), row.reference.rpartition("-")[0]
    return Entry(row.pk, package, CATEGORIES[row.txn.kind], state, amount, *tax, row.txn.at)
