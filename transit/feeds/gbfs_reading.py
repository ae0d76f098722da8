"""Single values of GBFS files, checked."""

from __future__ import annotations

import math
from typing import Any, Final

from transit.routing.rentals import Texts, Uris

Json = dict[str, Any]
LONGEST: Final = 500
"""Characters of a text or an id."""


class Unusable(ValueError):
    """What is wrong with an entity, as a code."""


def string_of(row: Json, key: str) -> str:
    """A text that must be there."""
    value = row.get(key)
    if not isinstance(value, str) or not value or len(value) > LONGEST:
        raise Unusable(f"no_{key}")
    return value


def texts_of(row: Json, key: str, own: str, *, needed: bool = True) -> Texts:
    """A text in languages (3.0), or in the publisher's own."""
    value = row.get(key)
    listed = value if isinstance(value, list) else [{"language": own, "text": value}]
    found = tuple(
        (str(each.get("language") or own), each["text"][:LONGEST])
        for each in listed
        if isinstance(each, dict) and isinstance(each.get("text"), str) and each["text"]
    )
    if needed and not found:
        raise Unusable(f"no_{key}")
    return found


def flag_of(row: Json, key: str) -> bool:
    """Yes or no; 1.1 writes 1 and 0."""
    value = row.get(key)
    if value not in (0, 1):
        raise Unusable(f"no_{key}")
    return bool(value)


def number_of(row: Json, key: str) -> float:
    """A number that must be there, finite."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unusable(f"no_{key}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Unusable(f"no_{key}")
    return number


def count_of(row: Json, key: str) -> int:
    """A number of things."""
    number = number_of(row, key)
    if number < 0 or number != int(number):
        raise Unusable(f"no_{key}")
    return int(number)


def metres_of(row: Json, key: str) -> float | None:
    """A length that may be missing."""
    if row.get(key) is None:
        return None
    if (metres := number_of(row, key)) < 0:
        raise Unusable(f"no_{key}")
    return metres


def point_of(row: Json) -> tuple[float, float]:
    """Latitude and longitude; 0, 0 is what devices say that do not know."""
    lat, lon = number_of(row, "lat"), number_of(row, "lon")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or lat == lon == 0:
        raise Unusable("impossible_position")
    return lat, lon


def uris_of(row: Json) -> Uris:
    """Where a vehicle is hired; nothing but web addresses and apps' own schemes, never a script."""
    uris = row.get("rental_uris")
    if not isinstance(uris, dict):
        return ()
    kept = [(kind, uris[kind]) for kind in ("android", "ios", "web") if isinstance(uris.get(kind), str)]
    return tuple((kind, uri) for kind, uri in kept if len(uri) <= LONGEST and _is_safe(kind, uri))


def _is_safe(kind: str, uri: str) -> bool:
    scheme = uri.partition("://")[0].lower()
    return scheme == "https" if kind == "web" else "://" in uri and scheme not in {"javascript", "data", "file"}
