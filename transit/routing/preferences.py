"""What somebody would rather not be shown, though others would take it."""

from __future__ import annotations

from collections.abc import Sequence

from transit.routing.journey import Journey

CHANGE_S = 1800
"""Who wants few changes makes one more where that saves more than this."""


def with_fewest_changes(journeys: Sequence[Journey]) -> list[Journey]:
    """The journeys whose every vehicle more saves more than CHANGE_S.

    One is left out for another with fewer vehicles that leaves no more earlier and arrives no more later, both
    together, than CHANGE_S for each. As that one has fewer, no two leave each other out. The direct ways, which can be
    gone at any time, stand beside them.
    """
    facts = [journey.facts for journey in journeys]
    return [
        journey
        for journey, own in zip(journeys, facts, strict=True)
        if not any(
            0 < other.vehicles < own.vehicles
            and max(0, own.start_s - other.start_s) + max(0, other.end_s - own.end_s)
            <= CHANGE_S * (own.vehicles - other.vehicles)
            for other in facts
        )
    ]
