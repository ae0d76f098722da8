"""The four figures beside a ticket's code that change every half minute: a picture of the screen shows old ones.

They are a one-time password by time (RFC 6238, SHA-256, 30 s). The key of each ticket follows from its serial and from
a secret of ours, and is not in the ticket's own code: it goes to the page that shows the ticket, and with the day list
to the devices of its operator. This is against pictures of a screen alone. Whoever hands on the page itself is found by
the second check of the same ride (services/checks); on paper there are no figures.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Final

from django.conf import settings

STEP_S: Final = 30
DIGITS: Final = 4


def key_of(serial: str) -> str:
    """The key of a ticket, as hexadecimal figures."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"moving code of {serial}".encode(), "sha256").hex()


def code_at(key: str, now: datetime, ago: int = 0, digits: int = DIGITS) -> str:
    """What a page shows at a moment, or showed so many steps before."""
    counter = int(now.timestamp()) // STEP_S - ago
    mac = hmac.new(bytes.fromhex(key), counter.to_bytes(8, "big"), hashlib.sha256).digest()
    begin = mac[-1] & 0xF  # RFC 4226, 5.3: dynamic truncation
    number = int.from_bytes(mac[begin : begin + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}}"
