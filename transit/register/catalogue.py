"""The register, looked through: who operates, what is offered where and when, and where its data are."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model, Prefetch, Q, QuerySet
from shapely import Point
from shapely.geometry import shape

from transit.models import Interface, OperationArea, Operator, Region, Service, Taxi
from transit.models.texts import in_language
from transit.network.spelling import fold
from transit.register.entries import InterfaceEntry, OperatorEntry, ServiceEntry
from transit.register.ties import Ties

BATCH: Final = 500
"""So many rows are read at a time where all are, and what hangs on them at once."""
T = TypeVar("T")
R = TypeVar("R", bound=Model)
Key = tuple[str, str]
"""By what the register is in order: the folded name, and the code."""
Found = tuple[int, Key]
"""A primary key and its place in the order."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; empty is everything. `text` are words of names, operators or areas, `at` is (lon, lat).

    `language` is the one in whose names services are in order.
    """

    text: str = ""
    kind: str = ""
    operator: str = ""
    at: tuple[float, float] | None = None
    format: str = ""
    content: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of what was found, in the order of names; `total` is how much there is, `cursor` asks for the next page."""

    entries: tuple[T, ...]
    total: int
    cursor: str


class BadCursor(ValueError):
    """A cursor that was never given out."""


class NotInRegister(LookupError):
    """No such entry, or one that is not public (any more, or yet)."""


def day_of(now: datetime) -> date:
    """The day in the region, by which it is decided what is public."""
    return now.astimezone(ZoneInfo(Region.clock())).date()


def list_operators(asked: Asked, cursor: str, limit: int, today: date) -> Page[OperatorEntry]:
    """Operators with a word of the text in their name or number, with a service of the kind."""
    rows = Operator.objects.all()
    if asked.kind or asked.at:
        services = [pk for pk, _ in _matching_services(Asked(kind=asked.kind, at=asked.at), today)]
        rows = rows.filter(services__in=services).distinct()
    light = rows.values_list("pk", "code", "legal_name", "business_id")
    found = [(pk, (fold(name), code)) for pk, code, name, number in light if _has(asked.text, name, number, code)]
    return _page(found, cursor, limit, lambda pks: _full_operators(Operator.objects.filter(pk__in=pks)), _operators_of)


def list_services(asked: Asked, cursor: str, limit: int, today: date, *, geometry: bool = False) -> Page[ServiceEntry]:
    """Public services that match in everything that was asked."""
    return _page(
        _matching_services(asked, today),
        cursor,
        limit,
        lambda pks: _full_services(Service.objects.filter(pk__in=pks), geometry),
        lambda rows: _services_of(rows, geometry),
    )


def list_interfaces(asked: Asked, cursor: str, limit: int) -> Page[InterfaceEntry]:
    """Interfaces of operators, of a format or with a kind of content."""
    rows = _public_interfaces()
    rows = rows.filter(format=asked.format) if asked.format else rows
    rows = rows.filter(operator__code=asked.operator) if asked.operator else rows
    light = rows.values_list("pk", "name", "operator__legal_name", "contents")
    found = [
        (pk, (fold(name), name))
        for pk, name, operator, contents in light
        if _has(asked.text, name, operator) and (not asked.content or asked.content in contents)
    ]
    return _page(
        found, cursor, limit, lambda pks: _full_interfaces(Interface.objects.filter(pk__in=pks)), _interfaces_of
    )


def get_operator(code: str) -> OperatorEntry:
    """An operator. Raises NotInRegister."""
    return OperatorEntry.of(_only(_full_operators(Operator.objects.filter(code=code))))


def get_service(code: str, today: date) -> ServiceEntry:
    """A service with the geometry of its areas. Raises NotInRegister."""
    return _services_of([_only(_full_services(_public(today).filter(code=code), True))], True)[0]


def get_interface(name: str) -> InterfaceEntry:
    """An interface. Raises NotInRegister."""
    return _interfaces_of([_only(_full_interfaces(_public_interfaces().filter(name=name)))])[0]


def get_whole(code: str, today: date) -> Everything:
    """An operator with its services and interfaces. Raises NotInRegister."""
    found = everything(today, [code])
    if not found.operators:
        raise NotInRegister
    return found


def get_service_with_interfaces(code: str, today: date) -> tuple[ServiceEntry, tuple[InterfaceEntry, ...]]:
    """A service with the geometry of its areas, and where its data are. Raises NotInRegister."""
    entry = get_service(code, today)
    rows = _full_interfaces(_public_interfaces().filter(name__in=entry.interfaces).order_by("name"))
    return entry, tuple(_interfaces_of(list(rows)))


def everything(today: date, operator_codes: Iterable[str] | None = None) -> Everything:
    """All of the register, or all of some operators."""
    codes = None if operator_codes is None else list(operator_codes)
    return Everything(
        tuple(every_operator(today, codes)), tuple(every_service(today, codes)), tuple(every_interface(today, codes))
    )


def every_operator(today: date, codes: list[str] | None = None) -> Iterator[OperatorEntry]:
    """All operators, or some, in the order of their codes; as all of these, read batch by batch."""
    rows = Operator.objects.filter(Q() if codes is None else Q(code__in=codes)).order_by("code")
    yield from map(OperatorEntry.of, _full_operators(rows).iterator(BATCH))


def every_service(today: date, codes: list[str] | None = None, *, geometry: bool = False) -> Iterator[ServiceEntry]:
    """All public services, or those of some operators, in the order of their codes."""
    rows = _full_services(_public(today).filter(_of(codes)).order_by("code"), geometry)
    ties = _ties(codes)
    yield from (ServiceEntry.of(row, ties, geometry=geometry) for row in rows.iterator(BATCH))


def every_interface(today: date, codes: list[str] | None = None) -> Iterator[InterfaceEntry]:
    """All public interfaces, or those of some operators, in the order of their names."""
    rows = _full_interfaces(_public_interfaces().filter(_of(codes)).order_by("name"))
    ties = _ties(codes)
    yield from (InterfaceEntry.of_row(row, ties) for row in rows.iterator(BATCH))


def _of(codes: list[str] | None) -> Q:
    return Q() if codes is None else Q(operator__code__in=codes)


def _ties(codes: list[str] | None) -> Ties:
    if codes is None:
        return Ties()
    return Ties(list(Operator.objects.filter(code__in=codes).values_list("pk", flat=True)))


def _operators_of(rows: list[Operator]) -> list[OperatorEntry]:
    return [OperatorEntry.of(row) for row in rows]


def _services_of(rows: list[Service], geometry: bool) -> list[ServiceEntry]:
    ties = Ties({row.operator_id for row in rows})
    return [ServiceEntry.of(row, ties, geometry=geometry) for row in rows]


def _interfaces_of(rows: list[Interface]) -> list[InterfaceEntry]:
    ties = Ties({row.operator_id for row in rows if row.operator_id is not None})
    return [InterfaceEntry.of_row(row, ties) for row in rows]


@dataclass(frozen=True, slots=True)
class Everything:
    """Entries in the order of their codes."""

    operators: tuple[OperatorEntry, ...]
    services: tuple[ServiceEntry, ...]
    interfaces: tuple[InterfaceEntry, ...]


def _public(today: date) -> QuerySet[Service]:
    return Service.objects.filter(Q(published_on=None) | Q(published_on__lte=today))


def _public_interfaces() -> QuerySet[Interface]:
    """Those of an operator: streets and what was imported to try it are nobody's disclosure."""
    return Interface.objects.filter(operator__isnull=False)


def _matching_services(asked: Asked, today: date) -> list[Found]:
    """Primary keys and places in the order of the services that match."""
    rows = _public(today)
    if asked.kind:
        kinds = Q(kind=asked.kind)
        if asked.kind == Service.Kind.TAXI:
            kinds |= Q(kind="", taxi__isnull=False)
        rows = rows.filter(kinds)
    rows = rows.filter(operator__code=asked.operator) if asked.operator else rows
    rows = rows.filter(pk__in=_offered_at(*asked.at)) if asked.at else rows
    areas: dict[int, list[Any]] = {}
    if asked.text:
        for service, name, names in OperationArea.objects.values_list("service_id", "name", "names"):
            areas.setdefault(service, []).extend((name, *names.values()))
    light = rows.values_list("pk", "code", "name", "names", "operator__legal_name")
    return [
        (pk, (fold(in_language(names, asked.language, name)), code))
        for pk, code, name, names, operator in light
        if _has(asked.text, name, *names.values(), operator, *areas.get(pk, ()))
    ]


def _offered_at(lon: float, lat: float) -> set[int]:
    """The services of whose areas one holds a point."""
    boxed = OperationArea.objects.filter(west__lte=lon, east__gte=lon, south__lte=lat, north__gte=lat)
    areas = [*boxed.values_list("service_id", "geometry"), *Taxi.objects.values_list("service_id", "area")]
    point = Point(lon, lat)
    return {service for service, geometry in areas if shape(geometry).covers(point)}


def _has(text: str, *names: str) -> bool:
    """Whether each word of a text is in one of the names."""
    if not text:
        return True
    folded = [fold(name) for name in names]
    return all(any(word in name for name in folded) for word in fold(text).split())


def _page(
    found: list[Found],
    cursor: str,
    limit: int,
    load: Callable[[list[int]], Iterable[R]],
    of: Callable[[list[R]], list[T]],
) -> Page[T]:
    """The page after a cursor. What was removed meanwhile shifts nothing, as the cursor is a place in the order."""
    after = _read_cursor(cursor)
    rest = sorted((key, pk) for pk, key in found if after is None or key > after)
    rows = {row.pk: row for row in load([pk for _, pk in rest[:limit]])}
    entries = tuple(of([rows[pk] for _, pk in rest[:limit] if pk in rows]))
    return Page(entries, len(found), _write_cursor(rest[limit - 1][0]) if len(rest) > limit else "")


def _write_cursor(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> Key | None:
    """Raises BadCursor."""
    if not cursor:
        return None
    try:
        name, code = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return str(name), str(code)
    except (binascii.Error, ValueError, TypeError) as wrong:
        raise BadCursor(cursor) from wrong


def _only(rows: QuerySet[R]) -> R:
    row = rows.first()
    if row is None:
        raise NotInRegister
    return row


def _full_operators(rows: QuerySet[Operator]) -> QuerySet[Operator]:
    return rows.select_related("region").prefetch_related("dispatchers", "associated_operators")


def _full_services(rows: QuerySet[Service], geometry: bool) -> QuerySet[Service]:
    areas = OperationArea.objects.all() if geometry else OperationArea.objects.defer("geometry")
    return rows.select_related("operator__region", "taxi").prefetch_related(
        Prefetch("areas", areas), "hours", "exceptions", "booking_rules", "price_classes", "facilities"
    )


def _full_interfaces(rows: QuerySet[Interface]) -> QuerySet[Interface]:
    return rows.select_related("operator", "of")
