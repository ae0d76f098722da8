"""What is wrong with rules, and what mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

SECTIONS: Final = (
    "zones", "pairs", "exclusions", "stops", "meeting", "hours", "special_days", "booking", "promise", "vehicles",
    "matching", "fares", "groups", "purposes", "conduct", "pricing", "subsidies",
)  # fmt: skip
"""The parts of the rules, in the order in which they are set up."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """`section` is one of SECTIONS; the texts are for people, in the language of the moment."""

    section: str
    what: str
    mend: str


def repeated(section: str, codes: Iterable[str]) -> Iterator[Flaw]:
    """Codes that two have, and those that are none."""
    for code, count in Counter(codes).items():
        if not code:
            yield Flaw(section, _("One has no code."), _("Give each a short code of its own."))
        elif count > 1:
            yield Flaw(section, _("Two have the code “%s”.") % code, _("Give each a short code of its own."))


def outside(section: str, name: str, value: float, least: float, most: float) -> Iterator[Flaw]:
    """A number that is not from `least` to `most`."""
    if not least <= value <= most:
        what = _("%(name)s is %(value)s.") % {"name": name, "value": f"{value:g}"}
        mend = _("Write a number from %(least)s to %(most)s.") % {"least": f"{least:g}", "most": f"{most:g}"}
        yield Flaw(section, what, mend)
