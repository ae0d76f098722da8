"""Car parks where one changes to public transport, into a network's folder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transit.feeds.osm import CarPark
from transit.network import naming
from transit.network.folder import Writer
from transit.network.parks import FREE, UNKNOWN
from transit.network.texts import write_texts


def write_parks(writer: Writer, parks: list[CarPark]) -> None:
    """The arrays of `ParkTable`."""
    write_texts(writer, "parks.name", *naming.of_names([park.names for park in parks]))
    columns: dict[str, NDArray[np.generic]] = {
        "lat": np.array([park.lat for park in parks], np.float64),
        "lon": np.array([park.lon for park in parks], np.float64),
        "capacity": np.array([-1 if park.capacity is None else park.capacity for park in parks], np.int32),
        "costs": np.array([UNKNOWN if park.costs is None else FREE + park.costs for park in parks], np.uint8),
    }
    for name, values in columns.items():
        writer.array(f"parks.{name}", values)
