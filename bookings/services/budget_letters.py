"""Telling regions and payers that the budget of a subsidy comes to its end: at 80 %, and at 100 %."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from bookings.models import SubsidyBudget
from bookings.services import subsidy_budgets
from transit.register import letters
from transit.register.letters import Addressees, Post, first_of, post
from transit.register.sellers import find_languages


def note(now: datetime) -> None:
    """Note what has to be told, each once."""
    for budget, percent in subsidy_budgets.list_news():
        with transaction.atomic():
            if subsidy_budgets.claim_news(budget, percent):
                key = f"budget:{budget.pk}:{percent}:{now.isoformat()}"
                letters.write("budget", key, now, budget=budget.pk, percent=percent)


def compose(about: Mapping[str, Any], now: datetime) -> Post | None:
    """What is used, in the first of the region's languages that pages have."""
    budget, percent = SubsidyBudget.objects.filter(pk=about["budget"]).first(), about["percent"]
    if budget is None:
        return None
    with translation.override(first_of(find_languages(budget.region_code))):
        context = {"budget": budget, "standing": subsidy_budgets.standing(budget, now), "percent": percent}
        to = Addressees(regions=(budget.region_code,), payer=budget.payer)
        return post(to, "budget", context, "subsidy", budget.pk)
