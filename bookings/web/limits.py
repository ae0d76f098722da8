"""The same limits for pages as for the API: nobody holds seats by sending forms without end."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.throttling import SimpleRateThrottle


class _Forms(SimpleRateThrottle):
    """Forms sent from one address, at the rate of the API's scope."""

    scope = "book"

    def get_cache_key(self, request: Any, view: Any) -> str:
        """By the sender's address, read as the API does."""
        return f"throttle_forms_{self.get_ident(request)}"


class _FormsOfStaff(_Forms):
    """Forms sent by one member of staff: an office may have one address."""

    def get_cache_key(self, request: Any, view: Any) -> str:
        """By who is logged in."""
        return f"throttle_staff_{request.user.pk}"


def limited_each(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of staff whose forms are limited for each of them; reading is not."""
    return _guarded(view, _FormsOfStaff)


def limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose forms are limited; reading is not."""
    return _guarded(view, _Forms)


def _guarded(view: Callable[..., HttpResponse], limit: type[_Forms]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        forms = limit()
        if request.method != "POST" or forms.allow_request(request, view):  # type: ignore[arg-type]
            return view(request, *args, **kwargs)
        response = render(request, "429.html", status=429)
        response["Retry-After"] = str(int(forms.wait() or 60) + 1)
        return response

    return guarded
