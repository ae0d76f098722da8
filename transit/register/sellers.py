"""Who sells a ride: the register's answer to those who book. No row leaves this module, only values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from transit.models import HostedDeparture, Interface, Operator, Region, Service
from transit.money import Money
from transit.ondemand import versions
from transit.ondemand.rules import Conduct
from transit.sealing import unseal

_HOSTED = (Service.Sales.HOSTED, Service.Sales.ONDEMAND)
_SELLING = (Interface.Format.TOMP_1, Interface.Format.TOMP_2)


@dataclass(frozen=True, slots=True)
class SalesInterface:
    """A remote sales interface: where it is, what it speaks, and the credentials to use there."""

    interface_id: int
    url: str
    client_id: str
    client_secret: str
    capability: str
    format: str


@dataclass(frozen=True, slots=True)
class RefundRule:
    """Until how many seconds before departure a ticket can be given back, and what is kept of it."""

    until_s: int
    fee_basis_points: int
    fee_minor: int

    def fee(self, price: Money) -> Money:
        """The share of the price, at least `fee_minor`, never more than the price."""
        share, _ = price.split([self.fee_basis_points, 10_000 - self.fee_basis_points])
        return min(price, max(share, Money(self.fee_minor, price.currency)))


@dataclass(frozen=True, slots=True)
class Seller:
    """How the rides of one agency are sold. `sales` is one of hosted, tomp, ondemand, elsewhere, free
    (models.Service.Sales).

    `vat_basis_points` is the operator's own rate; None where that of its country for the `vat_kind` holds.
    """

    operator_code: str
    operator_name: str
    service_name: str
    agency_id: str
    sales: str
    sales_url: str
    phone: str
    country: str
    vat_basis_points: int | None
    seats_per_departure: int | None
    hold_s: int
    refundable_until_s: int
    refund_fee_basis_points: int
    vat_kind: str = "transport"
    refund_steps: tuple[RefundRule, ...] = ()
    no_show_fee_basis_points: int = 10_000
    counts_each: bool = False
    """Whether seats are entered for single departures (`list_seats`)."""

    def find_refund_fee(self, price: Money, left_s: float) -> Money | None:
        """What is kept of a hosted ticket given back so many seconds before departure; None when it is too late."""
        last = RefundRule(self.refundable_until_s, self.refund_fee_basis_points, 0)
        return min((rule.fee(price) for rule in (*self.refund_steps, last) if left_s >= rule.until_s), default=None)

    def no_show_fee(self, price: Money) -> Money:
        """What is kept of a hosted booking for which nobody came."""
        return RefundRule(0, self.no_show_fee_basis_points, 0).fee(price)


@dataclass(frozen=True, slots=True)
class LegalEntity:
    """Who somebody is before the law, as receipts name it. `country` is ISO 3166-1 alpha-2.

    `timezone` is whose days its statements are made of.
    """

    legal_name: str
    business_id: str
    vat_id: str
    country: str
    timezone: str = "UTC"


def find_legal_entity(operator_code: str) -> LegalEntity | None:
    """An operator before the law; None where the register does not know it (any more)."""
    return list_legal_entities([operator_code]).get(operator_code)


def list_legal_entities(operator_codes: Collection[str]) -> dict[str, LegalEntity]:
    """Those of the operators that the register knows, by code."""
    rows = Operator.objects.select_related("region").filter(code__in=operator_codes)
    return {
        row.code: LegalEntity(
            row.legal_name, row.business_id, row.vat_id, row.country, row.region.timezone if row.region else "UTC"
        )
        for row in rows
    }


def find_seller(agency_id: str, day: date | None = None) -> Seller | None:
    """Who sells the rides of `feed:agency`; None where the register does not know the agency.

    What is kept of a ride on demand that is given back, or for which nobody comes, the rules say that hold on `day`.
    """
    service = _services().filter(agency_id=agency_id).first()
    if service is None:
        return None
    seller = _seller(service)
    held = versions.current(service.code, day) if day and service.sales == Service.Sales.ONDEMAND else None
    return seller if held is None else _by_conduct(seller, versions.rules_of(held).conduct)


def _by_conduct(seller: Seller, conduct: Conduct) -> Seller:
    """Free for so long, then for a fee until one is met."""
    return replace(
        seller,
        refundable_until_s=0,
        refund_fee_basis_points=conduct.late_fee_basis_points,
        refund_steps=(RefundRule(conduct.free_until_s, 0, 0),),
        no_show_fee_basis_points=conduct.no_show_fee_basis_points,
    )


def list_seats(seller: Seller, departure_keys: Iterable[str]) -> dict[str, int | None]:
    """How many seats of each departure (`feed:trip@YYYY-MM-DD`) are sold: those entered for it, else its service's.

    None is not counted.
    """
    found: dict[str, int | None] = dict.fromkeys(departure_keys, seller.seats_per_departure)
    if seller.counts_each:
        codes = {key: key.rpartition("@")[0].partition(":")[2] for key in found}
        rows = HostedDeparture.objects.filter(
            pattern__line__service__agency_id=seller.agency_id, code__in=codes.values(), seats__isnull=False
        )
        entered = dict(rows.values_list("code", "seats"))
        found |= {key: entered[code] for key, code in codes.items() if code in entered}
    return found


def _services() -> QuerySet[Service]:
    each = HostedDeparture.objects.filter(pattern__line__service=OuterRef("pk"), seats__isnull=False)
    return Service.objects.select_related("operator").annotate(counts_each=Exists(each))


def _seller(service: Service) -> Seller:
    return Seller(
        operator_code=service.operator.code,
        operator_name=service.operator.legal_name,
        service_name=service.name,
        agency_id=service.agency_id,
        sales=service.sales,
        sales_url=service.sales_url,
        phone=service.operator.phone,
        country=service.operator.country,
        vat_basis_points=service.vat_basis_points,
        seats_per_departure=service.seats_per_departure,
        hold_s=service.hold_s,
        refundable_until_s=service.refundable_until_s,
        refund_fee_basis_points=service.refund_fee_basis_points,
        vat_kind=service.vat_kind,
        no_show_fee_basis_points=service.no_show_fee_basis_points,
        counts_each=bool(getattr(service, "counts_each", False)),
        refund_steps=tuple(
            RefundRule(step.until_s, step.fee_basis_points, step.fee_minor) for step in service.refund_steps.all()
        ),
    )


def list_hosted(operator_code: str = "") -> list[Seller]:
    """What hosted operators run, and our own dispatcher for them, by agency; of one operator, where it is named."""
    rows = _services().filter(sales__in=_HOSTED).order_by("agency_id")
    mine = rows.filter(operator__code=operator_code) if operator_code else rows
    return [_seller(service) for service in mine.prefetch_related("refund_steps")]


def is_hosted(operator_code: str) -> bool:
    """Whether anything that an operator runs is sold here for it."""
    return Service.objects.filter(sales__in=_HOSTED, operator__code=operator_code).exists()


def list_feeds(operator_code: str = "") -> dict[str, str]:
    """The feeds in which hosted operators' rides are, and where each is published; empty where only we have it."""
    names = {seller.agency_id.partition(":")[0] for seller in list_hosted(operator_code)}
    return dict(Interface.objects.filter(name__in=names).order_by("name").values_list("name", "url"))


def get_sales_interface(operator_code: str) -> SalesInterface:
    """The TOMP interface of an operator. Raises Interface.DoesNotExist."""
    fields = "pk", "url", "client_id", "client_secret_sealed", "capability", "format"
    rows = Interface.objects.values_list(*fields)
    pk, url, client_id, sealed, capability, spoken = rows.get(operator__code=operator_code, format__in=_SELLING)
    return SalesInterface(pk, url, client_id, unseal(sealed) if sealed else "", capability or "D", spoken)


@dataclass(frozen=True, slots=True)
class SalesWay:
    """How an operator's rides are sold, and what can be found out about a sale there (capability class)."""

    operator_code: str
    format: str
    capability: str
    sales: str = ""
    """Hosted, or ondemand; empty where the operator has a system of its own."""


def list_sales_ways() -> list[SalesWay]:
    """Every operator that sells here, through a system of its own or one that we host for it, by code."""
    kept = Service.objects.filter(sales__in=_HOSTED)
    listed = kept.order_by().values_list("operator__code", "sales").distinct()
    ways = {f"{code} {sales}": SalesWay(code, "", "A", sales) for code, sales in listed}
    remote = Interface.objects.filter(format__in=_SELLING, operator__services__sales=Service.Sales.TOMP)
    for row in remote.select_related("operator").distinct():
        if row.operator is not None:
            ways[f"{row.operator.code} {row.format}"] = SalesWay(row.operator.code, row.format, row.capability or "D")
    return [ways[key] for key in sorted(ways)]


def list_operators() -> list[tuple[str, str]]:
    """Code and legal name of every operator, by name."""
    return list(Operator.objects.order_by("legal_name", "code").values_list("code", "legal_name"))


def find_region(operator_code: str) -> str:
    """The code of an operator's region; empty where it has none."""
    return Operator.objects.filter(code=operator_code).values_list("region__code", flat=True).first() or ""


def find_languages(region_code: str) -> tuple[str, ...]:
    """The languages of a region, the first one first; none where nobody knows it."""
    rows = Region.objects.filter(code=region_code).values_list("languages", flat=True)
    return tuple(rows.first() or ())


def list_currencies() -> list[str]:
    """The currencies of the regions, by ISO 4217 code."""
    return sorted(set(Region.objects.values_list("currency", flat=True)))
