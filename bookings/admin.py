"""Staff pages of promises and money. Everything is read-only: rows change through services alone."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from bookings.models import (
    Ancillary,
    Bill,
    BillEvent,
    BillingAccount,
    Booking,
    Case,
    Dispute,
    DisputeEvent,
    Effect,
    LedgerEntry,
    LedgerTxn,
    Order,
    OrderEvent,
    Payment,
    PayoutAccount,
    PayoutAccountEvent,
    PlatformFee,
    SupportTicket,
    Ticket,
    TopUp,
    VatRate,
    Wallet,
    WayToPay,
)
from bookings.services import support_tickets
from bookings.states import SUPPORT


class ReadOnly:
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _inline(row: type[Model], *fields: str) -> type[admin.TabularInline]:
    """A read-only table of one kind of row below its owner."""
    return type(f"{row.__name__}Inline", (ReadOnly, admin.TabularInline), {"model": row, "fields": fields, "extra": 0})


@admin.register(Order)
class OrderAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("code", "state", "quoted_minor", "currency", "created_at", "unwind_reason")
    list_filter = ("state",)
    exclude = ("contact_sealed", "session_hash")
    inlines = (
        _inline(OrderEvent, "at", "old", "new", "detail"),
        _inline(Booking, "seq", "operator_code", "state", "price_minor", "operator_ref"),
        _inline(Effect, "kind", "booking_seq", "epoch", "state", "attempts", "not_before", "deadline_at"),
        _inline(Payment, "provider", "state", "amount_minor", "captured_minor", "refunded_minor"),
    )


@admin.register(Ticket)
class TicketAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("serial", "state", "valid_from_at", "valid_until_at")
    exclude = ("token",)


@admin.register(LedgerTxn)
class LedgerTxnAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("external_ref", "order_code", "posted", "at")
    inlines = (_inline(LedgerEntry, "account", "amount_minor", "currency"),)


@admin.register(Case)
class CaseAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("kind", "order", "opened_at", "resolution")


@admin.register(VatRate)
class VatRateAdmin(admin.ModelAdmin):
    """Laws are added. What was sold by an old one must still be told."""

    list_display = ("country", "kind", "valid_from", "basis_points")
    list_filter = ("country", "kind")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(WayToPay)
class WayToPayAdmin(admin.ModelAdmin):
    list_display = ("provider", "region_code", "operator_code", "allowed")


class BillingAccountForm(forms.ModelForm):
    """The holder is sealed in the database; here it is two plain fields."""

    name = forms.CharField(max_length=150)
    address = forms.CharField(widget=forms.Textarea, max_length=500)

    class Meta:
        model = BillingAccount
        fields = ("name", "address", "users", "currency", "limit_minor", "terms_days", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial |= self.instance.holder

    def save(self, commit: bool = True) -> Any:
        self.instance.holder = {name: self.cleaned_data[name] for name in ("name", "address")}
        return super().save(commit)


@admin.register(BillingAccount)
class BillingAccountAdmin(admin.ModelAdmin):
    form = BillingAccountForm
    list_display = ("code", "currency", "limit_minor", "terms_days", "active")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PlatformFee)
class PlatformFeeAdmin(admin.ModelAdmin):
    """Prices are added; what was sold by an old one must still be told."""

    list_display = ("operator_code", "currency", "valid_from", "order_minor", "commission_basis_points")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Wallet)
class WalletAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("code", "currency")
    inlines = (_inline(TopUp, "receipt", "amount_minor", "taken_by", "taken_at"),)


@admin.register(Bill)
class BillAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("number", "operator_code", "state", "amount_minor", "credited_minor", "due_on")
    inlines = (_inline(BillEvent, "at", "old", "new", "detail"),)


@admin.register(PayoutAccount)
class PayoutAccountAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("operator_code", "provider", "account_ref", "state", "approved_by", "active")
    inlines = (_inline(PayoutAccountEvent, "at", "old", "new", "detail"),)


@admin.register(Ancillary)
class AncillaryAdmin(admin.ModelAdmin):
    """What was sold keeps its name and price."""

    list_display = ("agency_id", "code", "name", "price_minor", "currency", "is_sold")


class AnswerForm(forms.ModelForm):
    """What a provider asks, opened here alone, and what we answer."""

    asked = forms.CharField(widget=forms.Textarea, disabled=True, required=False)
    new_state = forms.ChoiceField(choices=[(state, state) for state in SUPPORT.moves if state != "ISSUE_REQUESTED"])

    class Meta:
        model = SupportTicket
        fields = ("answer",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["asked"] = json.dumps(self.instance.said, ensure_ascii=False, indent=1)


@admin.register(SupportTicket)
class SupportTicketAdmin(admin.ModelAdmin):
    """Answered through the service, which tells the provider."""

    form = AnswerForm
    list_display = ("code", "provider", "kind", "state", "created_at")
    list_filter = ("state",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        support_tickets.answer(obj.pk, obj.answer, form.cleaned_data["new_state"], timezone.now())


@admin.register(Dispute)
class DisputeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("provider_ref", "state", "amount_minor", "reason", "due_at")
    inlines = (_inline(DisputeEvent, "at", "old", "new", "detail"),)
