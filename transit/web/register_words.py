"""Template tags of the register: its codes, texts and hours in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext

from transit.journeys.clocks import language
from transit.models import Interface, PriceClass, RegisterChange, Service, ServiceFacility
from transit.models.texts import in_language
from transit.register.catalogue import day_of
from transit.register.entries import Price, Rule, ServiceEntry
from transit.web import service_hours
from transit.web.formats import minutes, money

register = template.Library()

_CHOICES: dict[str, Any] = {
    "kind": Service.Kind,
    "subtype": Service.Subtype,
    "transport": Service.TransportType,
    "traffic": Service.Traffic,
    "reservation": Service.AdvanceReservation,
    "payment": Service.PaymentMethod,
    "sales": Service.Sales,
    "format": Interface.Format,
    "content": Interface.Content,
    "authentication": Interface.Authentication,
    "facility": ServiceFacility.Facility,
    "extent": ServiceFacility.Extent,
    "unit": PriceClass.Unit,
    "subject": RegisterChange.Subject,
    "change": RegisterChange.Change,
}
_GROUPS = [
    (gettext_lazy("The vehicle and getting in"), ServiceFacility.Facility.values[:7]),
    (gettext_lazy("Aids that can be taken along"), ServiceFacility.Facility.values[7:11]),
    (gettext_lazy("Other needs"), ServiceFacility.Facility.values[11:]),
]
_FIELDS = {
    gettext_lazy("name"): "legal_name name names",
    gettext_lazy("description"): "descriptions url",
    gettext_lazy("numbers of the business"): "business_id vat_id country region",
    gettext_lazy("contact"): "homepage phone email visiting_address billing_address contact_email contact_url",
    gettext_lazy("supervision and licence"): "licensing_office licence_number licence_from licence_until",
    gettext_lazy("orders through others"): "dispatchers brokerage",
    gettext_lazy("kind"): "kind subtype transport_types traffic agency_id published_on",
    gettext_lazy("decision of the council"): "council council_decision council_decided_on",
    gettext_lazy("area"): "areas",
    gettext_lazy("service hours"): "hours exceptions timezone",
    gettext_lazy("booking"): "advance_reservation booking_phone booking_url booking_rules",
    gettext_lazy("prices"): "prices price_notes price_url payment_methods",
    gettext_lazy("accessibility"): "facilities accessibility_notes accessibility_url assistance_notice_s",
    gettext_lazy("limits of luggage"): "luggage_notes",
    gettext_lazy("sale of tickets"): "sales sales_url",
    gettext_lazy("format"): "format version of",
    gettext_lazy("address"): "url sandbox_url documentation_url",
    gettext_lazy("licence and terms"): "licence licence_url terms_url attribution",
    gettext_lazy("contents"): "contents services",
    gettext_lazy("access and limits"): "authentication rate_limit_requests rate_limit_period_s",
    gettext_lazy("promised availability"): "availability_basis_points sla_url",
}
_LABELS = {field: label for label, names in _FIELDS.items() for field in names.split()}


@register.filter
def called(code: str, kind: str) -> str:
    """What a code of the register is called; an unknown one is said as it is."""
    choices = _CHOICES[kind]
    return str(choices(code).label) if code in choices.values else code


@register.filter
def all_called(codes: Iterable[str], kind: str) -> str:
    """What some codes are called, in one line."""
    return pgettext("between items of a list", ", ").join(called(code, kind) for code in codes)


@register.filter
def own_name(named: Any) -> str:
    """The name of a service, an area or a price in the reader's language."""
    return in_language(named.names, language(), named.name)


@register.filter
def in_reader(texts: dict[str, str]) -> str:
    """A text in the reader's language, else in another."""
    return in_language(texts, language())


@register.simple_tag
def usual_hours(entry: ServiceEntry) -> list[service_hours.Line]:
    """Usual hours as lines."""
    return service_hours.usual(entry)


@register.simple_tag
def other_hours(entry: ServiceEntry) -> list[service_hours.Line]:
    """Coming days with other hours as lines."""
    return service_hours.exceptions(entry, day_of(timezone.now()))


@register.simple_tag
def facility_groups(entry: ServiceEntry) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every facility with what is said of it, also where nothing is."""
    said = dict(entry.facilities)
    return [
        (
            str(title),
            [(called(code, "facility"), called(said[code], "extent") if code in said else "") for code in codes],
        )
        for title, codes in _GROUPS
    ]


@register.filter
def price_line(price: Price) -> str:
    """An amount and for each what: €1.10 a kilometre."""
    words = {"price": money(price.price), "unit": called(price.unit, "unit")}
    return pgettext("a price and for each what", "%(price)s %(unit)s") % words


@register.filter
def rule_lines(rule: Rule) -> list[str]:
    """A booking rule in sentences."""
    found = []
    if rule.booking_type == 0:
        found.append(gettext("You can order when you want to ride."))
    if rule.booking_type == 1 and rule.prior_notice_duration_min is not None:
        notice = _duration(rule.prior_notice_duration_min)
        found.append(gettext("Order at the latest %(time)s before the ride.") % {"time": notice})
    if rule.prior_notice_last_day is not None and rule.prior_notice_last_time is not None:
        words = {"days": rule.prior_notice_last_day, "time": service_hours.clock(rule.prior_notice_last_time)}
        day_before = gettext("Order by %(time)s on the day before the ride.")
        earlier = gettext("Order by %(time)s at the latest %(days)s days before the ride.")
        found.append((day_before if rule.prior_notice_last_day == 1 else earlier) % words)
    if rule.prior_notice_duration_max is not None:
        early = _duration(rule.prior_notice_duration_max)
        found.append(gettext("Order at the earliest %(time)s before the ride.") % {"time": early})
    if rule.prior_notice_start_day is not None:
        early = ngettext(
            "Order at the earliest %(days)s day before the ride.",
            "Order at the earliest %(days)s days before the ride.",
            rule.prior_notice_start_day,
        )
        found.append(early % {"days": rule.prior_notice_start_day})
    return [*found, *filter(None, [in_reader(rule.messages)])]


@register.filter
def notice_time(seconds: int) -> str:
    """How long before something."""
    return _duration(seconds // 60)


@register.filter
def field_names(fields: Iterable[str]) -> str:
    """What some fields are called, each name once."""
    names = dict.fromkeys(str(_LABELS.get(field, field)) for field in fields)
    return pgettext("between items of a list", ", ").join(names)


def _duration(length_min: int) -> str:
    return minutes(timedelta(minutes=length_min))
