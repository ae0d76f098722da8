"""The files of people whom a desk knows: made with their consent, found by what they say, read by whoever serves them.

Everything said of a person is sealed. They are found by blind names of their phone number, of parts of their name and
of their year of birth: exactly, and only by what few people share. Nobody looks through all files.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction

from bookings.models import Act, Customer, CustomerKey
from transit.sealing import blind, blinds

MOST_FOUND: Final = 5
"""More would be browsing: something else must be said too."""
PHONE_DIGITS: Final = 7
"""By its last digits a number is found however its beginning is written: +358 40 1234567, 040 1234567."""
KEPT: Final = timedelta(days=2 * 365)
"""A file that nobody has needed for so long is erased."""
NOBODY_LOGS_IN: Final = "@customer.invalid"
_YEAR = re.compile(r"(?:19|20)\d\d")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
"""A name in Japanese is often one word, and says enough."""


class CustomerError(Exception):
    """`code` is one of too_little, too_many, no_consent, has_file, unknown_account, own_account."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of a person. `phone` as in E.164; `mobility` is one of `transit.routing.query.Mobility`."""

    name: str
    phone: str = ""
    email: str = ""
    birth_year: int | None = None
    language: str = "en"
    mobility: str = "any"


def facts_of(customer: Customer) -> Facts:
    """What a file says; nothing once it is erased."""
    return Facts(**customer.said) if customer.said else Facts("")


def find(text: str) -> list[Customer]:
    """The customers whom a caller's words fit: a phone number, or two of: parts of the name, the year of birth.

    Raises CustomerError (too_little, too_many).
    """
    phones, names, years = _read(text)
    said = len(names) + len(years)
    if not phones and said < 2 and not _CJK.search("".join(names)):
        raise CustomerError("too_little")
    found = _with_keys([*map(_phone_key, phones), *map(_word_key, [*names, *years])])
    if len(names) > 1:
        found |= _with_keys([*map(_phone_key, phones), *map(_word_key, ["".join(names), *years])])
    if len(found) > MOST_FOUND:
        raise CustomerError("too_many")
    rows = Customer.objects.filter(pk__in=found).select_related("user")
    return sorted(rows, key=lambda row: (facts_of(row).name, row.pk))


def create(facts: Facts, by: Any, now: datetime, account: Any = None) -> Customer:
    """A file for a person who has consented. `account` is theirs, whose owner was seen; else one is made that nobody
    logs in to. Raises CustomerError (has_file, own_account).
    """
    with transaction.atomic():
        if account is not None and Customer.objects.filter(user=account).exists():
            raise CustomerError("has_file")
        if account is not None and account.pk == by.pk:
            raise CustomerError("own_account")
        customer = Customer(said=asdict(facts), consented_at=now, created_by=by, created_at=now, used_at=now)
        if account is None:
            # A name in a domain that can never be (RFC 2606): no message leaves for it, and nobody registers it.
            account = get_user_model().objects.create_user(f"{customer.code}{NOBODY_LOGS_IN}")
        customer.user = account
        customer.save()
        _index(customer, facts)
        note(account.pk, "created", by.pk, now)
        if has_own_account(customer):
            note(account.pk, "linked", by.pk, now)
    return customer


def find_account(email: str) -> Any:
    """The account with an e-mail address, for which no file is kept yet. Raises CustomerError (unknown_account)."""
    rows = get_user_model().objects.filter(email__iexact=email.strip(), is_active=True, customer=None)
    found = rows.exclude(email__endswith=NOBODY_LOGS_IN).first()
    if found is None:
        raise CustomerError("unknown_account")
    return found


def find_of(user_id: int | None) -> Customer | None:
    """The file that a desk keeps of somebody with an account."""
    return Customer.objects.filter(user_id=user_id, erased_at=None).first() if user_id is not None else None


def has_own_account(customer: Customer) -> bool:
    """Whether the person can log in."""
    return not customer.user.email.endswith(NOBODY_LOGS_IN)


def change(customer: Customer, facts: Facts, by: Any, now: datetime) -> None:
    """The file says something else from now on."""
    with transaction.atomic():
        customer.said, customer.used_at = asdict(facts), now
        customer.save(update_fields=["said", "used_at"])
        customer.keys.all().delete()
        _index(customer, facts)
        note(customer.user_id, "changed", by.pk, now)


def note(person_id: int, what: str, by_id: int | None, now: datetime, **detail: Any) -> None:
    """Write down what somebody did with a person's file, or in their name. Detail is codes and dates."""
    Act.objects.create(person_id=person_id, what=what, by_id=by_id, at=now, detail=detail)
    Customer.objects.filter(user_id=person_id, erased_at=None).update(used_at=now)


def reindex() -> int:
    """Blind names under the newest key, for every customer; how many there are."""
    rows = Customer.objects.filter(erased_at=None).order_by("pk")
    for customer in rows.iterator():
        with transaction.atomic():
            customer.keys.all().delete()
            _index(customer, facts_of(customer))
    return rows.count()


def _index(customer: Customer, facts: Facts) -> None:
    words = _words(facts.name)
    keys = {_word_key(word) for word in [*words, "".join(words)]}
    if len(_digits(facts.phone)) >= PHONE_DIGITS:
        keys.add(_phone_key(facts.phone))
    if facts.birth_year:
        keys.add(_word_key(str(facts.birth_year)))
    CustomerKey.objects.bulk_create(CustomerKey(customer=customer, digest=blind(key)) for key in sorted(keys))


def _with_keys(wanted: list[str]) -> set[int]:
    """Customers with all these keys, at most one more than may be shown."""
    rows = Customer.objects.filter(erased_at=None)
    for key in wanted:
        rows = rows.filter(pk__in=CustomerKey.objects.filter(digest__in=blinds(key)).values("customer"))
    return set(rows.values_list("pk", flat=True)[: MOST_FOUND + 1])


def guest_key(phone: str) -> str:
    """The blind name of a whole number, as in E.164, under the newest key: what was ordered under it is shown.

    Its last digits find a file, which is then chosen by name; they do not tell two guests apart.
    """
    return blind(f"guest:{_digits(phone)}") if phone else ""


def guest_keys(phone: str) -> list[str]:
    """The same under every key."""
    return blinds(f"guest:{_digits(phone)}") if phone else []


def _read(text: str) -> tuple[list[str], list[str], list[str]]:
    """Phone numbers, parts of a name and years of birth that a text names."""
    numbers = re.findall(r"\+?\d[\d \-().]*\d", text)
    phones = [number for number in numbers if len(_digits(number)) >= PHONE_DIGITS]
    for number in phones:
        text = text.replace(number, " ")
    return phones, _words(re.sub(r"\d", " ", text)), _YEAR.findall(text)


def _words(name: str) -> list[str]:
    """The parts of a name, without accents, capitals and signs."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return re.findall(r"\w+", plain.casefold())


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())


def _phone_key(phone: str) -> str:
    return f"phone:{_digits(phone)[-PHONE_DIGITS:]}"


def _word_key(word: str) -> str:
    return f"word:{word}"
