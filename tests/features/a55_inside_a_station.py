"""A station whose inside is published (`pathways.txt`): changes take the way through it, with steps or without."""

import pytest

from tests.features.town import Town
from transit.models import Notice

pytestmark = pytest.mark.db

COAST = """
stop H 60.1000 24.9000 Harbour
station S 60.1900 24.9500 Central
stop S1 60.1900 24.9500 parent=S platform=1 Central
stop S2 60.1901 24.9501 parent=S platform=2 Central
node N1 60.1900 24.9500 parent=S
node N2 60.1901 24.9501 parent=S
entrance E 60.1905 24.9500 parent=S Market Square
stop A 60.3000 24.9600 Airport
line 1 bus H 8:00 S1 8:20
every 5 until 9:00 line R rail S2 8:20 A 8:50

[pathways.txt]
pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time,length,signposted_as
door,E,N1,1,1,,100,
p1,N1,S1,1,1,10,,
p2,N2,S2,1,1,10,,Airport trains
stairs,N1,N2,2,1,60,,
lift,N1,N2,5,1,240,,Lift
"""
NO_LIFT = COAST.replace("lift,N1,N2,5,1,240,,Lift\n", "")
UNKNOWN = COAST.replace("[pathways.txt]", "[pathways_draft.txt]")


def test_by_the_stairs(town: Town) -> None:
    town.publish(coast=COAST)
    assert town.journeys("coast:H", "coast:A", "07:50") == [
        "08:00 Bus 1 Harbour–Central (1) 08:20 > walk 1' > 08:25 Train R Central (2)–Airport 08:55"
    ]
    (found,) = town.plan("coast:H", "coast:A", "07:50")
    assert (found["legs"][1]["step_free"], found["step_free"]) == ("no", "no")


def test_by_the_lift(town: Town) -> None:
    town.publish(coast=COAST.replace("every 5", "every 3"))
    assert town.journeys("coast:H", "coast:A", "07:50", step_free="true") == [
        "08:00 Bus 1 Harbour–Central (1) 08:20 > walk 4' > 08:26 Train R Central (2)–Airport 08:56"
    ]
    (found,) = town.plan("coast:H", "coast:A", "07:50", step_free="true")
    # Nothing is known of Harbour and Airport.
    assert (found["legs"][1]["step_free"], found["step_free"]) == ("yes", "unknown")


def test_there_is_no_lift(town: Town) -> None:
    town.publish(coast=NO_LIFT)
    assert town.journeys("coast:H", "coast:A", "07:50", step_free="true") == []


def test_what_to_follow(town: Town) -> None:
    town.publish(coast=COAST)
    (usual,) = town.plan("coast:H", "coast:A", "07:50")
    (free,) = town.plan("coast:H", "coast:A", "07:50", step_free="true")
    assert [each["legs"][1]["signs"] for each in (usual, free)] == ["Airport trains", "Lift, Airport trains"]
    page = town.client.get("/journey", {"token": usual["token"]}).content.decode()
    assert "Follow the signs: Airport trains" in page


def test_a_rule_for_one_line_does_not_lead_over_stairs(town: Town) -> None:
    rule = "\n\n[transfers.txt]\nfrom_stop_id,to_stop_id,from_route_id,transfer_type,min_transfer_time\nS1,S2,1,2,30\n"
    town.publish(coast=NO_LIFT + rule)
    assert len(town.journeys("coast:H", "coast:A", "07:50")) == 1
    assert town.journeys("coast:H", "coast:A", "07:50", step_free="true") == []


def test_a_platform_that_no_pathway_leads_to(town: Town) -> None:
    """It is met where it stands; from the other platform one goes round by the entrance."""
    town.publish(coast=COAST.replace("p2,N2,S2,1,1,10,,Airport trains\n", ""))
    assert town.journeys("coast:H", "coast:A", "07:50") == [
        "08:00 Bus 1 Harbour–Central (1) 08:20 > walk 2' > 08:25 Train R Central (2)–Airport 08:55"
    ]
    notice = Notice.objects.get(code="pathway_unreachable_location")
    assert notice.detail["samples"] == ["S2"]


def test_nothing_is_known(town: Town) -> None:
    town.publish(coast=UNKNOWN)
    (found,) = town.plan("coast:H", "coast:A", "07:50", step_free="true")
    assert found["step_free"] == "unknown"


def test_stairs_that_lead_one_way_only(town: Town) -> None:
    town.publish(coast=NO_LIFT.replace("stairs,N1,N2,2,1", "stairs,N2,N1,2,0"))
    assert town.journeys("coast:H", "coast:A", "07:50") == []


def test_a_published_transfer_time_stands_above(town: Town) -> None:
    rule = "\n\n[transfers.txt]\nfrom_stop_id,to_stop_id,transfer_type,min_transfer_time\nS1,S2,2,420\n"
    town.publish(coast=COAST + rule)
    assert town.journeys("coast:H", "coast:A", "07:50") == [
        "08:00 Bus 1 Harbour–Central (1) 08:20 > walk 7' > 08:30 Train R Central (2)–Airport 09:00"
    ]


def test_asked_for_on_the_page(town: Town) -> None:
    town.publish(coast=COAST)
    form = town.client.get("/").content.decode()
    assert 'name="step_free"' in form
    asked = {"from_at": "60.1,24.9~coast:H~Harbour", "to_at": "60.3,24.96~coast:A~Airport", "step_free": "1"}
    page = town.client.get("/journeys", asked | {"when": "leave", "date": "2026-11-24", "time": "07:50"})
    assert "08:25" not in page.content.decode()
