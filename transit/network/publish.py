"""Building a network from the imported feeds, and moving the pointer to it, forwards and back.

Imported by commands and workers only: building needs the readers of feeds.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.db import transaction

from transit.feeds.fetch import stored_path
from transit.feeds.imports import feed_store
from transit.feeds.notices import FeedError
from transit.models import FEED_VERSION, FeedVersion, Interface, Network, Publication, SharedStation
from transit.network.build import Source, build
from transit.network.current import networks_folder
from transit.network.stations import Override

KEPT = 2
"""The network that answers and the one before it."""


def publish_network(name: str, now: datetime, only: Collection[str] = ()) -> Network:
    """Build the newest usable version of every feed and extract (or of `only` these) and let the result answer.

    Raises FeedError where nothing can be built; the network that answered before then goes on answering.
    """
    versions = _newest_versions(only)
    sources = [_source(version) for version in versions]
    folder = build(sources, networks_folder(), _overrides())
    with transaction.atomic():
        network, _ = Network.objects.get_or_create(digest=folder.name, defaults={"name": name, "built_at": now})
        if network.name != name:
            network.name = name
            network.save(update_fields=["name"])
        network.feed_versions.set(versions)
        Publication.objects.create(network=network, published_at=now)
        _move_versions(network)
    _remove_old_folders()
    return network


def rollback_network(now: datetime) -> Network:
    """Let the network before the present one answer again. Raises FeedError where there is none."""
    with transaction.atomic():
        standing = list(Publication.objects.select_for_update().filter(withdrawn_at=None)[:50])
        earlier = next((row for row in standing if standing and row.network_id != standing[0].network_id), None)
        if earlier is None or not (networks_folder() / earlier.network.digest).is_dir():
            raise FeedError("There is no earlier network to go back to. Import and publish a sound feed instead.")
        newer = [row.pk for row in standing if row.pk > earlier.pk]
        Publication.objects.filter(pk__in=newer).update(withdrawn_at=now)
        _move_versions(earlier.network)
        return earlier.network


def _newest_versions(only: Collection[str]) -> list[FeedVersion]:
    """The newest version that is not rejected, of every interface that gives timetables or streets."""
    interfaces = Interface.objects.filter(format__in=[Interface.Format.GTFS, Interface.Format.OSM_PBF])
    if only:
        interfaces = interfaces.filter(name__in=only)
        missing = sorted(set(only) - set(interfaces.values_list("name", flat=True)))
        if missing:
            raise FeedError(f"Nothing was imported under the name {', '.join(missing)}. Import it first.")
    found = []
    for interface in interfaces.order_by("name"):
        version = interface.versions.exclude(state="REJECTED").order_by("imported_at", "id").last()
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
    for folder in _finished_folders(networks_folder()):
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _finished_folders(networks: Path) -> list[Path]:
    """The folders of networks, without those that are being written."""
    return [path for path in networks.iterdir() if path.is_dir() and not path.name.startswith(".")]
