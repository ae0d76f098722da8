"""Why a ride costs more or less than usual, in the reader's words."""

from __future__ import annotations

from babel.numbers import format_decimal
from django.utils.translation import get_language, gettext, to_locale


def demand(change_basis_points: int) -> str:
    """How supply and demand have moved a fare; nothing where they have not."""
    if not change_basis_points:
        return ""
    percent = format_decimal(abs(change_basis_points) / 100, locale=to_locale(get_language() or "en"))
    if change_basis_points < 0:
        return gettext("Quiet time: %(percent)s %% less") % {"percent": percent}
    return gettext("Many want to ride now: %(percent)s %% more") % {"percent": percent}
