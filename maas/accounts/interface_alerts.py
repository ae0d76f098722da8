"""Telling operators and governments by e-mail what has become of their interfaces: everybody once.

Who is told: the interface's contact or else the operator's, and the officers of the operator's region.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from bookings.messaging.base import DeliveryError, Message
from bookings.messaging.email import channel as email
from maas.accounts.models import Role
from transit.register import interface_alerts
from transit.register.interface_alerts import AlertNews
from transit.register.probes.codes import sentence

logger = logging.getLogger(__name__)


def tell(now: datetime) -> None:
    """Send what has to be told. One message that fails keeps back no other."""
    for alert_id in interface_alerts.list_due(now):
        news = interface_alerts.claim(alert_id, now)
        if news is not None:
            interface_alerts.finish(news, now, all_told=_tell_all(news))


def write(news: AlertNews, key: str) -> Message:
    """The message in the first of the region's languages that we have."""
    ours = [tag for tag, _ in settings.LANGUAGES]
    with translation.override(next((tag for tag in news.languages if tag in ours), settings.LANGUAGE_CODE)):
        address = settings.PUBLIC_URL + reverse("interface", args=[news.interface])
        context = {"news": news, "address": address, "day": _day(news), "since": _since(news), "lines": _lines(news)}
        subject, _, text = render_to_string("emails/interface_alert.txt", context).strip().partition("\n")
    return Message(key, subject.strip(), text.strip() + "\n", subject, subject, address, urgent=False)


def _tell_all(news: AlertNews) -> bool:
    """Whether everybody was told by now."""
    fine = True
    for who, address in _addressees(news):
        if who in news.told:
            continue
        try:
            email.send(address, write(news, f"interface-alert:{news.alert_id}:{who}"))
        except DeliveryError as error:
            logger.warning("alert %s to %s: %s", news.alert_id, who, error)
            fine = fine and error.permanent
            continue
        interface_alerts.note_told(news, who)
    return fine


def _addressees(news: AlertNews) -> Iterator[tuple[str, str]]:
    """Who is told, without their address, and the address. Nobody twice."""
    known = set()
    if news.contact:
        known.add(news.contact.lower())
        yield "operator", news.contact
    officers = Role.objects.filter(kind=Role.Kind.REGION_OFFICER, scope__in=news.regions, user__is_active=True)
    for role in officers.select_related("user").order_by("user_id"):
        if role.user.email.lower() not in known:
            known.add(role.user.email.lower())
            yield f"user:{role.user_id}", role.user.email


def _day(news: AlertNews) -> str:
    text = news.figures.get("date")
    return date_format(date.fromisoformat(text), "DATE_FORMAT") if text else ""


def _since(news: AlertNews) -> str:
    text = news.figures.get("since")
    return date_format(datetime.fromisoformat(text), "DATETIME_FORMAT") if text else ""


def _lines(news: AlertNews) -> list[str]:
    """Why, in sentences."""
    if "code" in news.figures:
        return [sentence(news.figures["code"], news.figures["figures"])]
    return [sentence(row["code"], row["figures"]) for row in news.figures.get("reasons", ())]
