"""The page of the timetables that follow by themselves: what answers, what waits, and what to do about it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from transit.following import decisions
from transit.following.words import doubt_words
from transit.models import Interface
from transit.tasks import kick_publishing
from transit.web.forms import number_of


@login_required
@never_cache
@require_GET
def feeds(request: HttpRequest) -> HttpResponse:
    """Every timetable about which whoever looks decides."""
    user: Any = request.user
    if not user.has_perm(decisions.LOOK):
        raise Http404
    rows = decisions.list_followed(user, timezone.now())
    listed = [(each, doubt_words(each.doubt) if each.doubt else "") for each in rows]
    return render(request, "transit/feeds.html", {"rows": listed})


@login_required
@require_POST
def decide(request: HttpRequest, name: str) -> HttpResponse:
    """Publish what waits anyway, or reject it."""
    interface = Interface.objects.filter(name=name, format="GTFS").select_related("operator__region").first()
    user: Any = cast(Any, request.user)
    if interface is None or not user.has_perm(decisions.FOLLOW, decisions.region_of(interface)):
        raise Http404
    publish = request.POST.get("decision") == "publish"
    number = request.POST.get("version", "")
    try:
        decisions.decide(interface, number_of(number), user.pk, publish=publish)
    except decisions.NotWaiting:
        messages.error(request, gettext("This timetable does not wait any more. Please look at the page as it is now."))
        return redirect("feeds")
    if publish:
        kick_publishing()
        messages.success(request, gettext("The timetable is being published. This takes some minutes."))
    else:
        messages.success(request, gettext("Rejected. The present timetable goes on answering."))
    return redirect("feeds")
