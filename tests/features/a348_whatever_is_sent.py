"""Whatever is sent: no server error, and every answer is as our own document has it (the short form of bar 28).

Schemathesis makes up requests from our own OpenAPI documents; `make bars BARS=schemas` sends many more of them.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rest_framework.throttling import SimpleRateThrottle

from tests.features.a173_a_partner_sells import System
from tests.features.coast import BUS
from tests.features.company import Company
from tests.features.market import Market

pytestmark = [pytest.mark.exhaustive]
TOOL = os.environ.get("SCHEMATHESIS") or (
    f"{sys.executable} -m schemathesis.cli" if importlib.util.find_spec("schemathesis") else ""
)
IS_LONG = os.environ.get("MAAS_BARS") == "long"
EXAMPLES, PHASES = ("60", "examples,coverage,fuzzing,stateful") if IS_LONG else ("2", "examples,fuzzing")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
SEED = "2026"


@pytest.fixture
def shop(market: Market, monkeypatch: pytest.MonkeyPatch) -> Market:
    """A town in which everything is asked as often as one likes."""
    for scope in ("tomp", "book", "search"):
        monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, scope, "1000000/min")
    market.publish(bus=BUS)
    market.sells("bus")
    return market


def fuzz(document: str, token: str, report: Path, *more: str) -> str:
    """What it found, or nothing. It ends with 1 where anything failed."""
    command = [
        *TOOL.split(), "run", document, "-H", f"Authorization: Bearer {token}", "-H", "Accept-Language: en",
        "--checks", ",".join(CHECKS), "--max-examples", EXAMPLES, "--seed", SEED, "--no-color", "--continue-on-failure",
        "--phases", PHASES, "--report", "junit", "--report-dir", str(report), *more,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=report.parent)
    return "" if done.returncode == 0 else done.stdout[-20000:] + done.stderr[-2000:]


@pytest.mark.skipif(not TOOL, reason="schemathesis is not installed")
def test_the_tomp_server(shop: Market, live_server: Any, shared_specs: Path, tmp_path: Path) -> None:
    system = Company(shared_specs).system
    found = fuzz(f"{live_server.url}/tomp/v2/api", system.ask().json()["access_token"], tmp_path / "report")
    assert not found, found


@pytest.mark.skipif(not TOOL, reason="schemathesis is not installed")
def test_our_own_api(shop: Market, live_server: Any, tmp_path: Path) -> None:
    token = System("Shop").ask().json()["access_token"]
    found = fuzz(f"{live_server.url}/api/v1/openapi.json", token, tmp_path / "report", "--url", live_server.url)
    assert not found, found
