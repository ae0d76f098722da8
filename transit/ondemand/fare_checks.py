"""Flaws of money: fares, dynamic prices, subsidies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from django.utils.translation import gettext as _

from transit.ondemand.flaw import Flaw, outside, repeated
from transit.ondemand.rules import AtCap, Rules, Subsidy
from transit.routing.query import RiderCategory

WHOLE = 10_000
"""Basis points."""


def check(rules: Rules) -> Iterator[Flaw]:
    """All of these."""
    return chain(_fares(rules), _pricing(rules), _subsidies(rules))


def _fares(rules: Rules) -> Iterator[Flaw]:
    fares = rules.fares
    parts = (fares.base_minor, fares.per_km_minor, fares.per_zone_minor, fares.per_minute_minor, fares.luggage_minor)
    limits = (fares.cap_minor, fares.day_cap_minor, fares.transfer_minor)
    if min((*parts, *(limit for limit in limits if limit is not None))) < 0:
        yield Flaw("fares", _("A price is negative."), _("Write prices of 0 or more."))
    known = {*RiderCategory, *(group.code for group in rules.groups)}
    yield from repeated("fares", (each.group for each in fares.groups))
    for each in fares.groups:
        if each.group not in known:
            what = _("A price is for the group “%s”, which there is not.") % each.group
            yield Flaw("fares", what, _("Remove the price, or enter the group."))
        yield from outside("fares", _("The share of a group, in per cent"), each.share_basis_points / 100, 0, 100)
    if fares.cap_minor is not None and fares.day_cap_minor is not None and fares.day_cap_minor < fares.cap_minor:
        yield Flaw("fares", _("A day may cost less than a ride."), _("Raise the limit of the day."))


def _pricing(rules: Rules) -> Iterator[Flaw]:
    pricing = rules.pricing
    if pricing is None:
        return
    yield from outside("pricing", _("The discount in per cent"), pricing.max_discount_basis_points / 100, 0, 100)
    yield from outside("pricing", _("The surcharge in per cent"), pricing.max_surcharge_basis_points / 100, 0, 200)
    if not 0 <= pricing.discount_below <= pricing.surcharge_above <= 1:
        what = _("Rides would be cheap and dear at once.")
        yield Flaw("pricing", what, _("Let the discount end before the surcharge begins, from 0 to 100."))


def _subsidies(rules: Rules) -> Iterator[Flaw]:
    yield from repeated("subsidies", (each.code for each in rules.subsidies))
    groups, purposes = {group.code for group in rules.groups}, {purpose.code for purpose in rules.purposes}
    for each in rules.subsidies:
        if each.group and each.group not in groups | set(RiderCategory):
            what = _("The subsidy “%(code)s” is for the group “%(group)s”, which there is not.")
            yield Flaw("subsidies", what % {"code": each.code, "group": each.group}, _("Choose another group."))
        if each.purpose and each.purpose not in purposes:
            what = _("The subsidy “%(code)s” is for the purpose “%(purpose)s”, which there is not.")
            yield Flaw("subsidies", what % {"code": each.code, "purpose": each.purpose}, _("Choose another purpose."))
        yield from _subsidy(each)


def _subsidy(each: Subsidy) -> Iterator[Flaw]:
    if not each.payer:
        yield Flaw("subsidies", _("Nobody pays the subsidy “%s”.") % each.code, _("Write who pays it."))
    if (each.share_basis_points > 0) == (each.fixed_minor > 0):
        what = _("The subsidy “%s” must be either a share or a sum.") % each.code
        yield Flaw("subsidies", what, _("Write one of the two, and leave the other at 0."))
    shares = (each.share_basis_points, each.reduced_basis_points)
    if not all(0 <= share <= WHOLE for share in shares) or each.fixed_minor < 0:
        yield Flaw("subsidies", _("The subsidy “%s” is not from 0 to 100 %%.") % each.code, _("Write 0 to 100."))
    if each.monthly_rides is not None and each.monthly_rides < 1:
        yield Flaw("subsidies", _("The subsidy “%s” is for no ride.") % each.code, _("Write 1 or more, or nothing."))
    if each.yearly_minor is not None and each.yearly_minor < 1:
        yield Flaw("subsidies", _("The subsidy “%s” has no money.") % each.code, _("Write a sum, or nothing."))
    if each.at_cap == AtCap.REDUCE and each.yearly_minor is not None and each.reduced_basis_points == 0:
        what = _("The subsidy “%s” does not say what is left when the money is spent.") % each.code
        yield Flaw("subsidies", what, _("Write the reduced share."))
