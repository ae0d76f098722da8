"""The pages of who drives rides on demand: their shifts of the day, and what is to be done on one, stop by stop."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from bookings.services import driver_actions, driver_shifts, manifests
from bookings.services.driver_actions import ABOUT_RIDES, ABOUT_SHIFTS, Action
from bookings.services.driver_shifts import NoShift, ShiftTaken
from bookings.services.manifests import NotDue
from bookings.tasks import kick_rides
from bookings.web import driver_words
from bookings.web.limits import limited


class ActionForm(forms.Form):
    """A button of the page."""

    key = forms.UUIDField()
    what = forms.ChoiceField(choices=[(each, each) for each in (*ABOUT_SHIFTS, *ABOUT_RIDES)])
    reference = forms.UUIDField(required=False)
    text = forms.CharField(required=False, max_length=driver_actions.LONGEST_TEXT)
    minutes = forms.IntegerField(required=False, min_value=0, max_value=driver_actions.MOST_LATE_MIN)

    def action(self, now: datetime) -> Action:
        """As the service takes it."""
        said = self.cleaned_data
        return Action(said["key"], said["what"], now, said["reference"], said["text"], said["minutes"] or 0)


class PhoneForm(forms.Form):
    """Of whose ride the number is wanted."""

    reference = forms.UUIDField()


class MapsForm(forms.Form):
    """In which maps a driver wants to be led."""

    maps = forms.ChoiceField(choices=[(each, each) for each in driver_words.MAPS])
    shift = forms.IntegerField()


@login_required
@never_cache
@require_GET
def drive(request: HttpRequest) -> HttpResponse:
    """Today's shifts: one's own, those that nobody has, and who has the others."""
    now = timezone.now()
    try:
        found = driver_shifts.list_for(request.user, now)
    except NoShift:
        raise Http404 from None
    own = [each for each in found if each.is_own]
    return render(request, "bookings/driver.html", {"own": own, "others": [each for each in found if not each.is_own]})


@login_required
@never_cache
@ensure_csrf_cookie
@require_GET
def drive_shift(request: HttpRequest, shift: int) -> HttpResponse:
    """What is to be done on a shift of one's own. A script keeps the page and what is pressed without a network."""
    now = timezone.now()
    try:
        manifest = manifests.get(request.user, shift, now)
    except NoShift:
        raise Http404 from None
    chosen = request.session.get("maps", "")
    context: dict[str, Any] = {
        "manifest": manifest,
        "sheet": manifest.sheet,
        "stops": [driver_words.describe(stop, manifest.sheet.timezone, chosen) for stop in manifest.stops],
        "maps": chosen or driver_words.MAPS[0],
        "choices": driver_words.maps(),
        "strings": driver_words.script_strings(),
        "late": driver_words.LATE_MIN,
        "key": uuid4,
        "now": now,
    }
    return render(request, "bookings/driver_shift.html", context)


@login_required
@require_POST
@limited
def drive_act(request: HttpRequest, shift: int) -> HttpResponse:
    """A button that was pressed where no script runs."""
    now, form = timezone.now(), ActionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please check what you have written."))
        return redirect("drive-shift", shift)
    try:
        (answered,) = driver_actions.perform(request.user, shift, [form.action(now)], now)
    except NoShift:
        raise Http404 from None
    kick_rides()
    if answered.outcome != "done":
        messages.error(request, driver_words.outcome(answered.outcome))
    over = answered.outcome == "done" and form.cleaned_data["what"] == "end"
    return redirect("drive") if over else redirect("drive-shift", shift)


@login_required
@require_POST
def drive_take(request: HttpRequest, shift: int) -> HttpResponse:
    """Take a shift."""
    try:
        driver_shifts.take(request.user, shift, timezone.now())
    except NoShift:
        raise Http404 from None
    except ShiftTaken:
        messages.error(request, _("Somebody else has taken this shift."))
        return redirect("drive")
    return redirect("drive-shift", shift)


@login_required
@require_POST
def drive_leave(request: HttpRequest, shift: int) -> HttpResponse:
    """Hand a shift over."""
    try:
        driver_shifts.hand_over(request.user, shift, timezone.now())
    except NoShift:
        raise Http404 from None
    return redirect("drive")


@login_required
@never_cache
@require_POST
@limited
def drive_phone(request: HttpRequest, shift: int) -> HttpResponse:
    """The number of somebody whose ride is due."""
    form = PhoneForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        phone = manifests.reveal_phone(request.user, shift, form.cleaned_data["reference"], timezone.now())
    except (NoShift, NotDue):
        raise Http404 from None
    return render(request, "bookings/driver_phone.html", {"phone": phone, "shift": shift})


@login_required
@require_POST
def drive_maps(request: HttpRequest) -> HttpResponse:
    """Be led in other maps from now on."""
    form = MapsForm(request.POST)
    if not form.is_valid():
        return redirect("drive")
    request.session["maps"] = form.cleaned_data["maps"]
    return redirect("drive-shift", form.cleaned_data["shift"])


_WORKER: Final = "js/driver-worker.js"


@require_GET
def drive_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the page; it can only keep what lies below its own address."""
    path = finders.find(_WORKER)
    assert path is not None, "a file of ours"
    headers = {"Cache-Control": "no-cache"}
    return HttpResponse(Path(str(path)).read_bytes(), content_type="text/javascript; charset=utf-8", headers=headers)
