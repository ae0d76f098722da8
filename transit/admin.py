"""Staff pages of facts: the register, what was imported and what was wrong in it."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from transit.models import FeedVersion, Interface, Network, Notice, Operator, Publication, Region, Service


class ReadOnly:
    """Rows that only the software writes."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class NoticeInline(ReadOnly, admin.TabularInline):
    model = Notice
    fields = ("severity", "code", "file", "line", "count", "detail")
    extra = 0


class ServiceInline(admin.TabularInline):
    model = Service
    extra = 0


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "currency", "timezone")


@admin.register(Operator)
class OperatorAdmin(admin.ModelAdmin):
    list_display = ("legal_name", "code", "region", "country")
    inlines = (ServiceInline,)


@admin.register(Interface)
class InterfaceAdmin(admin.ModelAdmin):
    list_display = ("name", "format", "operator", "capability")
    exclude = ("client_secret_sealed",)


@admin.register(FeedVersion)
class FeedVersionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("interface", "state", "imported_at", "size_bytes")
    list_filter = ("state", "interface")
    inlines = (NoticeInline,)


@admin.register(Network)
class NetworkAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("name", "digest", "built_at")


@admin.register(Publication)
class PublicationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("network", "published_at", "withdrawn_at")
