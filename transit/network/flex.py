"""The rides on demand of a network, out of its folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transit.network.folder import Reader
from transit.network.strings import Strings
from transit.routing.booking import Booking, Days, Rule
from transit.routing.query import Mode
from transit.routing.timetable import Schedule
from transit.routing.zones import Areas, OnDemand, ZoneService

COLUMNS: dict[str, type[np.generic]] = {
    "route": np.uint32,
    "origin": np.uint32,
    "destination": np.uint32,
    "service": np.uint32,
    "pickup_start": np.int32,
    "pickup_end": np.int32,
    "drop_off_start": np.int32,
    "drop_off_end": np.int32,
    "safe_factor": np.float64,
    "safe_offset_s": np.float64,
    "wheelchair": np.uint8,
    "takes_s": np.int32,
}
"""`takes_s` is −1 but for detours of a timetable."""
AREAS = ("area_ring", "ring_start", "lon", "lat", "box", "stop_start", "stops")


@dataclass(frozen=True)
class FlexTable:
    """Services on demand by number: the route and `feed:trip` of each, what is written on it; the names of areas."""

    rides: OnDemand
    route: NDArray[np.uint32]
    trip_id: Strings
    headsign: Strings
    area_name: Strings
    wheelchair: NDArray[np.uint8]
    """0 unknown, 1 yes, 2 no."""


def read_flex(folder: Path, schedule: Schedule, route_mode: NDArray[np.uint8]) -> FlexTable:
    """The services of a network's folder; `route_mode` is an index into `list(Mode)` for each route."""
    reader = Reader(folder)
    facts = reader.facts["flex"]
    rules = [Rule(**{**row, "kind": Booking(row["kind"])}) for row in facts["rules"]]
    areas = Areas(*(reader.array(f"flex.{name}") for name in AREAS))
    columns = {name: reader.array(f"flex.{name}") for name in COLUMNS}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*(c.tolist() for c in columns.values()), strict=True)]
    modes = tuple(Mode)
    services = tuple(
        _service(i, row, schedule, modes[int(route_mode[row["route"]])], tuple(rules[each] for each in used))
        for i, (row, used) in enumerate(zip(rows, facts["service_rules"], strict=True))
    )
    return FlexTable(
        OnDemand(areas, services, Days(schedule.service_active, schedule.first_day)),
        columns["route"],
        reader.strings("flex.ids"),
        reader.strings("flex.headsign"),
        reader.strings("flex.area_name"),
        columns["wheelchair"],
    )


def _service(number: int, row: dict[str, Any], schedule: Schedule, mode: Mode, rules: tuple[Rule, ...]) -> ZoneService:
    return ZoneService(
        number,
        row["origin"],
        row["destination"],
        (row["pickup_start"], row["pickup_end"]),
        (row["drop_off_start"], row["drop_off_end"]),
        row["service"],
        schedule.timezones[int(schedule.service_timezone[row["service"]])],
        rules,
        mode,
        row["safe_factor"],
        row["safe_offset_s"],
        takes_s=None if row["takes_s"] < 0 else row["takes_s"],
    )
