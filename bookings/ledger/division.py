"""Who pays which part of what is sold, and what goes back to whom: exact to the cent. No rows, no I/O.

A booking is a table: a row for each product, a column for each payer. All amounts are minor units of one currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

RESIDENT: Final = "resident"
Cells = dict[tuple[int, str], int]
"""Minor units by (product's `seq`, payer). Nothing is kept where nobody pays."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A product as it was offered: its price, and what named payers said they owe of it."""

    seq: int
    price_minor: int
    shares: Mapping[str, int] = field(default_factory=dict)


def divide(price_minor: int, products: Sequence[Promise]) -> Cells:
    """Who owes which part of a booking's price; the cells sum to it.

    A price that differs from the offered one is spread over the products in proportion to their offered prices, evenly
    where these are all zero. A named payer owes what was offered, and never more than the product costs; the resident
    owes the rest, so that what has become dearer is theirs to accept, and what has become cheaper is theirs to keep.
    """
    prices = _spread(price_minor, [product.price_minor for product in products])
    cells: Cells = {}
    for product, price in zip(products, prices, strict=True):
        offered = sum(product.shares.values())
        owed = _spread(min(price, offered), list(product.shares.values())) if offered else []
        for payer, minor in zip(product.shares if owed else (), owed, strict=True):
            cells[product.seq, payer] = minor
        cells[product.seq, RESIDENT] = price - sum(owed)
    return {cell: minor for cell, minor in cells.items() if minor}


def give_back(paid: Cells, fee_minor: int) -> Cells:
    """What goes back of a cancelled booking, cell by cell, when its operator keeps a fee.

    The fee is kept from the resident's part first, then from the named payers' in proportion to what they paid. No more
    than everything is kept.
    """
    own = {cell: minor for cell, minor in paid.items() if cell[1] == RESIDENT}
    others = {cell: minor for cell, minor in paid.items() if cell[1] != RESIDENT}
    kept_of_own = min(fee_minor, sum(own.values()))
    kept_of_others = min(fee_minor - kept_of_own, sum(others.values()))
    back = _spread_cells(sum(own.values()) - kept_of_own, own)
    back |= _spread_cells(sum(others.values()) - kept_of_others, others)
    return {cell: minor for cell, minor in back.items() if minor}


def amends(paid: Cells, basis_points: int) -> Cells:
    """What goes back of each cell where so much of the price does: to each payer their share of it, half up."""
    back: Cells = {}
    for payer in sorted({name for _, name in paid}):
        own = {cell: minor for cell, minor in paid.items() if cell[1] == payer}
        back |= _spread_cells((sum(own.values()) * basis_points + 5_000) // 10_000, own)
    return {cell: minor for cell, minor in back.items() if minor}


def of_payer(cells: Cells, payer: str) -> int:
    """What one payer has in all products."""
    return sum(minor for (_, name), minor in cells.items() if name == payer)


def of_others(cells: Cells) -> dict[str, int]:
    """What each named payer has in all products, without the resident."""
    return {payer: of_payer(cells, payer) for payer in sorted({name for _, name in cells}) if payer != RESIDENT}


def of_product(cells: Cells, seq: int) -> int:
    """What all payers have in one product."""
    return sum(minor for (number, _), minor in cells.items() if number == seq)


def _spread_cells(whole: int, cells: Cells) -> Cells:
    return dict(zip(cells, _spread(whole, list(cells.values())), strict=True)) if cells else {}


def _spread(whole: int, weights: Sequence[int]) -> list[int]:
    """Parts in proportion to `weights`, even where these are all zero, that sum to the whole (largest remainder)."""
    weights = weights if any(weights) else [1] * len(weights)
    together = sum(weights)
    parts = [whole * weight // together for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: -(whole * weights[i] % together))
    for i in by_remainder[: whole - sum(parts)]:
        parts[i] += 1
    return parts
