"""A coast whose region states duties: its operators, its people and the letters that they get."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import time_machine
from django.core import mail
from django.test import Client

from maas.accounts.models import Role, User
from maas.accounts.tasks import send_letters
from tests.feeds import NOW
from transit.models import Duty, Interface, Operator, Region, Service
from transit.tasks import watch_duties

LAW = "Act on Transport Services 320/2017"


def region(code: str = "coast", name: str = "Coast", **fields: Any) -> Region:
    values = {"currency": "EUR", "timezone": "Europe/Helsinki", "languages": ["en"], "country": "FI"}
    return Region.objects.get_or_create(code=code, defaults={"name": name} | values | fields)[0]


def operator(code: str, of: Region, kind: str = "bus", **fields: Any) -> Operator:
    """An operator that runs one service of a kind, of which the register says nothing but that."""
    name = f"{code.capitalize()} Ltd"
    row = Operator.objects.create(
        code=code, region=of, legal_name=name, country="FI", email=f"office@{code}.example", **fields
    )
    Service.objects.create(code=f"{code}-1", operator=row, name=f"{code.capitalize()} line", kind=kind)
    return row


def interface(of: str, format_: str = "GTFS", name: str = "", **fields: Any) -> Interface:
    row = Operator.objects.get(code=of)
    return Interface.objects.create(
        operator=row, name=name or f"{of}-feed", format=format_, url=f"https://{of}.example/{format_}", **fields
    )


def state(of: Region, kind: str = "bus", level: int = 1, due_on: date = date(2026, 10, 31), **fields: Any) -> Duty:
    return Duty.objects.create(region=of, kind=kind, level=level, due_on=due_on, legal_basis=LAW, set_at=NOW, **fields)


def person(email: str, *roles: tuple[str, str]) -> Client:
    """The browser of somebody with roles."""
    user = User.objects.create_user(email)
    for kind, scope in roles:
        Role.objects.create(user=user, kind=kind, scope=scope)
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def text(browser: Client, path: str, language: str = "en") -> str:
    """The words of a page's middle, in one line."""
    answer = browser.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, (path, answer.status_code)
    middle = answer.content.decode().partition("<main")[2].partition("<footer")[0]
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", middle.partition(">")[2])).strip()
    return re.sub(r" ([:.,])", r"\1", words)


def letters() -> list[str]:
    """What has been sent since the last time: to whom, and the subject."""
    send_letters()
    sent = [f"{each.to[0]}: {each.subject}" for each in mail.outbox]
    mail.outbox.clear()
    return sent


def sweep(*days: str) -> None:
    """What happens by itself once an hour; on some days at noon, one after the other."""
    for day in days:
        with time_machine.travel(f"{day}T12:00:00Z", tick=False):
            watch_duties()
