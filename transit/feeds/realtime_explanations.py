"""What the faults of entities of a GTFS-Realtime message mean, and what to do about them. For staff, in English."""

from __future__ import annotations

from typing import Final, NamedTuple


class Explanation(NamedTuple):
    """A fault in words."""

    wrong: str
    to_do: str


_WORDS: Final = {
    "incomplete": ("An entity lacks what every one must have, such as its id.", "Tell the publisher."),
    "deleted": ("An entity is marked as deleted, which a whole message (FULL_DATASET) cannot say.",
                "Tell the publisher to leave it out instead."),
    "duplicate_entity": ("Several entities have one id; none of them is used.", "Tell the publisher."),
    "duplicate_trip": ("Several entities speak of one run of a trip; none of them is used.",
                       "Tell the publisher; runs of a frequency need a start_time."),
    "unknown_relationship": ("A trip has a schedule_relationship that is not known.",
                             "See whether this software has a newer version."),
    "no_trip_id": ("A trip is not named by its trip_id.", "Tell the publisher: routes and directions do not suffice."),
    "bad_start": ("start_date or start_time is no date or time.", "Tell the publisher: YYYYMMDD and HH:MM:SS."),
    "duplicate_without_properties": ("A duplicated trip has no trip_id, date or time of its own.",
                                     "Tell the publisher to fill trip_properties."),
    "no_stops": ("A new trip, or one that runs otherwise, has fewer than two stops.", "Tell the publisher."),
    "no_stop": ("A time belongs to no stop.", "Tell the publisher: stop_sequence or stop_id is needed."),
    "stops_out_of_order": ("The stops of a trip are not in the order of stop_sequence.", "Tell the publisher."),
    "impossible_time": ("A time is more than a week away, or a delay longer than a day.", "Tell the publisher."),
    "times_go_back": ("A vehicle would be at a stop before it left the one before.", "Tell the publisher."),
    "impossible_position": ("A vehicle is nowhere on Earth, or at 0, 0.", "Tell the publisher."),
    "in_the_future": ("A vehicle was seen in the future.", "Tell the publisher to set its clocks."),
    "no_text": ("An alert says nothing.", "Tell the publisher."),
    "nobody_informed": ("An alert concerns nobody.", "Tell the publisher to name agency, route, trip or stop."),
}  # fmt: skip


def explain_fault(code: str) -> Explanation:
    """What a fault means."""
    return Explanation(*_WORDS.get(code, (code.replace("_", " "), "")))
