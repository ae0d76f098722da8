"""Letting new timetables into the network: built, compared, asked; what is doubtful waits for a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from django.db import transaction

from transit.feeds.notices import FeedError
from transit.following import canaries
from transit.following.alerts import last_day, note
from transit.following.judging import Doubt, compare
from transit.models import FEED_VERSION, FeedState, FeedVersion, Publication
from transit.network.current import NoNetwork, current_network
from transit.network.publish import BUSY, publish_versions
from transit.network.store import Network

PASSING: Final = frozenset({BUSY, "disk_full"})
"""What says nothing against a timetable: tried again at the next sweep."""
TOLD: Final = 3
"""Of what is not answered, so much stands in an alert."""
COMING: Final = ("IMPORTED", "RETIRED")
"""The states of a version that may be let in."""
NAME: Final = "region"
"""Of the first network of all."""


class Doubtful(FeedError):
    """Timetables that do not go in by themselves, by the name of their feed."""

    def __init__(self, doubts: Mapping[str, Doubt]) -> None:
        super().__init__(", ".join(sorted(doubts)), "doubtful")
        self.doubts = doubts


def publish_candidates(now: datetime) -> bool:
    """Let in what was fetched since, all at once if possible. Whether another network answers now.

    May be killed anywhere: what is not in is still a candidate. Never call it inside a transaction.
    """
    ready = FeedState.objects.filter(candidate__state__in=COMING)
    return _let_in(list(ready.select_related("candidate__interface", "interface").order_by("pk")), now)


def _let_in(states: Sequence[FeedState], now: datetime) -> bool:
    """Try all together; what is doubtful waits, and the others are tried without it."""
    if not states:
        return False
    try:
        publish_versions(_candidates(states), _name(), now, _checks(states, now))
    except Doubtful as found:
        if 1 < len(states) == len(found.doubts):
            return sum(_let_in([each], now) for each in states) > 0
        held = [each for each in states if each.interface.name in found.doubts]
        for each in held:
            _hold(each, found.doubts[each.interface.name], now)
        return _let_in([each for each in states if each not in held], now)
    except FeedError as error:
        if error.code in PASSING:
            return False
        if len(states) > 1:
            return sum(_let_in([each], now) for each in states) > 0
        _hold(states[0], Doubt("not_built", asked=(str(error),)), now)
        return False
    for each in states:  # Something newer may have been fetched meanwhile.
        FeedState.objects.filter(pk=each.pk, candidate=each.candidate).update(candidate=None, anyway=False)
    return True


def _candidates(states: Sequence[FeedState]) -> list[FeedVersion]:
    return [each.candidate for each in states if each.candidate is not None]


def _name() -> str:
    live = Publication.objects.filter(withdrawn_at=None).values_list("network__name", flat=True).first()
    return live or NAME


def _checks(states: Sequence[FeedState], now: datetime) -> Callable[[Network], None]:
    """What is asked of a network that was built before it answers; of what a person wants anyway, nothing."""
    asked = [each.candidate for each in states if not each.anyway and each.candidate is not None]

    def check(built: Network) -> None:
        if doubts := {each.interface.name: doubt for each in asked if (doubt := doubt_of(each, built, now))}:
            raise Doubtful(doubts)
        if asked and (missed := _own_unanswered(built, now)):
            raise Doubtful({each.interface.name: Doubt("region_not_answered", asked=missed) for each in asked})

    return check


def doubt_of(version: FeedVersion, built: Network, now: datetime) -> Doubt | None:
    """What speaks against a version in a network that was built."""
    last = last_day(version)
    if last is not None and last < now.date():
        return Doubt("ended", asked=(last.isoformat(),))
    try:
        live = current_network()
    except NoNetwork:
        return None
    name = version.interface.name
    if doubt := compare(live, built, name, now.date()):
        return doubt
    questions = canaries.rides_of(live, name, now)
    missed = canaries.unanswered(questions, live, built, now)
    if len(missed) > canaries.MISSED * len(questions):
        return Doubt("rides_not_answered", len(questions), len(questions) - len(missed), tuple(map(str, missed)))
    return None


def _own_unanswered(built: Network, now: datetime) -> tuple[str, ...]:
    try:
        live = current_network()
    except NoNetwork:
        return ()
    return tuple(map(str, canaries.unanswered(canaries.own_questions(live, now), live, built, now)))


def _hold(state: FeedState, doubt: Doubt, now: datetime) -> None:
    """The candidate waits for a person, who is told why."""
    if state.candidate is None:
        return
    with transaction.atomic():
        version = FeedVersion.objects.select_for_update().get(pk=state.candidate.pk)
        if version.state not in COMING:
            return  # Somebody has published it by hand meanwhile.
        FEED_VERSION.move(version, "WAITING", **asdict(doubt))
        FeedState.objects.filter(pk=state.pk).update(anyway=False)
        note(state.interface, "waits", json.dumps(asdict(replace(doubt, asked=doubt.asked[:TOLD]))), now)
