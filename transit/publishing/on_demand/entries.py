"""Released rules → the entry of the service in the register: areas, hours, booking rules, prices, facilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from transit.models import (
    BookingRule,
    OperationArea,
    PriceClass,
    Region,
    Service,
    ServiceException,
    ServiceFacility,
    ServiceHours,
)
from transit.models.hours import WEEKDAYS
from transit.ondemand.rules import LoadKind, Rules
from transit.ondemand.time_checks import clock
from transit.publishing.on_demand.geometry import geometry_of
from transit.publishing.on_demand.ordering import message_of, order_of

_DERIVED = {"id", "service", "west", "south", "east", "north"}


def enter(service: Service, region: Region, rules: Rules, today: date) -> bool:
    """Say in the register what holds. Whether anything was different."""
    with transaction.atomic():
        changed = [
            _replace(service, OperationArea, _areas(service, rules)),
            _replace(service, ServiceHours, _hours(service, region, rules)),
            _replace(service, ServiceException, _exceptions(service, region, rules, today)),
            _replace(service, BookingRule, [_booking_rule(service, region, rules)]),
            _replace(service, PriceClass, _prices(service, region, rules)),
            _facilities(service, rules),
        ]
        reservation = "possible" if order_of(rules, service).kind == 0 else "mandatory"
        methods = ["credit-card", "invoice", *(["cash"] if rules.fares.cash else [])]
        told = {"advance_reservation": reservation, "payment_methods": sorted(methods)}
        rows = Service.objects.filter(pk=service.pk)
        if rows.values(*told).get() != told:
            rows.update(**told)
            changed.append(True)
    return any(changed)


def _replace(service: Service, model: type[models.Model], rows: Sequence[Any]) -> bool:
    """Have these rows of a service and no others. The same rows stay as they are."""
    kept = list(model._default_manager.filter(service=service).order_by("pk"))
    if [_facts(row) for row in kept] == [_facts(row) for row in rows]:
        return False
    model._default_manager.filter(service=service).delete()
    for row in rows:
        row.full_clean(exclude=["service"])
        row.save()
    return True


def _facts(row: models.Model) -> dict[str, Any]:
    return {each.name: getattr(row, each.name) for each in row._meta.concrete_fields if each.name not in _DERIVED}


def _areas(service: Service, rules: Rules) -> list[OperationArea]:
    return [
        OperationArea(
            service=service,
            name=zone.name[:150],
            names=dict(zone.names),
            primary=number == 0,
            geometry=_listed(geometry_of(zone.rings)),
        )
        for number, zone in enumerate(rules.zones)
    ]


def _listed(value: Any) -> Any:
    """Tuples as lists, as JSON gives them back."""
    if isinstance(value, dict):
        return {key: _listed(each) for key, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, list | tuple) else value


def _hours(service: Service, region: Region, rules: Rules) -> list[ServiceHours]:
    return [
        ServiceHours(
            service=service,
            **{name: number in span.days for number, name in enumerate(WEEKDAYS)},
            opens=_time(span.start_s),
            closes=_time(span.end_s),
            start_date=span.first_day,
            end_date=span.last_day,
            notes={} if span.last_pickup_s is None else _said(region, _last_pickup(span.last_pickup_s)),
        )
        for span in rules.spans
    ]


def _last_pickup(at_s: int) -> Callable[[], str]:
    return lambda: _("Last pick-up %s.") % clock(at_s)


def _exceptions(service: Service, region: Region, rules: Rules, today: date) -> list[ServiceException]:
    found = []
    for day in rules.special_days:
        if day.last_day < today:
            continue
        notes = dict.fromkeys(region.languages or ["en"], day.name)
        for span in day.spans or (None,):
            opens, closes = (None, None) if span is None else (_time(span[0]), _time(span[1]))
            found.append(
                ServiceException(
                    service=service,
                    start_date=day.first_day,
                    end_date=day.last_day,
                    opens=opens,
                    closes=closes,
                    notes=notes,
                )
            )
    return sorted(found, key=lambda row: row.start_date)


def _booking_rule(service: Service, region: Region, rules: Rules) -> BookingRule:
    order = order_of(rules, service)
    messages = {code: message_of(rules, code) for code in region.languages}
    return BookingRule(
        service=service,
        booking_type=order.kind,
        prior_notice_duration_min=order.notice_min,
        prior_notice_last_day=order.last_day,
        prior_notice_last_time=None if order.last_s is None else _time(order.last_s),
        prior_notice_start_day=order.start_day,
        prior_notice_start_time=None if order.start_day is None else time(),
        messages={code: text for code, text in messages.items() if text},
        phone_number=order.phone,
        info_url=service.url,
        booking_url=service.booking_url,
    )


def _prices(service: Service, region: Region, rules: Rules) -> list[PriceClass]:
    fares, units = rules.fares, PriceClass.Unit
    moves = fares.per_km_minor or fares.per_minute_minor or fares.per_zone_minor
    parts: list[tuple[Callable[[], str], int, PriceClass.Unit]] = []
    base = units.START if moves else units.RIDE
    parts.append((lambda: _("A ride"), fares.base_minor, base))
    if fares.per_km_minor:
        parts.append((lambda: _("Each kilometre of the direct way"), fares.per_km_minor, units.KILOMETRE))
    if fares.per_minute_minor:
        parts.append((lambda: _("Each minute of the direct drive"), fares.per_minute_minor, units.MINUTE))
    if fares.per_zone_minor:
        parts.append((lambda: _("Each zone border that is crossed"), fares.per_zone_minor, units.PIECE))
    names = {group.code: group.name for group in rules.groups}
    for each in fares.groups:
        amount = fares.base_minor * each.share_basis_points // 10_000
        parts.append((_for_group(names.get(each.group, ""), each.group), amount, base))
    return [
        PriceClass(
            service=service,
            name=_in(region.languages[0] if region.languages else "en", words)[:150],
            names=_said(region, words),
            amount_minor=amount,
            currency=rules.currency,
            unit=unit,
        )
        for words, amount, unit in parts
    ]


def _for_group(name: str, code: str) -> Callable[[], str]:
    def words() -> str:
        known = {"child": _("children"), "youth": _("young people"), "senior": _("older people"), "adult": _("adults")}
        return _("A ride: %s") % (name or known.get(code, code))

    return words


def _facilities(service: Service, rules: Rules) -> bool:
    kinds, known = list(LoadKind), ServiceFacility.Facility
    places = ((LoadKind.WHEELCHAIR, known.SUITABLE_FOR_WHEELCHAIRS), (LoadKind.CHILD_SEAT, known.CHILD_SEAT))
    changed = False
    for kind, facility in places:
        fits = [any(layout[kinds.index(kind)] for layout in vehicle.layouts) for vehicle in rules.vehicles]
        extent = "all" if fits and all(fits) else "some" if any(fits) else "none"
        row, is_new = ServiceFacility.objects.get_or_create(
            service=service, facility=facility, defaults={"extent": extent}
        )
        if row.extent != extent:
            row.extent = extent
            row.save(update_fields=["extent"])
            changed = True
        changed = changed or is_new
    return changed


def _said(region: Region, words: Callable[[], str]) -> dict[str, str]:
    return {code: _in(code, words) for code in region.languages}


def _in(language: str, words: Callable[[], str]) -> str:
    with override(language):
        return words()


def _time(at_s: int) -> time:
    """Of the clock: 25:10 is ten past one."""
    return time(at_s // 3600 % 24, at_s // 60 % 60)
