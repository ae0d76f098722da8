"""Who asks, over the API."""

from __future__ import annotations

from rest_framework.request import Request

from bookings.services.viewers import Viewer, viewer_of


def viewer(request: Request, *, begin: bool = False) -> Viewer:
    """A partner's system by its token, without any browser session beside it; else a person, a session, or both."""
    if getattr(request.auth, "is_machine", False):
        return Viewer(request.user.pk, "")
    return viewer_of(request.user, request.session, begin=begin)
