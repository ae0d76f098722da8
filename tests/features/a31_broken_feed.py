"""An operator delivers a broken feed: it is refused with a reason, and the timetable of before goes on answering."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.features.town import Town
from tests.feeds import tables_of, write_zip
from transit.models import FeedVersion

pytestmark = pytest.mark.db

COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
line 1 bus H 8:06 M 8:15
"""
RIDE = ["08:06 Bus 1 Harbour–Market 08:15"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("stop_times.txt", ""),
        ("stops.txt", None),
        ("trips.txt", "route_id,service_id,trip_id\n"),
        ("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nH,Harbour,north,east\n"),
        ("stop_times.txt", b"\xff\xfe\x00trip"),
    ],
)
def test_it_is_refused(town: Town, tmp_path: Path, name: str, content: str | bytes | None) -> None:
    town.publish(coast=COAST)
    tables: dict[str, str | bytes] = dict(tables_of(COAST))
    del tables[name]
    if content is not None:
        tables[name] = content
    broken = write_zip(tmp_path / "broken.zip", tables)
    with pytest.raises(CommandError, match=r"\w+"):
        call_command("import_feed", str(broken), name="coast")
    assert [version.state for version in FeedVersion.objects.order_by("id")] == ["LIVE", "REJECTED"]
    call_command("publish_network", "coast", verbosity=0)
    town.wait_for_pointer()
    assert town.journeys("coast:H", "coast:M", "08:00") == RIDE


def test_not_even_a_zip(town: Town, tmp_path: Path) -> None:
    town.publish(coast=COAST)
    page = tmp_path / "feed.zip"
    page.write_text("<html>moved</html>")
    with pytest.raises(CommandError, match="zip"):
        call_command("import_feed", str(page), name="coast")
    assert town.journeys("coast:H", "coast:M", "08:00") == RIDE
