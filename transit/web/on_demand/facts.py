"""Rules in words: facts of each part, as its form names them, and how two versions differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from babel.numbers import format_currency
from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _

from transit.journeys.clocks import date_text, language
from transit.money import Money
from transit.ondemand.area_checks import shape_of
from transit.ondemand.rules import Rules
from transit.ondemand.time_checks import clock
from transit.web.on_demand.fields import CornersField, DaysField, MinutesField, MoneyField, PerCentField
from transit.web.on_demand.parts import ROWS, Frame, PartForm
from transit.web.on_demand.sections import SECTIONS, Section

_KM_PER_DEGREE = 111.32
NOTHING: Final = "–"
_HIDDEN = frozenset({"file", "place_text", "place_at", "radius"})


@dataclass(frozen=True, slots=True)
class Fact:
    """What is set."""

    label: str
    text: str
    value: Any
    is_off: bool = False
    """Nothing, or no: not worth a word by itself."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What another version has otherwise; empty: has not."""

    section: Any
    title: str
    label: str
    before: str
    after: str


def facts_of(section: Section, part: Any, frame: Frame) -> list[Fact]:
    """Everything of a part."""
    return list(_facts(section.form(frame, part)))


def summary_of(section: Section, part: Any, frame: Frame) -> str:
    """The facts that say something, in a line."""
    facts = [fact for fact in facts_of(section, part, frame) if not fact.is_off and fact.value != 0]
    title = title_of(section, part, frame.rules)
    return " · ".join(f"{fact.label}: {fact.text}" for fact in facts if fact.text != title)


def title_of(section: Section, part: Any, rules: Rules) -> str:
    """What a part is called."""
    zones = {zone.code: zone.name for zone in rules.zones}
    if section.code == "pairs":
        arrow = "↔" if part.both else "→"
        return f"{zones.get(part.origin, part.origin)} {arrow} {zones.get(part.destination, part.destination)}"
    if section.code == "hours":
        return f"{days_text(part.days)} {clock(part.start_s)}–{clock(part.end_s)}"
    if section.code == "subsidies":
        return str(part.payer)
    return str(getattr(part, "name", "")) or str(section.title)


def days_text(days: tuple[int, ...]) -> str:
    """Days of the week in few characters: Mon–Fri, Sun."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        str(WEEKDAYS_ABBR[run[0]]) if len(run) == 1 else f"{WEEKDAYS_ABBR[run[0]]}–{WEEKDAYS_ABBR[run[-1]]}"
        for run in runs
    )


def differences(before: Rules, after: Rules, languages: tuple[str, ...]) -> list[Difference]:
    """What is different, section by section."""
    frames = Frame(before, languages), Frame(after, languages)
    return [each for section in SECTIONS.values() for each in _differences(section, *frames)]


def _differences(section: Section, before: Frame, after: Frame) -> Iterator[Difference]:
    old, new = section.read(before.rules), section.read(after.rules)
    if old == new:
        return
    if section.new is None:
        yield from _changed(section, str(section.title), (old, before), (new, after))
        return
    for one, other in _matched(old, new):
        title = title_of(section, other or one, after.rules if other else before.rules)
        if one is None:
            yield Difference(section.title, title, _("new"), "", summary_of(section, other, after))
        elif other is None:
            yield Difference(section.title, title, _("left out"), summary_of(section, one, before), "")
        else:
            yield from _changed(section, title, (one, before), (other, after))


def _matched(old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    """What differs, side by side: what has codes by these, else in the order in which it stands."""
    gone, come = [each for each in old if each not in new], [each for each in new if each not in old]
    if any(hasattr(each, "code") for each in (*old, *new)):
        by_code = {each.code: each for each in come}
        yield from ((each, by_code.pop(each.code, None)) for each in gone)
        yield from ((None, each) for each in by_code.values())
        return
    for number in range(max(len(gone), len(come))):
        yield gone[number] if number < len(gone) else None, come[number] if number < len(come) else None


def _changed(section: Section, title: str, old: tuple[Any, Frame], new: tuple[Any, Frame]) -> Iterator[Difference]:
    before = {fact.label: fact for fact in facts_of(section, *old)}
    after = {fact.label: fact for fact in facts_of(section, *new)}
    for label in before | after:
        one, other = before.get(label), after.get(label)
        if (one and one.value) == (other and other.value):
            continue
        texts = one.text if one else "", other.text if other else ""
        if texts[0] == texts[1]:
            texts = texts[0], _("%(text)s, elsewhere") % {"text": texts[1]}
        yield Difference(section.title, title, label, *texts)


def _facts(form: PartForm) -> Iterator[Fact]:
    for name, field in form.fields.items():
        if name not in _HIDDEN:
            value = form.get_initial_for_field(field, name)
            text = _text(field, value, form.frame)
            yield Fact(str(field.label), text or NOTHING, value, value is None or value is False or not text)
    for name, rows in form.groups.items():
        values = getattr(form.base, name)
        shown = ["; ".join(_row(row)) for row, _value in zip(rows, values, strict=False)]
        yield Fact(str(ROWS[name][0]), " / ".join(shown) or NOTHING, values, not shown)


def _row(row: PartForm) -> list[str]:
    return [f"{fact.label}: {fact.text}" for fact in _facts(row) if not fact.is_off and fact.value != 0]


def _text(field: forms.Field, value: Any, frame: Frame) -> str:
    if isinstance(field, forms.BooleanField):
        return gettext("yes") if value else gettext("no")
    if value is None or value in ("", ()):
        return ""
    if isinstance(field, CornersField):
        return area_text(value)
    if isinstance(field, DaysField):
        return days_text(value)
    if isinstance(field, MoneyField):
        money = Money(value, frame.rules.currency)
        return str(format_currency(money.decimal(), money.currency, locale=language()))
    if isinstance(field, PerCentField):
        return f"{field.prepare_value(value)} %"
    if isinstance(field, MinutesField):
        return str(field.prepare_value(value))
    if isinstance(field, forms.MultipleChoiceField):
        return ", ".join(str(dict(_choices(field)).get(each, each)) for each in value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(_choices(field)).get(field.prepare_value(value), value))
    if isinstance(value, date):
        return date_text(value)
    return str(field.prepare_value(value))


def _choices(field: Any) -> list[tuple[Any, Any]]:
    return list(field.choices)


def area_text(rings: Any) -> str:
    """How an area is bounded and how large it is."""
    area = shape_of(rings)
    if area.is_empty:
        return _("no border")
    corners = sum(len(ring) - 1 for ring in rings)
    shrunk = abs(_cosine(area.centroid.y))
    size = area.area * _KM_PER_DEGREE * _KM_PER_DEGREE * shrunk
    said = ngettext("%(count)s corner", "%(count)s corners", corners) % {"count": corners}
    return _("%(corners)s, %(size)s km²") % {"corners": said, "size": f"{size:.1f}"}


def _cosine(degrees: float) -> float:
    return math.cos(math.radians(degrees))
