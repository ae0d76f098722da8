"""Key rotation: everything that is sealed under an older key of the ring is sealed under the newest.

Which columns are sealed is found out from the models themselves. It may be killed at any moment and begun again: what
was done stays done, and what others write meanwhile is never overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models, transaction
from django.db.models import BinaryField, ExpressionWrapper, F, Value

from transit.sealing import key_of, reseal

BATCH: Final = 100
"""Rows written in one transaction: whoever buys something meanwhile does not wait."""
LOST: Final = -1
"""In place of a key's number: no key of the ring opens it."""


@dataclass(frozen=True)
class Column:
    """A column whose values are sealed."""

    model: type[models.Model]
    field: str

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.field}"

    def batches(self) -> Iterator[list[tuple[Any, bytes]]]:
        """Keys of rows with what is sealed in them, as it stands in the database."""
        rows = self._rows().exclude(raw=None).exclude(raw=b"").order_by("pk")
        found = [(pk, bytes(raw)) for pk, raw in rows.values_list("pk", "raw")[:BATCH]]
        while found:
            yield found
            after = rows.filter(pk__gt=found[-1][0])
            found = [(pk, bytes(raw)) for pk, raw in after.values_list("pk", "raw")[:BATCH]]

    def replace(self, pk: Any, old: bytes, new: bytes) -> int:
        """Write a value where the old one still stands; how many rows that were."""
        return self._rows().filter(pk=pk, raw=old).update(**{self.field: Value(new, output_field=BinaryField())})

    def _rows(self) -> models.QuerySet[Any]:
        # Not as the field gives it: some open what they hold.
        raw = ExpressionWrapper(F(self.field), output_field=BinaryField())
        return self.model._base_manager.annotate(raw=raw)


def sealed_columns() -> list[Column]:
    """Every sealed column of the project, by its name."""
    found = [Column(model, field.name) for model in apps.get_models() for field in binary_fields(model) if seals(field)]
    return sorted(found, key=str)


def binary_fields(model: type[models.Model]) -> list[BinaryField[Any, Any]]:
    """The columns of bytes of a table."""
    return [field for field in model._meta.concrete_fields if isinstance(field, BinaryField)]


def seals(field: BinaryField[Any, Any]) -> bool:
    """Whether a column is sealed: it says so itself, or by its name."""
    return bool(getattr(field, "seals", False)) or field.name.endswith("_sealed")


def counts() -> dict[str, Counter[int]]:
    """By column, how many values are sealed under which key of the ring (0: the newest; LOST: under none)."""
    return {
        str(column): Counter(_key(raw) for batch in column.batches() for _, raw in batch) for column in sealed_columns()
    }


def reseal_all() -> int:
    """Seal under the newest key what is not; how many values that were."""
    return sum(_reseal(column, batch) for column in sealed_columns() for batch in column.batches())


def _reseal(column: Column, batch: list[tuple[Any, bytes]]) -> int:
    old = [(pk, raw) for pk, raw in batch if _key(raw) > 0]
    with transaction.atomic():
        return sum(column.replace(pk, raw, reseal(raw)) for pk, raw in old)


def _key(raw: bytes) -> int:
    try:
        return key_of(raw)
    except InvalidToken:
        return LOST
