"""A column of JSON that nobody reads without a key of the ring."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from transit.sealing import seal, unseal


class SealedJSONField(models.BinaryField):  # type: ignore[type-arg]
    """JSON, encrypted at rest: where somebody lives or goes is personal. It cannot be searched."""

    seals = True
    """Its values are found when keys are rotated."""

    def from_db_value(self, value: bytes | None, expression: Any, connection: Any) -> Any:
        """The JSON again."""
        return None if value is None else json.loads(unseal(bytes(value)))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Sealed under the newest key."""
        sealed = None if value is None else seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
        return super().get_db_prep_value(sealed, connection, prepared)
