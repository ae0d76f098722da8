"""One call to an operator by any version of TOMP-API, with a token that is asked for anew where it was forgotten."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from transit.remote import http
from transit.remote.http import Answer, RemoteError
from transit.remote.tomp import answers
from transit.remote.tomp.tokens import Party, forget_token, get_token

T = TypeVar("T")
_NOT_FOUND = 204  # last three digits of TOMP's error code


def send(
    party: Party, method: str, path: str, headers: Mapping[str, str], body: bytes | None, fine: Collection[int] = (200,)
) -> Answer:
    """Exactly one call, besides fetching a token. `fine` are the statuses of an answer. Raises RemoteError."""
    sent = {"Accept-Language": party.language, "Authorization": f"Bearer {get_token(party)}", **headers}
    try:
        answer = http.call(method, f"{party.base_url.rstrip('/')}{path}", headers=sent, body=body)
    except RemoteError as error:
        if error.status == 401:
            forget_token(party)
        raise
    if answer.status not in fine:
        raise RemoteError(f"{method} {path.partition('?')[0]}: status {answer.status}", permanent=False)
    return answer


def read(call: Callable[[], Answer]) -> Answer:
    """A call that changes nothing: made once more where the operator no longer knows a token that it gave us.

    An operator that restarts may forget its tokens. What changes something is left to the booking runner instead.
    """
    try:
        return call()
    except RemoteError as error:
        if error.permanent or error.status != 401:
            raise
    return call()


def unless_unknown(get: Callable[[], T], error_codes: Callable[[RemoteError], Collection[int]]) -> T | None:
    """What `get` finds, or None when the operator itself says that it knows no such thing.

    A bare 404 may come from a gateway before it; taken as an answer, what is paid would count as gone.
    """
    try:
        return get()
    except RemoteError as error:
        if any(code % 1000 == _NOT_FOUND for code in error_codes(error)):
            return None
        if error.status == 404:
            raise answers.wrong("404 without a TOMP error") from error
        raise
