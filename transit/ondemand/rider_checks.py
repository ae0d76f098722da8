"""Flaws of whom one takes: groups, purposes, conduct."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from django.utils.translation import gettext as _

from transit.ondemand.flaw import Flaw, outside, repeated
from transit.ondemand.rules import Rules


def check(rules: Rules) -> Iterator[Flaw]:
    """All of these."""
    return chain(_groups(rules), _purposes(rules), _conduct(rules))


def _groups(rules: Rules) -> Iterator[Flaw]:
    yield from repeated("groups", (group.code for group in rules.groups))
    for group in rules.groups:
        if not group.name:
            yield Flaw("groups", _("The group “%s” has no name.") % group.code, _("Write the name that people know."))
        if group.needs_proof and not group.proof:
            what = _("The group “%s” needs a proof, but which one is not said.") % group.name
            yield Flaw("groups", what, _("Write what staff must be shown."))
        if group.valid_days is not None and group.valid_days < 1:
            yield Flaw(
                "groups", _("The right of “%s” never holds.") % group.name, _("Write 1 day or more, or nothing.")
            )
        if group.min_age is not None and group.max_age is not None and group.max_age < group.min_age:
            yield Flaw("groups", _("Nobody is of the age of “%s”.") % group.name, _("Exchange the two ages."))
        months = (group.first_month, group.last_month)
        if (months[0] is None) != (months[1] is None) or any(m is not None and not 1 <= m <= 12 for m in months):
            yield Flaw("groups", _("The months of “%s” are not possible.") % group.name, _("Choose both, or none."))


def _purposes(rules: Rules) -> Iterator[Flaw]:
    yield from repeated("purposes", (purpose.code for purpose in rules.purposes))
    for purpose in rules.purposes:
        if not purpose.name:
            yield Flaw("purposes", _("The purpose “%s” has no name.") % purpose.code, _("Write what people call it."))


def _conduct(rules: Rules) -> Iterator[Flaw]:
    conduct = rules.conduct
    for name, value, least, most in (
        (_("The time until which cancelling is free, in minutes"), conduct.free_until_s / 60, 0, 14 * 1440),
        (_("The fee for cancelling late, in per cent"), conduct.late_fee_basis_points / 100, 0, 100),
        (_("The fee for not coming, in per cent"), conduct.no_show_fee_basis_points / 100, 0, 100),
        (_("The time that a driver waits, in minutes"), conduct.no_show_wait_s / 60, 0, 60),
        (_("The number of times one may fail to come"), conduct.no_shows, 0, 100),
        (_("The days within which they count"), conduct.within_days, 1, 3660),
        (_("The days for which one is suspended"), conduct.suspended_days, 0, 365),
        (_("What is given back for a broken promise, in per cent"), conduct.broken_promise_basis_points / 100, 0, 100),
    ):
        yield from outside("conduct", name, value, least, most)
