"""A region as a value: what drawing it yields and what the writers need."""

from __future__ import annotations

from dataclasses import dataclass

from maas.sandbox.region.houses import House
from maas.sandbox.region.landmarks import Landmark
from maas.sandbox.region.lines import Transit
from maas.sandbox.region.quarters import Quarter
from maas.sandbox.region.sites import Sites
from maas.sandbox.region.streets import StreetNetwork
from maas.sandbox.region.terrain import Terrain


@dataclass(frozen=True, slots=True)
class Region:
    """Everything that the writers need. Streets, landmarks, houses and lines are bent; terrain and sites are not."""

    terrain: Terrain
    sites: Sites
    quarters: list[Quarter]
    network: StreetNetwork
    landmarks: list[Landmark]
    houses: list[House]
    transit: Transit

    @property
    def size(self) -> int:
        """1 … 100."""
        return self.terrain.scale.size
