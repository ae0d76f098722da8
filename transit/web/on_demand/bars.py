"""Charts as shapes that a template draws as SVG: no script, and the same figures stand in a table beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from babel.numbers import format_currency
from django.utils.translation import get_language, to_locale

from transit.money import Money

WIDTH: Final = 600
ROW: Final = 44
_BAR: Final = 16
_LABEL: Final = 14
_HEIGHT: Final = 160
_COLUMN: Final = WIDTH / 24


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle; `kind` is now, before or asked."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of so many units."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    labels: tuple[Label, ...]


def pairs(rows: Sequence[tuple[str, int, int | None]]) -> Chart:
    """Lying bars, one for now and one for before, under a name each."""
    most = max((max(now, before or 0) for _, now, before in rows), default=0) or 1
    shapes, labels = [], []
    for number, (name, now, before) in enumerate(rows):
        top = number * (ROW + _LABEL)
        labels.append(Label(0, top + _LABEL - 2, name))
        for at, (count, kind) in enumerate(((now, "now"), (before, "before"))):
            if count is None:
                continue
            wide = round((WIDTH - 60) * count / most, 1)
            y = top + _LABEL + 3 + at * (_BAR + 2)
            shapes.append(Shape(0, y, max(wide, 1), _BAR, kind))
            labels.append(Label(max(wide, 1) + 6, y + _BAR - 3, f"{count}"))
    return Chart(WIDTH, max(1, len(rows)) * (ROW + _LABEL), tuple(shapes), tuple(labels))


def columns(now: Sequence[Sequence[int]], before: Sequence[Sequence[int]] | None) -> Chart:
    """By hour: how many rides were wanted (behind), and how many served now and before."""
    most = max((asked for asked, _ in now), default=0) or 1
    shapes, labels = [], []
    for hour, (asked, served) in enumerate(now):
        left = hour * _COLUMN
        shapes.append(_standing(left + 2, _COLUMN - 4, asked, most, "asked"))
        wide = (_COLUMN - 6) / (2 if before else 1)
        shapes.append(_standing(left + 3, wide, served, most, "now"))
        if before:
            shapes.append(_standing(left + 3 + wide, wide, before[hour][1], most, "before"))
        if hour % 3 == 0:
            labels.append(Label(round(left + 3, 1), _HEIGHT + 16, f"{hour}"))
    return Chart(WIDTH, _HEIGHT + 22, tuple(shapes), tuple(labels))


def money(amount: Money) -> str:
    """An amount in the reader's form."""
    return format_currency(amount.decimal(), amount.currency, locale=to_locale(get_language() or "en"))


def _standing(x: float, width: float, count: int, most: int, kind: str) -> Shape:
    high = round(_HEIGHT * count / most, 1)
    return Shape(round(x, 1), round(_HEIGHT - high, 1), round(width, 1), high, kind)
