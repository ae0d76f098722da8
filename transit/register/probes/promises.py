"""What the register's page of an interface promises, against what was found in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from transit.models import Interface
from transit.register.probes.findings import Finding, Severity
from transit.register.probes.target import Target

Content = Interface.Content
_OF_TIMETABLES: Final = {
    Content.PRICING: "fares",
    Content.ACCESSIBILITY_SERVICES: "wheelchair",
    Content.MAP_AND_LOCATION: "shapes",
}
"""What of a timetable shows that it holds some kind of data (`transit.feeds.reading`)."""


def of_timetable(target: Target, contents: Mapping[str, Any]) -> Iterator[Finding]:
    """Agencies of the register that are missing, and kinds of data."""
    missing = sorted(target.agencies - set(contents.get("agencies", ())))
    if missing:
        yield Finding("missing_agency", Severity.ERROR, {"count": len(missing)}, tuple(missing))
    yield from kept(target, {content.value: bool(contents.get(part)) for content, part in _OF_TIMETABLES.items()})


def kept(target: Target, there: Mapping[str, bool]) -> Iterator[Finding]:
    """For each kind of data that could be looked for, whether it is there."""
    if not target.contents:
        yield Finding("no_promise", Severity.INFO)
    for content in sorted(target.contents):
        if there.get(content) is False:
            yield Finding("promise_broken", Severity.ERROR, {"content": content})
