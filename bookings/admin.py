"""Staff pages of promises and money. Everything is read-only: rows change through services alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from bookings.models import (
    Booking,
    Case,
    Effect,
    LedgerEntry,
    LedgerTxn,
    Order,
    OrderEvent,
    Payment,
    PlatformFee,
    Ticket,
    VatRate,
)


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


@admin.register(PlatformFee)
class PlatformFeeAdmin(admin.ModelAdmin):
    """Prices are added; what was sold by an old one must still be told."""

    list_display = ("operator_code", "currency", "valid_from", "order_minor", "commission_basis_points")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
