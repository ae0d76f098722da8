"""An interface has a grade with reasons and a history, and an uptime that counts the time, not the probes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.features.probed import Probed
from transit.models import Interface, InterfaceGrade, Probe, ProbeDay, ProbeState
from transit.register import evidence, probe_records, uptime
from transit.register.grades import Level, grade
from transit.register.probes.codes import CODES
from transit.register.probes.findings import Finding, Severity
from transit.register.uptime import Uptime

DAY = 86_400
FINE = Uptime(30 * DAY, 0)


def finding(code: str, severity: str) -> Finding:
    return Finding(code, Severity(severity))


@pytest.mark.parametrize(
    ("findings", "letter"),
    [
        ([], "A"),
        (["no_promise INFO"], "A"),
        (["validator_warnings WARNING"], "B"),
        (["validator_warnings WARNING", "rows_lost WARNING"], "B"),
        (["ends_soon WARNING", "rows_lost WARNING"], "C"),
        (["ends_soon ERROR"], "C"),
        (["ends_soon ERROR", "rows_lost WARNING"], "D"),
        (["ends_soon ERROR", "schema_faults ERROR"], "E"),
        (["ends_soon ERROR", "schema_faults ERROR", "missing_file ERROR", "sells_twice ERROR"], "E"),
        (["refused UNUSABLE"], "F"),
    ],
)
def test_the_rule(findings: list[str], letter: str) -> None:
    """The worst finding of a criterion counts: one letter for a weak one, two for a bad one."""
    found = grade([finding(*each.split()) for each in findings], None, 0, FINE, None)
    assert found.letter == letter


@pytest.mark.parametrize(
    ("up", "down", "promised", "letter", "code"),
    [
        (995, 5, None, "A", ""),
        (985, 15, None, "B", "often_down"),
        (940, 60, None, "C", "often_down"),
        (995, 5, 0.999, "B", "below_promise"),
        (940, 60, 0.5, "C", "often_down"),
    ],
)
def test_how_it_could_be_reached(up: int, down: int, promised: float | None, letter: str, code: str) -> None:
    found = grade([], None, 0, Uptime(up * DAY, down * DAY), promised)
    assert found.letter == letter
    assert [reason.code for reason in found.reasons] == ([code] if code else [])


def test_of_little_time_no_share_is_taken() -> None:
    assert grade([], None, 0, Uptime(100, DAY - 200), None).letter == "A"


def test_one_failure_is_no_outage() -> None:
    down = finding("no_answer", "UNUSABLE")
    assert [grade([], down, times, FINE, None).letter for times in (1, 2, 3)] == ["B", "B", "F"]
    assert grade([], down, 3, FINE, None).reasons[0].level is Level.UNUSABLE


def test_every_code_has_a_criterion_and_a_sentence() -> None:
    for code, about in CODES.items():
        assert str(about.sentence).endswith((".", "tried.")), code


@pytest.mark.db
def test_time_is_counted_not_probes(probed: Probed) -> None:
    """Who is down is asked less often: its probes would make it look better than it is."""
    site = probed.site(x=b"<xml/>")
    row = probed.discloses("stops", "NeTEx", f"{site.url}/x")
    for _ in range(4):
        probed.asks("stops")
        probed.later(minutes=15)
    site.statuses["/x"] = 500
    for _ in range(2):
        probed.asks("stops")
        probed.later(hours=1)
    del site.statuses["/x"]
    probed.asks("stops")
    month = uptime.uptime(row.pk, 30, datetime.now(UTC))
    assert (round(month.up_s / 60), round(month.down_s / 60)) == (60, 120)
    assert month.share == pytest.approx(1 / 3, abs=0.01)


def test_nobody_looked(probed: Probed) -> None:
    """What was found holds for two hours at most; the rest of the time is not known, and counts for nothing."""
    site = probed.site(x=b"<xml/>")
    row = probed.discloses("stops", "NeTEx", f"{site.url}/x")
    probed.asks("stops")
    probed.later(days=3)
    probed.asks("stops")
    assert uptime.uptime(row.pk, 30, datetime.now(UTC)).seen_s == 7200


def test_across_midnight() -> None:
    since = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    days = list(uptime.spans(since, since + timedelta(hours=5)))
    assert days == [(date(2026, 11, 23), 3600), (date(2026, 11, 24), 3600)]


def test_thirty_and_ninety_days(probed: Probed) -> None:
    site = probed.site(x=b"<xml/>")
    row = probed.discloses("stops", "NeTEx", f"{site.url}/x")
    today = datetime.now(UTC).date()
    for ago, up, down in ((0, 600, 0), (29, 300, 300), (30, 0, 600), (89, 600, 0), (90, 0, 600)):
        ProbeDay.objects.create(interface=row, day=today - timedelta(days=ago), up_s=up, down_s=down)
    found = evidence.get_evidence("stops", datetime.now(UTC))
    assert (found.month.share, found.quarter.share) == (0.75, 1500 / 2400)
    assert len(found.days) == 90
    assert found.days[-1].share == 1.0
    assert found.days[1].share is None


def test_a_row_for_every_change_and_no_other(probed: Probed) -> None:
    site = probed.site(x=b"<xml/>")
    probed.discloses("stops", "NeTEx", f"{site.url}/x", availability_basis_points=9990)
    for status in (200, 200, 500, 500, 500, 500, 200, 200):
        site.statuses["/x"] = status
        probed.asks("stops")
        probed.later(minutes=20)
    rows = InterfaceGrade.objects.order_by("pk")
    assert [row.letter for row in rows] == ["A", "B", "F", "A"]
    assert rows[2].reasons == [
        {"criterion": "reachable", "level": "unusable", "code": "answered_with", "figures": {"status": 500}}
    ]
    assert len(evidence.get_evidence("stops", datetime.now(UTC)).history) == 4


def test_what_is_forgotten(probed: Probed) -> None:
    row = probed.sells("sea")
    probed.asks("sea-sales")
    site = probed.site(x=b"<xml/>")
    probed.discloses("stops", "NeTEx", f"{site.url}/x")
    probed.asks("stops")
    probed.later(days=20)
    probe_records.tidy(datetime.now(UTC))
    assert [probe.interface_id for probe in Probe.objects.all()] == [row.pk], "a trial is kept"
    assert ProbeDay.objects.count() == 2
    probed.later(days=400)
    probe_records.tidy(datetime.now(UTC))
    assert not Probe.objects.exists()
    assert not ProbeDay.objects.exists()
    assert ProbeState.objects.count() == Interface.objects.exclude(url__startswith="/").count()
