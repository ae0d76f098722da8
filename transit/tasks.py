"""Kicks of what is read from outside. Each may run twice, or never: the next one reads what is newest."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from transit.accessibility import studies
from transit.following import alerts, fetching, publishing
from transit.network import overlay_current
from transit.network.current import NoNetwork
from transit.register import changes, delays, mobility, on_call, realtime
from transit.remote import http

FOLLOWING: Final = timedelta(minutes=1)
"""How often it is looked which timetables are due."""


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
    transaction.on_commit(publish_feeds.delay, robust=True)


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


def kick_studies() -> None:
    """Have questions answered as soon as they are committed. If the message is lost, a sweep does it."""
    transaction.on_commit(run_studies.delay, robust=True)


def refresh_overlay(now: datetime) -> None:
    """What is new becomes part of what is searched, what is old no longer is, and a new network has its own."""
    with suppress(NoNetwork):
        overlay_current.refresh(now)
