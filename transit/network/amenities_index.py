"""Schools, shops, doctors and the like of an extract, into a network's folder."""

from __future__ import annotations

import numpy as np

from transit.feeds.osm import Extract
from transit.network.amenities import THEME_OF
from transit.network.folder import Writer


def write_amenities(writer: Writer, extract: Extract) -> None:
    """The arrays of a network's folder."""
    found = [(THEME_OF[place.category], place) for place in extract.places if place.category in THEME_OF]
    writer.array("amenities.theme", np.array([theme for theme, _ in found], np.uint8))
    writer.array("amenities.lat", np.array([place.lat for _, place in found], np.float64))
    writer.array("amenities.lon", np.array([place.lon for _, place in found], np.float64))
