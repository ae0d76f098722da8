"""Sends letters by e-mail: to operators, regions, payers, providers and whoever asked, each of them once.

A region is told at the mailbox of who supervises there, else its officers are; where there are none, and where nobody's
region is concerned, the platform's staff.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from bookings.messaging.base import DeliveryError, Message
from bookings.messaging.email import channel as email
from bookings.services import budget_letters
from maas.accounts import applications
from maas.accounts.models import Role, User
from transit.following import words as feed_words
from transit.models import Letter, Region
from transit.register import interface_words, letter_words, letters, supervision
from transit.register.letters import Addressees, Post

logger = logging.getLogger(__name__)
COMPOSERS: Final[Mapping[str, Callable[[Letter, datetime], Post | None]]] = {
    "access": letter_words.compose_access,
    "application": lambda letter, now: applications.compose(letter.about, now),
    "budget": lambda letter, now: budget_letters.compose(letter.about, now),
    "complaint": letter_words.compose_complaint,
    "duty": letter_words.compose_duty,
    "feed": feed_words.compose,
    "interface": interface_words.compose,
}
"""By the first word of the kind."""


def list_due(now: datetime) -> list[int]:
    """The ids of what has to leave now."""
    return letters.list_due(now)


def send(pk: int, now: datetime) -> None:
    """Claim a letter and let it leave; without an address it never will. Whatever fails is tried later."""
    letter = letters.claim(pk, now)
    if letter is None:
        return
    try:
        _let_leave(letter, now)
    except Exception as error:  # noqa: BLE001
        # Whatever it was, its text may hold an address; where it was does not.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("letter %s: %s\n%s", letter.pk, type(error).__name__, where)
        letters.put_off(letter, now)


def _let_leave(letter: Letter, now: datetime) -> None:
    post = COMPOSERS[letter.kind.partition("_")[0]](letter, now)
    if post is None:
        letters.finish(letter, "stale", now)
    elif _tell_all(letter, post):
        letters.finish(letter, "sent" if letter.told else "nobody", now)
    else:
        letters.put_off(letter, now)


def _tell_all(letter: Letter, post: Post) -> bool:
    """Whether everybody was told by now who ever can be. One address that fails keeps back no other.

    Once another worker has the letter, the others are told by that one.
    """
    fine = True
    for who, address in _addresses(post.to):
        if who in letter.told:
            continue
        key, told = f"letter:{letter.key}:{who}", [who]
        try:
            email.send(address, Message(key, post.subject, post.text, post.subject, "", post.link, urgent=False))
        except DeliveryError as error:
            logger.warning("letter %s to %s: %s", letter.pk, who, error)
            fine, told = fine and error.permanent, []
        if not letters.note_told(letter, *told):
            return False
    return fine


def _addresses(to: Addressees) -> Iterator[tuple[str, str]]:
    """Who is told, without their address, and the address. Nobody twice."""
    known = set()
    for who, address in _everybody(to):
        if address and address.lower() not in known:
            known.add(address.lower())
            yield who, address


def _everybody(to: Addressees) -> Iterator[tuple[str, str]]:
    yield to.who, to.address
    for code in to.regions:
        yield from _of_region(code)
    if to.payer:
        yield from _people(Role.Kind.PAYER, to.payer)
    if to.user_id is not None:
        yield from ((f"user:{each.pk}", each.email) for each in User.objects.filter(pk=to.user_id, is_active=True))


def _of_region(code: str) -> list[tuple[str, str]]:
    region = Region.objects.filter(code=code).first()
    mailbox = supervision.of_region(region).email if region else ""
    officers = _people(Role.Kind.REGION_OFFICER, code) if code else []
    return [(f"region:{code}", mailbox)] if mailbox else officers or _people(Role.Kind.PLATFORM_STAFF, "")


def _people(kind: str, scope: str) -> list[tuple[str, str]]:
    rows = Role.objects.filter(kind=kind, scope=scope, user__is_active=True).select_related("user")
    return [(f"user:{role.user_id}", role.user.email) for role in rows.order_by("user_id")]
