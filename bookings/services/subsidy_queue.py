"""Who waits for money of a subsidy: it goes to who waited longest, whole, before the ride begins.

The ride is sold at the full price by then. The payer takes the share over: the resident gets it back in the way it was
paid, and the receipts say who pays now.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Final

from django.db import transaction

from bookings import budgets
from bookings.ledger import accounts
from bookings.ledger.division import RESIDENT, of_payer, of_product
from bookings.ledger.posting import Line, balance_of_order, post
from bookings.models import Booking, LedgerTxn, Order, SubsidyBudget, SubsidyClaim
from bookings.services import outbox, receipts, sales, subsidies
from bookings.services.orders import wake
from bookings.states import ORDER_SELLING, SUBSIDY
from transit.money import Money

_SOON: Final = frozenset({*ORDER_SELLING, "CANCELLING", "UNWINDING"})
"""What becomes of such an order is known in a moment: nobody passes it meanwhile."""


class _Served(Enum):
    YES = "yes"
    PASSED_OVER = "passed over"
    NOT_YET = "not yet"


def follow(now: datetime) -> list[Order]:
    """Give what became free to those who wait, and let those go whose rides begin. The orders that have to be carried
    on.
    """
    for claim_id in SubsidyClaim.objects.filter(state="WAITING", starts_at__lte=now).values_list("pk", flat=True):
        _lapse(claim_id)
    found: list[Order] = []
    for budget_id in SubsidyBudget.objects.filter(waiting__gt=0).order_by("pk").values_list("pk", flat=True):
        found += _serve_queue(budget_id, now)
    return found


def _lapse(claim_id: int) -> None:
    with transaction.atomic():
        claim = SubsidyClaim.objects.select_for_update().get(pk=claim_id)
        if claim.state == "WAITING":
            subsidies.let_go(claim, "begun")


def _serve_queue(budget_id: int, now: datetime) -> list[Order]:
    found: list[Order] = []
    waiting = SubsidyClaim.objects.filter(budget_id=budget_id, state="WAITING").order_by("queued_at", "pk")
    for claim_id, order_id in waiting.values_list("pk", "booking__order_id"):
        with transaction.atomic():
            order = Order.objects.select_for_update().get(pk=order_id)
            served = _serve(claim_id, order, now)
        if served == _Served.NOT_YET:
            break
        if served == _Served.YES:
            found.append(order)
    return found


def _serve(claim_id: int, order: Order, now: datetime) -> _Served:
    claim = SubsidyClaim.objects.select_for_update(of=("self",)).select_related("budget", "product").get(pk=claim_id)
    if order.state in _SOON:
        return _Served.NOT_YET
    if claim.state != "WAITING" or order.state != "COMPLETED":
        return _Served.PASSED_OVER
    booking = order.bookings.select_related("part").get(claims=claim)
    booking.order = order
    before = sales.cells_of(booking)
    minor = min(claim.amount_minor, before.get((claim.product.seq, RESIDENT), 0))
    if minor <= 0:
        subsidies.let_go(claim, "nothing_to_pay")
        return _Served.PASSED_OVER
    sold = LedgerTxn.objects.filter(external_ref__in=[f"sale:{order.code}", f"receivable:{order.code}"]).exists()
    if not budgets.serve_first(claim.budget_id, minor, spent=sold, end=subsidies.end_of(claim)):
        return _Served.NOT_YET
    claim.amount_minor = minor
    claim.settled_minor = minor if sold else 0
    SUBSIDY.move(claim, "SETTLED" if sold else "RESERVED", fields=["amount_minor", "settled_minor"])
    _take_over(order, booking, claim, sold=sold, now=now)
    return _Served.YES


def _take_over(order: Order, booking: Booking, claim: SubsidyClaim, *, sold: bool, now: datetime) -> None:
    """The payer owes the share from now on, and the resident does not."""
    before = sales.cells_of(booking)
    subsidies.add_share(claim.product, claim.budget.payer, claim.amount_minor)
    booking.part.refresh_from_db()  # drops what was read of its products
    after = sales.cells_of(booking)
    assert of_product(after, claim.product.seq) == of_product(before, claim.product.seq), "the price stays"
    booking.others_minor = sales.owed_by_others(booking)
    if sold:
        _post(order, booking, claim, now)
        receipts.change_payers(order, booking, before, after, now)
    booking.save(update_fields=["others_minor", "taken_over_minor", "taken_over_epoch"])
    outbox.queue(order, "taken_over", f"taken_over:{claim.pk}", now)
    wake(order, now, "cancel_epoch")
    assert of_payer(after, RESIDENT) < of_payer(before, RESIDENT), "somebody pays less"


def _post(order: Order, booking: Booking, claim: SubsidyClaim, now: datetime) -> None:
    """What the resident still owes is owed less first; what they have paid comes back."""
    share = Money(claim.amount_minor, order.currency)
    owed = balance_of_order(order.code, accounts.RIDER_RECEIVABLE, order.currency)
    not_paid = Money(max(0, min(owed.minor, share.minor)), order.currency)
    lines = [
        Line(accounts.region_subsidy(claim.budget.payer), share, booking.reference),
        Line(accounts.RIDER_RECEIVABLE, -not_paid),
        Line(accounts.RIDER_REFUND_PAYABLE, not_paid - share, booking.reference),
    ]
    post(f"taken-over:{claim.pk}", order.code, lines, now)
    order.cancel_epoch += 1
    booking.taken_over_minor += share.minor - not_paid.minor
    booking.taken_over_epoch = order.cancel_epoch
