"""What an officer writes wrongly is said beside it, and nothing that was typed is lost."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.features.office import BORDER, Office
from tests.features.town import Town
from transit.models import Region, RuleSet
from transit.ondemand import versions

pytestmark = pytest.mark.django_db
BOW_TIE = "60.10, 24.80\n60.16, 25.00\n60.10, 25.00\n60.16, 24.80"
SMALL = "60.10, 24.80\n60.11, 24.80\n60.11, 24.81"


@pytest.fixture
def office(town: Town) -> Office:
    return Office()


def rules() -> Any:
    return versions.rules_of(RuleSet.objects.latest("pk"))


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("zones/new", {"name": "Valley", "rings": BOW_TIE}, "crosses itself"),
        ("zones/new", {"name": "Valley", "rings": "60.1, 24.8\nnear the church"}, "“near the church” is no corner."),
        ("zones/new", {"name": "Valley", "rings": f"60.1, 24.8\n60{' ' * 90}24.9"}, "is no corner."),
        ("zones/new", {"name": "Valley", "rings": "\n\n".join([SMALL] * 51)}, "at most 50 rings"),
        ("zones/new", {"name": "Valley", "rings": "60.1, 24.8\n60.2, 24.8"}, "at least three corners"),
        ("zones/new", {"name": "Valley", "rings": ""}, "Draw it on the map, or write its corners."),
        ("zones/new", {"name": "Valley", "rings": '{"type": "Point"}'}, "no Polygon or MultiPolygon"),
        ("zones/new", {"name": "Valley", "rings": "24.80, 60.09\n25.00, 60.09\n25.00, 60.16"}, "outside your region"),
        ("zones/new", {"name": "Valley", "place_text": "Somewhere"}, "Choose a place from the list."),
        ("hours/new", {"start_s": "22:00", "end_s": "06:00"}, "After midnight, 25:10 is ten past one."),
        ("hours/new", {"start_s": "soon", "end_s": "06:00"}, "Write a time such as 08:30."),
        ("hours/new", {"start_s": "8:00", "end_s": "9:00", "last_pickup_s": "10:00"}, "between the begin and the end"),
        ("special_days/new", {"name": "Yule", "first_day": "2026-12-26", "last_day": "2026-12-24"}, "before the first"),
        ("special_days/new", {"name": "Yule", "spans": "mornings"}, "such as 08:00–12:00"),
        ("vehicles/new", {"name": "Bus", "lat": "", "lon": ""}, "Choose a place from the list, or write both figures."),
        ("vehicles/new", {"name": "Bus", "layouts-0-seats": "none"}, "Enter a whole number."),
        ("vehicles/new", {"name": "Bus", "shifts-0-start_s": "9:00", "shifts-0-breaks": "late"}, "such as 11:00–13:00"),
        ("fares", {"base_minor": "3.505"}, "no such small amounts"),
        ("booking", {"cutoff_days": "1"}, "Write both days and time, or none."),
        ("groups/new", {"name": "Old", "needs_proof": "on"}, "Write what staff must be shown."),
        ("subsidies/new", {"payer": "City", "share_basis_points": "50", "fixed_minor": "1"}, "leave the other at 0"),
        ("subsidies/new", {"payer": "City of " * 8, "share_basis_points": "50"}, "at most 54 characters"),
        ("matching", {"speed_factors": "1.1 1.2"}, "Write 24 factors, or none."),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_said_beside_it_and_nothing_lost(office: Office, path: str, fields: dict[str, str], said: str) -> None:
    Region.objects.update(bounds=[24, 60, 26, 61])
    version = office.send("regions/coast/new", name="Valley Ride", operator_code="new", operator_name="Valley Ltd")
    before = rules()
    html = office.raw(f"{version}/{path}", "save", also=fields)
    assert said in html
    assert "Nothing was saved yet." in html
    for value in fields.values():
        assert value.splitlines()[0].replace('"', "&quot;") in html if value else True
    assert rules() == before


def comb(teeth: int, *, turned: bool) -> str:
    """A border with narrow teeth from the south to the north, or from the east to the west: 4 corners each."""
    line = [(0.0, -0.01)]
    for left in (tooth / teeth for tooth in range(teeth)):
        line += [(left, 0.0), (left, 1.0), (left + 0.5 / teeth, 1.0), (left + 0.5 / teeth, 0.001)]
    line += [(1.0, 0.001), (1.0, -0.01)]
    corners = (corner[::-1] if turned else corner for corner in line)
    return "\n".join(f"{60.1 + y / 20:.7f}, {24.8 + x / 20:.7f}" for x, y in corners)


def test_borders_with_a_million_crossings_are_refused_at_once(office: Office) -> None:
    version = office.send("regions/coast/new", name="Valley Ride", operator_code="new", operator_name="Valley Ltd")
    begun = time.process_time()
    rings = comb(600, turned=False) + "\n\n" + comb(600, turned=True)
    assert "Two borders of the area cross." in office.raw(
        f"{version}/zones/new", "save", also={"name": "V", "rings": rings}
    )
    assert time.process_time() - begun < 5


def test_a_flawed_version_is_not_submitted(office: Office) -> None:
    version = office.set_up()
    office.send(f"{version}/hours/new", "save", start_s="10:00", end_s="14:00",
                days=["6"])  # fmt: skip
    page = office.page(version)
    assert "On Sunday from 10:00 to 14:00 no vehicle is out." in page
    answer = office.client.post(
        f"/on-demand/{version}", {"do": "submit", "effective_on": "2026-11-24", "note": "x"}, follow=True
    )
    assert "Something is still missing." in answer.content.decode()
    assert RuleSet.objects.get().state == "DRAFT"
    office.send(f"{version}/hours/1", "remove")
    office.submit(version)


def test_two_officers_at_one_section(office: Office) -> None:
    version = office.set_up()
    one = office.fields(f"{version}/fares", "save")
    office.send(f"{version}/fares", "save", base_minor="2")
    answer = office.client.post(f"/on-demand/{version}/fares", one | {"base_minor": ["9"], "do": ["save"]})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Somebody else has changed this meanwhile." in html
    assert 'value="9"' in html, "what was typed stands there still"
    assert rules().fares.base_minor == 200
    other = office.fields(f"{version}/zones/0", "save")
    office.send(f"{version}/fares", "save", base_minor="3")
    assert office.client.post(f"/on-demand/{version}/zones/0", other | {"do": ["save"]}).status_code == 302


def test_an_area_from_a_file_and_another_row(office: Office) -> None:
    version = office.set_up()
    border = [[[24.8, 60.2], [25.0, 60.2], [25.0, 60.3], [24.8, 60.2]]]
    text = f'{{"type": "Feature", "properties": {{}}, "geometry": {{"type": "Polygon", "coordinates": {border}}}}}'
    fields: dict[str, Any] = office.fields(f"{version}/zones/new", "save") | {"name": ["Hill"], "do": ["save"]}
    fields["file"] = SimpleUploadedFile("hill.geojson", text.encode())
    assert office.client.post(f"/on-demand/{version}/zones/new", fields).status_code == 302
    assert rules().zones[1].rings == (((24.8, 60.2), (25.0, 60.2), (25.0, 60.3), (24.8, 60.2)),)
    fields = office.fields(f"{version}/vehicles/0", "save") | {"do": ["shifts"], "name": ["Bus 7"]}
    html = office.client.post(f"/on-demand/{version}/vehicles/0", fields).content.decode()
    assert "Shift 2" in html
    assert 'value="Bus 7"' in html
    assert rules().vehicles[0].name == "Bus 1", "nothing is saved by that"


def test_within_some_kilometres_of_a_stop(office: Office, town: Town) -> None:
    town.publish(bus="stop A 60.1 24.9 Harbour\nstop B 60.2 24.9 B\nline 1 bus A 8:00 B 8:30")
    version = office.set_up()
    office.send(f"{version}/zones/new", "save", name="Around the harbour", radius="5", rings="",
                place_text="Harbour", place_at="60.10000,24.90000~bus:A~Harbour")  # fmt: skip
    (ring,) = rules().zones[1].rings
    assert len(ring) == 33
    assert max(lat for _lon, lat in ring) == pytest.approx(60.1 + 5 / 111.32, abs=1e-4)
    office.send(f"{version}/stops/new", "save", name="Harbour", kind="hub", place_text="Harbour",
                place_at="60.10000,24.90000~bus:A~Harbour")  # fmt: skip
    assert (rules().stops[0].stop_id, rules().stops[0].lat) == ("bus:A", 60.1)


def test_holes_are_kept(office: Office) -> None:
    version = office.set_up()
    hole = "60.11, 24.85\n60.11, 24.90\n60.13, 24.90"
    office.send(f"{version}/zones/0", "save", rings=f"{BORDER}\n\n{hole}")
    assert [len(ring) for ring in rules().zones[0].rings] == [5, 4]
    office.send(f"{version}/zones/0", "save")
    assert [len(ring) for ring in rules().zones[0].rings] == [5, 4]
