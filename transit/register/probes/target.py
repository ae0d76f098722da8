"""What a probe has to know of an interface."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from transit.models import Interface, Service
from transit.sealing import unseal


@dataclass(frozen=True, slots=True)
class Target:
    """An interface as it is asked.

    `contents` are the kinds of data that its page in the register promises. `agencies` are those that the register
    expects in a timetable, without the feed; `sold` those that it sells rides of, as `feed:agency`. `timetable` is the
    feed of which a GTFS-Realtime interface speaks.
    """

    interface_id: int
    name: str
    format: str
    url: str
    sandbox_url: str = ""
    contents: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    sold: frozenset[str] = frozenset()
    timetable: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


def host_of(url: str) -> str:
    """The host and port of an address, in small letters."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def target_of(interface: Interface) -> Target:
    """The interface as it stands in the register."""
    met = Service.objects.filter(agency_id__startswith=f"{interface.name}:").values_list("agency_id", flat=True)
    sold = list(interface.services.values_list("agency_id", flat=True))
    if not sold and interface.operator is not None:
        sold = list(interface.operator.services.values_list("agency_id", flat=True))
    return Target(
        interface_id=interface.pk,
        name=interface.name,
        format=interface.format,
        url=interface.url,
        sandbox_url=interface.sandbox_url,
        contents=frozenset(interface.contents),
        agencies=frozenset(agency_id.partition(":")[2] for agency_id in met),
        sold=frozenset(agency_id for agency_id in sold if agency_id),
        timetable=interface.of.name if interface.of else "",
        client_id=interface.client_id,
        client_secret=unseal(interface.client_secret_sealed) if interface.client_secret_sealed else "",
    )
