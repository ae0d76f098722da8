"""An OpenStreetMap extract (`.osm.pbf`): streets, named places and addresses, and what a map draws.

Imported by commands and workers only (osmium). Nothing is drawn or joined here: `transit.network` does that.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from numpy.typing import NDArray

from transit.feeds.barriers import Obstacle, obstacle, passable
from transit.feeds.driving import NOT_DRIVEN, driving, is_closed
from transit.feeds.notices import FeedError
from transit.feeds.permissions import permissions
from transit.feeds.turns import Point, Turn, forbidden
from transit.feeds.waykinds import kind_of
from transit.routing.streets import WALK, WAY_KINDS

Names = dict[str, str]
"""A name by language code; "" is the name on the spot. What a place is called besides, and how it is read, stands under
the tag's own key; several are separated by semicolons."""

_POI_KEYS = ("amenity", "tourism", "shop", "leisure", "historic", "railway", "aeroway", "office", "healthcare", "craft")
_NO_POI = frozenset(
    [
        "bench",
        "waste_basket",
        "vending_machine",
        "parking",
        "parking_space",
        "parking_entrance",
        "bicycle_parking",
        "post_box",
        "recycling",
        "grit_bin",
        "waste_disposal",
        "motorcycle_parking",
        "life_ring",
        "clock",
        "drinking_water",
        "hunting_stand",
        "switch",
        "signal",
        "level_crossing",
        "crossing",
        "tram_stop",
        "stop",
        "picnic_table",
        "rail",
        "tram",
        "subway",
        "light_rail",
        "platform",
        "buffer_stop",
        "milestone",
        "fire_hydrant",
        "telephone",
        "atm",
        "proposed",
        "abandoned",
        "construction",
        "disused",
        "razed",
        "bicycle_rental",
        "tram_crossing",
    ]
)
_SETTLEMENTS = frozenset(
    ["city", "town", "village", "suburb", "hamlet", "quarter", "neighbourhood", "borough", "island", "locality"]
)
_GREEN = {
    "landuse": frozenset(
        [
            "forest",
            "grass",
            "meadow",
            "cemetery",
            "recreation_ground",
            "village_green",
            "allotments",
            "orchard",
            "farmland",
        ]
    ),
    "leisure": frozenset(["park", "garden", "golf_course", "nature_reserve", "pitch", "playground", "common"]),
    "natural": frozenset(["wood", "scrub", "grassland", "heath", "wetland", "beach"]),
}
_RAILS = frozenset(["rail", "light_rail", "subway", "tram", "funicular", "narrow_gauge", "monorail"])
_OTHER_NAMES = frozenset(
    [
        "alt_name",
        "old_name",
        "short_name",
        "loc_name",
        "official_name",
        "int_name",
        "name:ja-Hira",
        "name:ja-Kana",
        "name:ja-Hrkt",
        "name:ja_kana",
        "name:ja-Latn",
        "name:ja_rm",
    ]
)
_NOT_BUILT = frozenset(["proposed", "construction", "abandoned", "planned", "razed", "disused", "no"])


@dataclass(frozen=True, slots=True)
class OsmPlace:
    """Something with a name or an address. `kind` is settlement, poi or address; `category` its OSM value."""

    kind: str
    category: str
    names: Names
    lat: float
    lon: float
    street: str = ""
    number: str = ""
    town: str = ""
    population: int = 0


@dataclass(frozen=True, slots=True)
class CarPark:
    """Where one may leave a car and ride on (park_ride). What is None is not told."""

    names: Names
    lat: float
    lon: float
    capacity: int | None = None
    costs: bool | None = None


@dataclass
class Ways:
    """Ways with the key `highway`, their nodes laid end to end: way i has the nodes `start[i]` … `start[i + 1]`."""

    start: array[int] = field(default_factory=lambda: array("q", [0]))
    id: array[int] = field(default_factory=lambda: array("q"))
    """The number of each way in OpenStreetMap."""
    ref: array[int] = field(default_factory=lambda: array("q"))
    lon: array[float] = field(default_factory=lambda: array("d"))
    lat: array[float] = field(default_factory=lambda: array("d"))
    forward: bytearray = field(default_factory=bytearray)
    backward: bytearray = field(default_factory=bytearray)
    highway: list[str] = field(default_factory=list)
    name: list[int] = field(default_factory=list)
    """Index into `names`."""
    kind: bytearray = field(default_factory=bytearray)
    """Index of the kind of way in WAY_KINDS."""
    bridge: bytearray = field(default_factory=bytearray)
    driven_forward: bytearray = field(default_factory=bytearray)
    """The bits DRIVE and MOPED."""
    driven_backward: bytearray = field(default_factory=bytearray)
    kmh: bytearray = field(default_factory=bytearray)
    """How fast one drives there; 0 where nobody does."""
    obstacles: dict[Obstacle, set[int]] = field(default_factory=lambda: {kind: set() for kind in Obstacle})
    """The nodes at which a wheelchair does not pass."""


@dataclass
class Drawing:
    """Lines and areas of one layer of the map."""

    wkb: list[str] = field(default_factory=list)
    category: list[str] = field(default_factory=list)
    names: list[Names] = field(default_factory=list)

    def add(self, wkb: str, category: str, names: Names) -> None:
        """Add one feature (hexadecimal WKB)."""
        self.wkb.append(wkb)
        self.category.append(category)
        self.names.append(names)


@dataclass
class Extract:
    """What an extract holds. `names[0]` is no name."""

    ways: Ways = field(default_factory=Ways)
    names: list[Names] = field(default_factory=lambda: [{}])
    places: list[OsmPlace] = field(default_factory=list)
    closed: array[int] = field(default_factory=lambda: array("q"))
    """Nodes at which no vehicle passes."""
    turns: list[Turn] = field(default_factory=list)
    car_parks: list[CarPark] = field(default_factory=list)
    water: Drawing = field(default_factory=Drawing)
    coast: Drawing = field(default_factory=Drawing)
    green: Drawing = field(default_factory=Drawing)
    buildings: Drawing = field(default_factory=Drawing)
    rails: Drawing = field(default_factory=Drawing)

    def node_ids(self) -> NDArray[np.int64]:
        """The node of every vertex of every way."""
        return np.frombuffer(self.ways.ref, np.int64) if len(self.ways.ref) else np.zeros(0, np.int64)

    def undrawn(self) -> Extract:
        """The same without what only a map draws."""
        return Extract(self.ways, self.names, self.places, self.closed, self.turns, self.car_parks)


_NOT_ONE = "This is no OpenStreetMap extract. Give a complete file in the format .osm.pbf."
_NO_STREETS = "The extract has no streets (ways with the key highway). Cut it out again with all ways."


def count_streets(path: Path) -> int:
    """How many ways are streets; reads the whole file, quickly. Raises FeedError as `read_extract` does."""
    try:
        streets = sum(bool(item.is_way()) for item in _items(path).with_filter(osmium.filter.KeyFilter("highway")))
    except (RuntimeError, ValueError) as error:
        raise FeedError(_NOT_ONE, "not_an_extract") from error
    if not streets:
        raise FeedError(_NO_STREETS, "no_streets")
    return streets


def read_extract(path: Path) -> Extract:
    """Read the extract. Raises FeedError where the file is none or has no streets."""
    reader = _Reader()
    try:
        for item in _items(path).with_areas().with_filter(osmium.filter.EmptyTagFilter()).with_filter(_lines()):
            reader.take(item)
    except (RuntimeError, ValueError) as error:
        raise FeedError(_NOT_ONE, "not_an_extract") from error
    if not len(reader.extract.ways.ref):
        raise FeedError(_NO_STREETS, "no_streets")
    return reader.extract


def _items(path: Path) -> Any:
    """The objects of a file, whatever it is called."""
    return osmium.FileProcessor(osmium.io.File(str(path), "pbf"))


def _lines() -> Any:
    """Lets no ways pass but those that may be drawn as a line; what is closed comes again as an area."""
    return osmium.filter.KeyFilter("highway", "railway", "natural", "waterway").enable_for(osmium.osm.WAY)


class _Reader:
    """Sorts the objects of a file into an extract."""

    def __init__(self) -> None:
        self.extract = Extract()
        self._wkb = osmium.geom.WKBFactory()
        self._numbers: dict[tuple[tuple[str, str], ...], int] = {(): 0}
        self._way_of: dict[int, int] = {}

    def take(self, item: Any) -> None:
        """Take one object of any kind."""
        tags = _tags(item)
        if item.is_node():
            if ("barrier" in tags or "kerb" in tags or "highway" in tags) and (found := obstacle(tags)):
                self.extract.ways.obstacles[found].add(item.id)
            self._place(tags, item.lat, item.lon)
            self._park(tags, item.lat, item.lon)
            if "barrier" in tags and is_closed(tags):
                self.extract.closed.append(item.id)
        elif item.is_way():
            self._way(item, tags)
        elif item.is_area():
            self._area(item, tags)
        elif item.is_relation() and tags.get("type") == "restriction":
            self._restriction(item, tags)

    def _way(self, way: Any, tags: Mapping[str, str]) -> None:
        if "highway" in tags and tags["highway"] not in _NOT_BUILT:
            self._street(way, tags)
        elif tags.get("railway") in _RAILS and tags.get("tunnel") != "yes":
            self._line(self.extract.rails, way, tags["railway"], tags)
        elif tags.get("natural") == "coastline":
            self._line(self.extract.coast, way, "coastline", tags)
        elif tags.get("waterway") in ("river", "stream", "canal", "ditch") and tags.get("tunnel", "no") == "no":
            self._line(self.extract.water, way, tags["waterway"], tags)

    def _street(self, way: Any, tags: Mapping[str, str]) -> None:
        ways = self.extract.ways
        nodes = [(node.ref, node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if len(nodes) < 2:
            return
        refs, lons, lats = zip(*nodes, strict=True)
        ways.ref.extend(refs)
        ways.lon.extend(lons)
        ways.lat.extend(lats)
        ways.start.append(len(ways.ref))
        ways.id.append(way.id)
        bits = passable(tags)
        forward, backward = (each | bits if each & WALK else each for each in permissions(tags))
        ways.forward.append(forward)
        ways.backward.append(backward)
        driven = driving(tags) if tags["highway"] not in NOT_DRIVEN else (0, 0, 0)
        for column, value in zip((ways.driven_forward, ways.driven_backward, ways.kmh), driven, strict=True):
            column.append(value)
        ways.highway.append(tags["highway"])
        ways.kind.append(WAY_KINDS.index(kind_of(tags)))
        ways.bridge.append(tags.get("bridge", "no") != "no")
        ways.name.append(self._name(names_of(tags) or ({"": tags["ref"]} if "ref" in tags else {})))

    def _restriction(self, relation: Any, tags: Mapping[str, str]) -> None:
        modes, is_only = forbidden(tags)
        members = [(member.role, member.type, member.ref) for member in relation.members] if modes else []
        via = [ref for role, kind, ref in members if (role, kind) == ("via", "n")]
        if len(via) != 1:
            return
        before, after = (
            [pair for role, kind, ref in members if (role, kind) == (end, "w") for pair in self._leaving(ref, via[0])]
            for end in ("from", "to")
        )
        turns = (Turn(start, at, end, modes, is_only) for at, start in before for _, end in after)
        self.extract.turns += turns

    def _leaving(self, way: int, node: int) -> list[tuple[Point, Point]]:
        """Where a node is at an end of a way: its place, and that of the vertex beside it."""
        ways = self.extract.ways
        if len(self._way_of) < len(ways.id):  # ways come before relations
            self._way_of = {number: i for i, number in enumerate(ways.id)}
        i = self._way_of.get(way)
        if i is None:
            return []
        first, last = ways.start[i], ways.start[i + 1] - 1
        pairs = [(end, beside) for end, beside in ((first, first + 1), (last, last - 1)) if ways.ref[end] == node]
        return [((ways.lon[a], ways.lat[a]), (ways.lon[b], ways.lat[b])) for a, b in pairs]

    def _name(self, names: Names) -> int:
        """The number of a name, each once."""
        key = tuple(sorted(names.items()))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.extract.names)
            self.extract.names.append(names)
        return number

    def _line(self, drawing: Drawing, way: Any, category: str, tags: Mapping[str, str]) -> None:
        try:
            drawing.add(self._wkb.create_linestring(way), category, names_of(tags))
        except (RuntimeError, osmium.InvalidLocationError):
            return

    def _area(self, area: Any, tags: Mapping[str, str]) -> None:
        if "park_ride" in tags:
            self._park(tags, *_middle(area))
        layer, category = self._layer(tags)
        is_place = ("name" in tags or "addr:housenumber" in tags) and "highway" not in tags
        if layer is None and not is_place:
            return
        try:
            if layer is not None:
                layer.add(self._wkb.create_multipolygon(area), category, names_of(tags))
        except RuntimeError:
            return
        if is_place:
            self._place(tags, *_middle(area))

    def _layer(self, tags: Mapping[str, str]) -> tuple[Drawing | None, str]:
        """The layer that draws an area, and its category there."""
        if tags.get("building", "no") != "no":
            return self.extract.buildings, "building"
        if (
            tags.get("natural") == "water"
            or tags.get("waterway") == "riverbank"
            or tags.get("landuse")
            in (
                "basin",
                "reservoir",
            )
        ):
            return self.extract.water, tags.get("water", "water")
        for key, values in _GREEN.items():
            if tags.get(key) in values:
                return self.extract.green, tags[key]
        return None, ""

    def _park(self, tags: Mapping[str, str], lat: float, lon: float) -> None:
        """Source: OSM wiki, "Key:park_ride"; any value but `no` names what one may ride on by."""
        open_ = tags.get("access", "yes") in ("yes", "permissive", "customers", "destination", "designated")
        if tags.get("amenity") == "parking" and tags.get("park_ride", "no") != "no" and open_:
            told, fee = tags.get("capacity", ""), tags.get("fee")
            capacity = int(told) if told.isdecimal() and len(told) < 6 else None
            costs = None if fee is None else fee != "no"
            self.extract.car_parks.append(CarPark(names_of(tags), lat, lon, capacity, costs))

    def _place(self, tags: Mapping[str, str], lat: float, lon: float) -> None:
        names = names_of(tags)
        town = tags.get("addr:city", "")
        street, number = _address(tags)
        if number and street:
            name = address_name(street, number)
            self.extract.places.append(OsmPlace("address", "address", {"": name}, lat, lon, street, number, town))
        if not names:
            return
        if tags.get("place") in _SETTLEMENTS:
            people = tags.get("population", "")
            self.extract.places.append(
                OsmPlace(
                    "settlement", tags["place"], names, lat, lon, population=int(people) if people.isdigit() else 0
                )
            )
            return
        category = next((tags[key] for key in _POI_KEYS if key in tags and tags[key] not in _NO_POI), "")
        if category:
            self.extract.places.append(OsmPlace("poi", category, names, lat, lon, street, number, town))


def _tags(item: Any) -> dict[str, str]:
    """The tags of an object. They are counted because asking for one too many takes as long as reading them all."""
    return dict(islice(item.tags, len(item.tags)))


def names_of(tags: Mapping[str, str]) -> Names:
    """`name`, the `name:xx` of two- and three-letter languages, readings and other names."""
    name = tags.get("name", "")
    names = {key[5:].lower(): value for key, value in tags.items() if key.startswith("name:") and len(key) in (7, 8)}
    if not name and not names:
        return {}
    names = {"": name or next(iter(names.values())), **{code: text for code, text in names.items() if text != name}}
    others = _OTHER_NAMES & tags.keys()
    return names | {key: tags[key] for key in sorted(others)} if others else names


def is_language(code: str) -> bool:
    """Whether a code of `Names` is a language, and its text a name to be shown."""
    return len(code) in (2, 3)


def _address(tags: Mapping[str, str]) -> tuple[str, str]:
    """Street and number. In Japan: quarter and neighbourhood (chōme) for the street, block and house for the number.

    Source: OpenStreetMap wiki, "JA:Addresses in Japan" (addr:quarter, addr:neighbourhood, addr:block_number).
    """
    quarter, neighbourhood = tags.get("addr:quarter", ""), tags.get("addr:neighbourhood", "")
    number, block = tags.get("addr:housenumber", ""), tags.get("addr:block_number", "")
    if block:
        area = neighbourhood if neighbourhood.startswith(quarter) else quarter + neighbourhood
        area = area or tags.get("addr:place") or tags.get("addr:suburb", "")
        return area, f"{block}-{number}" if number else block
    return tags.get("addr:street") or tags.get("addr:place") or neighbourhood or quarter, number


def address_name(street: str, number: str) -> str:
    """Street and number as people write them: after a name in Japanese without a blank."""
    return f"{street}{number}" if "\u2e80" <= street[-1:] <= "\u9fff" else f"{street} {number}".strip()


def _middle(area: Any) -> tuple[float, float]:
    """The middle of the box around an area's outer rings: (lat, lon)."""
    lons: list[float] = []
    lats: list[float] = []
    for ring in area.outer_rings():
        _extend(lons, lats, ring)
    return (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2


def _extend(lons: list[float], lats: list[float], ring: Iterable[Any]) -> None:
    """Add the points of a ring."""
    for node in ring:
        lons.append(node.lon)
        lats.append(node.lat)


def joined(extracts: list[Extract]) -> Extract:
    """Several extracts as one; where they overlap by whole ways, streets are told once."""
    if len(extracts) == 1:
        return extracts[0]
    result = Extract()
    for extract in extracts:
        _append_ways(result, extract)
        result.places += extract.places
        result.closed += extract.closed
        result.turns += extract.turns
        result.car_parks += [park for park in extract.car_parks if park not in result.car_parks]
        for layer in ("water", "coast", "green", "buildings", "rails"):
            target, source = getattr(result, layer), getattr(extract, layer)
            target.wkb += source.wkb
            target.category += source.category
            target.names += source.names
    return result


def _append_ways(result: Extract, extract: Extract) -> None:
    """Add the ways that are not there yet, known by their nodes."""
    ways, more = result.ways, extract.ways
    first_name = len(result.names) - 1
    result.names += extract.names[1:]
    for kind, nodes in more.obstacles.items():
        ways.obstacles[kind] |= nodes
    known = {ways.ref[a:b].tobytes() for a, b in zip(ways.start[:-1], ways.start[1:], strict=True)}
    for i, (begin, end) in enumerate(zip(more.start[:-1], more.start[1:], strict=True)):
        if known and more.ref[begin:end].tobytes() in known:
            continue
        ways.ref += more.ref[begin:end]
        ways.lon += more.lon[begin:end]
        ways.lat += more.lat[begin:end]
        ways.start.append(len(ways.ref))
        ways.id.append(more.id[i])
        ways.forward.append(more.forward[i])
        ways.backward.append(more.backward[i])
        ways.driven_forward.append(more.driven_forward[i])
        ways.driven_backward.append(more.driven_backward[i])
        ways.kmh.append(more.kmh[i])
        ways.highway.append(more.highway[i])
        ways.kind.append(more.kind[i])
        ways.bridge.append(more.bridge[i])
        ways.name.append(more.name[i] + first_name if more.name[i] else 0)
