"""Grids as people write them: what is saved, what is refused, and that a departure stays itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transit.publishing.test_feeds import operator
from transit.models import HostedDays, HostedDeparture, HostedPattern, HostedSeason, HostedStop, Operator
from transit.publishing.grids import Column, Grid, grid_of, repeated, save, seconds_of, text_of

__all__ = ["operator"]


@given(st.integers(0, 36 * 60 - 1))
def test_times_there_and_back(minutes: int) -> None:
    assert seconds_of(text_of(minutes * 60)) == minutes * 60


WRITTEN = [("7:05", 25500), (" 7.05", 25500), ("0705", 25500), ("", None), ("–", None)]


@pytest.mark.parametrize(("text", "seconds"), WRITTEN)
def test_times_as_people_write_them(text: str, seconds: int | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["7", "7:5", "7:60", "99:00", "seven", "7:05:00", "-7:05"])
def test_no_times(text: str) -> None:
    with pytest.raises(ValueError, match=text.strip()):
        seconds_of(text)


@pytest.fixture
def pattern(operator: Operator) -> HostedPattern:
    found: HostedPattern = HostedPattern.objects.get(direction=0)
    return found


@pytest.mark.django_db
def test_what_is_saved_is_read_again(pattern: HostedPattern) -> None:
    grid = grid_of(pattern)
    assert [each.times for each in grid.columns] == [("7:00", "7:05", "7:12"), ("8:00", "", "8:10")]
    assert save(pattern, grid.padded(3, 2, None)) == grid
    assert HostedDeparture.objects.filter(pattern=pattern, seats=20).count() == 1


@pytest.mark.django_db
def test_a_stop_more_and_a_departure_less(pattern: HostedPattern) -> None:
    grid = grid_of(pattern)
    new = HostedStop.objects.create(operator=pattern.line.service.operator, name="Ranta", lat=60.11, lon=24.91)
    first = grid.columns[0]
    longer = replace(first, times=(*first.times, "7.20"))
    saved = save(pattern, Grid((*grid.stops, new.code), (longer,)))
    assert not saved.errors
    assert [(each.code, each.times) for each in saved.columns] == [(first.code, ("7:00", "7:05", "7:12", "7:20"))]
    assert pattern.departures.count() == 1


@pytest.mark.django_db
def test_every_ten_minutes(pattern: HostedPattern) -> None:
    grid = replace(grid_of(pattern), columns=grid_of(pattern).columns[:1])
    more = repeated(grid, 20, "8:00")
    assert [each.times[0] for each in more.columns] == ["7:00", "7:20", "7:40", "8:00"]
    saved = save(pattern, more)
    assert len({each.code for each in saved.columns}) == 4
    for wrong in ((0, "8:00"), (20, "late")):
        with pytest.raises(ValueError, match=wrong[1]):
            repeated(grid, *wrong)


@pytest.mark.django_db
def test_one_mistake_and_nothing_is_saved(pattern: HostedPattern) -> None:
    grid, other = grid_of(pattern), HostedSeason.objects.get()
    foreign = HostedDays.objects.create(
        season=HostedSeason.objects.create(
            service=other.service, name="Other", first_day=date(2027, 4, 1), last_day=date(2027, 5, 1)
        ),
        name="Daily",
        weekdays=127,
    )
    stops, days = grid.stops, grid.columns[0].days_id
    wrong = Grid(
        (stops[0], stops[0], "elsewhere"),
        (
            Column(("7:00", "6:00", "7:05"), days),
            Column(("7:00", "soon", ""), days),
            Column(("7:00", "", ""), days),
            Column(("7:00", "7:01", "7:02"), foreign.pk),
        ),
    )
    answer = save(pattern, wrong)
    assert sorted(answer.errors) == [(-1, 2), (-1, 3), (1, -1), (1, 0), (1, 1), (2, -1)]
    assert [each.times for each in answer.columns] == [each.times for each in wrong.columns], "nothing typed is lost"
    assert grid_of(pattern) == grid


@pytest.mark.django_db
def test_the_stops_of_another_company_are_none(pattern: HostedPattern) -> None:
    other = Operator.objects.create(code="other", legal_name="Other Oy", country="FI")
    stop = HostedStop.objects.create(operator=other, name="Salo", lat=60.0, lon=24.0)
    grid = grid_of(pattern)
    assert (2, -1) in save(pattern, replace(grid, stops=(*grid.stops[:2], stop.code))).errors
