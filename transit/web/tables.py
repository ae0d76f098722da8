"""Answers of studies as tables and as what a map draws; numbers are written in the reader's way by the template."""

from __future__ import annotations

from statistics import median
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from transit.accessibility.words import explained
from transit.models import Study

Json = dict[str, Any]
MOST_ROWS = 300
MOST_DRAWN = 8000
LEVELS = 4


class Table(NamedTuple):
    """Rows under a head; `levels` are the colours of the rows on the map, where they have one."""

    title: str
    head: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    levels: list[int]


def words(study: Study, answer: Json | None) -> list[str]:
    """The answer in sentences."""
    return explained(study.kind, answer) if answer else []


def of_study(study: Study, answer: Json) -> list[Table]:
    """The tables of an answer."""
    made = {
        Study.Kind.ISOCHRONES: _areas,
        Study.Kind.OPPORTUNITIES: _reached,
        Study.Kind.CLOSING: _cut_off,
        Study.Kind.CRITICAL: _links,
        Study.Kind.ISLANDS: _parts,
        Study.Kind.FEED: _counted,
    }
    return made[Study.Kind(study.kind)](answer)


def drawn(study: Study, answer: Json) -> Json | None:
    """GeoJSON with a `level` for the colour of each area, 0 the best; None where there is nothing to draw."""
    if study.kind == Study.Kind.ISOCHRONES:
        features = [
            {**each, "properties": {"level": level}} if "minutes" in each["properties"] else each
            for level, each in _by_level(answer)
            if each["geometry"]["type"] == "Point" or each["geometry"]["coordinates"]
        ]
        return {"type": "FeatureCollection", "features": features}
    if study.kind == Study.Kind.OPPORTUNITIES:
        return _squares(answer)
    return None


def theme_name(theme: str) -> str:
    """What a theme of the map is called; a planner's own has its own name."""
    names = {
        "schools": _("Schools"), "health": _("Health"), "shops": _("Shops"), "offices": _("Public offices"),
        "leisure": _("Leisure"), "all": pgettext("opportunities", "All"),
    }  # fmt: skip
    return names.get(theme, theme)


def _by_level(answer: Json) -> list[tuple[int, Json]]:
    """The areas with the rank of their minutes, the widest first; what is no area last."""
    minutes = sorted({each["properties"]["minutes"] for each in answer["features"] if "minutes" in each["properties"]})
    return [(minutes.index(each["properties"].get("minutes", minutes[0])), each) for each in answer["features"]]


def _areas(answer: Json) -> list[Table]:
    areas = [(level, each["properties"]) for level, each in _by_level(answer) if "minutes" in each["properties"]]
    areas.sort(key=lambda pair: pair[0])
    themes = sorted({theme for _level, facts in areas for theme in facts["reached"]})
    head = (_("Minutes"), _("Square kilometres"), *map(theme_name, themes))
    rows = [
        (facts["minutes"], round(facts["square_km"], 1), *(_number(facts["reached"][theme]) for theme in themes))
        for _level, facts in areas
    ]
    return [Table(_("What lies within reach"), head, rows, [level for level, _facts in areas])]


def _reached(answer: Json) -> list[Table]:
    found: dict[tuple[int, str], list[float]] = {}
    for each in answer["features"]:
        for minutes, themes in each["properties"]["reached"].items():
            for theme, count in themes.items():
                found.setdefault((int(minutes), theme), []).append(count)
    rows = [
        (minutes, theme_name(theme), _number(round(median(counts), 1)), _number(max(counts)), f"{_share(counts):.0f} %")
        for (minutes, theme), counts in sorted(found.items())
    ]
    head = (
        _("Minutes"),
        _("What"),
        _("From the middle square"),
        _("From the best square"),
        _("Squares that reach none"),
    )
    return [Table(_("How much one reaches"), head, rows, [])]


def _share(counts: list[float]) -> float:
    return 100 * sum(count == 0 for count in counts) / len(counts)


def _squares(answer: Json) -> Json | None:
    """The squares by how much they reach in the longest time, in four equal groups; not those that reach nothing.

    None where they are so many that a phone could not draw them: the table and the file have them.
    """
    if len(answer["features"]) > MOST_DRAWN:
        return None
    sums = [sum(max(each["properties"]["reached"].items(), key=_minutes)[1].values()) for each in answer["features"]]
    reached = sorted(value for value in sums if value > 0)
    features = [
        {**each, "properties": {"level": LEVELS - 1 - _group(value, reached)}}
        for each, value in zip(answer["features"], sums, strict=True)
        if value > 0
    ]
    return {"type": "FeatureCollection", "features": features}


def _minutes(pair: tuple[str, Json]) -> int:
    return int(pair[0])


def _group(value: float, reached: list[float]) -> int:
    """Which of LEVELS equal groups of the sorted values one is in."""
    limits = [reached[len(reached) * group // LEVELS] for group in range(1, LEVELS)]
    return sum(value >= limit for limit in limits)


def _cut_off(answer: Json) -> list[Table]:
    rows = [
        (row["name"], row["id"], _("still served") if row["still_served"] else _("no longer served"))
        for row in answer["cut_off"]
    ]
    head = (_("Stop"), _("Identifier"), _("Vehicles"))
    return [Table(_("Stops that are cut off"), head, rows[:MOST_ROWS], [])] if rows else []


def _links(answer: Json) -> list[Table]:
    rows = [
        (
            row["from"]["name"],
            row["to"]["name"],
            row["behind"],
            row["departures"],
            ", ".join(row["lines"]) or _("on foot"),
        )
        for row in answer["critical_links"]
    ]
    head = (_("Stop"), _("Next stop"), _("Stops behind"), _("Departures a day"), _("Lines"))
    return [Table(_("Links without another way around"), head, rows[:MOST_ROWS], [])] if rows else []


def _parts(answer: Json) -> list[Table]:
    rows = [(part["size"], part["stops"][0]["name"], ", ".join(part["lines"][:20])) for part in answer["parts"]]
    head = (_("Stops"), _("Among them"), _("Lines"))
    return [Table(_("Parts of the network"), head, rows[:MOST_ROWS], [])] if rows else []


def _counted(answer: Json) -> list[Table]:
    names = {
        "agencies": _("Companies"), "stops": _("Stops"), "routes": _("Lines"), "trips": _("Trips"),
        "num_trips": _("Trips on %(day)s") % {"day": _day(answer["day"])},
        "peak_num_trips": _("Vehicles under way at the busiest time"),
        "service_distance": _("Kilometres"), "service_duration": _("Hours under way"),
        "service_speed": _("Kilometres an hour"),
    }  # fmt: skip
    facts = [(name, _number(answer["feed"].get(fact))) for fact, name in names.items()]
    columns = ("num_trips", "start_time", "end_time", "mean_headway", "service_distance", "service_speed")
    rows = [
        (row.get("route_short_name") or row["route_id"], *(_number(row.get(name)) for name in columns))
        for row in answer["lines"]
    ]
    head = (
        _("Line"),
        _("Trips"),
        _("First"),
        _("Last"),
        _("Minutes between"),
        _("Kilometres"),
        _("Kilometres an hour"),
    )
    return [
        Table(_("The whole timetable"), (_("What"), _("How much")), facts, []),
        Table(_("Lines on %(day)s") % {"day": _day(answer["day"])}, head, rows[:MOST_ROWS], []),
    ]


def _number(value: Any) -> Any:
    """A number without needless decimals; what is not known is said."""
    if value is None:
        return _("unknown")
    return round(value) if isinstance(value, float) and value == round(value) else value


def _day(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"
