"""What a sale and its cancellation are in the ledger, when others than the resident pay a part."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import F, Sum

from bookings.ledger.posting import balance
from bookings.models import LedgerEntry, OfferProduct, Order, ProductShare
from bookings.services import cancelling, orders, sales
from tests.bookings.world import World

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
NewWorld = Callable[..., World]
REGION, WORKS = "region_subsidy:region:coast", "region_subsidy:employer:works"


def promise(world: World, product: OfferProduct, payer: str, minor: int) -> None:
    """As if it had been offered so."""
    ProductShare.objects.create(product=product, payer=payer, amount_minor=minor)
    world.order.bookings.filter(part=product.part).update(others_minor=F("others_minor") + minor)


def sold(new_world: NewWorld) -> World:
    """Bus 3.50 and 1.80 (the region pays 2.00 and 1.00, an employer 0.80 more), ferry 3.75 twice."""
    world = new_world()
    adult, senior = OfferProduct.objects.filter(part__booking__order=world.order, part__seq=1)
    promise(world, adult, "region:coast", 200)
    promise(world, senior, "region:coast", 100)
    promise(world, senior, "employer:works", 80)
    assert world.run().state == "COMPLETED"
    return world


def balances(world: World) -> dict[str, int]:
    codes = ["psp_clearing", REGION, WORKS, f"operator_payable:{world.bus}", f"operator_payable:{world.sea}"]
    return {code: balance(code, "EUR").minor for code in codes}


def test_each_payer_owes_what_was_offered(new_world: NewWorld) -> None:
    world = sold(new_world)
    bus, sea = world.order.bookings.all()
    assert orders.status(world.order).charged.minor == bus.price_minor + sea.price_minor - 380
    assert list(balances(world).values()) == [150 + sea.price_minor, 300, 80, -530, -sea.price_minor]
    of_bus = LedgerEntry.objects.filter(reference=bus.reference).values_list("account__code", "amount_minor")
    assert dict(of_bus) == {REGION: 300, WORKS: 80, f"operator_payable:{world.bus}": -530}


def test_each_payer_gets_back_what_the_fee_leaves(new_world: NewWorld) -> None:
    world = sold(new_world)
    quote = cancelling.quote(world.order, world.now, world.ports)
    assert quote.parts[0].kept.minor == 53
    cancelling.cancel(world.order, world.now, quote.fee, world.ports)
    world.order.refresh_from_db()
    assert world.run().state == "CANCELLED"
    sea = world.order.bookings.get(seq=2)
    assert list(balances(world).values()) == [53 + sea.fee_minor, 0, 0, -53, -sea.fee_minor]


def test_a_fee_that_the_resident_does_not_cover_is_the_payers(new_world: NewWorld) -> None:
    world = new_world()
    for product in OfferProduct.objects.filter(part__booking__order=world.order, part__seq=1):
        payer = "region:coast" if product.seq == 1 else "employer:works"
        promise(world, product, payer, product.price_minor)
    assert world.run().state == "COMPLETED"
    cancelling.cancel(world.order, world.now, None, world.ports)
    world.order.refresh_from_db()
    assert world.run().state == "CANCELLED"
    sea = world.order.bookings.get(seq=2)
    assert list(balances(world).values()) == [sea.fee_minor, 35, 18, -53, -sea.fee_minor]


def test_what_could_not_be_captured_is_owed_by_each_payer(new_world: NewWorld) -> None:
    world = new_world()
    adult = OfferProduct.objects.filter(part__booking__order=world.order, part__seq=1)[0]
    ProductShare.objects.create(product=adult, payer="region:coast", amount_minor=200)
    sales.post_receivable(Order.objects.get(pk=world.order.pk), world.now)
    sums = LedgerEntry.objects.values_list("account__code").annotate(Sum("amount_minor"))
    bus, sea = world.order.bookings.all()
    assert dict(sums) == {
        REGION: 200,
        "rider_receivable": bus.price_minor + sea.price_minor - 200,
        f"operator_payable:{world.bus}": -bus.price_minor,
        f"operator_payable:{world.sea}": -sea.price_minor,
    }
