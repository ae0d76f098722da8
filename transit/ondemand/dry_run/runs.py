"""Dry runs one after the other: asked and kept as rows, played in worker children, kept with their version."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from transit.feeds.confined import Limits, Work
from transit.feeds.imports import scratch
from transit.feeds.notices import FeedError
from transit.models import DRY_RUN, DryRun, RuleSet
from transit.network.current import NoNetwork, current_network
from transit.ondemand import request_log, versions
from transit.ondemand.hours import holidays_of
from transit.records import encode

Json = dict[str, Any]
_PLAY = Work("transit.ondemand.dry_run.working", "play_the_rules", rare=True)
MOST_WAITING: Final = 5
WALL_S: Final = 900
MEMORY_MIB: Final = 2048
PATIENCE: Final = timedelta(seconds=WALL_S + 60)
"""What runs longer has lost its worker."""
DAYS: Final = 7
MOST_WEEKS: Final = 8
MOST_PER_WEEK: Final = 20_000


class TooManyRuns(Exception):
    """So many dry runs wait that another one has to."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which wishes are played: those of the last `weeks`, or about `per_week` that are made up from `seed`."""

    source: str
    weeks: int = 4
    per_week: int = 500
    seed: int = 1


def ask(rule_set: RuleSet, wanted: Wanted, by: Any, now: datetime) -> DryRun:
    """Have a version tried out beside the one that holds now. Raises TooManyRuns."""
    if DryRun.objects.filter(state__in=("WAITING", "RUNNING")).count() >= MOST_WAITING:
        raise TooManyRuns
    held = versions.current(rule_set.service.code, versions.today_of(rule_set.service, now))
    asked = {"weeks": wanted.weeks} if wanted.source == DryRun.Source.REPLAY else {
        "per_week": wanted.per_week, "seed": wanted.seed
    }  # fmt: skip
    return DryRun.objects.create(
        rule_set=rule_set,
        before=held if held is not None and held.pk != rule_set.pk else None,
        rules_sha256=digest(rule_set),
        source=wanted.source,
        asked=asked,
        asked_by=by,
        asked_at=now,
    )


def list_of(rule_set: RuleSet) -> list[DryRun]:
    """Those of a version, the newest first."""
    return list(DryRun.objects.filter(rule_set=rule_set).select_related("before")[:20])


def is_current(run: DryRun) -> bool:
    """Whether the rules are still what was tried out."""
    return run.rules_sha256 == digest(run.rule_set)


def digest(rule_set: RuleSet) -> str:
    """Of the content of a version."""
    return hashlib.sha256(json.dumps(rule_set.content, sort_keys=True).encode()).hexdigest()


def run_next(now: datetime) -> bool:
    """Play the run that waits longest, unless another is being played; whether there was one."""
    run = _claim(now)
    if run is None:
        return False
    folder = Path(settings.DATA_DIR) / "dry-runs"
    folder.mkdir(parents=True, exist_ok=True)
    job, out = folder / f"{run.pk}.job.json", folder / f"{run.pk}.json"
    try:
        job.write_text(json.dumps(_job(run, now)), encoding="utf-8")
        _PLAY.run(str(job), str(out), limits=Limits(MEMORY_MIB, 2 * WALL_S, WALL_S), scratch=scratch())
        _end(run, "DONE", "", json.loads(out.read_text(encoding="utf-8")))
    except FeedError as error:
        _end(run, "FAILED", str(error))
    finally:
        job.unlink(missing_ok=True)
        out.unlink(missing_ok=True)
    return True


def tidy(now: datetime) -> None:
    """End what lost its worker, and forget what was asked of services long ago."""
    with transaction.atomic():
        for run in DryRun.objects.select_for_update().filter(state="RUNNING", begun_at__lt=now - PATIENCE):
            run.fault = "The worker was stopped. Please ask again."
            DRY_RUN.move(run, "FAILED", fields=["fault"])
    request_log.tidy(now)


def _job(run: DryRun, now: datetime) -> Json:
    service = run.rule_set.service
    job: Json = {
        "service": service.code,
        "rules": run.rule_set.content,
        "before": run.before.content if run.before else None,
        "network": _network(),
        "holidays": [each.isoformat() for each in sorted(holidays_of(versions.region_of(service).holidays))],
    }
    if run.source == DryRun.Source.REPLAY:
        since = run.asked_at - timedelta(weeks=run.asked["weeks"])
        return job | {"asks": [encode(each) for each in request_log.list_asks(service.code, since, run.asked_at)]}
    begin = run.rule_set.effective_on or versions.today_of(service, now) + timedelta(days=1)
    days = [(_monday(begin) + timedelta(days=each)).isoformat() for each in range(DAYS)]
    return job | {"days": days, **run.asked}


def _monday(day: date) -> date:
    """The first Monday from a day on."""
    return day + timedelta(days=-day.weekday() % 7)


def _network() -> str:
    try:
        return str(current_network().folder)
    except NoNetwork:
        return ""


def _claim(now: datetime) -> DryRun | None:
    with transaction.atomic():
        waiting = DryRun.objects.select_for_update().filter(state__in=("RUNNING", "WAITING")).order_by("pk")
        found = list(waiting)
        if not found or any(run.state == "RUNNING" for run in found):
            return None
        run = found[0]
        run.begun_at = now
        DRY_RUN.move(run, "RUNNING", fields=["begun_at"])
    return DryRun.objects.select_related("rule_set__service__operator__region", "before").get(pk=run.pk)


def _end(run: DryRun, state: str, fault: str, result: Json | None = None) -> None:
    with transaction.atomic():
        row = DryRun.objects.select_for_update().get(pk=run.pk)
        if row.state != "RUNNING":
            return
        row.fault, row.result = fault[:400], result
        DRY_RUN.move(row, state, fields=["fault", "result"])
