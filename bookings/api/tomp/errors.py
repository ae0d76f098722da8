"""Errors as TOMP numbers them: a digit for the module, then what is wrong. 500 and above are our own."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

PLANNING, BOOKING, EXECUTION, SUPPORT, PAYMENT, GENERAL, CUSTOMER = 2, 3, 4, 5, 6, 7, 8
MISSING, INVALID, ILLEGAL, TECHNICAL, NO_ACCESS, RATE, QUOTA, EXPIRED, NOT_FOUND = 1, 2, 4, 5, 6, 7, 201, 202, 204

KINDS: Final[dict[str, tuple[int, int, Any]]] = {
    "missing": (400, MISSING, _("Something is missing.")),
    "invalid": (400, INVALID, _("Something is not valid.")),
    "unauthorised": (401, NO_ACCESS, _("A token from oauth/token is needed.")),
    "scope": (403, NO_ACCESS, _("The scope of this token does not include it.")),
    "unlicensed": (403, NO_ACCESS, _("You have no licence to sell here, or no longer.")),
    "not_found": (404, NOT_FOUND, _("There is nothing here.")),
    "method": (405, 506, _("This cannot be done here.")),
    "media": (415, 507, _("Please send JSON.")),
    "throttled": (429, RATE, _("Too many requests. Please wait a moment.")),
    "internal": (503, TECHNICAL, _("Something went wrong here.")),
    "no_network": (503, TECHNICAL, _("No timetable has been published yet.")),
    "expired": (410, EXPIRED, _("This is no longer valid.")),
    "sold_out": (409, QUOTA, _("Not enough seats are left.")),
    "too_many_holds": (409, QUOTA, _("You hold too much at once. Please confirm or let go something first.")),
    "illegal": (403, ILLEGAL, _("This is not possible as it stands now.")),
    "departed": (409, 500, _("This departs too soon to be sold.")),
    "not_sold_here": (409, 501, _("This is no longer sold here.")),
    "offers_differ": (409, 502, _("A package is of one operator and one currency.")),
    "not_offered": (409, 503, _("This is not offered.")),
    "not_refundable": (409, 504, _("This is not given back any more.")),
    "used": (409, 505, _("A ticket of this package has been used.")),
    "read_only": (400, 211, _("This cannot be changed.")),
    "busy": (503, TECHNICAL, _("Too many ask for the same at this moment. Please try again.")),
    "too_many_tickets": (409, 510, _("You have asked for much help already. Please wait for our answer.")),
    "in_flight": (409, 508, _("The first request with this key is still running.")),
    "key_reused": (422, 509, _("This key was used with another request.")),
}
"""Every kind with its status, number and title."""
_UNKNOWN: Final = ("unknown_traveller", "unknown_leg", "unknown_ancillary")


class TompError(Exception):
    """A refusal: `kind` is one of KINDS, `detail` what it is about."""

    def __init__(self, kind: str, detail: str = "", module: int = GENERAL, retry_after_s: int | None = None) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.module, self.retry_after_s = kind, detail, module, retry_after_s

    @classmethod
    def of_service(cls, code: str, said: str, module: int) -> TompError:
        """Of what a service refuses, by its code."""
        return cls("not_found", code.removeprefix("unknown_"), module) if code in _UNKNOWN else cls(code, said, module)

    @property
    def status(self) -> int:
        """Of HTTP."""
        return KINDS[self.kind][0]

    def body(self) -> dict[str, Any]:
        """The document."""
        status, number, title = KINDS[self.kind]
        error = {"errorcode": self.module * 1000 + number, "title": str(title), "status": status}
        return {"errors": [error | ({"detail": self.detail[:500]} if self.detail else {})]}
