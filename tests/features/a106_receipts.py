"""Each seller's receipt: who sold what, with which tax, in the reader's language, as a page and as a PDF."""

from typing import Any

import pytest
from django.test import Client

from tests.features.coast import BUS, SEA
from tests.features.market import Market
from tests.features.printed import text_of
from transit.models import Operator

pytestmark = pytest.mark.db


@pytest.fixture
def code(market: Market) -> str:
    """Bus (10 % fee for giving back) and ferry (free), both bought."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=1000)
    market.sells_itself("sea", SEA)
    Operator.objects.filter(code="bus").update(business_id="1234567-8", vat_id="FI12345678")
    return market.buy("bus:H", "sea:I", "10:00")


def receipts(market: Market, code: str) -> Any:
    return market.get(f"orders/{code}/receipts")


def papers(market: Market, code: str) -> list[str]:
    return [
        f"{each['number']}{' of ' + each['corrects'] if each['corrects'] else ''} {each['seller']} "
        f"{each['gross']['minor']} tax {[tax['tax']['minor'] for tax in each['taxes']]}"
        for each in receipts(market, code)
    ]


def test_one_receipt_for_each_seller(market: Market, code: str) -> None:
    assert papers(market, code) == ["bus-1 Bus Ltd 350 tax [42]", "sea-1 Sea Ltd 420 tax [50]"]
    (bus, _) = receipts(market, code)
    assert (bus["business_id"], bus["vat_id"]) == ("1234567-8", "FI12345678")
    assert bus["lines"][0]["reference"] == f"{code}-1"
    assert bus["payers"] == [{"payer": "resident", "amount": {"minor": 350, "currency": "EUR"}}]


def test_a_credit_note_for_what_was_given_back(market: Market, code: str) -> None:
    Operator.objects.filter(code="bus").update(legal_name="Bus and Sons Ltd")
    market.client.post(f"/orders/{code}/cancel", {"fee": "35"})
    market.work(code)
    assert papers(market, code) == [
        "bus-1 Bus Ltd 350 tax [42]",
        "sea-1 Sea Ltd 420 tax [50]",
        "bus-2 of bus-1 Bus and Sons Ltd -315 tax [-38]",
        "sea-2 of sea-1 Sea Ltd -420 tax [-50]",
    ], "the tax that remains is that of the fee: 4 in 35"


def text(market: Market, code: str, language: str) -> str:
    answer = market.client.get(f"/orders/{code}/receipts.pdf", headers={"accept-language": language})
    assert answer["Content-Type"] == "application/pdf"
    return text_of(answer.content)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", ["Receipt bus-1", "Bus Ltd", "Business ID: 1234567-8", "23 November 2026", "€3.50", "13.5 %", "€0.42"]),
        ("fi", ["Kuitti bus-1", "Y-tunnus: 1234567-8", "23.11.2026", "3,50 €", "13,5 %", "Arvonlisävero", "Yhteensä"]),
        ("ja", ["領収書 bus-1", "2026年11月23日", "€3.50", "税", "合計"]),
    ],
)
def test_in_the_readers_language_on_both(market: Market, code: str, language: str, wanted: list[str]) -> None:
    page = market.client.get(f"/orders/{code}/receipts", headers={"accept-language": language}).content.decode()
    page = page.replace("\xa0", " ")
    printed = text(market, code, language)
    for each in wanted:
        assert each in printed, printed
        assert each.split(": ")[-1] in page
    assert "￾" not in printed


def test_a_receipt_is_its_owners(market: Market, code: str) -> None:
    stranger = Client()
    for path in (f"/orders/{code}/receipts", f"/orders/{code}/receipts.pdf", f"/api/v1/orders/{code}/receipts"):
        assert market.client.get(path).status_code == 200
        assert stranger.get(path).status_code == 404, path


def test_no_receipt_of_what_was_not_bought(market: Market, code: str) -> None:
    unpaid = market.accept(market.ask("bus:H", "bus:Q", "10:00"))
    assert market.client.get(f"/orders/{unpaid}/receipts").status_code == 404
    market.pay(unpaid)
    market.work(unpaid)
    assert papers(market, unpaid) == ["bus-2 Bus Ltd 350 tax [42]"]
