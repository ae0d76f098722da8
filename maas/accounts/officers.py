"""Officers of regions and staff of the platform are told by e-mail what they should know of feeds: at least once."""

from __future__ import annotations

import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from maas.accounts.models import Role, User
from transit.following.decisions import region_of
from transit.following.words import alert_words
from transit.models import FeedAlert

_LOG = logging.getLogger(__name__)


def tell(now: datetime) -> int:
    """Send what was not told yet; how much of it. What cannot be sent now is tried again."""
    told = 0
    for alert in FeedAlert.objects.filter(told_at=None).select_related("interface__operator__region").order_by("pk"):
        try:
            _send(alert)
        except (OSError, SMTPException) as error:
            _LOG.warning("an alert to officers cannot be sent now: %s", type(error).__name__)
            return told
        FeedAlert.objects.filter(pk=alert.pk).update(told_at=now)
        told += 1
    return told


def officers_of(region: str) -> QuerySet[User]:
    """Whoever decides about the feeds of a region; without one, the platform's staff."""
    mine = Q(roles__kind=Role.Kind.PLATFORM_STAFF, roles__scope="")
    if region:
        mine |= Q(roles__kind=Role.Kind.REGION_OFFICER, roles__scope=region)
    return User.objects.filter(mine, is_active=True).distinct().order_by("pk")


def _send(alert: FeedAlert) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        subject = f"{alert.get_kind_display()}: {alert.interface.name}"
        link = f"{settings.PUBLIC_URL}{reverse('feeds')}"
        text = "\n\n".join([alert_words(alert), gettext("All timetables: %(link)s") % {"link": link}])
    for user in officers_of(region_of(alert.interface)):
        EmailMessage(subject, text, None, [user.email]).send()
