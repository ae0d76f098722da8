"""Answers of the API as single lines that can be read aloud.

08:00 walk 4' > 08:06 Bus 1 Harbour–Market 08:15 > walk 2' > 08:20 Train R Market (3)–Airport 08:50

A walk says how long it takes, and the clock only where the journey begins or ends with it. A platform stands in
brackets. Clocks are those of the place. Where one stays seated as the vehicle goes on as another, stands = for >.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

Json = dict[str, Any]
NAMES = {"rail": "Train"}


def journey(itinerary: Json) -> str:
    """An itinerary of `/plan`."""
    legs = itinerary["legs"]
    texts = [_leg(leg, i == 0, i == len(legs) - 1) for i, leg in enumerate(legs)]
    return texts[0] + "".join(
        (" = " if leg["stay_seated"] else " > ") + text for leg, text in zip(legs[1:], texts[1:], strict=True)
    )


def departure(row: Json) -> str:
    """A row of `/departures`: `08:06 Bus 1 to Market (2)`."""
    platform = f" ({row['platform']})" if row["platform"] else ""
    return (
        f"{clock(row['departure_at'])} {_line(row['mode'], row['service'])} to {row['service']['headsign']}{platform}"
    )


def place(row: Json) -> str:
    """A row of `/places`: `stop Harbour`."""
    return f"{row['kind']} {row['name']}"


def offer(body: Json) -> str:
    """An offer: `7.70 EUR: Bus Ltd 3.50 (zone), Sea Ltd 4.20 (crossing); not here: …`."""
    sold = [
        f"{part['operator_name']} {_amount(part['price'])} ({' + '.join(each['name'] for each in part['products'])})"
        for part in body["parts"]
    ]
    text = f"{money(body['total'])}: {', '.join(sold)}"
    return text + "".join(f"; not here: {unsold(row)}" for row in body["unsold"])


def unsold(row: Json) -> str:
    """What is not sold here: `Island Ltd elsewhere 4.20 EUR https://…`."""
    price = f" {money({'minor': row['price_minor'], 'currency': row['currency']})}" if row["price_minor"] else ""
    return f"{row['text']} {row['kind']}{price} {row['url']}".rstrip()


def order(body: Json) -> str:
    """An order: `COMPLETED 7.70 EUR charged 7.70: bus CONFIRMED, sea CONFIRMED; tickets ISSUED, ISSUED`."""
    status = body["status"]
    reason = f" ({status['reason']})" if status["reason"] else ""
    held = ", ".join(f"{each['operator_code']} {each['state']}" for each in body["bookings"])
    tickets = ", ".join(ticket["state"] for each in body["bookings"] for ticket in each["tickets"])
    charged = _amount(status["charged"])
    return f"{status['state']}{reason} charged {charged}: {held}" + (f"; tickets {tickets}" if tickets else "")


def fare(row: Json) -> str:
    """A fare of an itinerary: `adult 3.50 = ticket 3.00 [0] + change_costs 0.50 [1] (card)`.

    The media are those that the price needs.
    """
    parts = [f"{each['code']} {_amount(each['amount'])} {each['legs']}" for each in row["explanation"]]
    media = [each["name"] or each["kind"] for each in row["media"] if each["price"] == row["price"]]
    text = f"{row['traveller']['category']} {_amount(row['price'])} = {' + '.join(parts)}"
    return text + (f" ({', '.join(media)})" if media else "")


def money(price: Json) -> str:
    """`7.70 EUR`."""
    return f"{_amount(price)} {price['currency']}"


def clock(text: str) -> str:
    """`08:06` of an RFC 3339 time, as clocks show it there."""
    return f"{datetime.fromisoformat(text):%H:%M}"


def _leg(leg: Json, first: bool, last: bool) -> str:
    start, end = clock(leg["start_at"]), clock(leg["end_at"])
    if leg["service"]:
        return f"{start} {_line(leg['mode'], leg['service'])} {_stop(leg['start'])}–{_stop(leg['end'])} {end}"
    span = datetime.fromisoformat(leg["end_at"]) - datetime.fromisoformat(leg["start_at"])
    text = f"{leg['mode']} {round(span.total_seconds() / 60)}'"
    return f"{start} {text}" if first else f"{text} {end}" if last else text


def _line(mode: str, service: Json) -> str:
    return f"{NAMES.get(mode, mode.title())} {service['line']}"


def _stop(place: Json) -> str:
    return f"{place['name']} ({place['platform']})" if place["platform"] else str(place["name"])


def _amount(price: Json) -> str:
    return f"{price['minor'] / 100:.2f}"
