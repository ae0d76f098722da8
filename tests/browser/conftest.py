"""A running demo, as a new user starts it, and a browser in front of it."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = Path("/usr/bin/chromium")
OWN_SETTINGS = ("MAAS_", "DATABASE_URL", "CELERY_", "STRIPE_", "REDIS_URL", "DJANGO_")
START_S = 180
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}

SMALL_TARGETS = """() => {
  const wanted = "main button, main .button, main summary, main input:not([type=hidden]), header a, header summary";
  return [...document.querySelectorAll(wanted)]
    .map(each => each.matches("[type=radio], [type=checkbox]") ? each.closest("label") ?? each : each)
    .filter(each => !each.closest(".maplibregl-map, .visually-hidden") && each.checkVisibility())
    .filter(each => each.getBoundingClientRect().height < 43.5)
    .map(each => each.outerHTML.slice(0, 120));
}"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium where there is one, without calls to anybody else."""
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    quiet += ["--disable-background-networking", "--disable-component-update"]
    own = {"executable_path": str(CHROMIUM)} if CHROMIUM.exists() else {}
    return {**browser_type_launch_args, "args": quiet, **own}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def demo(folder: Path, *arguments: str, services: dict[str, str] | None = None) -> Iterator[str]:
    """The address of a demo that runs meanwhile. `services` names a database and a broker by environment variables."""
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OWN_SETTINGS)}
    environment |= {
        "MAAS_DEBUG": "1",
        "MAAS_DATA_DIR": str(folder),
        "MAAS_KERNELS_DIR": os.environ["MAAS_KERNELS_DIR"],
        **(services or {}),
    }
    log = (folder / "demo.log").open("wb")
    command = [sys.executable, "manage.py", "demo", "--port", str(port), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(process, f"http://127.0.0.1:{port}/", folder / "demo.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=40)
        log.close()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while b"Ready after" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the demo did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.3)
    with urllib.request.urlopen(url) as answer:
        assert answer.status == 200


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo of the generated region."""
    yield from demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def tampere(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[str]:
    """The demo of a real city: on PostgreSQL and Redis where `.ci/run` names them, else on what is embedded."""
    folder = tmp_path_factory.mktemp("tampere")
    with contextlib.ExitStack() as stack:
        services = {}
        if address := os.environ.get("TEST_DATABASE_URL"):
            services["DATABASE_URL"] = stack.enter_context(_scratch_database(address))
        if address := os.environ.get("TEST_REDIS_URL"):
            services |= {"CELERY_BROKER_URL": address, "REDIS_URL": address}
        yield from demo(folder, "--data", str(shared_data / "tampere"), services=services)


@contextlib.contextmanager
def _scratch_database(address: str) -> Iterator[str]:
    """A new database on that server, dropped afterwards."""
    name = f"demo_{secrets.token_hex(6)}"
    server = psycopg.connect(address, autocommit=True)
    server.execute(f"CREATE DATABASE {name}")
    try:
        yield urlsplit(address)._replace(path=f"/{name}").geturl()
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.close()


class Watch:
    """A page whose faults are noticed: errors of scripts, refused resources, and what axe finds."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(f"{error.name}: {error.message}\n{error.stack}"))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)

    def check(self) -> None:
        """The page as it is now: no fault, nothing wider than the screen, one h1, targets that can be hit."""
        self.page.wait_for_load_state("load")
        faults = self._axe()
        assert not faults, "\n".join(faults)
        assert self.page.locator("h1").count() == 1
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert self.small_targets() == []
        assert self.errors == []

    def small_targets(self) -> list[str]:
        """Buttons, fields and summaries lower than 44 CSS pixels (links within a sentence may be)."""
        found: list[str] = self.page.evaluate(f"({SMALL_TARGETS})()")
        return found

    def _axe(self) -> list[str]:
        self.page.evaluate(AXE.read_text())
        result = self.page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        return [
            f"{each['id']}: {each['help']} {[node['html'][:160] for node in each['nodes'][:3]]}"
            for each in result["violations"]
        ]


def answers(url: str) -> int:
    """The status with which an address answers."""
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
