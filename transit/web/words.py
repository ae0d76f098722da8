"""The words of the pages that follow from a value: names of modes and rider categories, what scripts say."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy, ngettext_lazy, pgettext

# Modes that share a picture with another.
_ICONS = {
    "bicycle": "bike",
    "cargo_bicycle": "bike",
    "scooter": "bike",
    "moped": "bike",
    "car": "taxi",
    "rail": "train",
    "monorail": "train",
    "coach": "bus",
    "trolleybus": "bus",
    "cableway": "lift",
    "gondola": "lift",
    "funicular": "lift",
}
_CATEGORIES = {
    "adult": gettext_lazy("Adult"),
    "child": gettext_lazy("Child"),
    "youth": gettext_lazy("Youth"),
    "senior": gettext_lazy("Senior"),
}
_COUNTS = {
    "adult": ngettext_lazy("%(count)d adult", "%(count)d adults", "count"),
    "child": ngettext_lazy("%(count)d child", "%(count)d children", "count"),
    "youth": ngettext_lazy("%(count)d young person", "%(count)d young people", "count"),
    "senior": ngettext_lazy("%(count)d senior", "%(count)d seniors", "count"),
}
_MEDIA = {
    "none": gettext_lazy("cash"),
    "paper": gettext_lazy("paper ticket"),
    "card": gettext_lazy("travel card"),
    "contactless": gettext_lazy("bank card"),
    "app": gettext_lazy("app"),
}
_WHEELCHAIR_PARTS = {
    "vehicle": gettext_lazy("vehicle"),
    "start": gettext_lazy("stop"),
    "end": gettext_lazy("stop"),
    "way": gettext_lazy("way on foot"),
}
_KINDS = {
    "stop": gettext_lazy("Stop"),
    "station": gettext_lazy("Station"),
    "street": gettext_lazy("Street"),
    "address": gettext_lazy("Address"),
    "settlement": gettext_lazy("Town or quarter"),
    "poi": gettext_lazy("Place"),
}


def icon_of(name: str) -> str:
    """The picture for a mode or for a name of the sprite itself."""
    return _ICONS.get(name, name)


def wheelchair_part(part: str) -> str:
    """What of a leg it is that is not known to work with a wheelchair."""
    return str(_WHEELCHAIR_PARTS[part])


def medium_name(kind: str) -> str:
    """What a medium of fares is called that its publisher gives no name."""
    return str(_MEDIA[kind])


def category_name(category: str) -> str:
    """The name of one traveller's category."""
    return str(_CATEGORIES[category])


def category_count(category: str, count: int) -> str:
    """So many travellers of a category."""
    return str(_COUNTS[category] % {"count": count})


def kind_name(kind: str) -> str:
    """What a found place is: stop, street …; an unknown kind is a place."""
    return str(_KINDS.get(kind, _KINDS["poi"]))


def script_strings() -> dict[str, str]:
    """What scripts say, by key."""
    return {
        "location_fails": gettext("Your location could not be found. Please write the address."),
        "location_here": gettext("My location"),
        "location_use": gettext("Use my location"),
        "map": gettext("Map"),
        "map_fails": gettext("The map cannot be shown on this device. Everything you need is in the text."),
        "corner": gettext("Corner {number}. Arrow keys move it, Delete removes it."),
        "fewer": gettext("One fewer:"),
        "more": gettext("One more:"),
        "places_none": gettext("Nothing found. Check the spelling or try a nearby stop."),
        "places_found": gettext("Suggestions: {count}. Use the arrow keys."),
        "recent_clear": gettext("Forget these searches"),
        "recent_title": gettext("Your latest searches"),
        "recent_note": gettext("Kept on this device only."),
        "start": gettext("Start"),
        "end": gettext("Destination"),
        "swapped": gettext("From and to have changed places."),
        "two_fingers": gettext("Use two fingers to move the map"),
        "zoom_in": gettext("Zoom in"),
        "zoom_out": gettext("Zoom out"),
    } | {f"kind_{kind}": kind_name(kind) for kind in _KINDS}


def people(counts: dict[str, int]) -> str:
    """Who travels, in one line: 2 adults, 1 child."""
    return pgettext("between items of a list", ", ").join(
        category_count(category, count) for category, count in counts.items() if count
    )
