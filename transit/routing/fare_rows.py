"""The rows of GTFS-Fares v2, one class for each file (GTFS Schedule reference of 2026).

Ids are those of the feed, without its name before them; "" is an empty field.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """A row of rider_categories.txt; `is_default` is `is_default_fare_category`, `url` its `eligibility_url`."""

    id: str
    name: str
    url: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Medium:
    """A row of fare_media.txt; `kind` is `fare_media_type`: 0 none, 1 paper, 2 card, 3 contactless bank card, 4 app."""

    id: str
    name: str
    kind: int


@dataclass(frozen=True, slots=True)
class Product:
    """A row of fare_products.txt: `minor` units of a currency, for a rider category on a medium; "": for any."""

    id: str
    name: str
    category: str
    medium: str
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class LegRule:
    """A row of fare_leg_rules.txt. `product` is "" where the feed has none of that name: then no price is known."""

    group: str
    network: str
    from_area: str
    to_area: str
    from_frame: str
    to_frame: str
    product: str
    priority: int


@dataclass(frozen=True, slots=True)
class JoinRule:
    """A row of fare_leg_join_rules.txt: rides that count as one fare leg."""

    from_network: str
    to_network: str
    from_stop: str
    to_stop: str


@dataclass(frozen=True, slots=True)
class TransferRule:
    """A row of fare_transfer_rules.txt.

    `count` is `transfer_count`: −1 without limit, 0 where the groups differ and none may be given. `limit_s` is
    `duration_limit`, 0 for none, `limit_kind` its type. `kind` is `fare_transfer_type`.
    """

    from_group: str
    to_group: str
    count: int
    limit_s: int
    limit_kind: int
    kind: int
    product: str

    @property
    def is_loop(self) -> bool:
        """Whether it may be applied several times in succession."""
        return self.from_group == self.to_group


@dataclass(frozen=True, slots=True)
class Timeframe:
    """A row of timeframes.txt: seconds of the local day, the end excluded, on the days of a service."""

    group: str
    start_s: int
    end_s: int
    service: str


@dataclass(frozen=True, slots=True)
class ServiceDay:
    """A day (`date.toordinal`) on which a service of timeframes.txt runs."""

    service: str
    day: int


@dataclass(frozen=True, slots=True)
class StopArea:
    """A stop in an area (stop_areas.txt); stops without an area of their own have those of their station."""

    stop: str
    area: str


@dataclass(frozen=True, slots=True)
class StopStation:
    """The station of a stop, as far as join rules need it."""

    stop: str
    station: str


@dataclass(frozen=True, slots=True)
class RouteNetwork:
    """The network of a route (routes.txt `network_id`, route_networks.txt)."""

    route: str
    network: str
