"""What a call by any version of TOMP needs: whom it goes to, what it is about, and what a refusal means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from bookings.operators.base import Call, OperatorError
from transit.register.sellers import get_sales_interface
from transit.remote.http import RemoteError
from transit.remote.tomp import Party, Traveller

_SOLD_OUT: Final = frozenset({201, 203})
"""The last three digits of TOMP's error codes: booking quota reached, already in use."""


def party_of(call: Call) -> Party:
    """Where the operator of a call sells, and as whom we come."""
    return get_party(call.operator_code)


def get_party(operator_code: str) -> Party:
    """Where an operator sells, and as whom we come."""
    interface = get_sales_interface(operator_code)
    return Party(interface.url, interface.client_id, interface.client_secret)


def ref_of(call: Call) -> str:
    """The operator's name for the booking; before it is one, it has that of the offer."""
    return call.operator_ref or call.offer_ref


def travellers_of(call: Call) -> list[Traveller]:
    """Who travels: keys and categories, no names. Of a party with a wheelchair nobody has said whose it is: the first
    one's.
    """
    needs = [("wheelchair",) if call.wheelchair else (), *(() for _ in call.terms["travellers"])]
    rows = zip(call.terms["travellers"], needs, strict=False)
    return [Traveller(id=row["key"], profile=row["category"], mobility_needs=need) for row, need in rows]


@contextmanager
def translated(error_codes: Callable[[RemoteError], frozenset[int]]) -> Iterator[None]:
    """Errors of the wire become the port's. `error_codes` reads those that came with a refusal."""
    try:
        yield
    except RemoteError as error:
        full = {code % 1000 for code in error_codes(error)} & _SOLD_OUT
        reason = "sold_out" if full else "operator_refused" if error.permanent else "operator_unknown"
        raise OperatorError(reason, permanent=error.permanent, status=f"{error.status or 'lost'}") from error
