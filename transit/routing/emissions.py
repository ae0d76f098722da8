"""How much CO2 a journey causes: grams for each passenger and kilometre, by how one travels.

The figures are rounded and close to those that the British government publishes for company reporting (Greenhouse gas
reporting: conversion factors 2023, passenger transport, CO2 equivalents): national rail 35, light rail and tram 29,
underground 28, local bus 102, coach 27, ferry on foot 19, domestic flight 246, regular taxi 149, average car with one
person 167, small motorcycle 83. What has no figure of its own takes that of what it is most like. They are averages of
one country: a region that knows its own says so (settings.CO2_G_PER_KM).
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
    Mode.BUS: 102,
    Mode.COACH: 27,
    Mode.FERRY: 19,
    # Driven by electricity on a track or a rope of their own, as trams are.
    Mode.CABLEWAY: 29,
    Mode.GONDOLA: 29,
    Mode.FUNICULAR: 29,
    Mode.TROLLEYBUS: 29,
    Mode.MONORAIL: 29,
    Mode.SCOOTER: 29,
    Mode.AIR: 246,
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
