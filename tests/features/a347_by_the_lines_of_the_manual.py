"""As a provider would: the very lines of docs/tomp.md, from credentials to a booking that is held and released."""

import os
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bookings.models import Capacity, Reservation
from tests.features.coast import BUS
from tests.features.company import Company
from tests.features.market import Market
from tests.feeds import NOW

pytestmark = pytest.mark.db
MANUAL = Path(__file__).resolve().parent.parent.parent / "docs" / "tomp.md"


@pytest.mark.skipif(not shutil.which("jq") or not shutil.which("curl"), reason="needs curl and jq")
def test_held_and_released(market: Market, live_server: Any, shared_specs: Path, tmp_path: Path) -> None:
    market.publish(bus=BUS)
    market.sells("bus", seats_per_departure=3)
    system = Company(shared_specs).system
    script = "".join(re.findall(r"```sh\n(.*?)```", MANUAL.read_text(), re.DOTALL))
    given = {"BASE": f"{live_server.url}/tomp/v2", "CLIENT_ID": system.id, "CLIENT_SECRET": system.secret}
    given["AT"] = f"{NOW + timedelta(days=1):%FT%TZ}"  # the day after the market's
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=os.environ | given, capture_output=True, text=True, check=False
    )
    *timetables, held, found, released = done.stdout.splitlines()
    assert (held, found, released) == ("PENDING", "PENDING", "ROLLBACK"), done.stderr
    assert [line.split()[0] for line in timetables] == ["bus"]
    assert [row.reference for row in Reservation.objects.all()] == ["my-reference-1"]
    assert [row.taken for row in Capacity.objects.all()] == [0]
