"""What a line is: its stops, its two directions, the operators that run lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from maas.sandbox.region.names import Name
from maas.sandbox.region.plane import Point


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs lines: GTFS agency."""

    id: str
    name: Name
    url: str
    fare_url: str = ""


TOWN_BUS = Operator(
    "tuuli", Name("Tuulilahden Linja", "Windhaven City Bus", "風ヶ浦市バス", "かぜがうらしばす"), "http://town.example/"
)
COAST_BUS = Operator(
    "ranta", Name("Rannikon Bussit", "Coast Buses", "海岸バス", "かいがんばす"), "http://coast.example/"
)
FERRY = Operator(
    "lautta",
    Name("Lyhtysaaren Lautat", "Lantern Island Ferries", "提灯島汽船", "ちょうちんじまきせん"),
    "http://ferry.example/",
)
RAIL = Operator(
    "juna",
    Name("Rannikkojunat", "Coast Rail", "海岸鉄道", "かいがんてつどう"),
    "http://rail.example/",
    "http://rail.example/tickets",
)

FEEDS = {"rail": (RAIL,), "town": (TOWN_BUS,), "coast": (COAST_BUS, FERRY)}


@dataclass(frozen=True, slots=True)
class Density:
    """How much service there is: so many times as many town lines as usual, and every line so many times as often."""

    lines: int = 1
    often: int = 1


USUAL = Density()


@dataclass(frozen=True, slots=True)
class Stop:
    """GTFS stop: a platform, a pole, or (kind 1) a station that holds platforms."""

    id: str
    name: Name
    at: Point
    zone: str = ""
    kind: int = 0
    station: str = ""
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of a line. `along_m` is how far along `shape` each stop lies."""

    headsign: Name
    stops: tuple[Stop, ...]
    along_m: tuple[float, ...]
    shape: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the public knows it. `timetable` names its headways; `sparse`: times at few stops only."""

    id: str
    short: str
    name: Name
    operator: Operator
    route_type: int
    colour: str
    ways: tuple[Way, ...]
    timetable: str
    speed_kmh: float
    dwell_s: int = 0
    sparse: bool = False
    by_frequency: bool = False
    often: int = 1
    """How many times as often it runs as its headways say."""


@dataclass(slots=True)
class Transit:
    """All stops and lines of a region, by feed."""

    stops: dict[str, list[Stop]] = field(default_factory=lambda: {feed: [] for feed in FEEDS})
    lines: dict[str, list[Line]] = field(default_factory=lambda: {feed: [] for feed in FEEDS})

    def all_stops(self) -> list[Stop]:
        """The stops of every feed."""
        return [stop for stops in self.stops.values() for stop in stops]
