"""The house's rules hold, and the tools that check them really see an offence."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

# One planted offence for each import contract: the contract, the file, the line that breaks it.
IMPORT_OFFENCES = [
    ("apps", "transit/money.py", "import bookings.states"),
    ("transit downwards", "transit/models/region.py", "import transit.network.store"),
    ("routing downwards", "transit/routing/query.py", "import transit.routing.planner"),
    ("bookings downwards", "bookings/models/case.py", "import bookings.services.offers"),
    ("routing is pure", "transit/routing/planner.py", "import django"),
    ("kernels import nothing of ours", "transit/routing/kernels/raptor.py", "import transit.money"),
    ("doors", "bookings/services/offers.py", "import transit.models"),
    ("heavy libraries stay out of the web process", "transit/journeys/engine.py", "import polars"),
    ("nobody imports the sandbox", "bookings/services/offers.py", "import maas.sandbox"),
    ("no cycles", "transit/models/region.py", "import transit.models.operator"),
]

# One planted offence for each rule that ruff checks: the code, the file, the text that breaks it.
STYLE_OFFENCES = [
    ("PLC0415", "transit/money.py", "def late() -> None:\n    import json\n    json.dumps(1)\n"),
    ("TID251", "bookings/states.py", "import datetime\nNOW = datetime.datetime.now(datetime.UTC)\n"),
    ("TID251", "bookings/states.py", "from django.utils import timezone\nNOW = timezone.now()\n"),
    ("TID251", "transit/states.py", "import datetime\nTODAY = datetime.date.today()\n"),
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the tools read."""
    for package in ("maas", "bookings", "transit"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(checkout: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=checkout, capture_output=True, text=True, check=False
    )


def test_contracts_hold(checkout: Path) -> None:
    result = run(checkout, "lint-imports", "--no-cache")
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_contract_has_an_offence() -> None:
    names = re.findall(
        r'^name = "(.+)"$', (ROOT / "pyproject.toml").read_text().split("[tool.importlinter]")[1], re.MULTILINE
    )
    assert sorted(names) == sorted(name for name, _, _ in IMPORT_OFFENCES)


@pytest.mark.parametrize(("contract", "file", "line"), IMPORT_OFFENCES)
def test_planted_import_is_seen(checkout: Path, contract: str, file: str, line: str) -> None:
    with (checkout / file).open("a") as source:
        source.write(f"\n{line}\n")
    result = run(checkout, "lint-imports", "--no-cache")
    assert result.returncode == 1, result.stdout + result.stderr
    assert re.search(rf"^{contract} BROKEN", result.stdout, re.MULTILINE), result.stdout


@pytest.mark.parametrize(("rule", "file", "text"), STYLE_OFFENCES)
def test_planted_style_is_seen(checkout: Path, rule: str, file: str, text: str) -> None:
    with (checkout / file).open("a") as source:
        source.write(f"\n{text}")
    result = run(checkout, "ruff", "check", "--no-cache", "--output-format", "concise", file)
    assert rule in result.stdout


def test_states_are_written_in_one_place() -> None:
    """Rule 10: only the Machine assigns a state."""
    assignment = re.compile(r"\.state = |update\([^)]*\bstate=")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for package in ("bookings", "transit")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "states.py" and "migrations" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if assignment.search(line)
    ]
    assert found == []


def test_planner_works_without_django() -> None:
    """Rule 2: the core knows no framework."""
    code = "import sys; import transit.routing.planner; print(any(m.split('.')[0] == 'django' for m in sys.modules))"
    assert run(ROOT, "python", "-c", code).stdout.strip() == "False"


def test_web_process_stays_light() -> None:
    """Rule 20: the libraries of importers never reach the process that serves pages."""
    code = (
        "import os, sys; os.environ['MAAS_DEBUG'] = '1'\n"
        "from maas.asgi import application\n"
        "import maas.urls\n"
        "heavy = {'gtfs_kit', 'gtfs_guru', 'geopandas', 'pandas', 'polars', 'osmium', 'r5py', 'statsmodels'}\n"
        "heavy.add('pyogrio')\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = run(ROOT, "python", "-c", code)
    assert result.stdout.strip() == "[]", result.stdout + result.stderr


def test_sizes() -> None:
    """Rule 15: no file above 600 lines, and half of all files within 100."""
    lines = sorted(
        len(path.read_text().splitlines())
        for package in ("maas", "bookings", "transit")
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts and path.name != "__init__.py"
    )
    assert lines[-1] <= 600
    assert lines[len(lines) // 2] <= 130
