"""What is done: `POST /processes/{name}/execution`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from bookings.api.tomp import reading
from bookings.api.tomp.calls import JSON, Answer, Call, Handler, Served
from bookings.api.tomp.collections import answer_of, leg_number, package_of
from bookings.api.tomp.documents import GUARANTEE, Writer
from bookings.api.tomp.errors import BOOKING, EXECUTION, PAYMENT, PLANNING, SUPPORT, TompError
from bookings.api.tomp.listings import support_document
from bookings.services import (
    package_books,
    package_changes,
    package_rides,
    package_search,
    packages,
    redress,
    support_tickets,
)
from bookings.services.package_books import BooksError
from bookings.services.packages import Counter, Package

READ, SELL = "tomp.read", "tomp.sell"


def _search(call: Call) -> Answer:
    limit, offset = call.number("limit", package_search.MOST, 1, 10_000), call.number("offset", 0, 0, 1_000_000)
    found = package_search.search(call.counter, reading.wish(call), call.language, call.now, offset + limit)
    until = min((offer.expires_at for offer in found), default=call.now)
    return Answer(Writer(call).offers(found, offset, limit), expires_at=until)


def _purchase(call: Call, name: str) -> Answer:
    """The customer's own reference, as the documentation has it; their name is not kept."""
    customer = call.inputs.get("customer") or {}
    own = (customer.get("customFields") or {}).get("reference")
    reference = own if isinstance(own, str) else customer.get("id", "")
    return answer_of(call, packages.buy(call.counter, call.required(name), reference[:200], call.now))


def _changed(change: Callable[[Counter, str, datetime], Package], call: Call) -> Answer:
    return answer_of(call, change(call.counter, call.required("package"), call.now))


def _leg(operation: str, call: Call) -> Answer:
    leg = call.required("leg", EXECUTION)
    code = str(call.inputs.get("package") or leg.rpartition(".")[0])
    number = leg_number(packages.get(call.counter, code), leg, EXECUTION)
    return answer_of(call, package_rides.operate(call.counter, code, number, operation, call.now))


def _initiate_leg(call: Call) -> Answer:
    product = call.required("product", EXECUTION)
    code = package_of(call, "package", EXECUTION).offer.code
    return answer_of(call, package_rides.begin_next(call.counter, code, product, call.now))


def _select(call: Call) -> Answer:
    codes = call.inputs.get("offers") or []
    if not codes:
        raise TompError("missing", "offers", BOOKING)
    return answer_of(call, package_changes.select(call.counter, codes, call.language, call.now))


def _update_traveller(call: Call) -> Answer:
    """Of what is said of somebody, the category matters; their name is not kept."""
    category = reading.category({**call.inputs, "profile": None})
    code, who = call.required("package"), call.required("traveller")
    return answer_of(call, package_changes.change_traveller(call.counter, code, who, category, call.language, call.now))


def _update_specification(call: Call) -> Answer:
    package = package_of(call, "package")
    start, end = (reading.moment(call.inputs.get(name), name) for name in ("startTime", "endTime"))
    leg = leg_number(package, call.inputs["leg"]) if call.inputs.get("leg") else None
    at = (end, True) if start is None and end is not None else (start or call.now, False)
    code = package.offer.code
    return answer_of(call, package_changes.change_time(call.counter, code, leg, at, call.language, call.now))


def _assign_ancillary(call: Call) -> Answer:
    package = package_of(call, "package")
    leg = leg_number(package, call.required("leg"))
    wanted, unwanted = (str(call.inputs.get(name) or "") for name in ("ancillary", "replacesAncillary"))
    if not wanted and not unwanted:
        raise TompError("missing", "ancillary", BOOKING)
    code = package.offer.code
    return answer_of(call, package_changes.change_ancillary(call.counter, code, leg, wanted, unwanted, call.now))


def _remove_offer(call: Call) -> Answer:
    code, offer = call.required("package"), call.required("offer")
    return answer_of(call, package_changes.remove_offer(call.counter, code, offer, call.now))


def _support(call: Call) -> Answer:
    context = call.inputs.get("context") or {}
    leg = context.get("leg")
    code = context.get("package") or (leg or "").rpartition(".")[0]
    package = packages.get(call.counter, code) if code else None
    number = leg_number(package, leg, SUPPORT) if package and leg else None
    made = support_tickets.ask(call.counter, package, number, call.inputs, call.now)
    if made is None:
        raise TompError("too_many_tickets", module=SUPPORT)
    return Answer(support_document(made), media=JSON)


def _redress(change: Callable[[Counter, str, str, datetime], Package], call: Call) -> Answer:
    """The guarantee is always the same, and the option names itself."""
    code, option = call.required("package", PAYMENT), call.required("option", PAYMENT)
    if call.required("guarantee", PAYMENT) != GUARANTEE:
        raise TompError("not_found", "guarantee", PAYMENT)
    return answer_of(call, change(call.counter, code, option, call.now))


def _confirm_payment(call: Call) -> Answer:
    try:
        package_books.confirm_entry(call.counter.provider, call.required("paymentId", PAYMENT), call.now)
    except BooksError:
        raise TompError("not_found", "payment", PAYMENT) from None
    return Answer(None, 204)


def _changing(change: Callable[[Counter, str, datetime], Package]) -> Handler:
    return partial(_changed, change)


_BY_MODULE: Final[Mapping[str, Mapping[str, Served]]] = {
    "offers": {"search-offers": Served("searchOffers", READ, PLANNING, _search)},
    "pre-sales": {
        "select-offers": Served("selectOffersRequest", SELL, BOOKING, _select),
        "update-traveller": Served("updateTravellerRequest", SELL, BOOKING, _update_traveller),
        "update-travel-specification": Served("updateTravelSpecificationRequest", SELL, BOOKING, _update_specification),
        "assign-ancillary": Served("assignAncillaryRequest", SELL, BOOKING, _assign_ancillary),
        "remove-offer": Served("removeOfferRequest", SELL, BOOKING, _remove_offer, unwinds=True),
        "release-package": Served("releasePackageRequest", SELL, BOOKING, _changing(packages.release), unwinds=True),
    },
    "purchase": {
        "purchase-offers": Served("purchaseOffersRequest", SELL, BOOKING, partial(_purchase, name="offer")),
        "purchase-package": Served("purchasePackageRequest", SELL, BOOKING, partial(_purchase, name="package")),
        "confirm-purchase": Served("confirmPurchaseRequest", SELL, BOOKING, _changing(packages.confirm)),
        "rollback-purchase": Served(
            "rollbackPurchaseRequest", SELL, BOOKING, _changing(packages.roll_back), unwinds=True
        ),
        "extend-expiry-time": Served("extendExpiryTimeRequest", SELL, BOOKING, _changing(packages.extend)),
    },
    "execute": {
        "start-leg": Served("legOperation", SELL, EXECUTION, partial(_leg, "start"), unwinds=True),
        "end-leg": Served("legOperation", SELL, EXECUTION, partial(_leg, "end"), unwinds=True),
        "initiate-leg-product": Served("productOperation", SELL, EXECUTION, _initiate_leg, unwinds=True),
    },
    "support": {"request-support": Served("requestSupport", SELL, SUPPORT, _support, unwinds=True)},
    "after-sales": {
        "claim-redress-option": Served(
            "redressOptionRequest", SELL, PAYMENT, partial(_redress, redress.claim), unwinds=True
        ),
        "confirm-redress-option": Served(
            "confirmRedressOptionRequest", SELL, PAYMENT, partial(_redress, redress.confirm), unwinds=True
        ),
        "cancel-package": Served("cancelPackageOperation", SELL, BOOKING, _changing(redress.correct), unwinds=True),
        "confirm-payment": Served("confirmPaymentEntry", SELL, PAYMENT, _confirm_payment, unwinds=True),
    },
}
PROCESSES: Final[Mapping[str, Served]] = {name: one for names in _BY_MODULE.values() for name, one in names.items()}
MODULES: Final[Mapping[str, list[str]]] = {module: list(names) for module, names in _BY_MODULE.items()}
"""What the landing page lists."""
