"""Errors as TOMP numbers them: module digit, then what is wrong."""

from __future__ import annotations


class TompError(Exception):
    """A refusal with its HTTP status."""

    def __init__(self, status: int, errorcode: int, title: str, detail: str = "") -> None:
        super().__init__(title)
        self.status, self.errorcode, self.title, self.detail = status, errorcode, title, detail

    def body(self) -> dict[str, object]:
        """The error document."""
        error: dict[str, object] = {"errorcode": self.errorcode, "title": self.title, "status": self.status}
        if self.detail:
            error["detail"] = self.detail
        return {"errors": [error]}


def missing(field: str, module: int = 3) -> TompError:
    """A required field is absent."""
    return TompError(400, module * 1000 + 1, "Missing field", field)


def invalid(field: str, why: str, module: int = 3) -> TompError:
    """A field cannot be understood."""
    return TompError(400, module * 1000 + 2, "Invalid field", f"{field}: {why}")


def illegal(verb: str, status: str) -> TompError:
    """The package's status does not allow this."""
    return TompError(403, 3004, "Illegal operation", f"{verb} is not possible in status {status}")


def expired(what: str) -> TompError:
    """Too late."""
    return TompError(410, 3202, "Expired", f"this {what} has expired")


def not_found(what: str) -> TompError:
    """Nothing has this identifier."""
    return TompError(404, 3204, "Not found", f"no such {what}")


def sold_out() -> TompError:
    """All seats are claimed."""
    return TompError(409, 3201, "Sold out", "not enough seats are left on this departure")


def departed() -> TompError:
    """The ride lies in the past. 500 and above are free for an operator's own codes."""
    return TompError(409, 3500, "Departed", "this ride has already left")


def unauthorised() -> TompError:
    """No valid token."""
    return TompError(401, 7006, "No access", "a bearer token from /oauth/token is needed")
