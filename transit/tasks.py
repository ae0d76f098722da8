"""Kicks of what is read from outside. Each may run twice, or never: the next one reads what is newest."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from transit.accessibility import studies
from transit.feeds.notices import FeedError
from transit.following import alerts, fetching, publishing
from transit.models import HostedFleet, Operator
from transit.network import overlay_current
from transit.network.current import NoNetwork
from transit.ondemand import forgetting, improving, rides, shifts, standing, streets, versions
from transit.ondemand.dry_run import runs
from transit.publishing import fleets, releases
from transit.publishing import realtime as hosted_realtime
from transit.publishing.on_demand import releases as on_demand_releases
from transit.register import (
    access,
    changes,
    complaints,
    delays,
    duty_history,
    mobility,
    on_call,
    probe_records,
    realtime,
)
from transit.register.probing import Prober
from transit.remote import http

log = logging.getLogger(__name__)
FOLLOWING: Final = timedelta(minutes=1)
"""How often it is looked which timetables are due."""
PROBER = Prober(timezone.now)
"""The threads of this process in which interfaces are asked."""


def _send_on_commit(task: Any, **ids: int) -> None:
    """Have a task done as soon as what is written is committed. If the message is lost, a sweep does it."""

    def send() -> None:  # a partial has no name, by which Django tells that it has failed
        task.delay(**ids)

    transaction.on_commit(send, robust=True)


@shared_task(ignore_result=True)
def probe_interfaces() -> None:
    """Have every interface asked that is due. Nobody waits for the answers: one that hangs keeps back nothing."""
    PROBER.begin_due()


@shared_task(ignore_result=True)
def tidy_probes() -> None:
    """Forget what was found long ago."""
    probe_records.tidy(timezone.now())


@shared_task(ignore_result=True)
def read_realtime() -> None:
    """Have every interface that is due read, each by a task of its own: one that hangs keeps back no other."""
    for interface_id in realtime.list_due(timezone.now()):
        read_interface.apply_async(kwargs={"interface_id": interface_id}, expires=realtime.PERIOD.total_seconds())
    refresh_overlay(timezone.now())


@shared_task(ignore_result=True, time_limit=30)
def read_interface(*, interface_id: int) -> None:
    """Read what an interface says now."""
    if realtime.fetch(interface_id, timezone.now()):
        refresh_overlay(timezone.now())


@shared_task(ignore_result=True)
def read_vehicles() -> None:
    """Have every system of shared vehicles that is due read, each by a task of its own."""
    for interface_id in mobility.list_due(timezone.now()):
        read_system.apply_async(kwargs={"interface_id": interface_id}, expires=mobility.SOONEST.total_seconds())


@shared_task(ignore_result=True, time_limit=60)
def read_system(*, interface_id: int) -> None:
    """Read what vehicles a system has now."""
    mobility.fetch(interface_id, timezone.now())


@shared_task(ignore_result=True, time_limit=settings.IMPORT_WALL_S + 60)
def write_hosted_feed(*, operator_id: int) -> None:
    """Write the feed of an operator who has entered its timetable here, and import it."""
    operator = Operator.objects.select_related("region").get(pk=operator_id)
    address = settings.PUBLIC_URL
    try:
        url = f"{address}/open-data/{operator.code}/gtfs.zip"
        fetching.offer(releases.publish_feed(operator, timezone.now(), address, url), timezone.now())
    except FeedError as error:
        log.warning("the feed of operator %s was not written: %s", operator_id, error.code)
    else:
        kick_publishing()


@shared_task(ignore_result=True)
def write_hosted_realtime() -> None:
    """Say again what operators have said in our pages of their trips today: predictions age."""
    operators = Operator.objects.filter(hosted_stops__isnull=False).select_related("region").distinct()
    address = f"{settings.PUBLIC_URL}/open-data"
    news = [hosted_realtime.publish(each, timezone.now(), f"{address}/{each.code}/realtime.pb") for each in operators]
    if any(news):
        refresh_overlay(timezone.now())


def kick_hosted_realtime() -> None:
    """Have what was said of a trip carried to everybody as soon as it is committed."""
    _send_on_commit(write_hosted_realtime)


def kick_hosted_feed(operator_id: int) -> None:
    """Have an operator's feed written as soon as what was entered is committed."""
    _send_on_commit(write_hosted_feed, operator_id=operator_id)


@shared_task(ignore_result=True, time_limit=settings.IMPORT_WALL_S + 60)
def publish_on_demand(*, service_id: int) -> None:
    """Say in the register and in open data by which rules a service on demand runs."""
    try:
        on_demand_releases.publish(service_id, timezone.now(), settings.PUBLIC_URL)
    except FeedError as error:
        log.warning("the feed of service %s was not written: %s", service_id, error.code)


@shared_task(ignore_result=True)
def renew_on_demand() -> None:
    """Have what is published of services on demand written anew: versions begin, and days go by."""
    for service_id in on_demand_releases.list_published():
        publish_on_demand(service_id=service_id)


def kick_on_demand(service_id: int) -> None:
    """Have what was released published as soon as it is committed."""
    _send_on_commit(publish_on_demand, service_id=service_id)


@shared_task(ignore_result=True)
def write_hosted_fleet(*, fleet_id: int) -> None:
    """Write the shared vehicles of an operator who has entered them here, for everybody."""
    fleet = HostedFleet.objects.select_related("service__operator__region").get(pk=fleet_id)
    fleets.publish(fleet, timezone.now(), f"{settings.PUBLIC_URL}/open-data/{fleet.service.operator.code}/gbfs")


@shared_task(ignore_result=True)
def write_hosted_fleets() -> None:
    """Say again what is entered: files age."""
    for fleet_id in HostedFleet.objects.values_list("pk", flat=True):
        write_hosted_fleet(fleet_id=fleet_id)


def kick_hosted_fleet(fleet_id: int) -> None:
    """Have what was entered of shared vehicles written as soon as it is committed."""
    _send_on_commit(write_hosted_fleet, fleet_id=fleet_id)


@shared_task(ignore_result=True)
def expire_rides() -> None:
    """End holds whose time is over."""
    rides.expire(timezone.now())


@shared_task(ignore_result=True)
def forget_rides() -> None:
    """Forget where somebody rode long ago, and why."""
    forgetting.forget(timezone.now())


@shared_task(ignore_result=True)
def dispatch_rides() -> None:
    """See whether vehicles are late, where idle ones wait, and whether plans can be better, each day by a task."""
    for day_id in improving.list_watched(timezone.now()):
        watch_day.apply_async(kwargs={"day_id": day_id}, expires=60)
    for day_id, seconds in improving.list_due(timezone.now()):
        improve_day.apply_async(kwargs={"day_id": day_id, "seconds": seconds}, expires=60)


@shared_task(ignore_result=True, time_limit=60)
def watch_day(*, day_id: int) -> None:
    """Tell whoever will not be met in time, and say where idle vehicles wait."""
    shifts.watch(day_id, timezone.now())
    standing.position(day_id, timezone.now())


@shared_task(ignore_result=True, time_limit=60)
def improve_day(*, day_id: int, seconds: float) -> None:
    """Look for a better plan of a day."""
    improving.improve(day_id, seconds, timezone.now())


@shared_task(ignore_result=True, time_limit=1800)
def prepare_streets() -> None:
    """Make the driving times of services whose rules, or whose network, are new."""
    for service, rule_set in versions.list_services(timezone.now().date()):
        for each in (rule_set, *versions.coming(service.code, timezone.now().date())):
            if streets.prepare(each):
                log.info("driving times of service %s, version %s were made", service.code, each.number)


@shared_task(ignore_result=True)
def read_on_call() -> None:
    """Have every service on demand of other operators that is due read, each by a task of its own."""
    for interface_id in on_call.list_due(timezone.now()):
        read_service.apply_async(kwargs={"interface_id": interface_id}, expires=on_call.SOONEST.total_seconds())


@shared_task(ignore_result=True, time_limit=120)
def read_service(*, interface_id: int) -> None:
    """Read where and when a service on demand takes people."""
    on_call.fetch(interface_id, timezone.now())


@shared_task(ignore_result=True)
def follow_feeds() -> None:
    """Have every timetable of the register that is due fetched, and what was fetched let into the network."""
    for interface_id in fetching.list_due(timezone.now()):
        follow_feed.apply_async(kwargs={"interface_id": interface_id}, expires=FOLLOWING.total_seconds())
    publish_feeds.apply_async(expires=FOLLOWING.total_seconds())
    alerts.note_ending(timezone.now())


@shared_task(ignore_result=True, time_limit=settings.IMPORT_WALL_S + int(http.FEED.total_s) + 60)
def follow_feed(*, interface_id: int) -> None:
    """Fetch a timetable and import it if it has changed."""
    fetching.follow(interface_id, timezone.now())


@shared_task(ignore_result=True, time_limit=settings.IMPORT_WALL_S + 600)
def publish_feeds() -> None:
    """Let new timetables answer."""
    publishing.publish_candidates(timezone.now())


def kick_publishing() -> None:
    """Have what was decided carried out as soon as it is committed. If the message is lost, a sweep does it."""
    _send_on_commit(publish_feeds)


@shared_task(ignore_result=True)
def observe_delays() -> None:
    """Note how late trips are."""
    delays.observe(timezone.now())


@shared_task(ignore_result=True)
def note_register_changes() -> None:
    """Note what differs in the register from what was noted last, and what has become public by its date."""
    changes.note_changes(timezone.now())


@shared_task(ignore_result=True, time_limit=studies.WALL_S + 120)
def run_studies() -> None:
    """Answer the planners' question that waits longest, and have the next one answered."""
    studies.tidy(timezone.now())
    if studies.run_next(timezone.now()):
        run_studies.delay()


@shared_task(ignore_result=True, time_limit=runs.WALL_S + 120)
def run_dry_runs() -> None:
    """Play the versions that officers want to try out, one after the other."""
    runs.tidy(timezone.now())
    if runs.run_next(timezone.now()):
        run_dry_runs.delay()


def kick_dry_runs() -> None:
    """Have what was asked played as soon as it is committed."""
    _send_on_commit(run_dry_runs)


def kick_studies() -> None:
    """Have questions answered as soon as they are committed. If the message is lost, a sweep does it."""
    _send_on_commit(run_studies)


def refresh_overlay(now: datetime) -> None:
    """What is new becomes part of what is searched, what is old no longer is, and a new network has its own."""
    with suppress(NoNetwork):
        overlay_current.refresh(now)


@shared_task(ignore_result=True)
def watch_duties() -> None:
    """Note how it stands with duties, notice who is silent, and forget what is old."""
    now = timezone.now()
    duty_history.note(now)
    access.watch(now)
    access.tidy(now)
    complaints.tidy(now)
