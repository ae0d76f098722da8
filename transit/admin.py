"""Staff pages of facts: the register, what was imported and what was wrong in it."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from transit.models import (
    FeedVersion,
    Interface,
    Network,
    Notice,
    Operator,
    Publication,
    Region,
    Service,
    SharedStation,
)
from transit.network.current import networks_folder
from transit.network.stations import FILE, read_decisions

DECISIONS_SHOWN = 1000
DECISION_ROW = "<tr><td>{}</td><td>{} m</td><td>{} %</td><td>{} {}</td><td>{} {}</td><td>{}</td></tr>"


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
    readonly_fields = ("shared_stations",)

    @admin.display(description="Shared stations")
    def shared_stations(self, network: Network) -> str:
        """What was decided about the stations that feeds share; a `SharedStation` changes it at the next build."""
        folder = networks_folder() / network.digest
        decisions = read_decisions(folder) if (folder / FILE).is_file() else ()
        rows = [
            ("joined" if each.joined else "apart", each.metres, each.similarity, each.first_id, each.first_name,
             each.second_id, each.second_name, str(each.reason))
            for each in decisions[:DECISIONS_SHOWN]
        ]  # fmt: skip
        body = format_html_join("\n", DECISION_ROW, rows)
        return format_html("<table><tbody>{}</tbody></table><p>{} of {}</p>", body, len(rows), len(decisions))


@admin.register(SharedStation)
class SharedStationAdmin(admin.ModelAdmin):
    list_display = ("first_stop_id", "second_stop_id", "verdict", "note")
    list_filter = ("verdict",)


@admin.register(Publication)
class PublicationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("network", "published_at", "withdrawn_at")
