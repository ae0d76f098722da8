"""Service alerts of a GTFS-Realtime message as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from google.transit.gtfs_realtime_pb2 import Alert as Message
from google.transit.gtfs_realtime_pb2 import EntitySelector, FeedMessage, TimeRange, TranslatedString

from transit.feeds.modes import find_mode
from transit.routing.query import Mode

LONGEST_TEXT: Final = 4000
Text = tuple[tuple[str, str], ...]
"""(language, text); the language may be ""."""


@dataclass(frozen=True, slots=True)
class Informed:
    """Whom an alert concerns: all that it names at once. Ids are `feed:id`; "" and None stand for any."""

    agency_id: str
    route_id: str
    mode: Mode | None
    trip_id: str
    start_date: str
    stop_id: str


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert. `cause`, `effect` and `severity` are the words of GTFS-Realtime in lower case; no period: always."""

    alert_id: str
    cause: str
    effect: str
    severity: str
    header: Text
    description: Text
    url: Text
    periods: tuple[tuple[datetime, datetime], ...]
    informed: tuple[Informed, ...]

    def is_active(self, since: datetime, until: datetime) -> bool:
        """Whether one of its periods touches a span of time."""
        return not self.periods or any(start <= until and since < end for start, end in self.periods)


def alerts_of(message: FeedMessage, feed: str) -> list[Alert]:
    """The alerts of a checked message about a feed."""
    return [_alert(f"{feed}:{each.id}", each.alert, feed) for each in message.entity if each.HasField("alert")]


def said_in(text: Text, language: str) -> str:
    """A text in a language, else in its base language, in none, in English, or whatever there is."""
    by_language = {code.lower(): said for code, said in reversed(text)}
    wanted = language.lower()
    for code in (wanted, wanted.partition("-")[0], "", "en"):
        if code in by_language:
            return by_language[code]
        if regional := next((said for each, said in text if code and each.lower().startswith(f"{code}-")), ""):
            return regional
    return text[0][1] if text else ""


def _alert(alert_id: str, said: Message, feed: str) -> Alert:
    return Alert(
        alert_id,
        Message.Cause.Name(said.cause).lower(),
        Message.Effect.Name(said.effect).lower(),
        Message.SeverityLevel.Name(said.severity_level).lower(),
        _text(said.header_text),
        _text(said.description_text),
        tuple((code, url) for code, url in _text(said.url) if url.startswith(("https://", "http://"))),
        tuple(_periods(said.active_period)),
        tuple(found for each in said.informed_entity if (found := _informed(each, feed))),
    )


def _text(said: TranslatedString) -> Text:
    return tuple((each.language, text) for each in said.translation if (text := each.text.strip()[:LONGEST_TEXT]))


def _periods(said: Iterable[TimeRange]) -> Iterator[tuple[datetime, datetime]]:
    """From and until; a missing end is the end of time. What is no time is left out."""
    for each in said:
        try:
            start = datetime.fromtimestamp(each.start, UTC)
            yield start, datetime.fromtimestamp(each.end, UTC) if each.end else datetime.max.replace(tzinfo=UTC)
        except (OverflowError, ValueError, OSError):
            continue


def _informed(said: EntitySelector, feed: str) -> Informed | None:
    """None where it names nothing that is known here."""

    def outside(name: str) -> str:
        return f"{feed}:{name}" if name else ""

    trip = said.trip
    found = Informed(
        f"{feed}:{said.agency_id}" if said.HasField("agency_id") else "",
        outside(said.route_id or trip.route_id),
        find_mode(said.route_type) if said.HasField("route_type") else None,
        outside(trip.trip_id),
        trip.start_date,
        outside(said.stop_id),
    )
    return found if any((found.agency_id, found.route_id, found.mode, found.trip_id, found.stop_id)) else None
