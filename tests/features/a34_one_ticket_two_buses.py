"""Two buses on one ticket of ninety minutes: one is bought, one is shown, and the inspector needs no network."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.features.market import Market

pytestmark = pytest.mark.db

BUSES = """
stop H 60.10 24.90 Harbour
stop M 60.14 24.90 Market
stop V 60.18 24.90 Village
line 1 bus H 8:00 M 8:20
line 2 bus M 8:30 V 9:00

[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers,transfer_duration
hour,3.50,EUR,1,,5400
"""


def check(token: str, clock: str, operator: str = "buses") -> str:
    out = StringIO()
    call_command("verify_ticket", token, "--operator", operator, "--now", f"2026-11-24T{clock}:00+02:00", stdout=out)
    return out.getvalue()


def test_one_ticket(market: Market) -> None:
    market.publish(buses=BUSES)
    market.sells("buses")
    (booking,) = market.order(market.buy("buses:H", "buses:V", "07:50"))["bookings"]
    (ticket,) = booking["tickets"]
    assert (booking["price"]["minor"], ticket["legs"]) == (350, [0, 1])
    first, one, two, _ = check(ticket["token"], "08:10").splitlines()
    assert first == f"VALID {ticket['serial']}: hour, adult, buses"
    assert (one.strip(), two.strip()) == (
        "1  Harbour → Market  2026-11-24 08:00",
        "2  Market → Village  2026-11-24 08:30",
    )
    assert check(ticket["token"], "09:29").startswith("VALID")


@pytest.mark.parametrize(
    ("clock", "operator", "reason"),
    [("09:31", "buses", "expired"), ("07:00", "buses", "not_yet_valid"), ("08:10", "sea", "other_operator")],
)
def test_not_always_and_not_everywhere(market: Market, clock: str, operator: str, reason: str) -> None:
    market.publish(buses=BUSES)
    market.sells("buses")
    (booking,) = market.order(market.buy("buses:H", "buses:V", "07:50"))["bookings"]
    with pytest.raises(CommandError, match=reason):
        check(booking["tickets"][0]["token"], clock, operator)
