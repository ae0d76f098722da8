"""What is wrong with rules is found, and is said where it is to be mended."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests.transit.ondemand.valley import RULES, VALLEY
from transit.ondemand.checks import check
from transit.ondemand.rules import (
    BookingWindow,
    Break,
    Conduct,
    DynamicPricing,
    Exclusion,
    Fares,
    GroupFare,
    Matching,
    Meeting,
    MeetingKind,
    MeetingStop,
    Pair,
    Promise,
    RiderGroup,
    Ring,
    Rules,
    ShiftPattern,
    Span,
    SpecialDay,
    Subsidy,
    Zone,
)
from transit.web.on_demand.fields import CornersField

BUS = RULES.vehicles[0]
BOW_TIE = ((24.8, 60.1), (25.0, 60.2), (25.0, 60.1), (24.8, 60.2), (24.8, 60.1))
MANY = tuple(
    tuple((24.8 + math.cos(turn / 100) / 10, 60.1 + math.sin(turn / 100) / 10) for turn in (*range(600), 0))
    for _ in range(21)
)


def _comb(*, turned: bool) -> Ring:
    """A border with a thousand teeth, from one side of a square to the other."""
    teeth = [(place / 1000, height) for place in range(1000) for height in ((0.9, 0.1) if place % 2 else (0.1, 0.9))]
    corners = [(0.0, 0.0), *teeth, (1.0, 0.0), (0.0, 0.0)]
    return tuple((24.8 + (y if turned else x) / 10, 60.1 + (x if turned else y) / 10) for x, y in corners)


COMBS = (_comb(turned=False), _comb(turned=True))


def test_whole_rules_have_no_flaw() -> None:
    assert check(RULES) == []


def test_an_empty_draft_lacks_zones_hours_and_a_vehicle() -> None:
    found = check(Rules(timezone="Europe/Helsinki", currency="EUR"))
    assert [flaw.section for flaw in found] == ["zones", "hours", "vehicles"]
    assert all(flaw.what and flaw.mend for flaw in found)


FLAWED: dict[str, tuple[str, dict[str, Any]]] = {
    "a border that crosses itself": ("zones", {"zones": (Zone("valley", "Valley", (BOW_TIE,)),)}),
    "more corners than anybody draws": ("zones", {"zones": (Zone("valley", "Valley", MANY),)}),
    "combs that cross a million times": ("zones", {"zones": (Zone("valley", "Valley", COMBS),)}),
    "two corners": ("zones", {"zones": (Zone("valley", "Valley", (VALLEY[:2],)),)}),
    "longitude and latitude mixed up": (
        "zones",
        {"zones": (Zone("valley", "Valley", (((10.0, 60.0), (25.0, 60.0), (25.0, 61.0), (10.0, 60.0)),)),)},
    ),
    "a code twice": ("zones", {"zones": RULES.zones * 2}),
    "a pair of no zone": ("pairs", {"pairs": (Pair("valley", "hill"),)}),
    "the same pair twice": ("pairs", {"pairs": (Pair("valley", "valley"), Pair("valley", "valley"))}),
    "hubs without hubs": ("pairs", {"pairs": (Pair("valley", "valley", hubs_only=True),)}),
    "an exclusion of nothing": ("exclusions", {"exclusions": (Exclusion("nothing"),)}),
    "a stop far away": ("stops", {"stops": (MeetingStop("a", "A", 20.0, 60.1),)}),
    "no stops to meet at": ("meeting", {"meeting": Meeting(MeetingKind.STOP)}),
    "a walk of a group that there is not": ("meeting", {"meeting": Meeting(group_walk_m=(("old", 0),))}),
    "hours that end before they begin": ("hours", {"spans": (*RULES.spans, Span((5,), 7200, 3600))}),
    "hours that overlap": ("hours", {"spans": (*RULES.spans, Span((0,), 7200, 36_000))}),
    "a last pick-up after the end": ("hours", {"spans": (Span((0,), 21_600, 79_200, 80_000),)}),
    "a holiday backwards": (
        "special_days",
        {"special_days": (SpecialDay("Christmas", date(2026, 12, 26), date(2026, 12, 24)),)},
    ),
    "a day that is special twice": (
        "special_days",
        {
            "special_days": (
                SpecialDay("Christmas", date(2026, 12, 24), date(2026, 12, 26)),
                SpecialDay("Pause", date(2026, 12, 26), date(2026, 12, 31)),
            )
        },
    ),
    "half a deadline": ("booking", {"booking": BookingWindow(cutoff_days=1)}),
    "a deadline before booking opens": ("booking", {"booking": BookingWindow(ahead_days=1, cutoff_days=2, cutoff_s=0)}),
    "no window": ("promise", {"promise": Promise(window_s=0)}),
    "shared without a detour": ("promise", {"promise": Promise(detour_factor=1, detour_s=0)}),
    "a vehicle without places": ("vehicles", {"vehicles": (replace(BUS, layouts=((0, 0, 0, 5),)),)}),
    "a break outside the shift": (
        "vehicles",
        {"vehicles": (replace(BUS, shifts=(replace(BUS.shifts[0], breaks=(Break(0, 0, 600),)),)),)},
    ),
    "a vehicle of another zone": ("vehicles", {"vehicles": (replace(BUS, zones=("hill",)),)}),
    "a depot in the sea": ("vehicles", {"vehicles": (replace(BUS, lon=60.1, lat=24.9),)}),
    "hours without a vehicle": ("vehicles", {"spans": (*RULES.spans, Span((6,), 36_000, 64_800))}),
    "traffic of three hours": ("matching", {"matching": Matching(speed_factors=(1.0, 1.0, 1.0))}),
    "a price of a group that there is not": ("fares", {"fares": Fares(groups=(GroupFare("old", 5000),))}),
    "a negative price": ("fares", {"fares": Fares(base_minor=-1)}),
    "a proof of nothing": ("groups", {"groups": (RiderGroup("old", "Old", needs_proof=True),)}),
    "a month alone": ("groups", {"groups": (RiderGroup("old", "Old", first_month=11),)}),
    "a fee of more than all": ("conduct", {"conduct": Conduct(no_show_fee_basis_points=20_000)}),
    "cheap and dear at once": ("pricing", {"pricing": DynamicPricing(100, 100, 0.9, 0.5)}),
    "a subsidy of a group that there is not": ("subsidies", {"subsidies": (Subsidy("s", "City", "old", "", 5000),)}),
    "a share and a sum": ("subsidies", {"subsidies": (Subsidy("s", "City", "", "", 5000, 100),)}),
    "a cap without what is left": (
        "subsidies",
        {"subsidies": (Subsidy("s", "City", share_basis_points=1, yearly_minor=9, at_cap="reduce"),)},  # type: ignore[arg-type]
    ),
}


@pytest.mark.parametrize("name", FLAWED)
def test_flaws(name: str) -> None:
    section, fields = FLAWED[name]
    found = check(replace(RULES, **fields))
    assert {flaw.section for flaw in found} == {section}, found


def test_hours_after_midnight() -> None:
    late = replace(
        RULES,
        spans=(Span((4,), 64_800, 93_600),),
        vehicles=(replace(BUS, shifts=(ShiftPattern((4,), 64_800, 93_600),)),),
    )
    assert check(late) == []


def test_a_line_of_blanks_is_refused_at_once() -> None:
    begun = time.perf_counter()
    with pytest.raises(ValidationError):
        CornersField().to_python(f"60.1{' ' * 400_000}x")
    assert time.perf_counter() - begun < 5
