"""Public places that people travel to, each at a junction of the bent street network."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from maas.sandbox.region.names import CENTRAL, HARBOUR, MARKET, Name
from maas.sandbox.region.plane import Point, distance
from maas.sandbox.region.streets import StreetNetwork


@dataclass(frozen=True, slots=True)
class Landmark:
    """One public place, with its OpenStreetMap tags."""

    name: Name
    at: Point
    tags: dict[str, str] = field(default_factory=dict)


# Name, tags, distance from the middle of the town as a share of its radius, one more for every so many sizes.
_KINDS = (
    (Name("Keskussairaala", "Central Hospital", "中央病院", "ちゅうおうびょういん"), {"amenity": "hospital"}, 0.55, 40),
    (Name("Kirjasto", "Library", "図書館", "としょかん"), {"amenity": "library"}, 0.14, 8),
    (Name("Terveysasema", "Health Centre", "保健センター", "ほけんせんたー"), {"amenity": "clinic"}, 0.32, 6),
    (Name("Yhteiskoulu", "Comprehensive School", "総合学校", "そうごうがっこう"), {"amenity": "school"}, 0.45, 3),
    (Name("Merikoulu", "Sea School", "海の学校", "うみのがっこう"), {"amenity": "school"}, 0.75, 3),
    (Name("Kaupungintalo", "Town Hall", "市役所", "しやくしょ"), {"amenity": "townhall"}, 0.08, 101),
    (Name("Uimahalli", "Swimming Hall", "屋内プール", "おくないぷーる"), {"leisure": "sports_centre"}, 0.4, 10),
    (Name("Merimuseo", "Maritime Museum", "海洋博物館", "かいようはくぶつかん"), {"tourism": "museum"}, 0.2, 50),
    (Name("Kulttuuritalo", "Culture House", "文化会館", "ぶんかかいかん"), {"amenity": "arts_centre"}, 0.26, 25),
    (Name("Aaltotori", "Wave Mall", "波モール", "なみもーる"), {"shop": "mall"}, 0.62, 12),
    (Name("Kylpylä", "Hot Springs", "温泉", "おんせん"), {"leisure": "spa", "tourism": "attraction"}, 0.85, 30),
    (Name("Ammattikoulu", "Vocational College", "専門学校", "せんもんがっこう"), {"amenity": "college"}, 0.7, 15),
)


def found(
    network: StreetNetwork, centre: Point, market: Point, harbour: Point, town_m: float, size: int, random: Random
) -> list[Landmark]:
    """The market at the bay, the harbour, then one or more of every kind spread over the town."""
    junctions = _town_junctions(network)
    square = min((network.junctions[n] for n in junctions), key=lambda p: distance(p, market))
    result = [
        Landmark(MARKET, square, {"amenity": "marketplace"}),
        Landmark(HARBOUR, harbour, {"amenity": "ferry_terminal", "harbour": "yes"}),
    ]
    for name, tags, share, every in _KINDS:
        for number in range(1 + size // every):
            some = random.sample(junctions, min(len(junctions), 500))
            free = [n for n in some if all(distance(network.junctions[n], m.at) > 140 for m in result)]
            wanted = share * town_m * random.uniform(0.9, 1.1)
            near = sorted(free, key=lambda n: abs(distance(network.junctions[n], centre) - wanted))[: 12 + size // 4]
            at = network.junctions[random.choice(near)]
            result.append(Landmark(name if number == 0 else _numbered(name, number + 1), at, tags))
    return result


def station_landmark(at: Point) -> Landmark:
    """The square before the central station, for naming stops; the station itself comes with the railway."""
    name = Name("Rautatieasema", "Railway Station", "駅前", "えきまえ")
    return Landmark(name, at, {"railway": "station_square", "name:en:full": CENTRAL.en})


def _town_junctions(network: StreetNetwork) -> list[int]:
    kinds = {"residential", "tertiary", "secondary", "primary"}
    return sorted({n for s in network.streets if s.kind in kinds and s.key.startswith("s0 ") for n in (s.start, s.end)})


def _numbered(name: Name, number: int) -> Name:
    return Name(f"{name.fi} {number}", f"{name.en} {number}", f"第{number}{name.ja}", f"だい{number}{name.kana}")
