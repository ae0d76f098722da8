"""What every channel is given and what it says of a delivery."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A message in the reader's language. `key` is the same for every attempt; `short` has no more than a few lines.

    `note` is what `short` says without the subject and the `link`; what is `urgent` wakes a phone that sleeps.
    """

    key: str
    subject: str
    text: str
    short: str
    note: str
    link: str
    urgent: bool


class DeliveryError(Exception):
    """A message that did not leave. `permanent`: it never will by this channel."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent
