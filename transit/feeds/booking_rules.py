"""How rides on demand are ordered: booking_rules.txt → rules that say enough (GTFS Schedule reference)."""

from __future__ import annotations

from transit.feeds.entities import TextColumns, web_addresses
from transit.feeds.notices import Notices
from transit.feeds.stop_times import seconds_in
from transit.routing.booking import Booking, Rule

FILE = "booking_rules.txt"


def read_rules(columns: TextColumns, services: dict[str, int], notices: Notices) -> dict[str, Rule]:
    """The rules by their ids. A rule that does not say until when one can order is left out, as are unknown types."""
    found: dict[str, Rule] = {}
    numbers = {
        name: _whole(columns, f"prior_notice_{name}", notices)
        for name in ("duration_min", "duration_max", "last_day", "start_day")
    }
    times = {name: _times(columns, f"prior_notice_{name}", notices) for name in ("last_time", "start_time")}
    texts = [columns.texts(name) for name in ("message", "pickup_message", "drop_off_message", "phone_number")]
    links = [web_addresses(columns, name, FILE, notices) for name in ("info_url", "booking_url")]
    keys, kinds = columns.texts("booking_rule_id"), columns.texts("booking_type")
    calendars = columns.texts("prior_notice_service_id")
    for i, (line, key, kind) in enumerate(zip(columns.lines.tolist(), keys, kinds, strict=True)):
        if not key or key in found:
            notices.add(
                "duplicate_key" if key else "missing_required_field", FILE, "booking_rule_id", [key], lines=[line]
            )
            continue
        if kind not in ("0", "1", "2"):
            notices.add("unexpected_enum_value", FILE, "booking_type", [f"{key}: {kind}"], lines=[line])
            continue
        if calendars[i] and calendars[i] not in services:
            notices.add("foreign_key_violation", FILE, "prior_notice_service_id", [calendars[i]], lines=[line])
            continue
        shortest, longest = (_seconds(numbers[name][i], 60) for name in ("duration_min", "duration_max"))
        rule = Rule(
            key, Booking(int(kind)), shortest, longest,
            numbers["last_day"][i], times["last_time"][i], numbers["start_day"][i], times["start_time"][i],
            services.get(calendars[i]), *(column[i] for column in (*texts, *links)),
        )  # fmt: skip
        lacking = _lacking(rule)
        if lacking:
            notices.add(lacking, FILE, lacking.removeprefix("missing_"), [key], lines=[line])
        elif rule.notice_max_s is not None and rule.notice_max_s < (rule.notice_min_s or 0):
            notices.add("invalid_prior_notice_duration_min", FILE, "prior_notice_duration_max", [key], lines=[line])
        else:
            found[key] = rule
    return found


def _lacking(rule: Rule) -> str:
    """The code of what a rule must say and does not, or ""."""
    if rule.kind == Booking.SAME_DAY and rule.notice_min_s is None:
        return "missing_prior_notice_duration_min"
    if rule.kind == Booking.EARLIER_DAYS and rule.last_day is None:
        return "missing_prior_notice_last_day"
    if rule.kind == Booking.EARLIER_DAYS and rule.last_time_s is None:
        return "missing_prior_notice_last_time"
    if rule.start_day is not None and rule.start_time_s is None:
        return "missing_prior_notice_start_time"
    return ""


def _whole(columns: TextColumns, name: str, notices: Notices) -> list[int | None]:
    """A column of whole numbers from 0 to 32 767; others are none, and noted."""
    texts = columns.texts(name)
    numbers = [int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else None for text in texts]
    bad = [i for i, number in enumerate(numbers) if texts[i] and (number is None or number > 32_767)]
    notices.add("number_out_of_range", FILE, name, [texts[i] for i in bad], lines=columns.lines[bad])
    return [None if i in set(bad) else number for i, number in enumerate(numbers)]


def _times(columns: TextColumns, name: str, notices: Notices) -> list[int | None]:
    """A column of times; others are none, and noted."""
    texts = columns.texts(name)
    times = [seconds_in(text) for text in texts]
    bad = [i for i, time in enumerate(times) if texts[i] and time is None]
    notices.add("invalid_time", FILE, name, [texts[i] for i in bad], lines=columns.lines[bad])
    return times


def _seconds(number: int | None, unit_s: int) -> int | None:
    return None if number is None else number * unit_s
