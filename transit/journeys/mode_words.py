"""What modes are called, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

_MODES = {
    "walk": gettext_lazy("Walk"),
    "bicycle": gettext_lazy("Bicycle"),
    "tram": gettext_lazy("Tram"),
    "metro": gettext_lazy("Metro"),
    "rail": gettext_lazy("Train"),
    "bus": gettext_lazy("Bus"),
    "coach": gettext_lazy("Coach"),
    "ferry": gettext_lazy("Ferry"),
    "cableway": gettext_lazy("Cable car"),
    "gondola": gettext_lazy("Gondola lift"),
    "funicular": gettext_lazy("Funicular"),
    "trolleybus": gettext_lazy("Trolleybus"),
    "monorail": gettext_lazy("Monorail"),
    "air": gettext_lazy("Flight"),
    "taxi": gettext_lazy("Taxi"),
    "cargo_bicycle": gettext_lazy("Cargo bicycle"),
    "scooter": gettext_lazy("Electric scooter"),
    "moped": gettext_lazy("Moped"),
    "car": gettext_lazy("Car"),
}


def mode_name(mode: str) -> str:
    """The name of a mode of `transit.routing.query.Mode`."""
    return str(_MODES[mode])
