"""A region sets up rides on demand in the browser, from nothing to release, and nobody releases alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from maas.accounts.models import Role
from tests.features.a107_statements import member
from tests.features.office import Office
from tests.features.town import Town
from transit.models import Region, RuleSet, Service
from transit.ondemand import versions
from transit.ondemand.rules import MeetingKind, ShiftPattern, StopKind

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def office(town: Town) -> Office:
    return Office()


def rules() -> Any:
    return versions.rules_of(RuleSet.objects.latest("pk"))


def test_from_nothing_to_released(office: Office) -> None:
    assert "There is no service yet." in office.page("")
    version = office.send("regions/coast/new", name="Valley Ride", operator_code="new", operator_name="Valley Ltd",
                          names_fi="Laaksokyyti", booking_phone="+358 100 1")  # fmt: skip
    page = office.page(version)
    assert "Still to do There is no zone yet." in page
    assert page.count(" to do ") == 4
    office.send(f"{version}/zones/new", "save", name="Valley", rings="60.09, 24.80\n60.09, 25.00\n60.16, 25.00")
    office.send(f"{version}/hours/new", "save", start_s="6:00", end_s="22:00")
    office.send(f"{version}/vehicles/new", "save", name="Bus 1", lat="60.1", lon="24.9")
    assert "Nothing is missing" in office.page(version)
    office.submit(version)
    assert "Another officer of your region must release it." in office.page(version)
    service = Service.objects.get()
    assert versions.current(service.code, TODAY) is None
    second = Office("second")
    assert second.send(version, "release") == f"services/{service.code}"
    page = second.page(f"services/{service.code}")
    assert "Submitted by officer@coast.example, released by second@coast.example" in page
    service.refresh_from_db()
    assert (service.code, service.sales, service.kind, service.names) == (
        "valley-ride", "ondemand", "on-demand", {"fi": "Laaksokyyti"},
    )  # fmt: skip
    (row,) = [row for _service, row in versions.list_services(TODAY)]
    assert versions.rules_of(row).vehicles[0].shifts == (ShiftPattern((0, 1, 2, 3, 4), 21_600, 79_200),)
    assert "Valley Ride runs" in office.page("")


def test_who_submits_does_not_release(office: Office) -> None:
    version = office.set_up()
    office.submit(version)
    office.client.post(f"/on-demand/{version}", {"do": "release"})
    assert RuleSet.objects.get().state == "SUBMITTED"
    assert "You have submitted it yourself." in office.page(version)


def test_a_region_waives_the_second_officer_and_it_is_written_down(office: Office) -> None:
    version = office.set_up()
    office.send("regions/coast", "", waives_four_eyes="on")
    page = office.page("regions/coast")
    assert "officer@coast.example asks that one officer alone may release rules." in page
    office.client.post("/on-demand/regions/coast", {"do": "agree"})
    office.submit(version)
    office.client.post(f"/on-demand/{version}", {"do": "release"})
    assert RuleSet.objects.get().state == "SUBMITTED", "who asks for it does not grant it"
    second = Office("second")
    second.send("regions/coast", "")
    second.client.post("/on-demand/regions/coast", {"do": "agree"})
    assert "second@coast.example: one officer alone may release rules" in office.page("regions/coast")
    office.send(version, "release")
    assert "released by the same officer alone: the region has waived the second" in office.page(version)
    assert RuleSet.objects.get().waived
    office.send("regions/coast", "", waives_four_eyes=None)
    assert "two officers must release rules again" in office.page("regions/coast")
    again = office.send("services/valley-ride", "")
    office.submit(again, "2026-11-24")
    office.client.post(f"/on-demand/{again}", {"do": "release"})
    assert RuleSet.objects.latest("pk").state == "SUBMITTED"


def test_an_officer_who_works_alone_asks_the_platform(office: Office) -> None:
    office.set_up()
    office.send("regions/coast", "", waives_four_eyes="on")
    assert "/on-demand/regions/coast/waiver" in office.page("regions/coast")
    office.client.post("/on-demand/regions/coast/waiver", {"do": "agree"})
    assert not Region.objects.get().waives_four_eyes, "nobody agrees to what they ask for"
    assert Office("other", "hills").client.post("/on-demand/regions/coast/waiver", {"do": "agree"}).status_code == 404
    staff = member("platform_staff")
    assert staff.get("/on-demand/regions/coast").status_code == 404, "the rest is the region's"
    assert "officer@coast.example asks that" in staff.get("/on-demand/regions/coast/waiver").content.decode()
    assert staff.post("/on-demand/regions/coast/waiver", {"do": "agree"}).status_code == 302
    assert Region.objects.get().waives_four_eyes
    page = office.page("regions/coast")
    assert "have agreed, in place of a second officer" in page
    assert "one officer alone may release rules" in page


def test_the_platform_does_not_agree_where_there_is_a_second_officer(office: Office) -> None:
    """Nor does a superuser, whom Django lets do everything; who agrees by which role is written down."""
    office.set_up()
    office.send("regions/coast", "", waives_four_eyes="on")
    second = Office("second").user
    root = get_user_model().objects.create_superuser("root@site.example")
    visitor = Client()
    visitor.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    for path in ("regions/coast/waiver", "regions/coast"):
        visitor.post(f"/on-demand/{path}", {"do": "agree"})
    staff = member("platform_staff")
    assert staff.post("/on-demand/regions/coast/waiver", {"do": "agree"}).status_code == 404
    assert not Region.objects.get().waives_four_eyes
    second.is_active = False
    second.save()
    Role.objects.create(user=root, kind="platform_staff", scope="")
    assert visitor.post("/on-demand/regions/coast/waiver", {"do": "agree"}).status_code == 302
    assert "have agreed, in place of a second officer" in office.page("regions/coast")


def test_another_region_s_officer_finds_nothing(office: Office) -> None:
    version = office.set_up()
    Region.objects.create(code="hills", name="Hills", currency="EUR", timezone="Europe/Helsinki", country="FI")
    other = Office("other", "hills")
    for path in ("regions/coast", "regions/coast/new", "services/valley-ride", "services/valley-ride/facts", version,
                 f"{version}/zones", f"{version}/zones/0", f"{version}/zones/new", f"{version}/fares",
                 f"{version}/compare/{version.rsplit('/')[-1]}"):  # fmt: skip
        assert office.client.get(f"/on-demand/{path}").status_code == 200, path
        assert other.client.get(f"/on-demand/{path}").status_code == 404, path
        assert other.client.post(f"/on-demand/{path}", {"do": "discard"}).status_code == 404, path
    assert "Valley Ride" not in other.page("")
    assert RuleSet.objects.get().state == "DRAFT"


def test_what_is_submitted_is_not_edited(office: Office) -> None:
    version = office.set_up()
    office.submit(version)
    before = rules()
    assert "Basic price of a ride" in office.page(f"{version}/fares")
    for path, fields in (
        (f"{version}/fares", {"base_minor": "9"}),
        (f"{version}/zones/0", {"do": "remove"}),
        (f"{version}/zones/new", {"name": "Hill", "rings": "1,1\n1,2\n2,2"}),
        (f"{version}/special_days", {"do": "holidays"}),
        (version, {"do": "discard"}),
    ):
        assert office.client.post(f"/on-demand/{path}", fields).status_code == 302
    assert rules() == before
    assert RuleSet.objects.get().state == "SUBMITTED"
    office.send(version, "send-back", why="The fare is missing")
    assert "sent back · officer@coast.example: The fare is missing" in office.page(version)
    office.send(f"{version}/fares", "save", base_minor="3.50")
    assert rules().fares.base_minor == 350


def test_everything_that_a_region_can_set(office: Office) -> None:
    version = office.set_up()
    office.send(f"{version}/zones/new", "save", name="Hill", names_fi="Mäki", rings="60.2,24.8\n60.2,25\n60.3,25")
    office.send(f"{version}/pairs/new", "save", origin="valley", destination="hill", hubs_only="on")
    office.send(f"{version}/stops/new", "save", name="Station", lat="60.12", lon="24.9", kind="hub", stop_id="rail:S",
                wheelchair="yes", shelter="on")  # fmt: skip
    office.send(f"{version}/exclusions/new", "save", name="Beside the bus", by="bus", bus_walk_m="400", bus_wait_s="30")
    office.send(f"{version}/groups/new", "save", name="Old people", needs_proof="on", proof_fi="Henkilökortti",
                valid_days="365", min_age="75", first_month="11", last_month="3")  # fmt: skip
    office.send(f"{version}/meeting", "save", kind="corner", walk_m="300", also={"walk_old-people": "0"})
    office.send(f"{version}/special_days/new", "save", name="Christmas", first_day="2026-12-24", last_day="2026-12-26",
                spans="10:00–14:00, 16:00-18:00")  # fmt: skip
    office.send(f"{version}/booking", "save", notice_s="60", ahead_days="7", cutoff_days="1", cutoff_s="16:00",
                phone="0100 1", also={"phone_hours-0-days": ["0", "1"], "phone_hours-0-start_s": "8:00",
                                   "phone_hours-0-end_s": "16:00"})  # fmt: skip
    office.send(f"{version}/promise", "save", window_s="20", detour_factor="1,8")
    office.send(f"{version}/vehicles/new", "save", name="Aino's car", lat="60.1", lon="24.9", volunteer="on",
                zones=["hill"], per_km_minor="0.45",
                also={"layouts-0-seats": "3", "layouts-0-wheelchairs": "0", "shifts-0-days": ["5"],
                      "shifts-0-start_s": "20:00", "shifts-0-end_s": "25:10",
                      "shifts-0-breaks": "22:00–22:30, 15"})  # fmt: skip
    office.send(f"{version}/fares", "save", base_minor="3,50", per_km_minor="0.20", cap_minor="12",
                also={"share_old-people": "50", "share_child": "0"})  # fmt: skip
    office.send(f"{version}/purposes/new", "save", name="Health", exempt="on", priority="on")
    office.send(f"{version}/conduct", "save", no_show_fee_basis_points="100", no_shows="3")
    office.send(f"{version}/pricing", "save", on="on", max_discount_basis_points="30", discount_below="25")
    office.send(f"{version}/subsidies/new", "save", payer="Municipality", group="old-people", purpose="health",
                share_basis_points="80", yearly_minor="50000", at_cap="reduce", reduced_basis_points="40")  # fmt: skip
    office.send(f"{version}/matching", "save", spare_share="10", speed_factors=" ".join(["1.2"] * 24))
    assert "Nothing is missing" in office.page(version)
    said = rules()
    assert [zone.names for zone in said.zones] == [(), (("fi", "Mäki"),)]
    assert (said.pairs[0].origin, said.pairs[0].hubs_only, said.pairs[0].both) == ("valley", True, True)
    assert (said.stops[0].kind, said.stops[0].stop_id, said.stops[0].wheelchair) == (StopKind.HUB, "rail:S", True)
    assert (said.exclusions[0].bus_walk_m, said.exclusions[0].bus_wait_s) == (400, 1800)
    assert (said.groups[0].proof, said.groups[0].first_month) == ((("fi", "Henkilökortti"),), 11)
    assert (said.meeting.kind, said.meeting.group_walk_m) == (MeetingKind.CORNER, (("old-people", 0),))
    assert said.special_days[0].spans == ((36_000, 50_400), (57_600, 64_800))
    assert (said.booking.cutoff_s, said.booking.phone_hours[0].days) == (57_600, (0, 1))
    assert (said.promise.window_s, said.promise.detour_factor) == (1200, 1.8)
    car = said.vehicles[1]
    assert (car.volunteer, car.zones, car.layouts, car.per_km_minor) == (True, ("hill",), ((3, 0, 0, 4),), 45)
    assert (car.shifts[0].end_s, car.shifts[0].breaks[0].duration_s) == (90_600, 900)
    assert {each.group: each.share_basis_points for each in said.fares.groups} == {"child": 0, "old-people": 5000}
    assert (said.fares.base_minor, said.fares.cap_minor) == (350, 1200)
    assert (said.pricing.max_discount_basis_points, said.pricing.discount_below) == (3000, 0.25)
    assert (said.subsidies[0].yearly_minor, said.subsidies[0].at_cap.value) == (5_000_000, "reduce")
    assert (said.purposes[0].exempt, said.conduct.no_shows, said.matching.spare_share) == (True, 3, 0.1)
    for section in ("zones", "pairs", "stops", "exclusions", "groups", "special_days", "vehicles", "subsidies"):
        office.page(f"{version}/{section}")
        office.send(f"{version}/{section}/0", "save")
    for section in ("meeting", "booking", "promise", "fares", "conduct", "pricing", "matching"):
        office.send(f"{version}/{section}", "save")
    assert rules() == said, "what is saved as it stands stays as it is"
