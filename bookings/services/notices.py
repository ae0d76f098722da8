"""What a person must hear of that staff did in their name: written to them, wherever they did not do it themselves."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.messaging.base import DeliveryError, Message
from bookings.messaging.email import channel as email
from bookings.messaging.sms import channel as sms
from bookings.models import Act
from bookings.services import customers
from bookings.services.calls import forbid_transaction
from bookings.services.customers import Facts

logger = logging.getLogger(__name__)
TRIED_FOR: Final = timedelta(days=3)
_WORDS: Final = {
    "delegated": _("Somebody was allowed to order for you at the desk"),
    "linked": _("Your account was linked to a file at the desk"),
}


def tell(now: datetime) -> int:
    """Write to everybody concerned. How many are told."""
    forbid_transaction()
    by_others = Act.objects.exclude(by=None).exclude(by=F("person"))
    due = by_others.filter(what__in=_WORDS, told_at=None, at__gt=now - TRIED_FOR)
    told = 0
    # In no order: whom nobody can reach does not keep back the same others each time.
    for act in due.select_related("person__customer").order_by("?")[:100]:
        try:
            if _tell(act):
                told += Act.objects.filter(pk=act.pk, told_at=None).update(told_at=now)
        except DeliveryError as error:
            logger.warning("nobody was told of act %s: %s", act.pk, error)
        except Exception:
            logger.exception("nobody could be told of act %s", act.pk)
    return told


def _tell(act: Act) -> bool:
    """Whether there is a way to write to the person: the account's own address first, which no desk can change."""
    customer = customers.find_of(act.person_id)
    facts = customers.facts_of(customer) if customer else Facts("")
    own = "" if customer and not customers.has_own_account(customer) else act.person.email
    with translation.override(facts.language):
        message = _message(act)
    if address := own or (facts.email if not facts.phone or not sms.is_available() else ""):
        email.send(address, message)
    elif facts.phone and sms.is_available():
        sms.send(facts.phone, message)
    else:
        return False
    return True


def _message(act: Act) -> Message:
    subject = str(_WORDS[act.what])
    text = gettext("If you did not want this, please ring us up.")
    whole = f"{subject}.\n{text}\n"
    return Message(f"act:{act.pk}", subject, whole, f"{subject}. {text}", text, settings.PUBLIC_URL, False)
