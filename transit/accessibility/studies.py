"""Planners' questions one after the other: asked and kept as rows, answered in worker children, read as files.

One is answered at a time, in a process of its own that yields to whoever travels, so that no question to the public
pages waits for a planner's.
"""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from transit.accessibility.sources import Sources
from transit.feeds.confined import Limits, Work
from transit.feeds.fetch import stored_path
from transit.feeds.imports import feed_store, scratch
from transit.feeds.notices import FeedError
from transit.models import STUDY, FeedVersion, Interface, Network, Study
from transit.network.current import NoNetwork, current_network
from transit.network.kept import networks_folder

Json = dict[str, Any]
_CARRY_OUT = Work("transit.accessibility.working", "carry_out_the_study", rare=True)
_COUNT = Work("transit.accessibility.feed_statistics", "count_the_timetable", rare=True)
MOST_WAITING = 10
KEPT = timedelta(days=30)
MOST_KEPT = 200
WALL_S = 900
PATIENCE = timedelta(seconds=WALL_S + 60)
"""What runs longer has lost its worker."""


class TooManyStudies(Exception):
    """So many questions wait that another one has to."""


class NoSuchFeed(LookupError):
    """No timetable of this name was imported."""


def ask(kind: str, asked: Json, now: datetime) -> Study:
    """A question to the network that answers now. Raises TooManyStudies, NoNetwork."""
    digest = current_network().folder.name
    network = Network.objects.filter(digest=digest).first()
    if network is None:
        raise NoNetwork
    return _asked(now, kind=kind, asked=asked, network=network)


def ask_feed(name: str, now: datetime) -> Study:
    """The statistics of the newest version of a timetable; those that are there or under way already.

    Raises TooManyStudies, NoSuchFeed.
    """
    usable = FeedVersion.objects.filter(interface__name=name, interface__format=Interface.Format.GTFS)
    version = usable.exclude(state="REJECTED").order_by("-imported_at", "-id").first()
    if version is None:
        raise NoSuchFeed(name)
    known = Study.objects.filter(feed_version=version).exclude(state="FAILED").first()
    return known or _asked(now, kind=Study.Kind.FEED, feed_version=version, asked={"feed": name})


def list_studies() -> list[Study]:
    """The newest first."""
    return list(Study.objects.select_related("feed_version__interface")[:50])


def list_feeds() -> list[str]:
    """The names of the timetables that can be counted."""
    found = Interface.objects.filter(format=Interface.Format.GTFS, versions__isnull=False)
    return list(found.distinct().order_by("name").values_list("name", flat=True))


def find_file(study: Study) -> Path | None:
    """The file of an answer, where it is ready."""
    path = _file(study)
    return path if study.state == "DONE" and path.is_file() else None


def answer(study: Study) -> Json | None:
    """The answer, of kinds that are JSON."""
    path = find_file(study)
    if path is None or study.kind == Study.Kind.MATRIX:
        return None
    found: Json = json.loads(path.read_text(encoding="utf-8"))
    return found


def sources_of_network() -> Sources:
    """The files that the network which answers was made of. Raises NoNetwork."""
    network = Network.objects.filter(digest=current_network().folder.name).first()
    if network is None:
        raise NoNetwork
    versions = list(network.feed_versions.select_related("interface"))
    files = {each.interface.name: stored_path(feed_store(), each.sha256) for each in versions}
    streets = {each.interface.name for each in versions if each.interface.format == Interface.Format.OSM_PBF}
    feeds = {name: path for name, path in files.items() if name not in streets}
    return Sources([files[name] for name in sorted(streets)], feeds)


def run_next(now: datetime) -> bool:
    """Answer the question that waits longest, unless another is being answered; whether there was one."""
    study = _claim(now)
    if study is None:
        return False
    limits = Limits(settings.IMPORT_MEMORY_MIB, settings.IMPORT_CPU_S, WALL_S)
    path = _file(study)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_name(f".{path.name}")
    try:
        if study.feed_version is not None:
            feed = stored_path(feed_store(), study.feed_version.sha256)
            _COUNT.run(str(feed), str(written), limits=limits, scratch=scratch())
        else:
            asked = study.kind, study.asked, str(_network_of(study)), str(written)
            _CARRY_OUT.run(*asked, limits=limits, scratch=scratch())
        written.replace(path)
        _end(study, "DONE", "")
    except FeedError as error:
        written.unlink(missing_ok=True)
        _end(study, "FAILED", str(error))
    return True


def tidy(now: datetime) -> None:
    """End what lost its worker, and forget what is old."""
    with transaction.atomic():
        for study in Study.objects.select_for_update().filter(state="RUNNING", begun_at__lt=now - PATIENCE):
            study.fault = "The worker was stopped. Please ask again."
            STUDY.move(study, "FAILED", fields=["fault"])
    newest = Study.objects.values_list("pk", flat=True)[:MOST_KEPT]
    for study in Study.objects.filter(state__in=STUDY.terminal).exclude(pk__in=list(newest)):
        _forget(study)
    for study in Study.objects.filter(state__in=STUDY.terminal, asked_at__lt=now - KEPT):
        _forget(study)


def _asked(now: datetime, **facts: Any) -> Study:
    if Study.objects.filter(state__in=("WAITING", "RUNNING")).count() >= MOST_WAITING:
        raise TooManyStudies
    return Study.objects.create(code=secrets.token_urlsafe(16), asked_at=now, **facts)


def _claim(now: datetime) -> Study | None:
    with transaction.atomic():
        waiting = Study.objects.select_for_update().filter(state__in=("RUNNING", "WAITING")).order_by("id")
        found = list(waiting)
        if not found or any(study.state == "RUNNING" for study in found):
            return None
        study = found[0]
        study.begun_at = now
        STUDY.move(study, "RUNNING", fields=["begun_at"])
    return study


def _end(study: Study, state: str, fault: str) -> None:
    with transaction.atomic():
        row = Study.objects.select_for_update().get(pk=study.pk)
        if row.state != "RUNNING":
            return
        row.fault = fault[:400]
        STUDY.move(row, state, fields=["fault"])


def _network_of(study: Study) -> Path:
    assert study.network is not None
    return networks_folder() / study.network.digest


def _file(study: Study) -> Path:
    ending = "csv" if study.kind == Study.Kind.MATRIX else "json"
    return Path(settings.DATA_DIR) / "studies" / f"{study.code}.{ending}"


def _forget(study: Study) -> None:
    _file(study).unlink(missing_ok=True)
    study.delete()
