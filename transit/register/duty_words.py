"""What is said of duties, requests and complaints: codes in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from transit.models import AccessRequest, Complaint, DutyLevel, Exemption, Service
from transit.register import duties
from transit.register.contents import Item
from transit.register.duty import Standing

_ITEMS: Final[Mapping[str, Any]] = {
    Item.TIMETABLE: pgettext_lazy("disclosed", "timetable"),
    Item.STOPS: pgettext_lazy("disclosed", "stops"),
    Item.ROUTES: pgettext_lazy("disclosed", "routes"),
    Item.BUREAU: pgettext_lazy("disclosed", "transport bureau"),
    Item.AREA: pgettext_lazy("disclosed", "service area"),
    Item.HOURS: pgettext_lazy("disclosed", "business hours"),
    Item.DETAILS: pgettext_lazy("disclosed", "address of a page with details"),
    Item.AVAILABILITY: pgettext_lazy("disclosed", "what is available now"),
    Item.BOOKING: pgettext_lazy("disclosed", "booking"),
    Item.TICKETS: pgettext_lazy("disclosed", "ticket sales"),
    Item.PAYMENT: pgettext_lazy("disclosed", "payment"),
    Item.ON_BEHALF: pgettext_lazy("disclosed", "acting on behalf of a customer"),
}
_STANDINGS: Final[Mapping[str, Any]] = {
    Standing.LATE: pgettext_lazy("duty", "late"),
    Standing.EXEMPT: pgettext_lazy("duty", "exempt"),
    Standing.DUE: pgettext_lazy("duty", "not due yet"),
    Standing.FULFILLED: pgettext_lazy("duty", "fulfilled"),
}
_STAGES: Final[Mapping[str, Any]] = {
    "ASKED": _("asked, no answer yet"),
    "RELIABILITY": _("the operator checks whether the provider is reliable"),
    "NEGOTIATION": _("the terms are negotiated"),
    "GRANTED": _("granted, use can start"),
    "IN_USE": _("in use"),
    "REFUSED": _("refused"),
    "WITHDRAWN": _("withdrawn"),
    "ENDED": _("access has ended"),
}
_STEPS: Final[Mapping[str, Any]] = {
    "RELIABILITY": _("Check whether the provider is reliable"),
    "NEGOTIATION": _("Negotiate the terms"),
    "GRANTED": _("Grant access"),
    "IN_USE": _("The interface is in use now"),
    "REFUSED": _("Refuse access"),
    "WITHDRAWN": _("Withdraw the request"),
    "ENDED": _("End the access"),
}
_PLACES: Final[Mapping[str, Any]] = {
    duties.REGISTER: _("the register"),
    duties.PLATFORM: _("sold by this service"),
    duties.FREE: _("no ticket is needed"),
}
_COMPLAINTS: Final[Mapping[str, Any]] = {
    "UNCONFIRMED": _("not confirmed yet"),
    "RECEIVED": _("received"),
    "UNDER_REVIEW": _("under review"),
    "UPHELD": _("upheld"),
    "REJECTED": _("rejected"),
    "WITHDRAWN": _("withdrawn"),
}
_STATES: Final[Mapping[str, Any]] = {
    "ASKED": pgettext_lazy("exemption", "asked for"),
    "GRANTED": pgettext_lazy("exemption", "granted"),
    "REFUSED": pgettext_lazy("exemption", "refused"),
    "WITHDRAWN": pgettext_lazy("exemption", "withdrawn"),
    "REVOKED": pgettext_lazy("exemption", "revoked"),
}


def kind(code: str) -> str:
    """A kind of service; every kind where none is named."""
    return str(Service.Kind(code).label if code else _("every kind of service"))


def level(number: int | None) -> str:
    """A level; every level where none is named."""
    return str(DutyLevel(number).label if number else _("every level"))


def items(found: Iterable[str]) -> str:
    """What is, or is not, disclosed, in a line."""
    return pgettext("between items of a list", ", ").join(str(_ITEMS[each]) for each in found)


def standing(code: str) -> str:
    """How it stands with a duty."""
    return str(_STANDINGS[code])


def stage(state: str) -> str:
    """How far a request for access is."""
    return str(_STAGES[state])


def step(state: str) -> str:
    """What somebody does to bring a request there."""
    return str(_STEPS[state])


def complaint(state: str) -> str:
    """How far a complaint is."""
    return str(_COMPLAINTS[state])


def exemption(state: str) -> str:
    """How far an exemption is."""
    return str(_STATES[state])


def place(where: str) -> str:
    """Where something is disclosed: an interface by its name, or here."""
    return str(_PLACES.get(where, where))


def exempt_because(code: str) -> str:
    """Why an operator is exempt."""
    return str(Exemption.Reason(code).label)


def refused_because(code: str) -> str:
    """Why access was refused, or ended."""
    return str(AccessRequest.Reason(code).label) if code else ""


def complained(code: str) -> str:
    """What a complaint is about."""
    return str(Complaint.About(code).label)
