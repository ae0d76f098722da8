"""Spans of time as people read them."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext


def duration_text(span: timedelta) -> str:
    """A duration in hours and minutes, a started minute counted as whole."""
    whole = -(-int(span.total_seconds()) // 60)
    hours, rest = divmod(whole, 60)
    if not hours:
        return gettext("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return gettext("%(hours)d h") % {"hours": hours}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
