"""Fields of forms that show what rules keep as people write it: clocks, minutes, money, per cent, corners."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from transit.money import Money, exponent_of
from transit.ondemand.rules import Break, Ring
from transit.ondemand.time_checks import clock

_CLOCK: Final = re.compile(r"(\d{1,2}):?([0-5]\d)")
_FULL_WIDTH: Final = str.maketrans("0123456789：，．－〜～、", "0123456789:,.-~~,")
"""Digits and signs as a Japanese keyboard writes them."""
MOST_CHARACTERS: Final = 500_000
_LONGEST_LINE: Final = 80
_CORNER: Final = re.compile(r"(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)")


def seconds_of(text: str) -> int:
    """HH:MM as seconds; 25:10 is ten past one on the day after. Raises ValidationError."""
    found = _CLOCK.fullmatch(text.translate(_FULL_WIDTH).strip().replace(".", ":"))
    if not found or int(found[1]) > 47:
        raise ValidationError(_("Write a time such as 08:30. After midnight, 25:10 is ten past one."))
    return int(found[1]) * 3600 + int(found[2]) * 60


class ClockField(forms.Field):
    """Seconds of a day as HH:MM."""

    def __init__(self, **named: Any) -> None:
        super().__init__(widget=forms.TextInput({"maxlength": 8, "class": "short"}), **named)

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        return clock(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        """Seconds; None where nothing is written."""
        text = str(value or "").strip()
        return seconds_of(text) if text else None


class SpansField(forms.Field):
    """Spans of a day: 08:00–12:00, 13:00–16:00."""

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        return value if isinstance(value, str) else ", ".join(f"{clock(a)}–{clock(b)}" for a, b in value or ())

    def to_python(self, value: Any) -> tuple[tuple[int, int], ...]:
        """Begins and ends."""
        parts = re.split(r"[,;\n]+", str(value or "").translate(_FULL_WIDTH))
        return tuple(_span(part) for part in parts if part.strip())


def _span(text: str) -> tuple[int, int]:
    ends = re.split(r"\s*[-–—~]\s*", text.strip())
    if len(ends) != 2:
        raise ValidationError(_("Write from and until, such as 08:00–12:00."))
    return seconds_of(ends[0]), seconds_of(ends[1])


class BreaksField(forms.Field):
    """Breaks of a shift, one on each line: 11:00–13:00, 30."""

    widget = forms.Textarea({"rows": 2})

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        if isinstance(value, str):
            return value
        return "\n".join(f"{clock(b.from_s)}–{clock(b.until_s)}, {b.duration_s // 60}" for b in value or ())

    def to_python(self, value: Any) -> tuple[Break, ...]:
        """As values."""
        return tuple(_break(line) for line in str(value or "").translate(_FULL_WIDTH).splitlines() if line.strip())


def _break(line: str) -> Break:
    span, _comma, minutes = line.rpartition(",")
    found = re.search(r"\d{1,3}", minutes)
    if not span or not found:
        raise ValidationError(_("Write from, until and minutes, such as 11:00–13:00, 30."))
    return Break(*_span(span), int(found[0]) * 60)


class MinutesField(forms.DecimalField):
    """Seconds as minutes."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 43_200, "decimal_places": 1} | named)

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        return _plain(Decimal(value) / 60) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Seconds."""
        minutes = super().clean(_decimal(value))
        return None if minutes is None else int(minutes * 60)


class PerCentField(forms.DecimalField):
    """A share as per cent: of basis points (`whole` 10,000), or of a number to 1."""

    def __init__(self, whole: int = 10_000, **named: Any) -> None:
        self.whole = whole
        super().__init__(**{"min_value": 0, "max_value": 100, "decimal_places": 2 if whole > 1 else 0} | named)

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        is_kept = isinstance(value, int | float) and not isinstance(value, bool)
        return _plain(Decimal(str(value)) * 100 / self.whole) if is_kept else value

    def clean(self, value: Any) -> int | float | None:
        """The share."""
        said = super().clean(_decimal(value))
        if said is None:
            return None
        return int(said * self.whole / 100) if self.whole > 1 else float(said / 100)


class MoneyField(forms.DecimalField):
    """Minor units as an amount. The form tells the currency."""

    currency = "EUR"

    def __init__(self, **named: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 100_000_000} | named)

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        return (
            _plain(Money(value, self.currency).decimal(), exponent_of(self.currency)) if type(value) is int else value
        )

    def clean(self, value: Any) -> int | None:
        """In the smallest unit."""
        amount = super().clean(_decimal(value))
        if amount is None:
            return None
        if amount != round(amount, exponent_of(self.currency)):
            raise ValidationError(_("This currency has no such small amounts."))
        return Money.of_decimal(amount, self.currency).minor


class NumberField(forms.DecimalField):
    """A number with decimals, which rules keep as a float."""

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        return _plain(Decimal(str(value))) if isinstance(value, float | int) else value

    def clean(self, value: Any) -> float | None:
        """As rules keep it."""
        number = super().clean(_decimal(value))
        return None if number is None else float(number)


class KnownField(forms.TypedChoiceField):
    """Yes, no, or not known."""

    def __init__(self, **named: Any) -> None:
        choices = [("", _("not known")), ("yes", _("yes")), ("no", _("no"))]
        super().__init__(choices=choices, required=False, coerce=lambda text: text == "yes", empty_value=None, **named)

    def prepare_value(self, value: Any) -> Any:
        """As the choices have it."""
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class FactorsField(forms.Field):
    """Numbers with blanks between them."""

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        return value if isinstance(value, str) else " ".join(f"{each:g}" for each in value or ())

    def to_python(self, value: Any) -> tuple[float, ...]:
        """As numbers."""
        try:
            return tuple(float(each.replace(",", ".")) for each in str(value or "").translate(_FULL_WIDTH).split())
        except ValueError:
            raise ValidationError(_("Write numbers with blanks between them.")) from None


class DaysField(forms.TypedMultipleChoiceField):
    """Days of the week."""

    def __init__(self, **named: Any) -> None:
        super().__init__(
            coerce=int,
            choices=list(WEEKDAYS.items()),
            widget=forms.CheckboxSelectMultiple,
            **{"label": _("Days of the week")} | named,
        )

    def clean(self, value: Any) -> tuple[int, ...]:
        """Monday is 0."""
        return tuple(sorted(super().clean(value)))


class CornersField(forms.Field):
    """The borders of an area: a corner on each line as latitude, longitude; a blank line before each further border.

    GeoJSON is taken as well.
    """

    widget = forms.Textarea({"rows": 8, "class": "figures", "data-corners": "", "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        """As people write it; the last corner of a border, which is its first, is left out."""
        if isinstance(value, str):
            return value
        return "\n\n".join("\n".join(f"{lat:.6f}, {lon:.6f}" for lon, lat in ring[:-1]) for ring in value or ())

    def to_python(self, value: Any) -> tuple[Ring, ...]:
        """As rules keep them."""
        text = str(value or "").translate(_FULL_WIDTH).strip()
        if len(text) > MOST_CHARACTERS:
            raise ValidationError(_("The area is too detailed: at most 50 rings and 10,000 corners."))
        if text.startswith("{"):
            return rings_of(text)
        return tuple(closed(_corners(part)) for part in re.split(r"\n\s*\n", text.replace("\r", "")) if part.strip())


def closed(corners: Sequence[tuple[float, float]]) -> Ring:
    """A border whose last corner is its first."""
    return tuple(corners) if not corners or corners[0] == corners[-1] else (*corners, corners[0])


def _corners(part: str) -> list[tuple[float, float]]:
    corners = []
    for line in part.strip().splitlines():
        said = line.strip()
        figures = len(said) <= _LONGEST_LINE and _CORNER.fullmatch(said)
        if not figures:
            raise ValidationError(_("“%(line)s” is no corner. Write latitude, longitude, such as 60.150, 24.900."),
                                  params={"line": said[:40]})  # fmt: skip
        corners.append((float(figures[2]), float(figures[1])))
    if len({*corners}) < 3:
        raise ValidationError(_("A border needs at least three corners."))
    return corners


def rings_of(text: str) -> tuple[Ring, ...]:
    """The borders of the polygons of GeoJSON: a geometry, a feature or a collection. Raises ValidationError."""
    try:
        found = [closed([(float(p[0]), float(p[1])) for p in ring]) for ring in _rings(json.loads(text))]
    except (KeyError, TypeError, ValueError, IndexError, RecursionError):
        raise ValidationError(_("This is no GeoJSON with a Polygon or MultiPolygon.")) from None
    if not found:
        raise ValidationError(_("There is no Polygon or MultiPolygon in this GeoJSON."))
    return tuple(found)


def _rings(said: Any) -> Iterable[Any]:
    kind = said["type"]
    if kind == "FeatureCollection":
        return [ring for each in said["features"] for ring in _rings(each)]
    if kind == "Feature":
        return _rings(said["geometry"])
    if kind == "Polygon":
        return list(said["coordinates"])
    return [ring for part in said["coordinates"] for ring in part] if kind == "MultiPolygon" else []


def _decimal(value: Any) -> Any:
    """2,5 is 2.5 wherever one writes so."""
    return value.translate(_FULL_WIDTH).replace(",", ".").strip() if isinstance(value, str) else value


def _plain(number: Decimal, decimals: int | None = None) -> str:
    """Without needless digits."""
    if decimals is not None:
        return f"{number:.{decimals}f}"
    return f"{number.quantize(Decimal('0.0001'), ROUND_HALF_UP).normalize():f}"
