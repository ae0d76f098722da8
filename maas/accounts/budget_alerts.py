"""Telling regions and payers by e-mail that the budget of a subsidy comes to its end: at 80 %, and at 100 %."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from bookings.messaging.base import DeliveryError, Message
from bookings.messaging.email import channel as email
from bookings.models import SubsidyBudget
from bookings.services import subsidy_budgets
from maas.accounts.models import Role
from transit.register.sellers import find_languages

logger = logging.getLogger(__name__)


def tell(now: datetime) -> None:
    """Send what has to be told, each once. One message that fails keeps back no other."""
    for budget, percent in subsidy_budgets.list_news():
        if subsidy_budgets.claim_news(budget, percent):
            budget.refresh_from_db()
            _tell(budget, percent, now)


def _tell(budget: SubsidyBudget, percent: int, now: datetime) -> None:
    for user_id, address in _addressees(budget).items():
        message = write(budget, percent, now, f"budget:{budget.pk}:{percent}:{user_id}")
        try:
            email.send(address, message)
        except DeliveryError as error:
            logger.warning("budget %s to user %s: %s", budget.pk, user_id, error)


def write(budget: SubsidyBudget, percent: int, now: datetime, key: str) -> Message:
    """The message in the first of the region's languages that we have."""
    ours = [tag for tag, _ in settings.LANGUAGES]
    languages = find_languages(budget.region_code)
    with translation.override(next((tag for tag in languages if tag in ours), settings.LANGUAGE_CODE)):
        address = settings.PUBLIC_URL + reverse("subsidy", args=[budget.pk])
        standing = subsidy_budgets.standing(budget, now)
        context = {"budget": budget, "standing": standing, "percent": percent, "address": address}
        subject, _, text = render_to_string("emails/budget_alert.txt", context).strip().partition("\n")
    return Message(key, subject.strip(), text.strip() + "\n", subject, subject, address, urgent=False)


def _addressees(budget: SubsidyBudget) -> dict[int, str]:
    officers = Role.objects.filter(kind=Role.Kind.REGION_OFFICER, scope=budget.region_code, user__is_active=True)
    payers = Role.objects.filter(kind=Role.Kind.PAYER, scope=budget.payer, user__is_active=True)
    return {role.user_id: role.user.email for role in (officers | payers).select_related("user").order_by("user_id")}
