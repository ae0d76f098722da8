"""A publisher puts out a new timetable: it is fetched, checked, and answers, without anybody at a keyboard."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.features.publisher import Publisher, state_of, states
from tests.features.town import Town
from transit.following.fetching import list_due
from transit.models import Letter
from transit.network.publish import rollback_network

pytestmark = [pytest.mark.django_db, pytest.mark.db]
COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
every 30 until 22:00 line 1 bus H 6:06 M 6:15
every 30 until 22:00 line 1 bus M 6:20 H 6:29
"""
ISLES = """
stop P 60.150 24.9005 Pier
stop I 60.100 24.900 Island
every 60 until 20:00 line F ferry P 7:00 I 7:40
"""
LATER = COAST.replace("H 6:06 M 6:15", "H 6:08 M 6:17")


@pytest.fixture
def coast(town: Town, publisher: Publisher) -> Publisher:
    """A network that was published by hand, whose feeds have addresses."""
    town.publish(coast=COAST, isles=ISLES)
    publisher.puts_out("coast", COAST)
    publisher.puts_out("isles", ISLES)
    publisher.is_registered("coast")
    publisher.is_registered("isles")
    return publisher


def test_a_new_timetable_answers_by_itself(town: Town, coast: Publisher, monday: time_machine.Traveller) -> None:
    coast.work("coast", "isles")
    assert (coast.asked, states("coast"), states("isles")) == ([200, 200], ["LIVE"], ["LIVE"]), "known already"
    monday.shift(timedelta(hours=2))
    coast.work("coast")
    assert coast.asked[2:] == [304], "nothing is sent twice"
    coast.puts_out("coast", LATER)
    coast.work("coast", "isles")
    town.wait_for_pointer()
    assert states("coast") == ["RETIRED", "LIVE"]
    assert town.journeys("coast:H", "coast:M", "08:00") == ["08:08 Bus 1 Harbour–Market 08:17"]
    assert town.journeys("isles:P", "isles:I", "08:00") == ["08:00 Ferry F Pier–Island 08:40"], "the others stay"
    assert not Letter.objects.exists()


def test_two_at_once_are_one_network(town: Town, coast: Publisher) -> None:
    coast.puts_out("coast", LATER)
    coast.puts_out("isles", ISLES.replace("7:00 I 7:40", "7:05 I 7:45"))
    coast.work("coast", "isles")
    town.wait_for_pointer()
    assert town.journeys("coast:H", "coast:M", "08:00") == ["08:08 Bus 1 Harbour–Market 08:17"]
    assert town.journeys("isles:P", "isles:I", "08:00") == ["08:05 Ferry F Pier–Island 08:45"]


def test_a_publisher_that_fails_is_asked_less_often(town: Town, coast: Publisher) -> None:
    coast.status = 503
    pauses = []
    for _ in range(10):
        coast.work("coast")
        state = state_of("coast")
        assert state.next_fetch_at is not None
        assert state.failed_at is not None
        pauses.append((state.next_fetch_at - state.failed_at) / timedelta(minutes=5))
    for nth, pause in enumerate(pauses):
        usual = min(2**nth, 144)
        assert usual <= pause <= usual * 1.2
    assert len({round(pause % 1, 6) for pause in pauses}) > 5, "not all at the same second"
    assert [alert.kind for alert in Letter.objects.all()] == ["feed_silent"], "told once"
    assert town.journeys("coast:H", "coast:M", "08:00") == ["08:06 Bus 1 Harbour–Market 08:15"]
    coast.status = 200
    coast.work("coast")
    assert (state_of("coast").failures, state_of("coast").error) == (0, "")


def test_when_it_is_asked(town: Town, coast: Publisher, monday: time_machine.Traveller) -> None:
    def due() -> int:
        return len(list_due(timezone.now()))

    assert due() == 2
    coast.work("coast", "isles")
    assert due() == 0
    monday.shift(timedelta(minutes=59))
    assert due() == 0
    monday.shift(timedelta(minutes=14))
    assert due() == 2


def test_what_cannot_be_used_is_told_once(town: Town, coast: Publisher, monday: time_machine.Traveller) -> None:
    coast.puts_out("coast", content=b"<html>moved</html>")
    for _ in range(3):
        coast.work("coast")
        monday.shift(timedelta(hours=2))
    assert [alert.kind for alert in Letter.objects.all()] == ["feed_rejected"]
    assert states("coast") == ["LIVE", "REJECTED"]
    assert town.journeys("coast:H", "coast:M", "08:00") == ["08:06 Bus 1 Harbour–Market 08:15"]


def test_a_worker_that_dies_before_publishing(town: Town, coast: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    coast.puts_out("coast", LATER)
    with monkeypatch.context() as patch:
        patch.setattr("transit.network.publish.build_network", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            coast.work("coast")
    assert states("coast") == ["LIVE", "IMPORTED"]
    assert town.journeys("coast:H", "coast:M", "08:00") == ["08:06 Bus 1 Harbour–Market 08:15"]
    coast.work()
    town.wait_for_pointer()
    assert town.journeys("coast:H", "coast:M", "08:00") == ["08:08 Bus 1 Harbour–Market 08:17"]


def test_what_was_taken_back_does_not_come_again(town: Town, coast: Publisher, monday: time_machine.Traveller) -> None:
    coast.puts_out("coast", LATER)
    coast.work("coast")
    rollback_network(timezone.now())
    monday.shift(timedelta(hours=2))
    coast.puts_out("isles", ISLES.replace("7:00 I 7:40", "7:05 I 7:45"))
    coast.work("coast", "isles")
    town.wait_for_pointer()
    assert states("coast") == ["LIVE", "RETIRED"]
    assert town.journeys("coast:H", "coast:M", "08:00") == ["08:06 Bus 1 Harbour–Market 08:15"]
    assert town.journeys("isles:P", "isles:I", "08:00") == ["08:05 Ferry F Pier–Island 08:45"]
