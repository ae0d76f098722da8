"""The engine that answers: of the network that is published, with what is known of now.

A new overlay is made ready beside the one in use, in a thread of its own; until then questions are answered by the one
in use, and each is answered by one engine from its beginning to its end.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from pathlib import Path

from transit.journeys.engine import Engine, timetabled_engine
from transit.network.overlay import Overlay
from transit.network.overlay_current import Age, age_of, current_overlay

_LOG = logging.getLogger(__name__)


class Newest:
    """Holds the engine with an overlay."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._making = threading.Lock()
        self._failed: Path | None = None

    def get(self, timetabled: Engine, now: datetime) -> Engine:
        """The engine to answer a question; where a newer overlay has come, that is being made ready from now on."""
        overlay = current_overlay(timetabled.network)
        if overlay is None:
            return timetabled
        age, engine = age_of(overlay, now), self._engine
        used = engine.real_time if engine is not None else None
        if engine is None or used is None or engine.timetabled is not timetabled:
            return self.take_up(timetabled, overlay, age)
        if used.overlay is overlay:
            return engine if used.age == age else self.take_up(timetabled, overlay, age)
        if overlay.folder != self._failed and self._making.acquire(blocking=False):
            threading.Thread(target=self._make, args=(timetabled, overlay, age), daemon=True).start()
        return engine if used.age == age_of(used.overlay, now) else self.take_up(timetabled, overlay, age)

    def take_up(self, timetabled: Engine, overlay: Overlay, age: Age) -> Engine:
        """Make the engine with an overlay and let it answer."""
        engine = timetabled.laid_over(overlay, age)
        self._engine = engine.warmed_like(self._engine or timetabled)
        return engine

    def _make(self, timetabled: Engine, overlay: Overlay, age: Age) -> None:
        try:
            self.take_up(timetabled, overlay, age)
        except Exception:  # noqa: BLE001 - whatever it is, questions are answered as before
            self._failed = overlay.folder
            _LOG.exception("the overlay %s cannot be used; the one in use stays", overlay.folder.name)
        finally:
            self._making.release()


_NEWEST = Newest()


def current_engine(now: datetime) -> Engine:
    """The engine of the network that is published, with what is known of now. Raises NoNetwork."""
    return _NEWEST.get(timetabled_engine(), now)


def catch_up(now: datetime) -> None:
    """Wait until the newest overlay is in use. Raises NoNetwork."""
    timetabled = timetabled_engine()
    overlay = current_overlay(timetabled.network)
    if overlay is not None:
        _NEWEST.take_up(timetabled, overlay, age_of(overlay, now))
