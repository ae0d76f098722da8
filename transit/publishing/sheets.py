"""The register as tables (CSV, RFC 4180), that spreadsheets open without running what somebody wrote into a name."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings

from transit.publishing.opening_hours import opening_hours
from transit.register.entries import InterfaceEntry, OperatorEntry, Price, ServiceEntry

_INVISIBLE = r"\s\x00-\x1f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_FORMULA = re.compile(rf"[{_INVISIBLE}]*[=+\-@＝＋－＠]|[\t\r\n]")
"""How what a spreadsheet runs begins (OWASP ASVS 5.0, 1.2.10), full-width forms and what one does not see included."""
_LANGUAGES = [code for code, _ in settings.LANGUAGES]
_TEXTS = ("names", "descriptions", "price_notes", "accessibility_notes", "luggage_notes")
_BESIDE: dict[str, Callable[[Any], str]] = {
    "areas": lambda areas: _joined(area.name for area in areas),
    "prices": lambda prices: _joined(map(_price, prices)),
    "facilities": lambda facilities: _joined(f"{name}: {extent}" for name, extent in facilities),
    "booking_rules": lambda rules: _joined(rule.phone_number or rule.booking_url or rule.info_url for rule in rules),
}
_LEFT_OUT = {"hours", "exceptions"}


def operators(entries: Iterable[OperatorEntry]) -> str:
    """A row for each operator."""
    return _table(OperatorEntry.__slots__, ([getattr(each, n) for n in each.__slots__] for each in entries))


def interfaces(entries: Iterable[InterfaceEntry]) -> str:
    """A row for each interface."""
    return _table(InterfaceEntry.__slots__, ([getattr(each, n) for n in each.__slots__] for each in entries))


def services(entries: Iterable[ServiceEntry]) -> str:
    """A row for each service. Hours are in the syntax of OpenStreetMap; texts have a column for each language."""
    plain = [name for name in ServiceEntry.__slots__ if name not in {*_TEXTS, *_LEFT_OUT}]
    head = [*plain, "opening_hours", *(f"{name}_{language}" for name in _TEXTS for language in _LANGUAGES)]
    return _table(head, (_service(each, plain) for each in entries))


def cell(value: Any) -> str:
    """A value as text that no spreadsheet runs: what begins like a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _joined(value) if isinstance(value, tuple) else str(value)
    text = text.replace("\0", "")
    return f"'{text}" if _FORMULA.match(text) else text


def _service(entry: ServiceEntry, plain: Sequence[str]) -> list[Any]:
    values = [_BESIDE[name](getattr(entry, name)) if name in _BESIDE else getattr(entry, name) for name in plain]
    texts: list[Mapping[str, str]] = [getattr(entry, name) for name in _TEXTS]
    return [*values, opening_hours(entry), *(text.get(language, "") for text in texts for language in _LANGUAGES)]


def _price(price: Price) -> str:
    return f"{price.name} {price.price.decimal()} {price.price.currency} / {price.unit}".strip()


def _joined(values: Iterable[Any]) -> str:
    return "; ".join(str(value) for value in values if value not in (None, ""))


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """With a byte order mark, without which Excel takes UTF-8 for something else."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return "\ufeff" + sheet.getvalue()
