"""A coast on which three operators sell one journey, as it is run for real: site, workers, queue, database, and others.

The bus is sold by us; ferry and island bus sell by TOMP, in a process of their own with the payment provider. Buyers
come over HTTP, each with a session and an address of its own.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import httpx

from bars.hours import NIGHT
from bars.world import DAY, PATIENCE_S, ROOT, SCRATCH, Server, end

os.environ.update(
    MAAS_BEHIND_PROXY="1",  # the limit of orders a minute counts addresses, and here all would come from one
    STRIPE_API_KEY="sk_test_twin",
    STRIPE_WEBHOOK_SECRET="whsec_twin",
    MAAS_EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
)
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from bars.databases import free_port  # noqa: E402
from tests import feeds  # noqa: E402
from transit.models import Interface, Operator, Region, Service  # noqa: E402
from transit.sealing import seal  # noqa: E402

Json = dict[str, Any]
FARE = """
[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
one,{price},EUR,1,0
"""
BUS = """
stop H 60.1500 24.9000 Harbour
stop Q 60.1900 24.9500 Quay
line 1 bus H 10:06 Q 10:20
"""
SEA = """
stop F 60.1901 24.9501 Ferry Pier
stop I 60.1200 24.9900 Island
line F ferry F 10:40 I 11:10
"""
ISLE = """
stop J 60.1201 24.9901 Island Pier
stop E 60.1000 25.0300 Island End
line 7 bus J 11:30 E 11:45
"""


def _by_night(text: str) -> str:
    """The same rides in the night of the bar, if it has one."""

    def earlier(match: re.Match[str]) -> str:
        at = timedelta(hours=int(match[1]), minutes=int(match[2])) - (NIGHT.earlier if NIGHT else timedelta())
        return f"{at.seconds // 3600}:{at.seconds // 60 % 60:02}"

    return re.sub(r"\b(\d\d):(\d\d)\b", earlier, text) if NIGHT else text


TEXTS = {
    "bus": _by_night(BUS) + FARE.format(price="3.50"),
    "sea": _by_night(SEA) + FARE.format(price="4.20"),
    "isle": _by_night(ISLE) + FARE.format(price="2.80"),
}
REMOTE = ("sea", "isle")
ALL_THREE = ("bus:H", "isle:E")
FINAL = frozenset({"COMPLETED", "FAILED", "CANCELLED", "SETTLED", "MANUAL"})


@dataclass
class Told:
    """What a buyer saw: the order's code, its last state and why, how long it took, and every answer's status.

    `broken` says what became of calls without an answer, whose status is 0.
    """

    code: str = ""
    state: str = ""
    reason: str = ""
    took_s: float = 0.0
    slowest_s: float = 0.0
    statuses: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


class Stage:
    """See the module. `seats` of the bus; `delay_ms` of every call to others, of which a share of `faults` fails."""

    def __init__(self, *, seats: int | None = None, delay_ms: int = 0, faults: float = 0.0, **environment: str) -> None:
        self.site_port, self.outside_port = free_port(), free_port()
        self.outside = f"http://127.0.0.1:{self.outside_port}"
        self.site_url = f"http://127.0.0.1:{self.site_port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self._started: list[subprocess.Popen[bytes]] = []
        self.environment = environment
        os.environ.update(
            MAAS_PUBLIC_URL=self.site_url,
            MAAS_ALLOWED_LOOPBACK_ORIGINS=self.outside,
            MAAS_PAYMENT_ORIGINS=self.outside,
            STRIPE_API_BASE=f"{self.outside}/stripe",
            **environment,
        )
        settings.ALLOWED_LOOPBACK_ORIGINS, settings.STRIPE_API_BASE = [self.outside], f"{self.outside}/stripe"
        settings.PUBLIC_URL = self.site_url
        self._prepare(seats)
        webhooks = f"{self.site_url}/api/v1/webhooks/stripe"
        own = [f"{name}={SCRATCH / 'feeds' / name}.zip" for name in REMOTE]
        command = ["bars.outside", f"{self.outside_port}", webhooks, f"{delay_ms}", f"{faults}", "2026", *own]
        self._others = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT)
        self._wait_for(f"{self.outside}/sea/health")
        self.site = Server(SCRATCH / "server.log", self.site_port, "bars.worker:application")
        try:
            self.site.wait_until_ready()
        except TimeoutError:
            sys.stderr.write(log()[-3000:])
            self.stop()
            raise

    def _prepare(self, seats: int | None) -> None:
        call_command("migrate", verbosity=0)
        folder = SCRATCH / "feeds"
        folder.mkdir(exist_ok=True)
        now = datetime.now(UTC)
        Region.objects.create(
            code="coast", name="Coast", currency="EUR", timezone="Europe/Helsinki", languages=["fi"], country="FI"
        )
        feeds.publish(folder, TEXTS, now=now)
        for name in TEXTS:
            operator = Operator.objects.create(code=name, legal_name=name, country="FI")
            remote = name in REMOTE
            Service.objects.create(
                operator=operator, agency_id=f"{name}:ag", name=name, sales="tomp" if remote else "hosted",
                seats_per_departure=None if remote else seats,
            )  # fmt: skip
            if remote:
                Interface.objects.create(
                    operator=operator, name=f"{name}-sales", format="TOMP-2.0", url=f"{self.outside}/{name}",
                    client_id="maas", client_secret_sealed=seal("tomp-secret"), capability="B",
                )  # fmt: skip

    @staticmethod
    def _wait_for(url: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                httpx.get(url, trust_env=False)
                return
            time.sleep(0.1)
        raise TimeoutError(url)

    def work(
        self, *, threads: int = 4, beat: bool = False, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """A worker begins; with `beat` also who has it sweep every five seconds."""
        if beat:
            self._start("beat", f"{SCRATCH / 'beat'}")
        self.workers.append(self._start("-c", f"{threads}", "-n", f"w{len(self.workers)}@%h", **(environment or {})))
        return self.workers[-1]

    def _start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        with (SCRATCH / "workers.log").open("ab") as log:
            command, changed = [sys.executable, "-m", "bars.worker", *words], {**os.environ, **environment}
            process = subprocess.Popen(
                command, cwd=ROOT, env=changed, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        self._started.append(process)
        return process

    def stop(self) -> None:
        """All processes end."""
        for process in self._started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.site.stop()
        end(self._others)

    def pids(self) -> dict[str, int]:
        """The processes that serve an order: ours, the database where it is one, and those of others."""
        found = {"site": self.site.pid, "others": self._others.pid}
        found |= {f"w{number}": worker.pid for number, worker in enumerate(self.workers)}
        if folder := os.environ.get("BARS_POSTGRES"):
            found["database"] = int((Path(folder) / "data" / "postmaster.pid").read_text().split()[0])
        return found

    def faults_end(self) -> None:
        """What was still to go wrong does not."""
        for name in ("stripe", *REMOTE):
            httpx.delete(f"{self.outside}/{name}/_twin/faults", trust_env=False)

    def state(self, name: str) -> Json:
        """What `stripe` or an operator has in its books."""
        found: Json = httpx.get(f"{self.outside}/{name}/_twin/state", trust_env=False, timeout=60).json()
        return found


@contextmanager
def staged(**options: Any) -> Iterator[Stage]:
    """A stage that is gone afterwards."""
    stage = Stage(**options)
    try:
        yield stage
    finally:
        stage.stop()


class Buyer:
    """Somebody with a browser. What fails on the way is sent again with the same key, as it should be."""

    def __init__(self, stage: Stage, number: int, patience_s: float = 300.0) -> None:
        self._stage, self._patience_s = stage, patience_s
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(
            base_url=f"{stage.site_url}/api/v1/", trust_env=False, timeout=30, limits=limits, verify=False,
            headers={"X-Forwarded-For": address},
        )  # fmt: skip
        self.told = Told()

    def plan(self, origin: str, destination: str) -> str:
        """The token of the journey."""
        asked = {
            "from": origin,
            "to": destination,
            "time": f"{DAY}T01:10:00Z" if NIGHT else f"{DAY}T10:00",
            "window": "0",
            "modes": "bus,ferry",
        }
        return str(self._send("GET", "plan", params=asked).json()["itineraries"][0]["token"])

    def ask(self, token: str) -> str:
        """The code of an offer."""
        body = {"token": token, "travellers": [{"category": "adult"}]}
        return str(self._send("POST", "offers", json=body).json()["code"])

    def order(self, offer: str, **more: str) -> str:
        """The code of the order that accepts it."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        answer = self._send("POST", "orders", json={"offer": offer, **more}, headers=headers)
        self.told.code, self.told.state = str(answer.json()["code"]), str(answer.json()["status"]["state"])
        return self.told.code

    def look(self, seen: str = "") -> Json:
        """Where the order stands; the answer waits for a while for another state than the one that was seen."""
        status: Json = self._send("GET", f"orders/{self.told.code}", params={"seen": seen}).json()["status"]
        self.told.state, self.told.reason = status["state"], status["reason"]
        return status

    def buy(self, offer: str, every_s: float = 0.25, slower: float = 1.0) -> Told:
        """From the offer to where it stays; what has no news at once is looked at again a little later each time."""
        began = time.monotonic()
        self.order(offer)
        paid, seen, asked = "", self.told.state, began
        while (status := self.look(seen)) and not status["is_final"]:
            if time.monotonic() - began > self._patience_s:
                break
            if status["action_url"] not in ("", paid):
                paid = pay(status["action_url"])
            elif status["state"] == seen and time.monotonic() - asked < every_s:
                time.sleep(every_s)
                every_s = min(10.0, every_s * slower)
            seen, asked = status["state"], time.monotonic()
        self.told.took_s = time.monotonic() - began
        self._client.close()
        return self.told

    def _send(self, method: str, path: str, **fields: Any) -> httpx.Response:
        """An answer that is one. Raises TimeoutError when there is none for as long as the buyer has patience."""
        deadline = time.monotonic() + self._patience_s
        while time.monotonic() < deadline:
            began = time.monotonic()
            try:
                answer = self._client.request(method, path, **fields)
            except httpx.HTTPError as error:
                self.told.statuses.append(0)
                self.told.broken.append(f"{method} {path.partition('/')[0]} {type(error).__name__} {error}")
            else:
                self.told.statuses.append(answer.status_code)
                if answer.is_success:
                    return answer
                if answer.status_code < 500 and answer.status_code not in (409, 429):
                    raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            finally:
                self.told.slowest_s = max(self.told.slowest_s, time.monotonic() - began)
            time.sleep(0.5)
        raise TimeoutError(f"{method} {path}: {self.told.statuses[-5:]}")


def pay(page: str) -> str:
    """A card is used on the page. What breaks on the way is tried again at the next look."""
    with suppress(httpx.HTTPError):
        # Nothing here speaks TLS, and to prepare for it takes longer than to pay.
        if httpx.post(page, data={"card": "works"}, trust_env=False, timeout=30, verify=False).status_code == 303:
            return page
    return ""


def offers(stage: Stage, count: int, journey: tuple[str, str] = ALL_THREE, first: int = 1) -> list[tuple[Buyer, str]]:
    """So many buyers, each with an offer for the same journey."""
    token = Buyer(stage, 0).plan(*journey)

    def one(number: int) -> tuple[Buyer, str]:
        buyer = Buyer(stage, number)
        return buyer, buyer.ask(token)

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(one, range(first, first + count)))


def at_once(buyers: list[tuple[Buyer, str]]) -> list[Told]:
    """All buy in the same moment."""
    start = threading.Barrier(len(buyers))

    def one(pair: tuple[Buyer, str]) -> Told:
        buyer, offer = pair
        start.wait()
        try:
            return buyer.buy(offer, every_s=1.0, slower=1.5)
        except TimeoutError as error:
            buyer.told.state, buyer.told.reason = "GAVE UP", f"{error}"
            return buyer.told

    with ThreadPoolExecutor(len(buyers)) as pool:
        return list(pool.map(one, buyers))


def log() -> str:
    """What site and workers have written."""
    paths = (SCRATCH / "server.log", SCRATCH / "workers.log")
    return "".join(path.read_text(errors="replace") for path in paths if path.exists())


def path_of(name: str) -> Path:
    """A place in the scratch folder."""
    return SCRATCH / name
