"""The terms under which a ride was quoted: whose rules, and what demand makes of the fares."""

from __future__ import annotations

from dataclasses import dataclass

from transit.models import RuleSet
from transit.ondemand import versions
from transit.ondemand.pricing import change_for
from transit.ondemand.quote import Quote
from transit.ondemand.rules import Rules


@dataclass(frozen=True, slots=True)
class Terms:
    """`change_basis_points` is how much dearer (or cheaper, negative) than usual the ride is."""

    rules: Rules
    region: str
    change_basis_points: int


def find_terms(quote: Quote) -> Terms | None:
    """Those of the version that the quote names; None where it is gone."""
    rows = RuleSet.objects.filter(service__code=quote.service, number=quote.rule_set)
    found = rows.select_related("service__operator__region").first()
    if found is None:
        return None
    rules = versions.rules_of(found)
    return Terms(rules, versions.region_of(found.service).code, change_for(rules, quote))
