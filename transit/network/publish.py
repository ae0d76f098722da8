"""Building a network from the imported feeds, and moving the pointer to it, forwards and back.

Building happens in a worker child under limits (transit.feeds.confined); this process only moves the pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.db import transaction

from transit.feeds import aside
from transit.feeds.confined import Work
from transit.feeds.fetch import stored_path
from transit.feeds.imports import feed_store, limits, room, scratch
from transit.feeds.notices import FeedError
from transit.models import FEED_VERSION, FeedVersion, Interface, Network, Publication, SharedStation
from transit.network.folder import FACTS
from transit.network.kept import networks_folder
from transit.network.sources import Source
from transit.network.stations import Override
from transit.network.store import Network as BuiltNetwork
from transit.network.store import open_network

_BUILD = Work("transit.network.building", "build_the_network")
KEPT = 2
"""The network that answers and the one before it."""
CHANGE = 2.0
"""A feed with less than the half, or more than the double, of the departures that it had is looked at by a person."""
BUSY = "publishing"
"""The code of a refusal that says nothing about any feed."""
FEW = 100
"""Departures a day below which a feed may change by any factor: a village's bus gets a second round."""


def publish_network(
    name: str, now: datetime, only: Collection[str] = (), anyway: bool = False, unattended: bool = False
) -> Network:
    """Build the newest usable version of every feed and extract (or of `only` these) and let the result answer.

    Raises FeedError where nothing can be built, or where a feed has lost half its departures or doubled them, which
    `anyway` allows; `unattended`, also where a feed has expired. What answered before then goes on answering.
    """
    with _alone() as networks:
        versions = _newest_versions(only, anyway=anyway)
        if not anyway:
            _compare_with_live(versions)
        if unattended:
            _refuse_expired(versions, now)
        network = _publish(build_network(versions, networks), name, versions, now)
        _remove_old_folders()
    return network


def publish_versions(
    changed: Collection[FeedVersion], name: str, now: datetime, check: Callable[[BuiltNetwork], None]
) -> Network:
    """Let the network that answers have these versions in place of those of their feeds; all else stays as it is.

    `check` looks at what was built before it answers, and raises FeedError where it must not. Raises FeedError.
    """
    with _alone() as networks:
        inside = {version.interface_id: version for version in _live_versions()}
        inside |= {version.interface_id: version for version in changed}
        versions = sorted(inside.values(), key=lambda version: version.interface.name)
        digest = build_network(versions, networks)
        check(open_network(networks / digest))
        network = _publish(digest, name, versions, now)
        _remove_old_folders()
    return network


@contextmanager
def _alone() -> Iterator[Path]:
    """The folder of networks, in which nobody else publishes meanwhile. Raises FeedError."""
    networks = networks_folder()
    with room(), aside.only_one(networks.with_name(".publishing.lock")) as alone:
        if not alone:
            raise FeedError("Another network is being published at this moment. Wait until that has ended.", BUSY)
        _remove_leftovers(networks)
        yield networks


def _live_versions() -> list[FeedVersion]:
    """What the network that answers is made of; before there is one, what was imported."""
    live = Publication.objects.filter(withdrawn_at=None).first()
    if live is None:
        return _newest_versions(())
    return list(live.network.feed_versions.select_related("interface"))


def build_network(versions: Collection[FeedVersion], networks: Path) -> str:
    """Build the network of some versions in a folder of `networks`, in a worker child; its name. Raises FeedError."""
    sources = [{**asdict(source), "path": str(source.path)} for source in map(_source, versions)]
    overrides = [asdict(each) for each in _overrides()]
    digest: str = _BUILD.run(sources, str(networks), overrides, limits=limits(), scratch=scratch())
    return digest


def _publish(digest: str, name: str, versions: list[FeedVersion], now: datetime) -> Network:
    """Move the pointer to a network that is built."""
    with transaction.atomic():
        network, _ = Network.objects.get_or_create(digest=digest, defaults={"name": name, "built_at": now})
        if network.name != name:
            network.name = name
            network.save(update_fields=["name"])
        network.feed_versions.set(versions)
        Publication.objects.create(network=network, published_at=now)
        _move_versions(network)
    return network


def _compare_with_live(versions: list[FeedVersion]) -> None:
    """Raise FeedError where a feed suddenly has far fewer or far more departures than its version that answers."""
    for version in versions:
        live = version.interface.versions.filter(state="LIVE").exclude(pk=version.pk).first()
        now_has = version.summary.get("departures_on_fullest_day")
        had = live.summary.get("departures_on_fullest_day") if live else None
        if now_has is None or not had or max(now_has, had) < FEW:
            continue
        if now_has * CHANGE < had or now_has > had * CHANGE:
            raise FeedError(
                f"{version.interface.name} has {now_has} departures on its fullest day; the version that answers has"
                f" {had}. Ask the publisher whether that is meant. If it is, publish all the same (--anyway).",
                "departures_changed",
            )


def _refuse_expired(versions: list[FeedVersion], now: datetime) -> None:
    """Raise FeedError where a feed that does not answer yet has ended."""
    for version in versions:
        last = version.summary.get("last_day", "")
        if last and last < now.strftime("%Y%m%d") and version.state != "LIVE":
            raise FeedError(
                f"{version.interface.name} ended on {last[:4]}-{last[4:6]}-{last[6:]}. Import a newer feed, or publish"
                " this one by hand.",
                "expired_feed",
            )


def rollback_network(now: datetime) -> Network:
    """Let the network before the present one answer again. Raises FeedError where there is none."""
    with transaction.atomic():
        standing = list(Publication.objects.select_for_update().filter(withdrawn_at=None)[:50])
        earlier = next((row for row in standing if standing and row.network_id != standing[0].network_id), None)
        if earlier is None or not (networks_folder() / earlier.network.digest / FACTS).is_file():
            raise FeedError("There is no earlier network to go back to. Import and publish a sound feed instead.")
        newer = [row.pk for row in standing if row.pk > earlier.pk]
        Publication.objects.filter(pk__in=newer).update(withdrawn_at=now)
        _move_versions(earlier.network)
        return earlier.network


def _newest_versions(only: Collection[str], *, anyway: bool = False) -> list[FeedVersion]:
    """The newest version that is not rejected, of every interface that gives timetables or streets.

    What waits for a person is among them only where a person wants it `anyway`.
    """
    unwanted = ["REJECTED"] if anyway else ["REJECTED", "WAITING"]
    interfaces = Interface.objects.filter(format__in=[Interface.Format.GTFS, Interface.Format.OSM_PBF], read_here=True)
    if only:
        interfaces = interfaces.filter(name__in=only)
        missing = sorted(set(only) - set(interfaces.values_list("name", flat=True)))
        if missing:
            raise FeedError(f"Nothing was imported under the name {', '.join(missing)}. Import it first.")
    found = []
    for interface in interfaces.order_by("name"):
        version = interface.versions.exclude(state__in=unwanted).order_by("imported_at", "id").last()
        if version is not None:
            found.append(version)
    return found


def _overrides() -> list[Override]:
    """What people decided about stations that feeds share."""
    rows = SharedStation.objects.all()
    return [Override(row.first_stop_id, row.second_stop_id, row.verdict == SharedStation.Verdict.JOIN) for row in rows]


def _source(version: FeedVersion) -> Source:
    """The stored file of a version. Raises FeedError where it is gone."""
    path = stored_path(feed_store(), version.sha256)
    if not path.is_file():
        raise FeedError(f"The stored file of {version} is gone. Import it again.")
    is_streets = version.interface.format == Interface.Format.OSM_PBF
    return Source(version.interface.name, path, version.sha256, is_streets)


def _move_versions(network: Network) -> None:
    """Versions in the network are live, other live ones retire. Runs inside the publication's transaction."""
    inside = set(network.feed_versions.values_list("pk", flat=True))
    candidates = FeedVersion.objects.select_for_update().exclude(state="REJECTED").order_by("pk")
    for version in candidates:
        if version.pk in inside and version.state != "LIVE":
            FEED_VERSION.move(version, "LIVE", network=network.digest)
        elif version.pk not in inside and version.state == "LIVE":
            FEED_VERSION.move(version, "RETIRED", network=network.digest)


def _remove_old_folders() -> None:
    """Remove the folders of networks that nobody can go back to. Processes that still map one keep its files."""
    digests = Publication.objects.filter(withdrawn_at=None).values_list("network__digest", flat=True)
    kept: list[str] = []
    for digest in digests:
        if digest not in kept:
            kept.append(digest)
        if len(kept) == KEPT:
            break
    for folder in networks_folder().iterdir():
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in kept:
            aside.remove(folder)


def _remove_leftovers(networks: Path) -> None:
    """Remove what a publication that was killed had begun. Nobody else is publishing."""
    for folder in networks.glob(".*"):
        if folder.is_dir():
            aside.remove(folder)
