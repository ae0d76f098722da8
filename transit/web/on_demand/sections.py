"""The sections of the rules: each a page, with what it is for and the form of its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from transit.ondemand.rules import (
    Exclusion,
    MeetingStop,
    Pair,
    Purpose,
    RiderGroup,
    Rules,
    ShiftPattern,
    Span,
    SpecialDay,
    Subsidy,
    Vehicle,
    Zone,
)
from transit.web.on_demand.area_forms import ExclusionForm, MeetingForm, PairForm, StopForm, ZoneForm
from transit.web.on_demand.fare_forms import FaresForm, PricingForm, SubsidyForm
from transit.web.on_demand.fleet_forms import MatchingForm, VehicleForm
from transit.web.on_demand.parts import PartForm, code_of
from transit.web.on_demand.rider_forms import ConductForm, GroupForm, PurposeForm
from transit.web.on_demand.time_forms import BookingForm, PromiseForm, SpanForm, SpecialDayForm


@dataclass(frozen=True, slots=True)
class Section:
    """`new` makes a part to begin with; without it the section is one part, which is always there."""

    code: str
    title: Any
    why: Any
    form: type[PartForm]
    new: Callable[[Rules], Any] | None = None
    add: Any = ""
    empty: Any = ""
    """What holds while there is nothing."""
    attribute: str = ""

    @property
    def is_list(self) -> bool:
        """Whether there may be several parts."""
        return self.new is not None

    def read(self, rules: Rules) -> Any:
        """What the rules have of it."""
        return getattr(rules, self.attribute or self.code)

    def write(self, rules: Rules, value: Any) -> Rules:
        """The rules with it."""
        return replace(rules, **{self.attribute or self.code: value})

    def coded(self, part: Any, others: tuple[Any, ...]) -> Any:
        """A new part with a code of its own, where parts have codes."""
        if getattr(part, "code", None) != "":
            return part
        name = getattr(part, "name", "") or getattr(part, "payer", "")
        return replace(part, code=code_of(name, {each.code for each in others}, self.code.rstrip("s")))


def _pair(rules: Rules) -> Pair:
    zones = [zone.code for zone in rules.zones]
    return Pair(zones[0] if zones else "", zones[-1] if zones else "")


def _special_day(rules: Rules) -> Any:
    nothing: Any = None
    return SpecialDay("", nothing, nothing)


def _vehicle(rules: Rules) -> Vehicle:
    shifts = tuple(ShiftPattern(span.days, span.start_s, span.end_s) for span in rules.spans[:3])
    return Vehicle("", "", ((8, 1, 0, 4),), 0.0, 0.0, shifts)


_ALL: Final = (
    Section(
        "zones", _("Zones"),
        _("Where rides are offered. Draw each area in which people are picked up and set down."),
        ZoneForm, lambda rules: Zone("", "", ()), _("Add a zone"), _("There is no zone yet."),
    ),
    Section(
        "pairs", _("From where to where"),
        _("Say it only if people may not go from every zone to every other one."),
        PairForm, _pair, _("Add a connection"), _("Rides go within and between all zones."),
    ),
    Section(
        "exclusions", _("Rides that are not driven"),
        _("So that the service takes nobody from the bus, or from a walk."),
        ExclusionForm, lambda rules: Exclusion(""), _("Add an exclusion"), _("Every ride in the zones is driven."),
    ),
    Section(
        "stops", _("Stops and hubs"),
        _("Meeting places with and without a sign, and stations where one changes to trains and buses."),
        StopForm, lambda rules: MeetingStop("", "", 0.0, 0.0), _("Add a stop"), _("No stop is entered."),
    ),
    Section("meeting", _("How riders are met"), _("At the door, or how far one walks."), MeetingForm),
    Section(
        "hours", _("Hours"), _("On which days and at what times rides are offered."),
        SpanForm, lambda rules: Span((0, 1, 2, 3, 4), 6 * 3600, 20 * 3600), _("Add hours"),
        _("There are no hours yet."), "spans",
    ),
    Section(
        "special_days", _("Holidays and pauses"), _("Days with other hours than usual, or with none."),
        SpecialDayForm, _special_day, _("Add a holiday or a pause"), _("The usual hours hold on every day."),
    ),
    Section("booking", _("Ordering"), _("How early and how late one can order, and the telephone."), BookingForm),
    Section("promise", _("What riders are promised"), _("No ride is planned that breaks a promise."), PromiseForm),
    Section(
        "vehicles", _("Vehicles and shifts"),
        _("What drives, how many places it has, where it starts and when it is out. Volunteers with own cars too."),
        VehicleForm, _vehicle, _("Add a vehicle"), _("There is no vehicle yet."),
    ),
    Section("matching", _("How rides are put together"), _("Sharing, and places kept free."), MatchingForm),
    Section("fares", _("Prices"), _("What a ride costs a person. All prices include tax."), FaresForm),
    Section(
        "groups", _("Groups with rights of their own"),
        _("Who pays less, walks less or comes first, and what they must show."),
        GroupForm, lambda rules: RiderGroup("", ""), _("Add a group"), _("The same holds for everybody."),
    ),
    Section(
        "purposes", _("Purposes of rides"),
        _("Only if you must ask what for people ride. In some countries it is forbidden to ask."),
        PurposeForm, lambda rules: Purpose("", ""), _("Add a purpose"), _("Nobody is asked what for they ride."),
    ),
    Section("conduct", _("Cancelling and not coming"), _("Fees, and what follows if it happens often."), ConductForm),
    Section("pricing", _("Prices that move"), _("Cheaper in quiet hours, dearer in busy ones."), PricingForm,
            empty=_("Prices do not move.")),
    Section(
        "subsidies", _("Subsidies"), _("What somebody else pays of the price, and until when the money lasts."),
        SubsidyForm, lambda rules: Subsidy("", ""), _("Add a subsidy"), _("Riders pay the whole price."),
    ),
)  # fmt: skip
SECTIONS: Final[Mapping[str, Section]] = {section.code: section for section in _ALL}
