"""Staff pages of facts: the register, what was imported and what was wrong in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from transit.feeds.explanations import explain
from transit.feeds.realtime_explanations import explain_fault
from transit.models import (
    BookingRule,
    FeedVersion,
    Interface,
    Network,
    Notice,
    OperationArea,
    Operator,
    PriceClass,
    Publication,
    RealtimeState,
    RefundStep,
    Region,
    RegisterChange,
    Service,
    ServiceException,
    ServiceFacility,
    ServiceHours,
    SharedStation,
    Study,
    Taxi,
    TripEvent,
)
from transit.network.kept import networks_folder
from transit.network.stations import FILE, read_decisions
from transit.register.changes import note_changes

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


class Noted:
    """Rows of the register: what is changed here is noted in its feed of changes, in the same transaction."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        note_changes(timezone.now(), _operator_codes([form.instance]))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        codes = _operator_codes([obj])
        super().delete_model(request, obj)  # type: ignore[misc]
        note_changes(timezone.now(), codes)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        codes = _operator_codes(queryset)
        super().delete_queryset(request, queryset)  # type: ignore[misc]
        note_changes(timezone.now(), codes)


def _operator_codes(rows: Iterable[Any]) -> list[str]:
    """Whose entry it is: an operator's own, or that of what belongs to it."""
    found = [row.service if isinstance(row, Taxi) else row for row in rows]
    owners = [row if isinstance(row, Operator) else row.operator for row in found]
    return [owner.code for owner in owners if owner is not None]


class RefundStepInline(admin.TabularInline):
    model = RefundStep
    extra = 0


class AreaInline(admin.StackedInline):
    model = OperationArea
    extra = 0


class HoursInline(admin.TabularInline):
    model = ServiceHours
    extra = 0


class ExceptionInline(admin.TabularInline):
    model = ServiceException
    extra = 0


class BookingRuleInline(admin.StackedInline):
    model = BookingRule
    extra = 0


class PriceClassInline(admin.TabularInline):
    model = PriceClass
    extra = 0


class FacilityInline(admin.TabularInline):
    model = ServiceFacility
    extra = 0


@admin.register(Service)
class ServiceAdmin(Noted, admin.ModelAdmin):
    """What a service is, how it is sold, and until when its tickets can be given back for how much."""

    list_display = ("name", "operator", "kind", "sales", "published_on")
    list_filter = ("kind", "sales")
    search_fields = ("name", "code", "agency_id", "operator__legal_name")
    inlines = (AreaInline, HoursInline, ExceptionInline, BookingRuleInline, PriceClassInline, FacilityInline,
               RefundStepInline)  # fmt: skip
    fieldsets = (
        (None, {"fields": ("operator", "name", "names", "code", "agency_id", "descriptions", "url", "published_on")}),
        ("What it is", {"fields": ("kind", "subtype", "transport_types", "traffic", "brokerage", "council",
                                   "council_decision", "council_decided_on")}),
        ("Booking", {"fields": ("advance_reservation", "booking_phone", "booking_url")}),
        ("Prices", {"fields": ("price_notes", "price_url", "payment_methods")}),
        ("Accessibility and luggage", {"fields": ("accessibility_notes", "accessibility_url", "assistance_notice_s",
                                                  "luggage_notes")}),
        ("How it is sold here", {"fields": ("sales", "sales_url", "vat_kind", "vat_basis_points", "seats_per_departure",
                                            "hold_s", "refundable_until_s", "refund_fee_basis_points",
                                            "no_show_fee_basis_points")}),
    )  # fmt: skip


@admin.register(Taxi)
class TaxiAdmin(Noted, admin.ModelAdmin):
    """Taxis, which publish no feed."""

    list_display = ("service", "phone", "base_minor", "per_km_minor", "currency")


@admin.register(TripEvent)
class TripEventAdmin(admin.ModelAdmin):
    """What happens to trips on the day; said again, the last word counts."""

    list_display = ("trip_id", "service_date", "cancelled", "delay_s", "noted_at", "followed_at")
    readonly_fields = ("followed_at",)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ServiceInline(admin.TabularInline):
    model = Service
    fields = ("name", "kind", "agency_id", "sales")
    show_change_link = True
    extra = 0


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "currency", "timezone")


@admin.register(Operator)
class OperatorAdmin(Noted, admin.ModelAdmin):
    list_display = ("legal_name", "code", "region", "country", "licensing_office", "licence_until")
    search_fields = ("legal_name", "code", "business_id")
    filter_horizontal = ("dispatchers",)
    inlines = (ServiceInline,)


@admin.register(Interface)
class InterfaceAdmin(Noted, admin.ModelAdmin):
    list_display = ("name", "format", "version", "operator", "capability")
    list_filter = ("format",)
    search_fields = ("name", "url", "operator__legal_name")
    filter_horizontal = ("services",)
    exclude = ("client_secret_sealed",)


@admin.register(RegisterChange)
class RegisterChangeAdmin(ReadOnly, admin.ModelAdmin):
    """What changed in the register."""

    list_display = ("at", "subject", "name", "change", "fields")
    list_filter = ("subject", "change")
    exclude = ("digests",)


@admin.register(RealtimeState)
class RealtimeStateAdmin(ReadOnly, admin.ModelAdmin):
    """What interfaces say now, and what is wrong with it."""

    list_display = ("interface", "header_at", "checked_at", "failures", "error")
    fields = ("interface", "header_at", "received_at", "checked_at", "what_is_in_it", "what_is_wrong", "error",
              "failed_at", "failures", "sha256")  # fmt: skip
    readonly_fields = fields

    def what_is_in_it(self, state: RealtimeState) -> SafeString:
        facts = {name.replace("_", " "): value for name, value in state.counts.items()}
        return render_to_string("admin/transit/facts.html", {"facts": facts})

    def what_is_wrong(self, state: RealtimeState) -> SafeString:
        """What was left out of the last good message."""
        rows = [(f["count"], *explain_fault(f["code"]), ", ".join(f["samples"])) for f in state.faults]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} × {} {} ({})</li>", rows))


@admin.register(FeedVersion)
class FeedVersionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("interface", "state", "imported_at", "size_bytes", "errors", "warnings")
    list_filter = ("state", "interface")
    fields = (
        "interface",
        "state",
        "imported_at",
        "what_is_in_it",
        "statistics",
        "what_is_wrong",
        "sha256",
        "size_bytes",
    )

    class Media:
        css = {"all": ["css/notices.css"]}  # noqa: RUF012 - as Django documents it

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        def number(severity: str) -> Count:
            return Count("notices", Q(notices__severity=severity))

        rows = super().get_queryset(request).select_related("interface")
        counted: QuerySet[Any] = rows.annotate(errors=number("ERROR"), warnings=number("WARNING"))
        return counted

    @admin.display(ordering="errors")
    def errors(self, version: Any) -> int:
        return int(version.errors)

    @admin.display(ordering="warnings")
    def warnings(self, version: Any) -> int:
        return int(version.warnings)

    def what_is_in_it(self, version: FeedVersion) -> SafeString:
        facts = {name.replace("_", " "): value for name, value in version.summary.items()}
        return render_to_string("admin/transit/facts.html", {"facts": facts})

    def statistics(self, version: FeedVersion) -> SafeString:
        """The pages of what gtfs-kit counted."""
        found = Study.objects.filter(feed_version=version, state="DONE")
        rows = ((reverse("study", args=[study.code]), study.asked_at.date().isoformat()) for study in found)
        return format_html_join(" ", '<a href="{}">{}</a>', rows) or format_html(
            '<a href="{}">{}</a>', reverse("planning"), "–"
        )

    def what_is_wrong(self, version: FeedVersion) -> SafeString:
        notices = sorted(version.notices.all(), key=_by_weight)
        return render_to_string("admin/transit/notices.html", {"rows": [_readable(notice) for notice in notices]})


def _by_weight(notice: Notice) -> tuple[int, str, str, int]:
    return (list(Notice.Severity).index(Notice.Severity(notice.severity)), notice.file, notice.code, notice.pk)


def _readable(notice: Notice) -> dict[str, Any]:
    """A notice as a row of the page."""
    detail, said = notice.detail, explain(notice.code)
    examples = [
        {"line": line, "text": text}
        for text, line in zip(detail.get("samples", []), detail.get("lines", []), strict=False)
        if text or line
    ]
    return {
        "notice": notice,
        "severity": {"ERROR": "Error", "WARNING": "Warning", "INFO": "Hint"}[notice.severity],
        "wrong": said.wrong,
        # What the second validator says has no consequence.
        "outcome": "" if detail.get("source") else said.outcome,
        "to_do": said.to_do,
        "field": detail.get("field", ""),
        "source": detail.get("source", ""),
        "examples": examples,
    }


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
