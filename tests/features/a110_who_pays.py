"""The region and an employer pay a part of some tickets: the resident pays the rest, and each gets back its own."""

import pytest

from bookings.ledger.posting import balance
from bookings.models import OfferProduct, ProductShare
from tests.features.a106_receipts import receipts
from tests.features.coast import BUS, SEA
from tests.features.market import Market
from tests.features.printed import text_of

pytestmark = pytest.mark.db


@pytest.fixture
def code(market: Market) -> str:
    """Bus 3.50 (region 2.00, employer 0.50) and ferry 4.20 (region all of it)."""
    market.publish(bus=BUS, sea=SEA)
    market.sells("bus", refund_fee_basis_points=4000)
    market.sells_itself("sea", SEA)
    offer = market.ask("bus:H", "sea:I", "10:00")
    bus, sea = OfferProduct.objects.order_by("part__seq")
    ProductShare.objects.create(product=bus, payer="region:coast", amount_minor=200)
    ProductShare.objects.create(product=bus, payer="employer:works", amount_minor=50)
    ProductShare.objects.create(product=sea, payer="region:coast", amount_minor=420)
    shown = market.get(f"offers/{offer['code']}")
    payers = [
        {each["payer"]: each["price"]["minor"] for each in product["payers"]}
        for part in shown["parts"]
        for product in part["products"]
    ]
    assert payers == [{"employer:works": 50, "region:coast": 200, "resident": 100}, {"region:coast": 420}]
    found = market.accept(offer)
    market.pay(found)
    market.work(found)
    return found


def owed() -> dict[str, int]:
    accounts = ("region_subsidy:region:coast", "region_subsidy:employer:works", "psp_clearing", "rider_receivable")
    return {account.rpartition(":")[2]: balance(account, "EUR").minor for account in accounts}


def test_each_owes_its_part(market: Market, code: str) -> None:
    assert market.money() == "captured 1.00, authorised 0.00, refunded 0.00"
    assert owed() == {"coast": 620, "works": 50, "psp_clearing": 100, "rider_receivable": 0}
    paid = [[(each["payer"], each["amount"]["minor"]) for each in paper["payers"]] for paper in receipts(market, code)]
    assert paid == [[("resident", 100), ("employer:works", 50), ("region:coast", 200)], [("region:coast", 420)]]
    printed = text_of(market.client.get(f"/orders/{code}/receipts.pdf").content)
    for words in ("You €1.00", "Your employer €0.50", "Subsidy of the region €2.00"):
        assert words in printed
        assert words.split(" €")[0] in market.client.get(f"/orders/{code}/receipts").content.decode()


def test_each_gets_back_what_the_fee_leaves(market: Market, code: str) -> None:
    quote = market.get(f"orders/{code}/cancellation")
    assert (quote["fee"]["minor"], quote["refund"]["minor"]) == (100, 0), "of 1.40 the resident pays no more than paid"
    market.client.post(f"/orders/{code}/cancel", {"fee": "100"})
    market.work(code)
    assert owed() == {"coast": 32, "works": 8, "psp_clearing": 100, "rider_receivable": 0}
    assert market.money() == "captured 1.00, authorised 0.00, refunded 0.00"
    bus = receipts(market, code)[2]
    assert [(each["payer"], each["amount"]["minor"]) for each in bus["payers"]] == [
        ("employer:works", -42),
        ("region:coast", -168),
    ]
