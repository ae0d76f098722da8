"""Forms of parts of the rules: a frozen value in, the value that was written out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from babel import Locale
from django import forms
from django.forms.utils import ErrorDict
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from transit.ondemand.rules import Rules, Texts
from transit.web.on_demand.fields import MoneyField

LONGEST_CODE = 30
MOST_ROWS = 60


ROWS: Final[Mapping[str, tuple[Any, Any, Any]]] = {
    "layouts": (_("Places"), _("Places"), _("It can be fitted in another way too")),
    "shifts": (_("Shifts"), _("Shift"), _("Another shift")),
    "phone_hours": (_("Hours of the telephone"), _("Hours"), _("More hours of the telephone")),
}
"""What lists of small parts are called, one of them, and the button for another."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a form must know of its surroundings: the other rules, the region's languages and where it is."""

    rules: Rules
    languages: tuple[str, ...] = ()
    bounds: tuple[float, float, float, float] | None = None
    region: str = ""


class Day(forms.DateInput):
    """The browser's own field for a date."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PartForm(forms.Form):
    """The fields that have the names of the value's are filled from it and written into it.

    `texts` names those that are by language, with labels; `rows` those that are lists of small parts, with their forms.
    `placed` are those that `template` shows in places of their own, `rare` those that it folds away.
    """

    texts: ClassVar[Mapping[str, Any]] = {}
    rows: ClassVar[Mapping[str, type[PartForm]]] = {}
    template: ClassVar[str] = "transit/on_demand/fields.html"
    placed: ClassVar[frozenset[str]] = frozenset()
    rare: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self, frame: Frame, value: Any, data: Any = None, files: Any = None, prefix: str | None = None
    ) -> None:
        self.frame, self.base = frame, value
        super().__init__(
            data, files, prefix=prefix, initial=self.initial_of(value), use_required_attribute=prefix is None
        )
        for name, label in self.texts.items():
            self._add_texts(name, label, dict(getattr(value, name)))
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = frame.rules.currency
        self.groups = {name: self._rows(name, kind, 0) for name, kind in self.rows.items()}

    def initial_of(self, value: Any) -> dict[str, Any]:
        """What stands in the fields at first."""
        return {name: getattr(value, name) for name in self.base_fields if hasattr(value, name)}

    def is_valid(self) -> bool:
        """With all rows."""
        return all([super().is_valid(), *(row.is_valid() for group in self.groups.values() for row in group)])

    def full_clean(self) -> None:
        """Rows that are empty, or left out, may be as they are."""
        if self.prefix and (self.is_blank or self.is_removed):
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    @property
    def has_errors(self) -> bool:
        """Whether something is wrong, in the form or in a row of it."""
        return self.is_bound and not self.is_valid()

    def value(self) -> Any:
        """What was written. Only for a valid form."""
        names = {each for each in self.base_fields if hasattr(self.base, each)}
        said = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        said |= {name: self._texts(name) for name in self.texts}
        said |= {
            name: tuple(row.value() for row in group if not row.is_blank and not row.is_removed)
            for name, group in self.groups.items()
        }
        return replace(self.base, **said)

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """All but texts by language, what is rarely needed, and what has a place of its own."""
        elsewhere = self.placed | self.rare
        return [self[name] for name in self.fields if name not in elsewhere and not self._is_text(name)]

    @property
    def rare_fields(self) -> list[forms.BoundField]:
        """What is rarely needed."""
        return [self[name] for name in self.fields if name in self.rare]

    @property
    def has_rare_errors(self) -> bool:
        """Whether something is wrong with what is rarely needed."""
        return any(field.errors for field in self.rare_fields)

    @property
    def text_groups(self) -> list[tuple[Any, list[forms.BoundField], bool]]:
        """Texts by language: what they are, their fields, and whether something is wrong with them."""
        fields = {name: [self[f"{name}_{code}"] for code in self.frame.languages] for name in self.texts}
        return [(self.texts[name], each, any(field.errors for field in each)) for name, each in fields.items() if each]

    @property
    def row_groups(self) -> list[tuple[str, tuple[Any, Any, Any], list[PartForm]]]:
        """Lists of small parts, with their words."""
        return [(name, ROWS[name], rows) for name, rows in self.groups.items()]

    def more(self, name: str) -> None:
        """Another empty row."""
        self.groups[name] = self._rows(name, self.rows[name], 1)

    @property
    def is_blank(self) -> bool:
        """Of a row: nothing was written in it."""
        said: Any = self.data
        written = (text for name in self.fields for text in said.getlist(self.add_prefix(name)))
        return self.is_bound and not any(text.strip() for text in written)

    @property
    def is_removed(self) -> bool:
        """Of a row: it is to be left out."""
        return bool(self.data.get(self.add_prefix("remove")))

    def _rows(self, name: str, kind: type[PartForm], more: int) -> list[PartForm]:
        values = list(getattr(self.base, name))
        data = self.data if self.is_bound else None
        given = str(self.data.get(f"{name}-count", "")) if self.is_bound else ""
        count = min(int(given) + more, MOST_ROWS) if given.isdecimal() else max(len(values), 1)
        missing = [None] * max(0, count - len(values))
        return [
            kind(self.frame, value, data, prefix=f"{name}-{i}") for i, value in enumerate([*values, *missing][:count])
        ]

    def _add_texts(self, name: str, label: Any, said: Mapping[str, str]) -> None:
        for code in self.frame.languages:
            language = Locale.parse(code).get_display_name(get_language() or "en") or code
            field = forms.CharField(
                label=f"{label} ({language})",
                required=False,
                max_length=500,
                initial=said.get(code, ""),
            )
            self.fields[f"{name}_{code}"] = field

    def _is_text(self, name: str) -> bool:
        return any(name == f"{each}_{code}" for each in self.texts for code in self.frame.languages)

    def _texts(self, name: str) -> Texts:
        said = dict(getattr(self.base, name))
        said |= {code: self.cleaned_data.get(f"{name}_{code}", "") for code in self.frame.languages}
        return tuple((code, text) for code, text in said.items() if text)


def code_of(name: str, taken: Collection[str], kind: str) -> str:
    """A code that nothing else has, after a name where it has Latin letters."""
    stem = slugify(name)[:LONGEST_CODE] or kind
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (stem, *numbered) if code not in taken)
