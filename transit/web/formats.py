"""Template tags and filters: times, money, distances, icons and line badges in the reader's own form."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from django import template
from django.templatetags.static import static
from django.utils import timezone as clocks
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext

from transit.journeys import mode_words
from transit.journeys.clocks import clock_text, date_text, day_text, language
from transit.journeys.distances import distance_text
from transit.journeys.durations import duration_text
from transit.journeys.fare_words import sentence_of
from transit.money import Money, total
from transit.ondemand import price_words
from transit.routing.itinerary import Fallback, FareLine, FareProduct, Itinerary, Leg, Ordering, Service
from transit.web import maps, words
from transit.web import steps as timeline
from transit.web.directions import sentences

register = template.Library()

# Babel date patterns, as in `transit.journeys.clocks`.
_DAY = {"en": "EEEE d MMMM", "fi": "EEEE d. MMMM", "ja": "M月d日（E）"}


@register.simple_tag
def clock(moment: datetime, timezone: str) -> SafeString:
    """The time of day at a place, as a `<time>` element."""
    local = moment.astimezone(ZoneInfo(timezone))
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), clock_text(moment, timezone)
    )


@register.simple_tag
def lateness(scheduled: datetime, expected: datetime) -> str:
    """How much later or earlier than scheduled something is, in whole minutes as the clocks show them; "" if not."""
    late = expected.replace(second=0, microsecond=0) - scheduled.replace(second=0, microsecond=0)
    if not late:
        return ""
    text = gettext("%(time)s late") if late > timedelta() else gettext("%(time)s early")
    return text % {"time": minutes(abs(late))}


@register.simple_tag
def day(moment: datetime, timezone: str) -> str:
    """The weekday and date at a place, without the year."""
    return format_date(moment.astimezone(ZoneInfo(timezone)), _DAY.get(language(), _DAY["en"]), locale=language())


@register.simple_tag
def full_day(moment: datetime, timezone: str) -> str:
    """The date at a place with its year, for papers: 23 November 2026, 23.11.2026, 2026年11月23日."""
    return plain_day(moment.astimezone(ZoneInfo(timezone)).date())


@register.simple_tag
def plain_day(day: date) -> str:
    """A date with its year."""
    return date_text(day)


@register.simple_tag
def short_day(moment: datetime, timezone: str) -> str:
    """The same in few characters: Mon 23 Nov."""
    return day_text(moment, timezone)


@register.filter
def not_known_for_wheelchairs(itinerary: Itinerary) -> str:
    """The parts of a journey of which it is not known whether they work with a wheelchair, each kind once."""
    unknown = dict.fromkeys(words.wheelchair_part(part) for leg in itinerary.legs for part in leg.wheelchair_unknown)
    return pgettext("between items of a list", ", ").join(unknown)


@register.filter
def local_clock(moment: datetime, timezone: str) -> str:
    """The time of day at a place, as text."""
    return clock_text(moment, timezone)


@register.filter
def local_day(moment: datetime, timezone: str) -> str:
    """The day at a place in few characters."""
    return short_day(moment, timezone)


@register.filter
def is_ahead(moment: datetime | None) -> bool:
    """Whether a moment is still to come."""
    return moment is not None and moment > clocks.now()


@register.simple_tag
def order_by(ordering: Ordering) -> str:
    """By when a ride on demand is ordered."""
    until = ordering.order_until_at
    if until is None:
        return gettext("Order when you want to ride")
    return gettext("Order until %(day)s %(time)s") % {
        "day": local_day(until, ordering.timezone),
        "time": local_clock(until, ordering.timezone),
    }


@register.filter
def minutes(span: timedelta) -> str:
    """A duration in hours and minutes, a started minute counted as whole."""
    return duration_text(span)


@register.filter
def wait_minutes(wait_s: int) -> str:
    """How long one waits."""
    return duration_text(timedelta(seconds=max(wait_s, 60)))


@register.filter
def every(headway_s: int) -> str:
    """How often a vehicle comes that keeps no exact times."""
    return gettext("about every %(time)s") % {"time": minutes(timedelta(seconds=headway_s))}


@register.filter
def metres(distance_m: int) -> str:
    """A distance: tens of metres below one kilometre, then kilometres with one decimal."""
    return distance_text(distance_m)


@register.filter
def co2(grams: int) -> str:
    """How much CO2, to a tenth of a kilogram."""
    kilograms = format_decimal(round(grams / 1000, 1), locale=language())
    return gettext("%(kilograms)s kg CO2") % {"kilograms": kilograms}


@register.filter
def money(amount: Money) -> str:
    """An amount in the reader's form: 3,50 €, €3.50, ¥350."""
    return format_currency(amount.decimal(), amount.currency, locale=language())


@register.simple_tag
def price(minor: int, currency: str) -> str:
    """An amount of minor units in the reader's form."""
    return money(Money(minor, currency))


@register.filter
def sum_of(fares: Iterable[FareProduct]) -> str:
    """What some fare products cost together. They must share one currency."""
    prices = [fare.price for fare in fares]
    return money(total(prices, prices[0].currency)) if prices else ""


@register.filter
def fare_sentence(line: FareLine) -> str:
    """What a line of a price is for, and why."""
    return sentence_of(line)


@register.simple_tag
def ways_to_pay(fare: FareProduct) -> str:
    """On which media a published price holds, and what others cost; nothing where that is not known."""
    names: dict[Money, list[str]] = {}
    for each in fare.media:
        names.setdefault(each.price, []).append(each.name or words.medium_name(each.kind))
    comma = pgettext("between items of a list", ", ")
    sentences = [
        gettext("%(price)s with: %(media)s.") % {"price": money(amount), "media": comma.join(dict.fromkeys(found))}
        for amount, found in names.items()
    ]
    return " ".join(sentences)


@register.simple_tag
def explained(itinerary: Itinerary, product: Any) -> FareProduct | None:
    """The published fare that something sold at its price is, so that it can be explained; None for another price."""
    return next(
        (
            fare
            for fare in itinerary.fares
            if (fare.product_id, list(fare.legs), fare.traveller.category, fare.price.minor)
            == (product.product_id, list(product.legs), product.category, product.price_minor)
        ),
        None,
    )


@register.filter
def percent(basis_points: int) -> str:
    """A rate given in hundredths of a percent: 1350 is 13.5 %."""
    return gettext("%(rate)s %%") % {"rate": format_decimal(basis_points / 100, locale=language())}


@register.filter
def demand(basis_points: int) -> str:
    """Why a ride on demand costs more or less than usual, and by how much."""
    return price_words.demand(basis_points)


@register.filter
def mode_name(mode: str) -> str:
    """What a mode is called: Bus, Train …"""
    return mode_words.mode_name(mode)


@register.filter
def category_name(category: str) -> str:
    """What a rider category is called: Adult, Child …"""
    return words.category_name(category)


@register.filter
def category_count(category: str, count: int) -> str:
    """So many travellers of a category: 2 adults."""
    return words.category_count(category, count)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture of the sprite. It says nothing to screen readers: words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        words.icon_of(name),
    )


@register.inclusion_tag("components/badge.html")
def badge(leg: Leg) -> dict[str, Any]:
    """The sign of a transit leg: picture of the mode, line name, the line's published colour."""
    return sign(leg.service, leg.mode)


@register.inclusion_tag("components/badge.html")
def sign(service: Service | None, mode: str) -> dict[str, Any]:
    """The sign of a line. Text is black or white, whichever contrasts more with the published colour (WCAG 1.4.3)."""
    colour = (service.colour if service else "").lstrip("#") or "30495f"
    return {
        "mode": mode,
        "line": (service.line if service else "") or mode_words.mode_name(mode),
        "fill": f"#{colour}",
        "on_light": _luminance(colour) > 0.179,
        "named": bool(service and service.line),
    }


@register.simple_tag
def changes(vehicles: int) -> str:
    """How often one changes vehicles."""
    if vehicles <= 1:
        return pgettext("changes of vehicle", "No changes")
    return ngettext("%(count)d change", "%(count)d changes", vehicles - 1) % {"count": vehicles - 1}


@register.filter
def directions(leg: Leg) -> list[str]:
    """The directions of a walk or a ride by bicycle, a sentence for each step."""
    return sentences(leg, metres)


@register.filter
def steps(itinerary: Itinerary) -> list[timeline.Step]:
    """The timeline of an itinerary."""
    return timeline.of(itinerary)


@register.filter
def out_of_ten(probability: float) -> int:
    """A chance as people say it, rather too small than too great."""
    return int(10 * probability)


@register.filter
def fallback_line(fallback: Fallback) -> str:
    """What the vehicle is called that one takes instead: Bus 12."""
    return f"{mode_words.mode_name(fallback.mode)} {fallback.line}".strip()


@register.simple_tag
def leg_line(itinerary: Itinerary, position: int) -> str:
    """What a leg is called: Bus 12."""
    leg = itinerary.legs[position]
    return f"{mode_words.mode_name(leg.mode)} {leg.service.line if leg.service else ''}".strip()


@register.simple_tag
def leg_lines(itinerary: Itinerary, positions: Iterable[int]) -> str:
    """What some legs are called together: Bus 12, Tram 3."""
    return pgettext("between items of a list", ", ").join(leg_line(itinerary, position) for position in positions)


@register.inclusion_tag("components/map.html")
def itinerary_map(itinerary: Itinerary) -> dict[str, Any]:
    """The map of an itinerary; nothing while no basemap is published."""
    return {"map": _map(maps.features_of(itinerary))}


@register.inclusion_tag("components/map.html")
def region_map() -> dict[str, Any]:
    """The map of the whole region."""
    return {"map": _map(None), "tall": True}


@register.inclusion_tag("components/map.html")
def areas_map(features: dict[str, Any]) -> dict[str, Any]:
    """The map of areas with a `level`; nothing while no basemap is published."""
    return {"map": _map(features), "tall": True}


@register.inclusion_tag("components/map.html")
def stops_map(features: dict[str, Any] | None) -> dict[str, Any]:
    """The map of some stops, or of the whole region; nothing while no basemap is published."""
    return {"map": _map(features)}


def _map(journey: dict[str, Any] | None) -> SafeString | None:
    basemap = maps.find_basemap()
    return json_script(basemap | {"journey": journey}, "map") if basemap else None


@register.simple_tag
def import_map() -> SafeString:
    """What the scripts' bare module names stand for (HTML: import maps). `<` cannot end the script element early."""
    text = json.dumps({"imports": {name: static(path) for name, path in maps.MODULES.items()}})
    return mark_safe(text.replace("<", "\\u003c"))  # noqa: S308 (JSON of our own constants)


@register.simple_tag
def strings() -> SafeString:
    """The sentences that scripts say, as a JSON block."""
    return json_script(words.script_strings(), "strings")


def _luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of rrggbb; 0.179 is where black and white contrast equally."""
    try:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    except ValueError:
        return 0.0
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
