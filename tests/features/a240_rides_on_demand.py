"""A bus comes to the door of those who order it in time: from door to door, to the train, and from it."""

from typing import Any

import time_machine

from tests.features.town import TODAY, Town

VALLEY = """
stop S 60.100 24.900 Station
stop P 60.150 24.900 Port
stop C 60.300 24.900 City
line R rail S 8:00 C 8:30
line R rail C 8:05 S 8:35

[frequencies.txt]
trip_id,start_time,end_time,headway_secs,exact_times
R-0,08:00:00,20:00:00,3600,1
R-1,08:05:00,20:00:00,3600,1

[agency.txt]
agency_id,agency_name,agency_url,agency_timezone,agency_lang
ag,Valley Bus,https://agency.example,Europe/Helsinki,fi

[routes.txt]
route_id,agency_id,route_short_name,route_type
R,ag,R,2
D,ag,Call,715

[trips.txt]
route_id,service_id,trip_id,safe_duration_factor,safe_duration_offset
R,daily,R-0,,
R,daily,R-1,,
D,daily,door,1.2,120

[locations.geojson]
{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "valley", "properties": {}, "geometry":
{"type": "Polygon", "coordinates": [[[24.80, 60.09], [25.00, 60.09], [25.00, 60.16], [24.80, 60.16]]]}}]}

[booking_rules.txt]
booking_rule_id,booking_type,prior_notice_duration_min,prior_notice_last_day,prior_notice_last_time,prior_notice_start_day,prior_notice_start_time,message,phone_number,booking_url
hour,1,60,,,,,Ring early.,012 345,
eve,2,,1,16:30:00,14,08:00:00,,067 890,https://agency.example/order

[stop_times.txt]
trip_id,arrival_time,departure_time,stop_id,location_id,stop_sequence,pickup_type,drop_off_type,start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_booking_rule_id,drop_off_booking_rule_id
R-0,8:00:00,8:00:00,S,,1,0,0,,,,
R-0,8:30:00,8:30:00,C,,2,0,0,,,,
R-1,8:05:00,8:05:00,C,,1,0,0,,,,
R-1,8:35:00,8:35:00,S,,2,0,0,,,,
door,,,,valley,1,2,1,06:00:00,22:00:00,hour,
door,,,,valley,2,1,2,06:00:00,22:00:00,,hour
"""
HOME, MALL, CITY = "60.120,24.850", "60.110,24.980", "valley:C"
ANY = {"modes": "bus,taxi,rail"}


def ordered(found: list[dict[str, Any]]) -> list[str]:
    """`10:00 Call 10:21, until Tue 09:00 · 012 345` for each ride on demand."""
    return [
        f"{leg['start_at'][11:16]} {leg['service']['line']} {leg['end_at'][11:16]},"
        f" until {leg['ordering']['order_until_at'][5:16]} · {leg['ordering']['phone']}"
        for each in found
        for leg in each["legs"]
        if leg["ordering"]
    ]


def test_from_door_to_door_and_to_and_from_the_train(town: Town) -> None:
    town.publish(valley=VALLEY)
    assert ordered(town.plan(HOME, MALL, "10:00", **ANY)) == ["10:00 Call 10:24, until 11-24T09:00 · 012 345"]
    first = town.plan(HOME, CITY, "10:00", window="7200", **ANY)
    assert ordered(first) == [
        "10:47 Call 11:00, until 11-24T09:47 · 012 345",
        "11:47 Call 12:00, until 11-24T10:47 · 012 345",
    ], "one leaves as late as the train allows"
    assert [leg["mode"] for leg in first[0]["legs"]] == ["bus", "rail"]
    assert first[0]["unpriced_legs"] == [0, 1]
    last = town.plan(CITY, MALL, "11:50", arrive_by="true", window="7200", **ANY)
    assert ordered(last) == [
        "09:35 Call 09:51, until 11-24T08:35 · 012 345",
        "10:35 Call 10:51, until 11-24T09:35 · 012 345",
    ]
    assert ordered(town.plan(HOME, CITY, "21:55", **ANY)) == ["07:47 Call 08:00, until 11-25T06:47 · 012 345"]
    assert town.plan("60.170,24.850", MALL, "10:00", **ANY) == [], "outside the zone"


def test_what_can_no_longer_be_ordered_is_not_offered(town: Town, monday: time_machine.Traveller) -> None:
    town.publish(valley=VALLEY.replace("22:00:00,hour,", "22:00:00,eve,"))
    monday.move_to(f"{TODAY[:-2]}23T14:29:00Z")
    (found,) = town.plan(HOME, MALL, "10:00", **ANY)
    facts = found["legs"][0]["ordering"]
    assert (facts["order_until_at"], facts["order_from_at"]) == (
        "2026-11-23T16:30:00+02:00",
        "2026-11-10T08:00:00+02:00",
    )
    assert (facts["pickup_from_at"][11:16], facts["pickup_until_at"][11:16]) == ("06:00", "22:00")
    pages = {}
    for language in ("en", "fi", "ja"):
        page = town.client.get("/journey", {"token": found["token"]}, headers={"Accept-Language": language})
        pages[language] = page.content.decode()
    assert "Order until Mon 23 Nov 16:30" in pages["en"]
    assert 'href="tel:067890"' in pages["en"]
    assert 'href="https://agency.example/order"' in pages["fi"]
    assert "Tilaa viimeistään" in pages["fi"]
    assert "までにご注文ください" in pages["ja"]
    monday.move_to(f"{TODAY[:-2]}23T14:31:00Z")
    assert town.plan(HOME, MALL, "10:00", **ANY) == []
