"""Our books and everybody's are compared: a booking that nobody wanted, and a paid order without its ticket."""

from datetime import timedelta
from io import StringIO

import httpx
import pytest
from django.core.management import call_command
from django.utils import timezone

from bookings import tasks
from bookings.models import Case, Comparison, Ticket
from bookings.services.differences import GRACE
from tests.features.a107_statements import member
from tests.features.coast import BUS, SEA
from tests.features.market import Market
from tests.features.town import Json
from transit.register.sellers import get_sales_interface
from transit.remote import tomp
from transit.remote.tomp import Party, Search, Traveller

pytestmark = pytest.mark.db


@pytest.fixture
def code(market: Market) -> str:
    """Bus and ferry, bought for tomorrow."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus")
    market.sells_itself("sea", SEA)
    return market.buy("bus:H", "sea:I", "10:00")


def compare(market: Market) -> Json:
    """A day later, what the last comparison came to."""
    market.clock.shift(GRACE.total_seconds() + 60)
    httpx.get(f"{market.stripe}/v1/balance", trust_env=False)  # any call lets the twin see the time
    call_command("compare_books", stdout=StringIO())
    found: Json = Comparison.objects.all()[0].figures
    return found


def sold_to_nobody(market: Market) -> str:
    """The ferry company books in our name what we never asked for."""
    way = get_sales_interface("sea")
    party = Party(way.url, way.client_id, way.client_secret)
    leaves = timezone.now() + timedelta(minutes=10)
    search = Search(origin="sea:F", destination="sea:I", start_at=leaves, travellers=(Traveller("1"),))
    offer = tomp.search_offers(party, search)[0]
    tomp.purchase_offers(party, offer.id, [Traveller("1")], customer="x", reference="x")
    return tomp.confirm_purchase(party, offer.id).id


def test_nothing_differs(market: Market, code: str) -> None:
    assert compare(market)["found"] == 0
    run = Comparison.objects.get()
    assert ([row["who"] for row in run.compared], run.not_compared) == (["stripe", "bus", "sea"], [])
    page = member("desk_agent").get("/desk/comparisons").content.decode()
    assert "New cases: 0." in page
    assert "Balance there €7.70, in our books €7.70" in page
    assert member("operator_staff", "bus").get("/desk/comparisons").status_code == 404


def test_a_booking_that_nobody_wanted_is_given_back(market: Market, code: str) -> None:
    ghost = sold_to_nobody(market)
    assert compare(market)["opened"] == 1
    assert compare(market)["opened"] == 0, "it is one case, however often it is found"
    case = Case.objects.get()
    desk, staff = member("desk_agent"), member("platform_staff")
    page = desk.get(f"/desk/cases/{case.pk}").content.decode()
    assert "An operator keeps a booking for us that we do not want or do not know." in page
    assert ghost in page
    assert "Have the operator take it back" not in page, "money is not the desk's to decide"
    assert "Have the operator take it back" in staff.get(f"/desk/cases/{case.pk}").content.decode()
    market.fault("sea", kind="error_before")
    said = staff.post(f"/desk/cases/{case.pk}", {"action": "release"}, follow=True).content.decode()
    assert "Nobody answered there. Please try again later." in said
    assert market.packages("sea") == ["CONFIRMED", "CONFIRMED"]
    staff.post(f"/desk/cases/{case.pk}", {"action": "release"})
    assert market.packages("sea") == ["CONFIRMED", "CANCELLED"]
    case.refresh_from_db()
    assert case.resolution == "release"
    assert compare(market)["found"] == 0


def test_a_missing_ticket_is_made(market: Market, code: str) -> None:
    row = Ticket.objects.filter(booking__operator_code="bus").get()
    row.delete()
    assert compare(market)["opened"] == 1
    case = Case.objects.get()
    assert case.number in market.client.get(f"/orders/{code}/help").content.decode()
    desk = member("desk_agent")
    desk.post(f"/desk/cases/{case.pk}", {"action": "issue_tickets"})
    assert market.work(code) == "COMPLETED charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED"
    page = market.client.get(f"/orders/{code}/help").content.decode()
    assert "A person of ours made your missing tickets." in page
    assert compare(market)["found"] == 0


def test_who_does_not_answer_is_named_and_what_is_mended_is_closed(market: Market, code: str) -> None:
    (row,) = Ticket.objects.filter(booking__operator_code="bus")
    token, pk = row.token, row.pk
    Ticket.objects.filter(pk=pk).update(state="VOID")  # a hand in the database
    market.fault("sea", kind="error_before", path="payments", times=5)
    assert compare(market)["opened"] == 1
    assert Comparison.objects.get().not_compared == [{"who": "sea", "why": "operator_unknown"}]
    page = member("desk_agent").get("/desk/comparisons").content.decode()
    assert "sea was not compared: it did not answer." in page
    Ticket.objects.filter(pk=pk, token=token).update(state="ISSUED")
    assert compare(market)["vanished"] == 1
    assert Case.objects.get().resolution == "vanished"


def test_once_a_day(market: Market, code: str) -> None:
    for _ in range(3):
        tasks.compare_books()
    assert Comparison.objects.count() == 1
    market.clock.shift(24 * 3600)
    tasks.compare_books()
    assert Comparison.objects.count() == 2
