"""How many forms one address may send, and how often it may search: nobody fills mailboxes, the register or the log of
wishes by asking without end.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.throttling import SimpleRateThrottle

View = Callable[..., HttpResponse]


class _Forms(SimpleRateThrottle):
    """Forms sent from one address, at the rate of a scope."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__()

    def get_cache_key(self, request: Any, view: Any) -> str:
        """By the sender's address, read as the API does."""
        return f"throttle_{self.scope}_pages_{self.get_ident(request)}"


def limited(scope: str, method: str = "POST") -> Callable[[View], View]:
    """A view whose forms are limited at a rate of the settings; reading is not, unless `method` is GET."""

    def of(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            forms = _Forms(scope)
            if request.method != method or forms.allow_request(request, view):  # type: ignore[arg-type]
                return view(request, *args, **kwargs)
            response = render(request, "429.html", status=429)
            response["Retry-After"] = str(int(forms.wait() or 60) + 1)
            return response

        return guarded

    return of
