"""A register whose interfaces are asked: what a probe finds, as lines; the other sides are real HTTP servers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import time_machine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from maas.sandbox.tomp import Settings, Timetable, Twin, create_app
from maas.sandbox.tomp1 import Twin1
from tests import feeds
from tests.features.town import Town
from tests.servers import serve
from transit.models import Interface, InterfaceGrade, Letter, Operator, Probe, ProbeState, Region, Service
from transit.register import probing
from transit.sealing import seal

FERRY = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10
line F ferry F 12:40 I 13:10

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
crossing,4.20,EUR,1,0
"""


class Site:
    """A server of files that says what a story wants: bodies by path, statuses, headers, and silence."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.statuses: dict[str, int] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.hanging = threading.Event()
        self.hanging.set()
        self.url = ""

    def app(self, url: str) -> Starlette:
        """As a server."""
        self.url = url

        def answer(request: Request) -> Response:
            path = request.url.path
            self.asked.append(path)
            self.hanging.wait(20)
            headers = self.headers.get(path, {})
            status = self.statuses.get(path, 200 if path in self.bodies else 404)
            if status == 200 and headers.get("ETag", "") == request.headers.get("if-none-match", "none"):
                return Response(status_code=304, headers=headers)
            return Response(self.bodies.get(path, b""), status, headers)

        return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])


@dataclass
class Probed:
    """Interfaces are named as a story likes. Nothing is asked by itself."""

    town: Town
    settings: Any
    doors: ExitStack
    clock: time_machine.Traveller
    twins: dict[str, Twin] = field(default_factory=dict)

    def serves(self, app: Callable[[str], Any]) -> str:
        """The address of a server that may be called."""
        url, _ = self.doors.enter_context(serve(app))
        self.settings.DEBUG = True
        self.settings.ALLOWED_LOOPBACK_ORIGINS = [*self.settings.ALLOWED_LOOPBACK_ORIGINS, url]
        return url

    def site(self, **bodies: bytes) -> Site:
        """A server of files."""
        site = Site()
        self.serves(site.app)
        site.bodies = {f"/{name}": body for name, body in bodies.items()}
        return site

    def discloses(self, name: str, form: str, url: str, *contents: str, **fields: Any) -> Interface:
        """An interface of the register, of an operator in the region."""
        fields.setdefault("operator", self.operator(name))
        return Interface.objects.create(name=name, format=form, url=url, contents=list(contents), **fields)

    def operator(self, name: str) -> Operator:
        """An operator of the region, with an address to write to."""
        about = {"legal_name": f"{name.title()} Ltd", "country": "FI", "email": f"data@{name}.example"}
        return Operator.objects.get_or_create(code=name, defaults={**about, "region": Region.objects.get()})[0]

    def sells(self, name: str, form: str = "TOMP-2.0", sandbox: bool = True, **habits: Any) -> Interface:
        """A ferry company that really sells at one address, and may be tried at another that has the same habits."""
        if not self.town.is_open:
            self.town.publish(**{name: FERRY})
        packed = feeds.write_feed(self.town.folder / f"{name}-own.zip", FERRY).read_bytes()
        kind = {"TOMP-2.0": Twin, "TOMP-1.6": Twin1}[form]
        addresses = {}
        for place in ("live", "sandbox"):
            twin = kind(Timetable.of_gtfs(packed), Settings(operator=name, prefix=name, seed=place, **habits))
            self.twins[place] = twin
            app = create_app(twin)
            addresses[place] = self.serves(lambda url, app=app: app)  # type: ignore[misc]
        operator = self.operator(name)
        Service.objects.create(operator=operator, agency_id=f"{name}:ag", name=name.title(), sales="tomp")
        return self.discloses(
            f"{name}-sales", form, addresses["live"], "booking-interface", operator=operator, client_id="maas",
            client_secret_sealed=seal("tomp-secret"), sandbox_url=addresses["sandbox"] if sandbox else "",
        )  # fmt: skip

    def asks(self, name: str) -> str:
        """A probe now, whether it is due or not: its outcome and what it found, as a line."""
        ProbeState.objects.filter(interface__name=name).update(next_at=datetime.now(UTC))
        probing.list_due(datetime.now(UTC))
        interface = Interface.objects.get(name=name)
        assert probing.probe(interface.pk, datetime.now(UTC))
        return told(Probe.objects.filter(interface=interface)[0])

    def tries(self, name: str) -> dict[str, str]:
        """A probe with a trial of selling: what each step showed."""
        state = ProbeState.objects.filter(interface__name=name).first()
        if state is not None:
            ProbeState.objects.filter(pk=state.pk).update(kept={})
            self.later(minutes=11)
        self.asks(name)
        shown = Probe.objects.filter(interface__name=name)[0].conformance
        assert shown is not None
        return {
            row["step"]: f"{row['verdict'].lower()} {row['code']}".strip().replace("_", " ") for row in shown["steps"]
        }

    def later(self, **time: float) -> None:
        """The clock goes on."""
        seconds = {"minutes": 60, "hours": 3600, "days": 86400}
        self.clock.shift(sum(seconds[unit] * count for unit, count in time.items()))

    def grade(self, name: str) -> str:
        """The present letter with its reasons: `C: weak fresh ends_soon`."""
        last = InterfaceGrade.objects.filter(interface__name=name)[0]
        reasons = ", ".join(f"{row['level']} {row['criterion']} {row['code']}" for row in last.reasons)
        return f"{last.letter}: {reasons}" if reasons else last.letter

    def alerts(self, name: str) -> list[str]:
        """What has to be told, the oldest first."""
        kinds = Letter.objects.filter(interface__name=name).order_by("pk").values_list("kind", flat=True)
        return [kind.removeprefix("interface_") for kind in kinds]


def told(probe: Probe) -> str:
    """`FAULTY: ends_soon date=2026-11-30` …; what is only worth knowing is left out."""
    found = [row for row in probe.findings if row["severity"] != "INFO"]
    said = [" ".join([row["code"], *(f"{k}={v}" for k, v in sorted(row["figures"].items()))]) for row in found]
    return f"{probe.outcome}: {', '.join(said)}" if said else probe.outcome
