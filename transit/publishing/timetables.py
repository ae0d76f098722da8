"""What an operator has entered → GTFS Schedule tables (https://gtfs.org/documentation/schedule/reference/).

Identifiers are the rows' codes, which never change: what was bought before a publication is found after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from transit.models import HostedCall, HostedDays, HostedDeparture, HostedPattern, HostedSeason, Operator, Service
from transit.models.hours import WEEKDAYS
from transit.publishing.archive import Row

Tables = dict[str, list[Row]]


def tables_of(operator: Operator, today: date, address: str) -> Tables:
    """The timetable of every released season that has not ended; without rows where there is none.

    `address` is told to passengers where the operator has no homepage (agency_url is required).
    """
    services = list(Service.objects.filter(operator=operator, hosted_lines__isnull=False).distinct().order_by("pk"))
    seasons = HostedSeason.objects.filter(service__in=services, state="RELEASED", last_day__gte=today)
    patterns = list(
        HostedPattern.objects.filter(season__in=seasons, departures__isnull=False)
        .select_related("line__service", "season")
        .prefetch_related("calls__stop", "departures__days__season")
        .distinct()
    )
    departures = [(pattern, each) for pattern in patterns for each in pattern.departures.all()]
    days = {each.days_id: each.days for _, each in departures}
    calls = {call.stop_id: call for pattern in patterns for call in pattern.calls.all()}
    return {
        "agency.txt": [_agency(service, address) for service in services] if departures else [],
        "stops.txt": [_stop(calls[pk]) for pk in sorted(calls)],
        "routes.txt": _routes(patterns),
        "trips.txt": [_trip(pattern, each) for pattern, each in departures],
        "stop_times.txt": [row for pattern, each in departures for row in _stop_times(pattern, each)],
        "calendar.txt": [_calendar(each) for each in days.values()],
        "calendar_dates.txt": [row for each in days.values() for row in _dates(each)],
        "feed_info.txt": [_info(operator, [pattern.season for pattern in patterns], address)] if departures else [],
    }


def agency_of(service: Service) -> str:
    """`agency_id` in the operator's own feed, which is the part of Service.agency_id behind the feed's name."""
    return service.agency_id.partition(":")[2]


def clock(seconds: int) -> str:
    """HH:MM:SS; 25:10:00 is legal."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _agency(service: Service, address: str) -> Row:
    operator = service.operator
    return {
        "agency_id": agency_of(service),
        "agency_name": service.name,
        "agency_url": operator.homepage or address,
        "agency_timezone": operator.region.timezone if operator.region else "UTC",
        "agency_lang": language_of(operator),
        "agency_phone": operator.phone,
        "agency_email": operator.email,
    }


def language_of(operator: Operator) -> str:
    """The first language of an operator's region (BCP 47), in which it writes."""
    languages = operator.region.languages if operator.region else []
    return str(languages[0]) if languages else "en"


def _stop(call: HostedCall) -> Row:
    stop = call.stop
    return {
        "stop_id": stop.code,
        "stop_name": stop.name,
        "stop_lat": f"{stop.lat:.6f}",
        "stop_lon": f"{stop.lon:.6f}",
        "zone_id": stop.zone,
        "wheelchair_boarding": stop.wheelchair,
    }


def _routes(patterns: Sequence[HostedPattern]) -> list[Row]:
    lines = {pattern.line_id: pattern.line for pattern in patterns}
    return [
        {
            "route_id": line.code,
            "agency_id": agency_of(line.service),
            "route_short_name": line.short_name,
            "route_long_name": line.long_name,
            "route_type": line.mode,
            "route_color": line.colour.upper(),
            "route_text_color": _on(line.colour) if line.colour else "",
        }
        for line in lines.values()
    ]


def _on(colour: str) -> str:
    """Black or white, whichever is read better on a colour (WCAG 2.2, relative luminance)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return "000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "FFFFFF"


def _trip(pattern: HostedPattern, departure: HostedDeparture) -> Row:
    return {
        "route_id": pattern.line.code,
        "service_id": f"d{departure.days_id}",
        "trip_id": departure.code,
        "trip_headsign": pattern.headsign,
        "direction_id": pattern.direction,
        "wheelchair_accessible": departure.wheelchair,
    }


def _stop_times(pattern: HostedPattern, departure: HostedDeparture) -> Iterator[Row]:
    calls = [(c, at) for c, at in zip(pattern.calls.all(), departure.times, strict=True) if at is not None]
    for number, (call, at) in enumerate(calls):
        yield {
            "trip_id": departure.code,
            "arrival_time": clock(at),
            "departure_time": clock(at),
            "stop_id": call.stop.code,
            "stop_sequence": call.seq,
            "pickup_type": 0 if call.boards and number < len(calls) - 1 else 1,
            "drop_off_type": 0 if call.alights and number else 1,
        }


def _calendar(days: HostedDays) -> Row:
    return {
        "service_id": f"d{days.pk}",
        **{name: days.weekdays >> number & 1 for number, name in enumerate(WEEKDAYS)},
        "start_date": _date(days.season.first_day),
        "end_date": _date(days.season.last_day),
    }


def _dates(days: HostedDays) -> Iterator[Row]:
    for kind, said in ((1, days.added), (2, days.removed)):
        for day in sorted(said):
            yield {"service_id": f"d{days.pk}", "date": day.replace("-", ""), "exception_type": kind}


def _info(operator: Operator, seasons: Collection[HostedSeason], address: str) -> Row:
    return {
        "feed_publisher_name": operator.legal_name,
        "feed_publisher_url": operator.homepage or address,
        "feed_lang": language_of(operator),
        "feed_start_date": _date(min(each.first_day for each in seasons)),
        "feed_end_date": _date(max(each.last_day for each in seasons)),
        "feed_contact_email": operator.email,
        "feed_contact_url": operator.homepage or address,
    }


def _date(day: date) -> str:
    return day.strftime("%Y%m%d")
