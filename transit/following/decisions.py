"""What people decide about new timetables, and what they see of those that are followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from transit.following.alerts import ENDS_WITHIN, last_day
from transit.following.judging import Doubt
from transit.following.publishing import COMING
from transit.models import FEED_VERSION, FeedState, FeedVersion, Interface

LOOK = "transit.look_at_feeds"
"""The permission to see the page at all."""
FOLLOW = "transit.follow_feeds"
"""The permission to decide about the feeds of a region, by its code."""


class NotWaiting(Exception):
    """Nothing waits any more: somebody else has decided, or the publisher has put out something newer."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A timetable of the register: what answers and until when, how fetching it goes, what waits and why."""

    interface: Interface
    live: FeedVersion | None
    ends: date | None
    ends_soon: bool
    state: FeedState | None
    waiting: FeedVersion | None
    doubt: Doubt | None

    @property
    def is_coming(self) -> bool:
        """Whether a new version is about to be let in."""
        candidate = self.state.candidate if self.state else None
        return candidate is not None and candidate.state in COMING


def list_followed(user: Any, now: datetime) -> list[Followed]:
    """The timetables about which somebody decides, those that wait first."""
    rows = Interface.objects.filter(format="GTFS", read_here=True).select_related(
        "operator__region", "feed_state__candidate"
    )
    found = [_followed(row, now) for row in rows.order_by("name") if user.has_perm(FOLLOW, region_of(row))]
    return sorted(found, key=lambda each: each.waiting is None)


def region_of(interface: Interface) -> str:
    """The code of the region whose officers decide about it; empty where only the platform's staff do."""
    operator = interface.operator
    return operator.region.code if operator and operator.region else ""


def _followed(interface: Interface, now: datetime) -> Followed:
    state = FeedState.objects.filter(interface=interface).select_related("candidate").first()
    live = interface.versions.filter(state="LIVE").first()
    ends = last_day(live) if live else None
    waiting = interface.versions.filter(state="WAITING").first()
    soon = ends is not None and ends - now.date() <= ENDS_WITHIN
    return Followed(interface, live, ends, soon, state, waiting, doubt_about(waiting) if waiting else None)


def doubt_about(version: FeedVersion) -> Doubt | None:
    """Why a version waits."""
    event = version.events.filter(new="WAITING").order_by("pk").last()
    return Doubt(**{**event.detail, "asked": tuple(event.detail["asked"])}) if event else None


def decide(interface: Interface, version_id: int, user_id: int, *, publish: bool) -> None:
    """Publish what waits anyway (the next sweep builds it), or reject it. Raises NotWaiting."""
    with transaction.atomic():
        version = interface.versions.select_for_update().filter(pk=version_id, state="WAITING").first()
        if version is None:
            raise NotWaiting
        FEED_VERSION.move(version, "IMPORTED" if publish else "REJECTED", by=user_id)
        state = FeedState.objects.select_for_update().get(interface=interface)
        state.candidate, state.anyway = (version, True) if publish else (None, False)
        state.save(update_fields=["candidate", "anyway"])
