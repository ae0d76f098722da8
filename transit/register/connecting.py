"""Connecting an operator that sells by TOMP-API with an address and credentials alone: asked, judged, kept sealed.

Nothing is bought to find out. What is kept is what the runner of bookings needs to know: the version that is spoken,
and what can be done about an outcome that is not known (`Interface.Capability`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from transit.models import Interface, Operator, Service
from transit.remote.http import RemoteError
from transit.remote.tomp import Party, get_token
from transit.remote.tomp.discovery import Discovered, discover
from transit.remote.tomp1.meta import Implementation, read_meta
from transit.sealing import seal

SELLING: Final = (Interface.Format.TOMP_2, Interface.Format.TOMP_1)
NEEDED_2: Final = ("search-offers", "purchase-offers", "confirm-purchase", "rollback-purchase")
EXTRAS_2: Final = ("extend-expiry-time", "claim-redress-option", "confirm-redress-option")
NEEDED_1: Final = (("POST", "/planning/offers"), ("POST", "/bookings"), ("POST", "/bookings/{id}/events"))
LOOK_UP_1: Final = ("GET", "/bookings/{id}")
SEARCH_1: Final = ("GET", "/bookings")


@dataclass(frozen=True, slots=True)
class Found:
    """What an address is. `problem` says why it cannot be used, "" that it can; `lacks` is what it does not have."""

    format: str = ""
    version: str = ""
    title: str = ""
    capability: str = ""
    problem: str = ""
    lacks: tuple[str, ...] = ()


def examine(party: Party) -> Found:
    """Ask an address what it is. Never call it inside a transaction."""
    try:
        get_token(party)
    except RemoteError as error:
        return Found(problem=_problem(error, at_token=True))
    try:
        return _judged_2(discover(party))
    except RemoteError as error:
        if error.status is None and error.permanent:
            return Found(problem=_problem(error))
    try:
        return _judged_1(read_meta(party))
    except RemoteError as error:
        return Found(problem=_problem(error))


def connect(operator: Operator, party: Party, *, sell: bool) -> Found:
    """Examine an address, and where it can be used keep it in place of the operator's present one.

    `sell`: from now on the rides of all its services are sold through it. Never call it inside a transaction.
    """
    found = examine(party)
    if not found.problem:
        _keep(operator, party, found, sell=sell)
    return found


def find_connected(operator: Operator) -> Interface | None:
    """The interface through which an operator sells; None where it has none."""
    return Interface.objects.filter(operator=operator, format__in=SELLING).first()


def _keep(operator: Operator, party: Party, found: Found, *, sell: bool) -> None:
    with transaction.atomic():
        Operator.objects.select_for_update().get(pk=operator.pk)
        row = find_connected(operator) or Interface(operator=operator, name=_free_name(operator))
        is_same = row.url == party.base_url and row.format == found.format
        if not is_same:
            row.sandbox_url = ""  # whose it was need not learn the new secret
        row.format, row.version, row.url = found.format, found.version, party.base_url
        row.client_id, row.client_secret_sealed = party.client_id, seal(party.client_secret)
        if not (is_same and row.capability):  # what was proven goes before what is claimed
            row.capability = found.capability
        row.authentication = Interface.Authentication.OAUTH2
        row.save()
        if sell:
            Service.objects.filter(operator=operator).exclude(sales=Service.Sales.FREE).update(sales=Service.Sales.TOMP)


def _free_name(operator: Operator) -> str:
    wanted = f"{operator.code[:34]}-sales"
    return wanted if not Interface.objects.filter(name=wanted).exists() else f"sales-{operator.pk}"


def _judged_2(found: Discovered) -> Found:
    lacks = tuple(each for each in NEEDED_2 if each not in found.processes)
    # A package has the id of its offer, so that it can be looked up before anything is repeated.
    capability = "B" if "packages" in found.collections else "D"
    extras = tuple(each for each in EXTRAS_2 if each not in found.processes)
    extras += () if capability == "B" else ("packages",)
    return Found(
        Interface.Format.TOMP_2, "2.0", found.title, capability, "incomplete" if lacks else "", lacks or extras
    )


def _judged_1(found: Implementation) -> Found:
    lacks = tuple(f"{method} {path}" for method, path in NEEDED_1 if (method, path) not in found.endpoints)
    capability = "B" if LOOK_UP_1 in found.endpoints else "C" if SEARCH_1 in found.endpoints else "D"
    extras = () if capability == "B" else (" ".join(LOOK_UP_1),)
    return Found(Interface.Format.TOMP_1, found.version, "", capability, "incomplete" if lacks else "", lacks or extras)


def _problem(error: RemoteError, *, at_token: bool = False) -> str:
    """In one word what was wrong with a call. Where no token was had, the call for it says more."""
    if isinstance(error.__cause__, RemoteError):
        error = error.__cause__
    if error.status is None:
        return "address" if error.permanent else "unreachable"
    if error.status in (401, 403) or (at_token and error.status == 400):
        return "credentials"
    if error.status >= 500:
        return "broken"
    return "no_token" if at_token else "not_tomp"
