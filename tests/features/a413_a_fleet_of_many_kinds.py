"""Places of kinds, folding seats, breaks, zones, volunteers, taxis where nobody else can, places kept free."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.features.shuttle import Shuttle, clock_of, load
from tests.transit.ondemand.valley import DAYS, RULES
from transit.ondemand.rules import Break, Matching, RiderGroup, ShiftPattern, Vehicle, Zone

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3600
HOME, SHOP, FAR = (60.100, 24.900), (60.110, 24.920), (60.150, 24.980)
(BUS,) = RULES.vehicles


def car(code: str, seats: int = 3, **fields: Any) -> Vehicle:
    return replace(BUS, **({"code": code, "name": code, "layouts": ((seats, 0, 0, 2),)} | fields))


def fleet(*vehicles: Vehicle, **fields: Any) -> Any:
    return replace(RULES, vehicles=vehicles, **fields)


def test_a_folding_seat() -> None:
    shuttle = Shuttle(fleet(car("v1", layouts=((4, 0, 0, 2), (2, 1, 0, 2)))))
    shuttle.books("Aino", HOME, FAR, "10:00", load=load(wheelchairs=1))
    shuttle.books("Veikko", HOME, FAR, "10:00", load=load(2))
    told = [clock_of(each.told_at) for each in shuttle.asks(HOME, FAR, "10:00", load=load(1))]
    assert "10:00" not in told, "three seats and a wheelchair are no layout"
    assert told, "but later it comes again"


def test_one_party_at_a_time() -> None:
    shuttle = Shuttle(fleet(car("v1"), matching=Matching(pooling=False)))
    first = shuttle.books("Aino", HOME, FAR, "10:00")
    second = shuttle.books("Veikko", HOME, FAR, "10:00")
    assert second.planned_pickup_at >= first.planned_drop_off_at or first.planned_pickup_at > second.planned_drop_off_at


def test_a_break_is_kept() -> None:
    pause = Break(11 * HOUR, 12 * HOUR, 2700)
    shift = ShiftPattern(DAYS, 6 * HOUR, 22 * HOUR, (pause,))
    shuttle = Shuttle(fleet(car("v1", shifts=(shift,))))
    for name, clock in (("Aino", "10:55"), ("Veikko", "11:10"), ("Eino", "11:30"), ("Helmi", "12:00")):
        shuttle.books(name, HOME, FAR, clock)
    stops = shuttle.manifest("v1")
    (at,) = [i for i, line in enumerate(stops) if line.endswith("break")]
    assert "11:00" <= stops[at][:5] <= "12:00"
    aboard = sum(line.count("pickup") - line.count("drop_off") for line in stops[:at])
    assert aboard == 0, "nobody waits in the vehicle meanwhile"


def test_a_vehicle_of_one_zone() -> None:
    corner = Zone(
        "corner", "Corner", (((24.89, 60.09), (24.93, 60.09), (24.93, 60.12), (24.89, 60.12), (24.89, 60.09)),)
    )
    zones = (*RULES.zones, corner)
    shuttle = Shuttle(fleet(car("v1", zones=("corner",)), zones=zones))
    assert shuttle.books("Aino", HOME, SHOP, "10:00").vehicle == "v1"
    assert shuttle.refused(HOME, FAR, "10:00") == "full"


def test_who_drives_as_a_volunteer_hears_in_time() -> None:
    shuttle = Shuttle(fleet(car("v1", volunteer=True, driver_notice_s=2 * HOUR)))
    assert shuttle.refused(HOME, SHOP, "9:30") == "full"
    assert shuttle.books("Aino", HOME, SHOP, "11:30").vehicle == "v1"


def test_a_taxi_where_nobody_else_can() -> None:
    shuttle = Shuttle(fleet(car("v1", 1), car("taxi", 4, backup=True), matching=Matching(pooling=False)))
    assert shuttle.books("Aino", HOME, FAR, "10:00").vehicle == "v1"
    assert shuttle.books("Veikko", HOME, FAR, "10:00").vehicle == "taxi"
    assert shuttle.books("Helmi", HOME, FAR, "12:00").vehicle == "v1"


def test_places_are_kept_for_those_who_go_first() -> None:
    rules = fleet(
        car("v1", 4),
        matching=Matching(spare_share=0.5, spare_until_s=1800),
        groups=(RiderGroup("sick", "To the doctor", priority=True),),
    )
    shuttle = Shuttle(rules)
    shuttle.books("Aino", HOME, FAR, "11:00", load=load(2))
    assert "11:00" not in [clock_of(each.told_at) for each in shuttle.asks(HOME, FAR, "11:00")]
    assert "11:00" in [clock_of(each.told_at) for each in shuttle.asks(HOME, FAR, "11:00", group="sick")]
    shuttle.goes_to("10:35")
    assert "11:00" in [clock_of(each.told_at) for each in shuttle.asks(HOME, FAR, "11:00")], (
        "half an hour before, all may"
    )
