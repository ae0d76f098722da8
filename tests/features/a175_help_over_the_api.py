"""Help with an order over the API: the same words, numbers and answers as on the page, for one's own orders alone."""

import pytest
from django.test import Client

from bookings.models import Case, Order
from tests.features.a107_statements import member
from tests.features.coast import BUS, SEA
from tests.features.market import Market

pytestmark = pytest.mark.db


@pytest.fixture
def code(market: Market) -> str:
    """Bus and ferry, bought and given back."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=1000)
    market.sells("sea")
    code = market.buy("bus:H", "sea:I", "10:00")
    market.post(f"orders/{code}/cancellation", {"fee": {"minor": 35, "currency": "EUR"}}, 202)
    market.work(code)
    return code


def test_asked_answered_and_told(market: Market, code: str) -> None:
    found = market.get(f"orders/{code}/help")
    assert [each["what"] for each in found["happenings"]][:2] == ["ordered", "completed"]
    (back,) = [each for each in found["happenings"] if each["what"] == "refund_succeeded"]
    assert (back["amount"], back["text"]) == ({"minor": 735, "currency": "EUR"}, "€7.35 was paid back to you.")
    assert (found["cases"], found["can_ask"]) == ([], True)
    assert found["ways"] == [{"code": "close", "text": "We can look at it with you and answer you."}]
    made = [market.post(f"orders/{code}/help", {"text": text}, 201) for text in ("Why 35?", "Why 35?", "And when?")]
    (case,) = Case.objects.all()
    assert {each["number"] for each in made} == {case.number}
    assert [each["text"] for each in made[-1]["said"]] == ["Why 35?", "And when?"]
    member("desk_agent").post(f"/desk/cases/{case.pk}", {"action": "close", "text": "It is the bus's fee."})
    (shown,) = market.get(f"orders/{code}/help")["cases"]
    assert (shown["is_open"], shown["answers"]) == (False, ["It is the bus's fee."])
    page = market.client.get(f"/orders/{code}/help").content.decode()
    assert "Our answer: It is the bus&#x27;s fee." in page


def test_in_the_reader_s_language_and_within_limits(market: Market, code: str) -> None:
    answer = market.client.get(f"/api/v1/orders/{code}/help", headers={"accept-language": "fi"}).json()
    assert answer["happenings"][0]["text"] != market.get(f"orders/{code}/help")["happenings"][0]["text"]
    market.post(f"orders/{code}/help", {"text": " "}, 400)
    market.post(f"orders/{code}/help", {"text": "x" * 2001}, 400)
    Case.objects.create(
        kind="help", order=Order.objects.get(code=code), opened_at="2026-11-23T09:00Z",
        said=[{"at": "2026-11-23T09:00:00+00:00", "text": f"{number}"} for number in range(20)],
    )  # fmt: skip
    assert market.get(f"orders/{code}/help")["can_ask"] is False
    assert market.post(f"orders/{code}/help", {"text": "Hello?"}, 409)["code"] == "too_many_texts"


def test_nobody_else_s(market: Market, code: str) -> None:
    for stranger in (Client(), member("operator_staff", "bus"), member("desk_agent")):
        assert stranger.get(f"/api/v1/orders/{code}/help").status_code == 404
        market.post(f"orders/{code}/help", {"text": "Who is it?"}, 404, stranger)
    assert not Case.objects.exists()
