"""Fares v2: fare_leg_rules.txt, fare_leg_join_rules.txt and fare_transfer_rules.txt (GTFS Schedule of 2026)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import astuple, dataclass

from transit.feeds.sheets import Row, Sheet
from transit.routing.fare_rows import JoinRule, LegRule, TransferRule

MATCHED = ("network_id", "from_area_id", "to_area_id", "from_timeframe_group_id", "to_timeframe_group_id")
UNSAID = -1
"""Where no number is given."""


@dataclass(frozen=True, slots=True)
class Names:
    """What rules may name."""

    networks: Collection[str]
    areas: Collection[str]
    timeframes: Collection[str]
    products: Collection[str]
    stops: Collection[str]


def read_leg_rules(sheet: Sheet, names: Names) -> tuple[tuple[LegRule, ...], bool]:
    """The leg rules that can match a ride, and whether the file has the field `rule_priority`.

    One for a product that is not there is kept without it: were it dropped, another rule would match in its place, and
    rides would be sold too cheap.
    """
    known = dict(zip(MATCHED, (names.networks, names.areas, names.areas, *[names.timeframes] * 2), strict=True))
    found: dict[tuple[str, ...], LegRule] = {}
    for row in sheet:
        if not row.refer(known):
            continue
        priority = _whole(row, "rule_priority", least=0)
        if priority is None or not row.names("fare_product_id"):
            continue
        product = row["fare_product_id"] if row.refers("fare_product_id", names.products) else ""
        network, tail, head, start, end = (row[field] for field in MATCHED)
        key = (network, tail, head, start, end, row["fare_product_id"])
        if row.is_new(key, found, "fare_product_id"):
            found[key] = LegRule(row["leg_group_id"], network, tail, head, start, end, product, max(priority, 0))
    return tuple(found.values()), sheet.has("rule_priority")


def read_join_rules(sheet: Sheet, names: Names) -> tuple[JoinRule, ...]:
    """The join rules; the two stops are given together or not at all."""
    fields = ("from_network_id", "to_network_id", "from_stop_id", "to_stop_id")
    known = dict(zip(fields, (names.networks, names.networks, names.stops, names.stops), strict=True))
    found = []
    for row in sheet:
        needed = fields if row["from_stop_id"] or row["to_stop_id"] else fields[:2]
        if row.names(*needed) and row.refer(known):
            found.append(JoinRule(*(row[field] for field in fields)))
    return tuple(found)


def read_transfer_rules(sheet: Sheet, groups: Collection[str], names: Names) -> tuple[TransferRule, ...]:
    """The transfer rules between leg groups that there are."""
    found: dict[tuple[object, ...], TransferRule] = {}
    for row in sheet:
        rule = _transfer_rule(row, groups, names)
        if rule is not None and row.is_new(astuple(rule), found, "from_leg_group_id"):
            found[astuple(rule)] = rule
    return tuple(found.values())


def _transfer_rule(row: Row, groups: Collection[str], names: Names) -> TransferRule | None:
    """The rule of a row, or None where it is of no use."""
    known = {"from_leg_group_id": groups, "to_leg_group_id": groups, "fare_product_id": names.products}
    refers = row.refer(known)
    count, limit_s = _count(row), _whole(row, "duration_limit", least=1)
    is_usable = row.is_one_of("fare_transfer_type", ("0", "1", "2")) and count is not None and limit_s is not None
    if not refers or not is_usable or count is None or limit_s is None:
        return None
    kind = _limit_kind(row, has_limit=limit_s > 0)
    if kind is None:
        return None
    ends = row["from_leg_group_id"], row["to_leg_group_id"]
    return TransferRule(*ends, count, max(limit_s, 0), kind, int(row["fare_transfer_type"]), row["fare_product_id"])


def _count(row: Row) -> int | None:
    """`transfer_count`, 0 between different groups. One that is missing allows one change: it may not sell too much."""
    text = row["transfer_count"]
    if row["from_leg_group_id"] != row["to_leg_group_id"]:
        if text:
            row.warn("fare_transfer_rule_with_forbidden_transfer_count", "transfer_count")
        return 0
    if not text:
        row.warn("fare_transfer_rule_missing_transfer_count", "transfer_count")
        return 1
    count = int(text) if _is_whole(text) else 0
    if count < -1 or count == 0:
        row.add("fare_transfer_rule_invalid_transfer_count", "transfer_count")
        return None
    return count


def _limit_kind(row: Row, *, has_limit: bool) -> int | None:
    """`duration_limit_type`. Where a limit has none it is 0, the strictest: from boarding to the end of it all."""
    text = row["duration_limit_type"]
    if not text:
        if has_limit:
            row.warn("fare_transfer_rule_duration_limit_without_type", "duration_limit")
        return 0
    if not has_limit:
        row.warn("fare_transfer_rule_duration_limit_type_without_duration_limit", "duration_limit_type")
        return 0
    return int(text) if row.is_one_of("duration_limit_type", ("0", "1", "2", "3")) else None


def _whole(row: Row, field: str, least: int) -> int | None:
    """A whole number of at least `least`; UNSAID for an empty cell; None, which is said, for anything else."""
    text = row[field]
    if not text:
        return UNSAID
    if not _is_whole(text):
        row.add("invalid_integer", field)
        return None
    if not least <= int(text) < 1 << 31:
        row.add("number_out_of_range", field)
        return None
    return int(text)


def _is_whole(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 12
