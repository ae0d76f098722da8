"""Over the border the clocks show something else: each end of a ride is told in its own time."""

import pytest

from tests.features.town import Town

pytestmark = pytest.mark.db

FINLAND = """
stop T 65.8400 24.1500 Tornio
stop K 65.7400 24.5600 Kemi
line 1 bus K 8:00 T 8:40
"""
SWEDEN = """
stop H 65.8401 24.1490 Haparanda
stop L 65.5800 22.1500 Luleå
line 20 coach H 8:00 L 10:10

[agency.txt]
agency_id,agency_name,agency_url,agency_timezone
ag,Länstrafiken,https://lt.example,Europe/Stockholm
"""


def test_a_journey_over_the_border(town: Town) -> None:
    town.publish(fi=FINLAND, se=SWEDEN)
    (found,) = town.plan("fi:K", "se:L", "07:30:00+02:00")
    bus, *_, coach = found["legs"]
    assert (bus["start_at"], bus["end_at"]) == ("2026-11-24T08:00:00+02:00", "2026-11-24T08:40:00+02:00")
    assert (coach["start_at"], coach["end_at"]) == ("2026-11-24T08:00:00+01:00", "2026-11-24T10:10:00+01:00")
    assert found["duration_s"] == 3 * 3600 + 600
    assert town.board("se:H", "08:30", 1) == ["08:00 Coach 20 to L"]
