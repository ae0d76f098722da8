"""How long anything may take before it is given up, and when it is tried again."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

LEASE: Final = timedelta(seconds=30)
"""A call lasts 10 s at most; whoever holds a claim longer has died."""
IN_FLIGHT: Final = timedelta(seconds=120)
"""The longest that a call may be under way somewhere and still arrive."""
MAY_STILL_ARRIVE: Final = "may_still_arrive"
"""The reason why an operator that is searched by our reference is not asked again yet."""
NEVER_KNOWN: Final = "cannot_be_found_out"
"""The reason of an outcome that nobody can be asked for (capability D)."""
EXTEND_BEFORE: Final = timedelta(seconds=60)
"""Holds that end sooner are extended before the first purchase."""
UNDO_AT_LEAST: Final = timedelta(seconds=60)
"""What can be undone for so long is bought together with others: a lease, and time to undo it."""
PAY_MARGIN: Final = timedelta(seconds=90)
"""The payer has until so long before the first hold ends."""
PAGE_LIFE: Final = timedelta(hours=2)
"""Stripe wants at least 30 minutes; the order closes the page itself."""
LONGEST_PAYMENT: Final = timedelta(minutes=60)

DEADLINES: Final = {
    "HOLD": timedelta(minutes=3),
    "EXTEND": timedelta(minutes=1),
    "AUTHORISE": LONGEST_PAYMENT,
    "CONFIRM": timedelta(minutes=10),
    "CAPTURE": timedelta(hours=1),
    "CANCEL": timedelta(hours=6),
    "VOID": timedelta(hours=6),
    "SWEEP": timedelta(hours=6),
    "AUDIT": timedelta(hours=6),
    "REFUND": timedelta(days=7),
    "CHARGE": timedelta(hours=1),
    "TRANSFER": timedelta(days=1),
    "REVERSE": timedelta(days=1),
    "USE": timedelta(days=3),
}
"""From when an effect may start to when a person has to look at it."""
MOST_TRANSFERS: Final = 10
"""So often a share is sent on anew to an account that could not receive it."""
ORDER_DEADLINE: Final = timedelta(hours=2)


def hold_deadline(capability: str) -> timedelta:
    """Whoever is searched by our reference is asked again only when no call can arrive any more: time for two."""
    return DEADLINES["HOLD"] + (2 * IN_FLIGHT if capability == "C" else timedelta())


def back_off(key: str, unknowns: int) -> timedelta:
    """1, 2, 4 … 60 s ± 50 %. The spread follows from the key, so that a plan can be computed again."""
    seed = hashlib.sha256(f"{key}:{unknowns}".encode()).digest()[0] / 255
    return timedelta(seconds=min(60, 2 ** max(0, unknowns - 1)) * (0.5 + seed))


def poll(kind: str, attempts: int) -> timedelta:
    """How long to wait before looking again at what somebody else has to do (the payer, a driver, a bank, a rider)."""
    if kind == "REFUND":
        return timedelta(minutes=min(60, 2**attempts))
    if kind == "USE":
        return timedelta(minutes=min(60, 5 * attempts))
    return timedelta(seconds=min(15, 2**attempts))
