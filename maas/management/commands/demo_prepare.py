"""`manage.py demo_prepare`: a demo region set up through the real importers, from what the sandbox publishes."""

from __future__ import annotations

import hashlib
import json
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from bookings.services import subscriptions
from bookings.services.viewers import Viewer
from maas.accounts.models import Role, User
from maas.management.callers import Desk, serve
from maas.management.duties import state_duties
from maas.management.entering import enter
from maas.management.minibuses import set_up_rides
from maas.management.payouts import open_accounts
from maas.management.registering import register_interfaces, register_operator
from transit.models import Interface, Operator, Region
from transit.sealing import seal

PASSWORD = "one way to travel"  # noqa: S105  the demo's accounts exist on loopback with DEBUG on, and say so
ACCOUNTS = [
    ("resident@demo.example", "a resident"),
    ("officer@demo.example", "an officer of the region, and staff of the platform"),
    ("inspector@demo.example", "an inspector of tickets, at /inspect"),
    ("operator@demo.example", "staff of operators, at /operators/<code>/payouts"),
    ("driver@demo.example", "a driver of rides on demand, at /drive"),
    ("desk@demo.example", "an agent of the phone desk, at /desk/callers"),
    ("deputy@demo.example", "another officer: what one submits, the other releases"),
]
"""After logging in, everybody finds what is theirs at /work."""


class Command(BaseCommand):
    """Set up the database, import the region and publish its network. May be repeated."""

    help = "Set up a demo region from a sandbox. Part of `manage.py demo`."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sandbox", required=True, help="the sandbox's address")

    def handle(self, *args: Any, sandbox: str, **options: Any) -> None:
        if not settings.DEBUG:
            raise SystemExit("the demo's accounts have a published password: this runs with MAAS_DEBUG=1 only")
        with urllib.request.urlopen(f"{sandbox}/region.json") as answer:
            region = json.load(answer)
        call_command("migrate", verbosity=0)
        create_accounts(region["code"])
        register(region, sandbox)
        state_duties(Region.objects.get(code=region["code"]), timezone.now())
        codes = [each["code"] for each in region["operators"] if any("sales" in said for said in each["services"])]
        create_inspector(codes)
        open_accounts(codes, create_operator_staff(codes), User.objects.get(email=ACCOUNTS[1][0]))
        listen_in_a_browser(sandbox)
        officer, staff = (User.objects.get(email=ACCOUNTS[at][0]) for at in (1, 3))
        if entered := region.get("entered"):
            enter(entered, region["code"], staff, officer, timezone.now())
        made_of = [region["version"], region["feeds"], entered]
        digest = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
        stamp = settings.DATA_DIR / "prepared"
        if not stamp.exists() or stamp.read_text() != digest:
            self._import(region, sandbox)
            stamp.write_text(digest)
        listen_to_operators(region, sandbox)
        if called := region.get("on_demand"):
            create_driver(called["service"])
            create_operator_staff([called["operator"]["code"]])
            set_up_rides(called, staff, officer)
            desk = Desk(create_agent(), Region.objects.get(code=region["code"]), called["service"])
            self._said("callers", partial(serve, called, desk))
        register_interfaces(region["operators"], timezone.now())

    def _import(self, region: dict[str, Any], sandbox: str) -> None:
        for feed in region["feeds"]:
            self._timed(f"timetable {feed['name']}", "import_feed", f"{sandbox}{feed['path']}", name=feed["name"])
        if region.get("streets"):
            self._timed("streets", "import_streets", f"{sandbox}{region['streets']}", name="streets")
        self._timed("network", "publish_network", region["code"], anyway=True)

    def _timed(self, what: str, command: str, *args: str, **options: Any) -> None:
        self._said(what, partial(call_command, command, *args, **options, verbosity=0))

    def _said(self, what: str, work: Callable[[], object]) -> None:
        started = time.monotonic()
        work()
        self.stdout.write(f"  {what}: {time.monotonic() - started:.1f} s")


def create_accounts(region_code: str) -> None:
    """The demo's people, with their roles."""
    resident, officer = (User.objects.filter(email=email).first() for email, _ in ACCOUNTS[:2])
    if resident is None:
        resident = User.objects.create_user(ACCOUNTS[0][0], PASSWORD, name="Aino Virtanen")
    EmailAddress.objects.get_or_create(user=resident, email=resident.email, defaults={"verified": True})
    if officer is None:
        officer = User.objects.create_superuser(ACCOUNTS[1][0], PASSWORD, name="Mika Laine")
    email = ACCOUNTS[6][0]
    deputy = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name="Outi Saari")
    for each in (officer, deputy):
        Role.objects.get_or_create(user=each, kind=Role.Kind.REGION_OFFICER, scope=region_code)


def create_inspector(operator_codes: list[str]) -> None:
    """Somebody who checks the tickets of every operator."""
    email = ACCOUNTS[2][0]
    inspector = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name="Eero Niemi")
    for code in operator_codes:
        Role.objects.get_or_create(user=inspector, kind=Role.Kind.INSPECTOR, scope=code)


def create_operator_staff(operator_codes: list[str]) -> User:
    """Somebody who works for every operator."""
    email = ACCOUNTS[3][0]
    staff = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name="Liisa Koski")
    EmailAddress.objects.get_or_create(user=staff, email=staff.email, defaults={"verified": True})
    for code in operator_codes:
        Role.objects.get_or_create(user=staff, kind=Role.Kind.OPERATOR_STAFF, scope=code)
    return staff


def create_agent() -> User:
    """Somebody who books for callers."""
    email = ACCOUNTS[5][0]
    agent = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name="Kaisa Lehto")
    Role.objects.get_or_create(user=agent, kind=Role.Kind.DESK_AGENT, scope="")
    return agent


def create_driver(service_code: str) -> None:
    """Somebody who drives for the operator of a service."""
    email = ACCOUNTS[4][0]
    driver = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name="Sami Salo")
    operator = Operator.objects.get(services__code=service_code)
    Role.objects.get_or_create(user=driver, kind=Role.Kind.DRIVER, scope=operator.code)


def listen_in_a_browser(sandbox: str) -> None:
    """The resident has notifications turned on in a browser of the sandbox, which shows them at `/push`."""
    asked = json.dumps({"applicationServerKey": subscriptions.server_key()}).encode()
    with urllib.request.urlopen(f"{sandbox}/push/browsers", asked) as answer:
        made = json.load(answer)
    resident = Viewer(User.objects.get(email=ACCOUNTS[0][0]).pk, "")
    subscriptions.listen(resident, made["endpoint"], **made["keys"], now=timezone.now())


def listen_to_operators(region: dict[str, Any], sandbox: str) -> None:
    """What operators say of their trips is read; each start of the sandbox has another address."""
    for each in region["feeds"]:
        Interface.objects.filter(name=each["name"]).update(url=f"{sandbox}{each['path']}")
    for each in region.get("realtime", []):
        Interface.objects.update_or_create(
            name=f"{each['feed']}-realtime",
            defaults={"format": Interface.Format.GTFS_RT, "url": f"{sandbox}{each['path']}",
                      "of": Interface.objects.get(name=each["feed"], format=Interface.Format.GTFS)},
        )  # fmt: skip
    for each in region.get("shared", []):
        Interface.objects.update_or_create(
            name=each["name"], defaults={"format": Interface.Format.GBFS, "url": f"{sandbox}{each['path']}"}
        )
    for each in region.get("gofs", []):
        Interface.objects.update_or_create(
            name=each["name"], defaults={"format": Interface.Format.GOFS, "url": f"{sandbox}{each['path']}"}
        )


def register(region: dict[str, Any], sandbox: str) -> None:
    """The region, its operators, how each is sold, and the interfaces that they disclose."""
    row, _ = Region.objects.update_or_create(
        code=region["code"],
        defaults={name: region[name] for name in
                  ("name", "names", "currency", "timezone", "languages", "country", "bounds", "examples")},
    )  # fmt: skip
    for entry in region["operators"]:
        operator = register_operator(entry, row)
        if tomp := entry.get("tomp"):
            Interface.objects.update_or_create(
                name=f"{entry['code']}-tomp",
                defaults={"operator": operator, "format": Interface.Format.TOMP_2, "url": f"{sandbox}{tomp['path']}",
                          "client_id": tomp["client_id"], "client_secret_sealed": seal(tomp["client_secret"]),
                          "capability": tomp["capability"], "sandbox_url": f"{sandbox}/try{tomp['path']}"},
            )  # fmt: skip
