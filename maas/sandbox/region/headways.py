"""When vehicles leave: headways through the day, by kind of line and of day."""

from __future__ import annotations

from dataclasses import dataclass

DAYS = ("weekday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Window:
    """A vehicle every `headway_s` from `start_s` until before `end_s`, in seconds of the service day."""

    start_s: int
    end_s: int
    headway_s: int


def _windows(text: str) -> tuple[Window, ...]:
    """From words such as `5:00-6:30/20`: from, until, minutes between departures."""
    result = []
    for word in text.split():
        span, minutes = word.split("/")
        start, end = span.split("-")
        result.append(Window(_seconds(start), _seconds(end), int(minutes) * 60))
    return tuple(result)


def _seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


HEADWAYS: dict[str, dict[str, tuple[Window, ...]]] = {
    "town-main": {
        "weekday": _windows("5:10-6:30/20 6:30-9:00/10 9:00-14:30/12 14:30-18:00/10 18:00-23:00/20 23:10-25:11/30"),
        "saturday": _windows("6:10-9:00/30 9:00-18:00/15 18:00-23:00/20 23:10-25:11/30"),
        "sunday": _windows("7:10-23:00/20 23:10-25:11/30"),
    },
    "town": {
        "weekday": _windows("5:20-6:30/30 6:30-9:00/12 9:00-14:30/20 14:30-18:00/12 18:00-24:30/30"),
        "saturday": _windows("6:30-9:00/30 9:00-18:00/20 18:00-24:30/30"),
        "sunday": _windows("7:30-24:00/30"),
    },
    "loop": {
        "weekday": _windows("6:00-9:00/8 9:00-15:00/12 15:00-18:00/8 18:00-22:00/15"),
        "saturday": _windows("8:00-20:00/15"),
        "sunday": _windows("10:00-19:00/20"),
    },
    "regional": {
        "weekday": _windows("5:40-9:00/30 9:10-14:30/60 14:40-18:00/30 18:10-23:15/60"),
        "saturday": _windows("7:10-22:30/60"),
        "sunday": _windows("8:10-22:30/90"),
    },
    "rail": {
        "weekday": _windows("5:05-6:35/30 6:35-9:05/15 9:05-15:05/30 15:05-18:05/15 18:05-25:06/30"),
        "saturday": _windows("6:05-25:06/30"),
        "sunday": _windows("7:05-24:06/30"),
    },
    "ferry": {
        "weekday": _windows("5:50-22:51/20"),
        "saturday": _windows("7:20-23:21/30"),
        "sunday": _windows("8:20-22:21/30"),
    },
    "ferry-town": {
        "weekday": _windows("7:15-19:16/240"),
        "saturday": _windows("9:15-18:16/180"),
        "sunday": _windows("9:15-18:16/180"),
    },
}


def departures(timetable: str, day: str, shift_s: int = 0, often: int = 1) -> list[int]:
    """The seconds of the service day at which vehicles leave their first stop; `often` divides the headways."""
    return [
        at + shift_s
        for window in HEADWAYS[timetable][day]
        for at in range(window.start_s, window.end_s, window.headway_s // often)
    ]
