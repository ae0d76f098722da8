"""`manage.py demo`: a whole region on this machine, from nothing to a site one can travel with.

Starts the sandbox (the outside world: operators, feeds, a payment provider), has `demo_prepare` import it through the
real importers, then serves the site and works its queue until Ctrl-C.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from maas.management.commands.demo_prepare import ACCOUNTS, PASSWORD

STOP_S = 10
READY_S = 600
"""A small machine compiles the kernels first; a process that ends is noticed at once."""


@dataclass
class Supervisor:
    """The processes of the demo, each with a log of its own."""

    folder: Path
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        """Start a process that runs until the demo ends."""
        log = (self.folder / f"{name}.log").open("wb")
        # A session of its own: Ctrl-C reaches this process alone, which then ends the others in order.
        self.running[name] = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, env=self.environment, start_new_session=True
        )

    def run(self, *command: str) -> None:
        """Carry out a command to its end. Raises CommandError when it fails."""
        process = subprocess.Popen(command, env=self.environment, start_new_session=True)
        try:
            failed = process.wait()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
        if failed:
            raise CommandError("the region could not be set up; the reason stands above")

    def check(self) -> None:
        """Raises CommandError with the end of its log when a process has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                tail = (self.folder / f"{name}.log").read_text(errors="replace").splitlines()[-15:]
                raise CommandError(f"the {name} stopped:\n" + "\n".join(tail))

    def wait_for(self, url: str) -> None:
        """Return when the address answers. Raises CommandError when it does not within READY_S."""
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
                return
            time.sleep(0.1)
        raise CommandError(f"{url} does not answer; see the logs in {self.folder}")

    def stop(self) -> None:
        """End all processes, the last started first."""
        for process in reversed(self.running.values()):
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + STOP_S
        for process in self.running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Command(BaseCommand):
    """Bring up a region with everything in it."""

    help = "Bring up a whole region on this machine: a generated one, or a folder with GTFS zips and an OSM extract."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, help="a folder with GTFS zips and an .osm.pbf; default: generated")
        parser.add_argument("--size", type=int, default=1, choices=range(1, 101), metavar="1…100")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, data: Path | None, size: int, port: int, **options: Any) -> None:
        if data is not None and not data.is_dir():
            raise CommandError(f"{data} is not a folder")
        folder = settings.DATA_DIR / "demo" / (f"generated-{size}" if data is None else data.resolve().name)
        folder.mkdir(parents=True, exist_ok=True)
        _require_free(port)
        sandbox_port = _free_port()
        supervisor = Supervisor(folder, _environment(folder, port, sandbox_port))
        with _interruptible(), contextlib.suppress(KeyboardInterrupt):
            try:
                self._run(supervisor, data, size, port, sandbox_port)
            finally:
                self.stdout.write("\nStopping …")
                supervisor.stop()
                self.stdout.write("Stopped.")

    def _run(self, demo: Supervisor, data: Path | None, size: int, port: int, sandbox_port: int) -> None:
        started = time.monotonic()
        sandbox = f"http://127.0.0.1:{sandbox_port}"
        self.stdout.write("The outside world: operators, feeds and a payment provider …")
        source = ["--data", str(data.resolve())] if data else ["--size", str(size)]
        demo.start(
            "sandbox", sys.executable, "-m", "maas.sandbox", "--port", str(sandbox_port), *source,
            "--webhook-url", f"http://127.0.0.1:{port}/api/v1/webhooks/stripe",
        )  # fmt: skip
        demo.wait_for(f"{sandbox}/region.json")
        demo.run(sys.executable, "manage.py", "demo_prepare", "--sandbox", sandbox)
        self.stdout.write("The site and its worker …")
        demo.start(
            "web", sys.executable, "-m", "gunicorn", "-k", "asgi", "-w", "2", "-b", f"127.0.0.1:{port}",
            "--graceful-timeout", "3", "maas.asgi:application",
        )  # fmt: skip
        demo.start(
            "worker", sys.executable, "-m", "celery", "-A", "maas", "worker", "-B", "-P", "threads", "-c", "4",
            "-l", "WARNING",
        )  # fmt: skip
        demo.wait_for(f"http://127.0.0.1:{port}/")
        self._welcome(port, sandbox, time.monotonic() - started, demo.folder)
        while True:
            time.sleep(0.5)
            demo.check()

    def _welcome(self, port: int, sandbox: str, seconds: float, folder: Path) -> None:
        accounts = "\n".join(f"    {email:28} {who}" for email, who in ACCOUNTS)
        self.stdout.write(
            f"\n  Ready after {seconds:.0f} s:  http://127.0.0.1:{port}/\n\n"
            f"  Booking works without an account. To sign in (password {PASSWORD}):\n{accounts}\n\n"
            f"  API: http://127.0.0.1:{port}/api/v1/docs    staff: http://127.0.0.1:{port}/admin/    logs: {folder}\n"
            f"  What came by e-mail: {sandbox}/mail    to phones: {sandbox}/sms\n"
            f"  to the resident's browser: {sandbox}/push    After logging in, all that one may do: /work\n"
            "  Stop with Ctrl-C.\n"
        )
        self.stdout.flush()


def _environment(folder: Path, port: int, sandbox_port: int) -> dict[str, str]:
    sandbox = f"http://127.0.0.1:{sandbox_port}"
    return os.environ | {
        "MAAS_DEBUG": "1",
        "MAAS_DATA_DIR": str(folder),
        "MAAS_KERNELS_DIR": os.environ.get("MAAS_KERNELS_DIR", str(settings.DATA_DIR / "kernels")),
        "MAAS_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MAAS_ALLOWED_LOOPBACK_ORIGINS": sandbox,
        "MAAS_PAYMENT_ORIGINS": sandbox,
        "STRIPE_API_BASE": f"{sandbox}/stripe",
        "STRIPE_API_KEY": "sk_test_demo",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_urlsafe(24)}",
        "MAAS_SMS_URL": f"{sandbox}/sms/messages",
        "MAAS_SMS_TOKEN": secrets.token_urlsafe(24),
        "MAAS_SMTP_URL": f"smtp://127.0.0.1:{_free_port()}",
        "PYTHONUNBUFFERED": "1",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(f"port {port} is in use; choose another: make demo PORT=8010") from None


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """A request to end from outside is treated as Ctrl-C is."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, old)
