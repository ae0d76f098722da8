"""What a probe has to know of an interface."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from transit.models import Interface
from transit.sealing import unseal


@dataclass(frozen=True, slots=True)
class Target:
    """An interface as it is asked. `agencies` are those that the register expects in a timetable, without the feed.

    `contents` are the kinds of data that its page in the register promises; `timetable` is the feed of which a
    GTFS-Realtime interface speaks.
    """

    interface_id: int
    name: str
    format: str
    url: str
    sandbox_url: str = ""
    contents: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    timetable: str = ""
    operator_code: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """Who is asked."""
        return host_of(self.url)


def host_of(url: str) -> str:
    """The host and port of an address, in small letters."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()
