"""What interfaces say of trips that somebody has bought is noticed as if a person of the operator had said it."""

import pytest

from bookings import tasks
from tests.features.a138_changing import BUS
from tests.features.a143_a_missed_connection import SEA
from tests.features.market import Market
from tests.features.wire import Wire
from transit.models import TripEvent

pytestmark = pytest.mark.db
DAY_S, MINUTE_S = 86_400, 60
ALSO = BUS.replace("line 1 bus H 10:06", "line 9 bus H 9:50 Q 10:02\nline 1 bus H 10:06")


def test_only_what_matters_to_who_has_bought(market: Market, wire: Wire) -> None:
    market.publish(bus=ALSO, sea=SEA)
    market.sells("bus")
    market.sells("sea")
    code = market.buy("bus:H", "sea:I", "10:00")
    market.clock.shift(DAY_S + 30 * MINUTE_S)
    wire.listen(bus=ALSO, sea=SEA)

    def hears(trip_id: str = "1-0", **fate: object) -> str:
        """What stands in the way of the journey when the operator has said it."""
        wire.happens("trips", feed="bus", trip_id=trip_id, **fate)
        market.clock.shift(15)
        assert wire.read("bus").error == ""
        tasks.sweep_orders()
        found = market.order(code)["disruption"]
        return f"{found['kind']} {found['leave_at'][11:16]}" if found else ""

    assert (hears(delay_s=60), said()) == ("", []), "a minute is no news"
    assert hears("9-0", delay_s=1800) == ""
    assert said() == [], "nobody has bought that one"
    assert (hears(delay_s=1800), said()) == ("missed 08:50", ["1-0 +1800"])
    assert (hears(delay_s=1830), said()) == ("missed 08:50", ["1-0 +1800"]), "half a minute is none either"
    assert (hears(delay_s=0), said()) == ("", ["1-0 +1800", "1-0 +0"])
    assert hears(cancelled=True) == "cancelled 08:06"
    assert market.work(code).startswith("COMPLETED charged 4.20: bus CANCELLED")
    hears(delay_s=0)
    assert said() == ["1-0 +1800", "1-0 +0", "1-0 cancelled"], "what was sold for it has been called off"


def said() -> list[str]:
    rows = TripEvent.objects.order_by("pk")
    return [f"{row.trip_id[4:]} {'cancelled' if row.cancelled else f'{row.delay_s:+}'}" for row in rows]
