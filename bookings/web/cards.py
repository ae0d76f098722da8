"""The pages of saved cards: which there are, saving one with consent, and forgetting it."""

from __future__ import annotations

from contextlib import suppress

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bookings.models import SavedCard
from bookings.payments.base import PaymentError
from bookings.services import cards as service
from bookings.web.limits import limited


@login_required
@never_cache
@limited
def cards(request: HttpRequest) -> HttpResponse:
    """One's cards; the form goes on to the provider's page, once one has agreed to what is written there."""
    missing = failed = False
    if request.method == "POST":
        missing = request.POST.get("agreed") != "yes"
        try:
            if not missing:
                return redirect(service.begin(request.user, get_language() or "en", timezone.now()))
        except PaymentError:
            failed = True
    context = {"cards": service.list_for(request.user.pk), "missing": missing, "failed": failed}
    return render(request, "bookings/cards.html", context, status=409 if missing or failed else 200)


@login_required
@never_cache
@require_GET
def card(request: HttpRequest, code: str) -> HttpResponse:
    """Back from the provider's page."""
    if not SavedCard.objects.filter(code=code, owner_id=request.user.pk).exists():
        raise Http404
    with suppress(PaymentError):  # the provider's message brings it, too
        service.finish(code)
    return redirect("cards")


@login_required
@require_POST
def remove(request: HttpRequest, code: str) -> HttpResponse:
    """Forget a card."""
    try:
        service.remove(request.user, code)
    except SavedCard.DoesNotExist:
        raise Http404 from None
    return redirect("cards")
