"""A run that was written from the schema alone judges our TOMP server, and an operator's that is of other code."""

import ast
from pathlib import Path
from typing import Any

import pytest

from maas.sandbox.tomp import Settings, Timetable, Twin, create_app
from maas.sandbox.tomp.conformance import Conformance
from maas.sandbox.tomp.judge import Judge
from tests import feeds
from tests.features.coast import BUS
from tests.features.company import Company
from tests.features.market import Market
from tests.servers import serve

pytestmark = pytest.mark.db
RIDE = ("bus:H", "bus:Q", "2026-11-24T08:00:00Z")
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def judge(shared_specs: Path) -> Judge:
    return Judge(shared_specs / "tomp" / "tomp-2.0-patched.json")


def failures(run: Conformance) -> dict[str, str]:
    results = run.run()
    assert len(results) >= 11
    return {name: wrong for name, wrong in results if wrong}


def test_our_server(market: Market, live_server: Any, judge: Judge, shared_specs: Path) -> None:
    market.publish(bus=BUS)
    market.sells("bus", refund_fee_basis_points=1000)
    system = Company(shared_specs).system
    for base in ("/tomp/v2", "/tomp/v2/operators/bus"):
        assert failures(Conformance(live_server.url + base, judge, system.id, system.secret, *RIDE)) == {}


def test_the_twin(tmp_path: Path, judge: Judge) -> None:
    packed = feeds.write_feed(tmp_path / "bus.zip", BUS).read_bytes()
    with serve(lambda url: create_app(_twin(packed, url))) as (url, _):
        assert failures(Conformance(url, judge, "maas", "tomp-secret", *RIDE)) == {}


def test_a_wrong_server_is_found(tmp_path: Path, judge: Judge) -> None:
    packed = feeds.write_feed(tmp_path / "bus.zip", BUS).read_bytes()
    with serve(lambda url: create_app(_twin(packed, url, silence_books=True))) as (url, _):
        assert failures(Conformance(url, judge, "maas", "tomp-secret", *RIDE)).keys() == {"hold_and_let_go"}
        found = failures(Conformance(url, judge, "maas", "wrong", *RIDE))
    assert {"credentials", "search", "money"} <= found.keys()


def test_they_share_no_code() -> None:
    server, twin = (set(_imports(ROOT / folder)) for folder in ("bookings/api/tomp", "maas/sandbox/tomp"))
    assert not {name for name in server if name.startswith("maas")}
    assert not {name for name in twin if name.startswith(("bookings", "transit"))}


def _twin(packed: bytes, url: str, **habits: Any) -> Twin:
    settings = Settings(operator="bus", prefix="bus", seed="bus", base_url=url, **habits)
    return Twin(Timetable.of_gtfs(packed), settings)


def _imports(folder: Path) -> list[str]:
    trees = [ast.parse(path.read_text()) for path in folder.rglob("*.py")]
    return [
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
