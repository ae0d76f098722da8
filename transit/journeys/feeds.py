"""Where the timetables come from, and whom to thank for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from transit.feeds.extras import Attribution, FeedInfo, Office
from transit.journeys.engine import Engine
from transit.models import Interface

OPENSTREETMAP = "© OpenStreetMap contributors (ODbL)"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A feed of the network. `credits` are the lines that its licence asks to be shown."""

    feed: str
    publisher: str
    publisher_url: str
    version: str
    valid_from: date | None
    valid_until: date | None
    licence: str
    credits: tuple[str, ...]
    contact_email: str
    contact_url: str
    attributions: tuple[Attribution, ...]
    offices: tuple[Office, ...]


@dataclass(frozen=True, slots=True)
class Sources:
    """All that a network is made of. `streets` credits the streets; "" where there are none."""

    feeds: tuple[Disclosure, ...]
    streets: str


def sources_of(engine: Engine) -> Sources:
    """The feeds and streets of the network."""
    registered = {row.name: row for row in Interface.objects.filter(name__in=engine.network.feeds)}
    feeds = []
    for each in engine.network.publishers.feeds:
        row, info = registered.get(each.feed), each.info
        feeds.append(
            Disclosure(
                each.feed,
                info.publisher,
                info.publisher_url,
                info.version,
                _day(info.start_date or each.first_day),
                _day(info.end_date or each.last_day),
                row.licence if row else "",
                _credits(row.attribution if row else "", info, each.attributions),
                info.contact_email,
                info.contact_url,
                each.attributions,
                each.offices,
            )
        )
    return Sources(tuple(feeds), OPENSTREETMAP if engine.network.streets.nodes else "")


def _credits(registered: str, info: FeedInfo, attributions: tuple[Attribution, ...]) -> tuple[str, ...]:
    """What the register asks for, the publisher, and those whom the whole feed credits."""
    whole = [each.organization for each in attributions if not (each.agency_id or each.route_id or each.trip_id)]
    return tuple(dict.fromkeys(line for line in (registered, info.publisher, *whole) if line))


def _day(text: str) -> date | None:
    """A date of ISO 8601, with hyphens or without."""
    return date.fromisoformat(text) if text else None
