"""The time in which a bar's processes live, where it is not the true one: imported before all that looks at the clock.

BARS_NIGHT names a night in which clocks change. The first process that is told of it puts itself, and by BARS_SHIFT_S
all that it starts, a little before the change.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import time_machine


@dataclass(frozen=True)
class Night:
    """When the clocks of Helsinki change, and how much earlier than on other days the rides of the stage leave.

    The first ride leaves 36 minutes after the change: in autumn at 3:36, which it has been an hour before, too.
    """

    change_at: datetime
    earlier: timedelta


NIGHTS: Final = {
    "autumn": Night(datetime(2026, 10, 25, 1, tzinfo=UTC), timedelta(hours=6, minutes=30)),
    "spring": Night(datetime(2027, 3, 28, 1, tzinfo=UTC), timedelta(hours=5, minutes=30)),
}
BEFORE: Final = timedelta(seconds=180)
"""Time to set the stage, and for the first orders."""
NIGHT: Final = NIGHTS.get(os.environ.get("BARS_NIGHT", ""))


def _travel() -> None:
    """From now on it is that night."""
    if NIGHT is None:
        return
    begin_s = (NIGHT.change_at - BEFORE).timestamp()
    shift_s = os.environ.setdefault("BARS_SHIFT_S", f"{begin_s - time.time():.3f}")
    time_machine.travel(time.time() + float(shift_s), tick=True).start()


_travel()
