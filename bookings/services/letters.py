"""Sends the register's letters by e-mail: to operators, officers, providers and who complained."""

from __future__ import annotations

import logging
from datetime import datetime

from bookings.messaging.base import DeliveryError, Message
from bookings.messaging.email import channel as email
from transit.register import letter_words, letters

logger = logging.getLogger(__name__)


def list_due(now: datetime) -> list[int]:
    """The ids of what has to leave now."""
    return letters.list_due(now)


def send(pk: int, now: datetime) -> None:
    """Claim a letter and let it leave; without an address it never will."""
    letter = letters.claim(pk, now)
    if letter is None:
        return
    post = letter_words.compose(letter, now)
    if post is None or not post.address:
        letters.finish(letter, "nobody" if post else "stale", now)
        return
    try:
        email.send(post.address, Message(post.key, post.subject, post.text, "", "", "", urgent=False))
    except DeliveryError as error:
        logger.warning("letter %s: %s", letter.pk, error)
        letters.put_off(letter, now, permanent=error.permanent)
        return
    letters.finish(letter, "sent", now)
