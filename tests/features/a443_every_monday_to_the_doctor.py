"""Rides that come again: agreed once, booked day by day, left out on holidays and when the rider says so."""

from __future__ import annotations

import re

import pytest
from celery.signals import before_task_publish
from django.core import mail
from django.test import Client

from bookings import tasks
from bookings.models import Act, BillingAccount, Customer, Occurrence, Order, StandingOrder
from bookings.services import orders
from tests.features.a92_cash_to_the_driver import staff
from tests.features.market import Market
from tests.features.switchboard import fields_of, keep, opened, text_of, texting, town
from transit.models import Region

pytestmark = pytest.mark.db
AGREED = {
    "from_text": "Harbour", "to_text": "Quay", "when": "arrive", "time": "10:30", "first_day": "2026-11-23",
    "adult": "1", "weekdays": ["0", "2"],
}  # fmt: skip

ENDS = {"from_text": "", "from_at": "60.15,24.9~bus:H~H", "to_text": "", "to_at": "60.19,24.95~bus:Q~Q"}


@pytest.fixture
def desk(market: Market) -> Client:
    found = town(market)
    holidays = [{"date": "2026-12-02", "names": {"en": "Village day"}}]
    Region.objects.update(holidays=holidays)
    return found


def billed(where: str, desk: Client) -> str:
    """The customer may order by invoice; the key of that."""
    person = Customer.objects.get().user
    account = BillingAccount.objects.create(
        holder={"name": "Kela", "address": "Katu 1"}, currency="EUR", limit_minor=100_000
    )
    account.users.add(person)
    return f"invoice:{account.code}"


def agree(desk: Client, where: str, **more: object) -> str:
    """Agree on rides from the first places of those names; the text of the page afterwards."""
    fields = {**AGREED, "pay_with": billed(where, desk), **more}
    page = desk.post(f"{where}/recurring", fields)
    found = dict(reversed(re.findall(r'type="radio" name="(from_at|to_at)" value="([^"]+)"', page.content.decode())))
    kept = {name: value for name, value in fields.items() if name.replace("_text", "_at") not in found}
    answer = desk.post(f"{where}/recurring", {**kept, **found}) if found else page
    assert answer.status_code == 302, text_of(answer)
    return text_of(desk.get(f"{where}/recurring"))


def sweep(market: Market, times: int = 12) -> None:
    """What workers do for some minutes."""
    for _ in range(times):
        tasks.book_occurrences()
        tasks.tell_of_occurrences()
        tasks.sweep_orders()
        market.clock.shift(30)


def stopped(*_: object) -> None:
    """The worker is ended here."""
    raise SystemExit


def days() -> list[str]:
    return [f"{row.day:%a %d} {row.state}{' ' + row.reason if row.reason else ''}" for row in Occurrence.objects.all()]


def test_booked_as_far_as_can_be_without_the_holiday(market: Market, desk: Client) -> None:
    where = keep(desk)
    page = agree(desk, where)
    assert "Monday, Wednesday · Arrive by 10:30" in page
    assert "no ride (Village day)" in page
    sweep(market)
    assert days() == [
        "Mon 23 BOOKED", "Wed 25 BOOKED", "Mon 30 BOOKED", "Mon 07 BOOKED",
    ]  # fmt: skip
    assert {order.state for order in Order.objects.all()} == {"COMPLETED"}
    order = Order.objects.first()
    assert order is not None
    assert (order.provider, order.owner) == ("invoice", Customer.objects.get().user)
    assert order.offer.journey.end_at.isoformat() == "2026-11-23T08:20:00+00:00"
    market.clock.shift(2 * 24 * 3600)
    sweep(market, 6)
    assert days()[-1] == "Wed 09 BOOKED"
    sweep(market, 3)
    assert Order.objects.count() == 5, "each day once"


def test_many_days_are_booked_by_many_tasks(market: Market, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "BOOKING_S", 0.0)
    where = keep(desk)
    agree(desk, where)
    begun, sent = [], []

    def note(sender: str, **_: object) -> None:
        sent.append(sender)

    before_task_publish.connect(note)
    for _ in range(3):
        tasks.book_occurrences()
        begun.append(Order.objects.count())
    before_task_publish.disconnect(note)
    assert begun == [1, 2, 3], "each goes on where the one before had to stop"
    assert set(sent) == {"bookings.tasks.advance_order"}, "and none makes another"


def test_whoever_dies_in_between_is_followed_soon(
    market: Market, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = keep(desk)
    agree(desk, where, weekdays=["0"])
    monkeypatch.setattr(orders, "place", stopped)
    with pytest.raises(SystemExit):
        tasks.book_occurrences()
    monkeypatch.undo()
    tasks.book_occurrences()
    first = Occurrence.objects.earliest("day")
    assert first.order is None, "it may still be tried by who is not heard of"
    market.clock.shift(301)
    tasks.book_occurrences()
    first.refresh_from_db()
    assert first.order is not None


def test_a_day_is_left_out_or_ridden_at_another_time(market: Market, desk: Client) -> None:
    where = keep(desk)
    agree(desk, where, when="leave", time="10:00", first_day="2026-11-24")
    code = StandingOrder.objects.get().code
    change = f"{where}/recurring/{code}"
    desk.post(change, {"do": "skip", "day": "2026-11-25"})
    desk.post(change, {"do": "time", "day": "2026-11-30", "time": "09:50"})
    answer = desk.post(change, {"do": "skip", "day": "2026-11-26"}, follow=True)
    assert "There is no ride on this day." in text_of(answer)
    sweep(market)
    assert days() == ["Wed 25 SKIPPED", "Mon 30 BOOKED", "Mon 07 BOOKED"]
    assert "This day is booked." in text_of(desk.post(change, {"do": "skip", "day": "2026-11-30"}, follow=True))
    desk.post(change, {"do": "time", "day": "2026-11-25", "time": "10:00"})
    sweep(market, 6)
    assert days()[0] == "Wed 25 BOOKED", "ridden after all"
    order = Occurrence.objects.first().order  # type: ignore[union-attr]
    assert order is not None
    cancel = f"{where}/orders/{order.code}/cancel"
    assert desk.post(cancel, {"fee": "0"}).status_code == 302
    sweep(market, 6)
    assert days()[0] == "Wed 25 SKIPPED"


def test_the_rider_sees_it_and_leaves_out_a_day(market: Market, desk: Client) -> None:
    where = keep(desk)
    agree(desk, where)
    rider = Client()
    rider.force_login(Customer.objects.get().user, backend="django.contrib.auth.backends.ModelBackend")
    page = rider.get("/my-file")
    assert "Mon 23 Nov 2026 10:30: will be booked" in text_of(page)
    code = StandingOrder.objects.get().code
    own = f"/my-file/recurring/{code}"
    (skip, *_) = fields_of(page, own)
    assert rider.post(own, {**skip, "do": "skip"}).status_code == 302
    assert days() == ["Mon 23 SKIPPED"]
    assert staff("desk_agent", "other").post(own, {**skip, "do": "skip"}).status_code == 404
    rider.post(own, {"do": "pause"})
    sweep(market, 3)
    assert not Order.objects.exists()
    rider.post(own, {"do": "go_on"})
    sweep(market)
    assert days()[:2] == ["Mon 23 SKIPPED", "Wed 25 BOOKED"]
    rider.post(own, {"do": "end"})
    assert rider.post(own, {"do": "go_on"}, follow=True).status_code == 200
    assert StandingOrder.objects.get().state == "ENDED"
    booked = Order.objects.count()
    market.clock.shift(7 * 24 * 3600)
    sweep(market, 3)
    assert Order.objects.count() == booked


def test_who_has_no_ride_is_told_why_in_time(market: Market, desk: Client) -> None:
    gateway = texting(market)
    where = keep(desk)
    agree(desk, where, when="leave", time="22:00", weekdays=["0"], first_day="2026-11-23")
    sweep(market, 2)
    assert days() == [f"Mon {day} PLANNED no_journey" for day in ("23", "30", "07")]
    assert "will be booked: No journey was found." in text_of(desk.get(f"{where}/recurring"))
    market.clock.shift(3 * 3600)
    sweep(market, 2)
    assert days()[0] == "Mon 23 FAILED no_journey"
    (message,) = gateway.sent.values()
    assert message["to"] == "+358401234567"
    assert message["text"].startswith("No ride on 23 November 2026")
    again = opened(desk, "0401234567")
    assert "could not be booked" in text_of(desk.get(f"{again}/recurring"))
    assert Occurrence.objects.exclude(told_at=None).count() == 1
    assert mail.outbox == []


def test_who_cannot_be_written_to_is_rung_up(market: Market, desk: Client) -> None:
    where = keep(desk)
    agree(desk, where, when="leave", time="22:00", weekdays=["0"])
    market.clock.shift(4 * 3600)
    sweep(market, 2)
    listed = desk.get("/desk/failed-days")
    assert "23 November 2026" in text_of(listed)
    assert "Aino" not in text_of(listed)
    (person,) = fields_of(listed, "/desk/callers/open")
    calling = desk.post("/desk/callers/open", person)["Location"]
    assert desk.post(f"{calling}/days/{Occurrence.objects.all()[0].pk}/told").status_code == 302
    assert "Nobody is to be rung up." in text_of(desk.get("/desk/failed-days"))


def test_there_and_back_and_only_where_somebody_pays(market: Market, desk: Client) -> None:
    where = keep(desk)
    assert "This person has neither yet." in text_of(desk.get(f"{where}/recurring"))
    agree(desk, where, back="16:00", last_day="2026-12-31")
    assert sorted(StandingOrder.objects.values_list("time", "arrives")) == [
        (StandingOrder.objects.all()[0].time, True), (StandingOrder.objects.all()[1].time, False),
    ]  # fmt: skip
    mistakes: tuple[dict[str, object], ...] = (
        {"weekdays": []}, {"last_day": "2026-11-01"}, {"pay_with": "cash"}, {"pay_with": "invoice:x"},
    )  # fmt: skip
    for wrong in mistakes:
        answer = desk.post(f"{where}/recurring", {**AGREED, **ENDS, **wrong})
        assert answer.status_code == 422, wrong
    assert StandingOrder.objects.count() == 2


def test_whose_file_is_erased_keeps_nobody_from_being_told(market: Market, desk: Client) -> None:
    gateway = texting(market)
    where = keep(desk)
    agree(desk, where, when="leave", time="22:00", weekdays=["0"])
    sweep(market, 1)
    other = keep(desk, "Väinö Virtanen", "+358 50 765 4321")
    gone = Customer.objects.exclude(user__standing_orders__isnull=False).get().user
    own = StandingOrder.objects.get()
    erased = StandingOrder.objects.get(pk=own.pk)
    erased.pk, erased.code, erased.owner = None, "erased", gone
    erased.purpose = "dialysis"
    erased.save()
    Occurrence.objects.create(standing_order=erased, day="2026-11-22", state="FAILED", reason="no_journey")
    Act.objects.create(person=gone, what="enrolled", at=erased.created_at, detail={"group": "disabled"})
    assert desk.post(f"{other}/erase", {"sure": "yes"}).status_code == 302
    erased.refresh_from_db()
    assert (erased.said, erased.purpose, erased.service) == (None, "", "")
    assert not Act.objects.filter(person=gone, detail__has_key="group").exists()
    market.clock.shift(4 * 3600)
    sweep(market, 2)
    (message,) = gateway.sent.values()
    assert message["to"] == "+358401234567"
