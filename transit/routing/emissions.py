"""How much CO2 a journey causes: grams for each passenger and kilometre, by how one travels.

Source: British government (DESNZ), "Greenhouse gas reporting: conversion factors 2025", kg CO2e, whole grams: sheet
Business travel - land, per passenger-km: National rail 0.03546, Light rail and tram 0.0286, London Underground 0.0278,
Average local bus 0.10385, Coach 0.02776, Regular taxi 0.14861; per vehicle-km, so for one person in it: Average car
(fuel unknown) 0.16725, Motorbike (small) 0.08319; sheet Business travel - sea: Ferry, foot passenger 0.01871; sheet
Business travel - air: Domestic, average passenger, with radiative forcing 0.22928. What has no figure there takes that
of what it is most like. They count what is burnt and the electricity used, not the making of vehicles. They are
averages of one country: a region that knows its own says so (settings.CO2_G_PER_KM).
"""

from __future__ import annotations

from collections.abc import Mapping

from transit.routing.query import Mode

GRAMS_PER_KM = {
    Mode.WALK: 0,
    Mode.BICYCLE: 0,
    Mode.CARGO_BICYCLE: 0,
    Mode.TRAM: 29,
    Mode.METRO: 28,
    Mode.RAIL: 35,
    Mode.BUS: 104,
    Mode.COACH: 28,
    Mode.FERRY: 19,
    # Driven by electricity on a track or a rope of their own, as trams are.
    Mode.CABLEWAY: 29,
    Mode.GONDOLA: 29,
    Mode.FUNICULAR: 29,
    Mode.TROLLEYBUS: 29,
    Mode.MONORAIL: 29,
    Mode.SCOOTER: 29,
    Mode.AIR: 229,
    Mode.TAXI: 149,
    Mode.MOPED: 83,
    Mode.CAR: 167,
}


def adopt(figures: Mapping[str, int]) -> None:
    """Takes a region's own figures, by mode, in place of these; once, when the process starts.

    Raises ValueError where there is no such mode.
    """
    GRAMS_PER_KM.update({Mode(name): grams for name, grams in figures.items()})


def grams(mode: Mode, metres: float) -> int:
    """What one person causes on a part of the way."""
    return round(GRAMS_PER_KM[mode] * metres / 1000)
