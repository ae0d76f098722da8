"""Rides that come again and again: agreed at the desk, and seen by the rider, who may leave out a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bookings.models import StandingOrder
from bookings.services import callers, customers, favourites, occurrences, sayings, standing_orders
from bookings.services.standing_orders import Agreed, StandingOrderError
from bookings.services.viewers import allow
from bookings.web.callers import known_of
from bookings.web.days import today_here
from bookings.web.limits import limited, limited_each
from bookings.web.serving import SERVE, served_customer
from bookings.web.wishes import ENDS, Choice, WishForm
from transit.register.regions import RegionView
from transit.routing.query import RiderCategory
from transit.states import IllegalMove

SHOWN_DAYS = 14
WEEKDAYS = [
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")),
    ("4", _("Friday")), ("5", _("Saturday")), ("6", _("Sunday")),
]  # fmt: skip
_REFUSALS = {
    "too_many": _("That is too many recurring rides."),
    "no_days": _("Please choose weekdays, and a last day that is not before the first."),
    "way_not_allowed": _("Recurring rides are paid by invoice or from travel money."),
    "not_recurring": _("This service takes no recurring rides."),
    "day_wrong": _("There is no ride on this day."),
    "booked_already": _("This day is booked. Cancel the booking of the day; then it is left out."),
}


class RecurringForm(WishForm):
    """The same wish every week: on which days, from when until when, and who pays."""

    weekdays = forms.MultipleChoiceField(label=_("Days"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple)
    first_day = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}))
    last_day = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}))
    back = forms.TimeField(label=_("And back at"), required=False, widget=forms.TimeInput({"type": "time"}))
    holidays = forms.BooleanField(label=_("Also on holidays"), required=False)
    pay_with = forms.ChoiceField(label=_("Paid by"))

    service = forms.ChoiceField(label=_("With"), required=False)

    def __init__(
        self,
        data: Any,
        zone: str,
        now: datetime,
        places: Any,
        ways: list[Choice],
        purposes: list[Choice],
        services: list[Choice],
    ) -> None:
        super().__init__(data, zone, now, places, (), purposes)
        with_any: Any = self.fields["service"]
        with_any.choices = [("", _("Any bus, train or other vehicle")), *services]
        if hasattr(data, "getlist"):
            self.data = {**self.data, "weekdays": data.getlist("weekdays")}
        field: Any = self.fields["pay_with"]
        money = gettext("travel money")
        field.choices = [(key, holder or money) for key, holder in ways]

    def list_agreed(self, region: RegionView) -> list[Agreed]:
        """What is agreed: the way there, and the way back if there is one."""
        given = self.cleaned_data
        there = Agreed(
            origin=self.end("from"),
            destination=self.end("to"),
            weekdays=sum(1 << int(day) for day in given["weekdays"]),
            at=given["time"],
            arrives=given["when"] == "arrive",
            first_day=given["first_day"],
            last_day=given["last_day"],
            region=region.code,
            pay_with=given["pay_with"],
            skips_holidays=not given["holidays"],
            service=given["service"],
            purpose=given["purpose"],
            mobility=self.mobility.value,
            travellers=tuple((each.value, given[each]) for each in RiderCategory if given.get(each)),
        )
        return [there, _turned(there, given["back"])] if given["back"] else [there]


def _turned(there: Agreed, at: time) -> Agreed:
    back = {name: getattr(there, name) for name in there.__slots__}
    return Agreed(**back | {"origin": there.destination, "destination": there.origin, "at": at, "arrives": False})


@login_required
@never_cache
@limited_each
def recurring(request: HttpRequest, code: str) -> HttpResponse:
    """A customer's recurring rides, day by day, and the form that agrees on more."""
    now = timezone.now()
    caller, customer = served_customer(request, code, now)
    today, region = today_here(now)
    ways, places = standing_orders.list_ways(customer.user_id), favourites.list_for(customer.user_id)
    sent = request.method == "POST"
    first: Any = request.POST if sent else {"when": "arrive", "first_day": f"{today:%Y-%m-%d}"}
    zone = region.timezone if region else "UTC"
    services = standing_orders.list_services(region.code, today) if region else []
    form = RecurringForm(first, zone, now, places, ways, known_of(caller, now)[1], services)
    unclear: Any = []
    if sent and form.is_valid() and region is not None:
        unclear = form.list_unclear(get_language() or "en")
        if not unclear:
            try:
                for agreed in form.list_agreed(region):
                    standing_orders.create(customer.user_id, agreed, request.user, now)
                messages.success(request, gettext("Agreed. Each day is booked by itself as soon as it can be."))
                return redirect("desk-recurring", code)
            except StandingOrderError as error:
                form.add_error(None, str(_REFUSALS[error.code]))
    elif not sent:
        form.errors.clear()
    context = {"caller": caller, "facts": callers.facts_of(caller), "form": form, "ends": ENDS, "unclear": unclear}
    context |= {"standing": shown(customer.user_id, now), "ways": ways, "favourites": places}
    return render(request, "bookings/desk/recurring.html", context, status=422 if sent and form.errors else 200)


@login_required
@require_POST
@limited_each
def change(request: HttpRequest, code: str, standing: str) -> HttpResponse:
    """Pause, go on, end; leave out a day, or ride at another time on it."""
    now = timezone.now()
    _caller, customer = served_customer(request, code, now)
    _change(request, customer.user_id, standing, now)
    return redirect("desk-recurring", code)


@login_required
@require_POST
@limited
def own_change(request: HttpRequest, standing: str) -> HttpResponse:
    """The same by the rider."""
    _change(request, request.user.pk or 0, standing, timezone.now())
    return redirect("my-file")


@login_required
@never_cache
@require_GET
def failed(request: HttpRequest) -> HttpResponse:
    """Days that could not be booked, and whose riders are to be rung up."""
    allow(request.user, SERVE)
    found = occurrences.list_failed()
    rows = [(row, customers.find_of(row.standing_order.owner_id), sayings.reason(row.reason)) for row in found]
    return render(request, "bookings/desk/failed_days.html", {"rows": rows})


@login_required
@require_POST
def told(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The rider was told that there is no ride."""
    now = timezone.now()
    _caller, customer = served_customer(request, code, now)
    occurrences.note_told(customer.user_id, pk, now)
    messages.success(request, gettext("Noted."))
    return redirect("desk-recurring", code)


def shown(person_id: int, now: datetime) -> list[dict[str, Any]]:
    """The recurring rides of a person, with their next days."""
    return [
        {
            "row": row,
            "days": [
                (each, sayings.reason(each.reason) if each.reason else "")
                for each in standing_orders.list_days(row, occurrences.today_of(row, now), SHOWN_DAYS)
            ],
            "weekdays": [str(label) for number, label in WEEKDAYS if row.weekdays >> int(number) & 1],
        }
        for row in standing_orders.list_for(person_id)
    ]


def _change(request: HttpRequest, person_id: int, standing: str, now: datetime) -> None:
    moves = {"pause": "PAUSED", "go_on": "ACTIVE", "end": "ENDED"}
    do, by = request.POST.get("do", ""), request.user
    try:
        standing_orders.get(person_id, standing)
        if do in moves:
            standing_orders.move(person_id, standing, moves[do], by, now)
        elif do == "skip":
            standing_orders.skip(person_id, standing, _read(request, "day", date.fromisoformat), by, now)
        elif do == "time":
            at = _read(request, "time", time.fromisoformat)
            day = _read(request, "day", date.fromisoformat)
            standing_orders.change_time(person_id, standing, day, at, by, now=now)
        messages.success(request, gettext("Saved."))
    except StandingOrder.DoesNotExist:
        raise Http404 from None
    except StandingOrderError as error:
        messages.error(request, str(_REFUSALS[error.code]))
    except IllegalMove:
        messages.error(request, gettext("This was settled before."))


def _read(request: HttpRequest, name: str, read: Callable[[str], Any]) -> Any:
    try:
        return read(request.POST.get(name, ""))
    except ValueError:
        raise StandingOrderError("day_wrong") from None
