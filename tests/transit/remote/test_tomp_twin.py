"""The TOMP client against the sandbox's operator over real HTTP; the schema judges both directions of every call."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from maas.sandbox.tomp import Settings, Timetable, Twin, create_app
from tests.servers import serve
from tests.transit.remote.tomp_schema import Schema
from transit.money import Money
from transit.remote import tomp
from transit.remote.http import RemoteError
from transit.remote.tomp import Party, Search, Traveller, tokens

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
FEED = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\nA,Coast Rail,https://rail.example,Europe/Helsinki\n",
    "stops": "stop_id,stop_name,stop_lat,stop_lon\nS1,North,60.20,24.90\nS2,South,60.10,24.90\n",
    "routes": "route_id,agency_id,route_short_name,route_type\nR,A,R1,2\n",
    "trips": "route_id,service_id,trip_id,trip_headsign\nR,D,T1,South\nR,D,T2,South\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "T1,10:00:00,10:00:00,S1,1\nT1,10:20:00,10:20:00,S2,2\nT2,10:30:00,10:30:00,S1,1\nT2,10:50:00,10:50:00,S2,2\n",
    "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "D,1,1,1,1,1,1,1,20261101,20261231\n",
    "fare_attributes": "fare_id,price,currency_type,payment_method,transfers\nF,4.20,EUR,1,0\n",
    "fare_rules": "fare_id,route_id\nF,R\n",
}
RIDERS = (Traveller("t1", age=78), Traveller("t2"))
SEARCH = Search("rail:S1", "rail:S2", NOW, travellers=RIDERS, service_journeys=("rail:T2",), travel_date=NOW.date())


@dataclass
class Judge:
    """Stands between the wire and the twin, and notes every offence against the schema."""

    twin: Twin
    schema: Schema
    judged: set[str] = field(default_factory=set)
    offences: list[str] = field(default_factory=list)

    def handle(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: Any = None
    ) -> Any:
        """One call, judged both ways."""
        status, fields, document = self.twin.handle(method, path, query, headers, body)
        if path.startswith(("/processes/", "/collections/")):
            self.judged.add(path)
            found = self.schema.request_errors(method, path, body) if method == "POST" else []
            found += self.schema.answer_errors(method, path, document) if status == 200 else []
            self.offences += [f"{method} {path} {offence}" for offence in found]
        return status, fields, document


@pytest.fixture
def judge(shared_specs: Path) -> Judge:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, rows in FEED.items():
            archive.writestr(f"{name}.txt", rows)
    twin = Twin(Timetable.of_gtfs(packed.getvalue()), Settings(seats=3), now=lambda: NOW)
    return Judge(twin, Schema(shared_specs))


@pytest.fixture
def to(judge: Judge, settings: Any) -> Iterator[Party]:
    app: Any = judge  # create_app asks a twin for nothing but `handle`
    with serve(lambda _: create_app(app)) as (url, _app):
        settings.DEBUG, settings.ALLOWED_LOOPBACK_ORIGINS = True, [url]
        party = Party(url, "maas", "tomp-secret")
        tokens.forget_token(party)
        yield party
    assert judge.offences == []


def fault(to: Party, **fields: Any) -> None:
    assert httpx.post(f"{to.base_url}/_twin/faults", json=fields, trust_env=False).status_code == 200


def clock(to: Party, seconds: int) -> None:
    httpx.post(f"{to.base_url}/_twin/clock", json={"advance_s": seconds}, trust_env=False)


def hold(to: Party, reference: str = "ref-1") -> tomp.Package:
    (offer,) = tomp.search_offers(to, SEARCH)
    return tomp.purchase_offers(to, offer.id, RIDERS, customer="c1", reference=reference)


def test_search_hold_confirm_and_give_back(to: Party, judge: Judge) -> None:
    assert tomp.is_healthy(to)
    assert set(tomp.list_data_sources(to)) == {"rail"}
    (offer,) = tomp.search_offers(to, SEARCH)
    assert (offer.price, offer.start_at) == (Money(840, "EUR"), datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    assert offer.expires_at == datetime(2026, 11, 24, 7, 15, tzinfo=UTC)
    assert tomp.find_package(to, offer.id) is None

    held = tomp.purchase_offers(to, offer.id, RIDERS, customer="c1", reference="ref-1")
    assert (held.id, held.status, held.confirm_mandatory) == (offer.id, "PENDING", True)
    assert (held.price, held.expires_at) == (offer.price, datetime(2026, 11, 24, 7, 10, tzinfo=UTC))
    assert judge.twin.state()["packages"][0]["reference"] == "ref-1"
    clock(to, 300)
    longer = tomp.extend_expiry_time(to, held.id).expires_at
    assert longer == datetime(2026, 11, 24, 7, 15, tzinfo=UTC)

    assert tomp.confirm_purchase(to, held.id).status == "CONFIRMED"
    documents = tomp.travel_documents(to, held.id)
    assert [document.traveller for document in documents] == ["t1", "t2"]
    assert documents[0].content.startswith(b"rail|")
    (option,) = tomp.list_redress_options(to, held.id)
    assert (option.kind, option.refund) == ("PACKAGE_REFUND", Money(840, "EUR"))
    assert tomp.claim_redress(to, held.id, option).status == "CONFIRMED"
    assert tomp.confirm_redress(to, held.id, option).status == "CANCELLED"
    assert tomp.list_redress_options(to, held.id) == []
    assert len(judge.judged) == 10


def test_rollback_and_expiry(to: Party) -> None:
    held = hold(to)
    assert tomp.rollback_purchase(to, held.id).status == "ROLLBACK"
    late = hold(to)
    clock(to, 601)
    assert tomp.get_package(to, late.id).status == "EXPIRED"
    with pytest.raises(RemoteError) as error:
        tomp.confirm_purchase(to, late.id)
    assert error.value.permanent


def test_the_account_is_listed_page_by_page(to: Party, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transit.remote.tomp.client._PAGE", 1)
    held = hold(to)
    assert tomp.list_payments(to, NOW, NOW + timedelta(hours=1)) == []
    tomp.confirm_purchase(to, held.id)
    (option,) = tomp.list_redress_options(to, held.id)
    tomp.claim_redress(to, held.id, option)
    clock(to, 1800)
    tomp.confirm_redress(to, held.id, option)
    entries = tomp.list_payments(to, NOW, NOW + timedelta(hours=1))
    assert [(each.package, each.category, each.amount.minor) for each in entries] == [
        (held.id, "FARE", 840),
        (held.id, "REFUND", -840),
    ]
    assert len(tomp.list_payments(to, NOW, NOW + timedelta(minutes=10))) == 1
    assert "/collections/payments/items" in judge.judged


def test_sold_out(to: Party) -> None:
    (first,), (second,) = (tomp.search_offers(to, SEARCH) for _ in range(2))
    tomp.purchase_offers(to, first.id, RIDERS, customer="c1", reference="ref-1")
    with pytest.raises(RemoteError) as error:
        tomp.purchase_offers(to, second.id, RIDERS, customer="c2", reference="ref-2")
    assert error.value.permanent
    assert any(code % 1000 == 201 for code in tomp.error_codes(error.value))


@pytest.mark.parametrize(
    ("kind", "happened"), [("lost_before", False), ("error_before", False), ("lost", True), ("error_after", True)]
)
def test_an_unknown_outcome_is_settled_by_looking(to: Party, kind: str, happened: bool) -> None:
    (offer,) = tomp.search_offers(to, SEARCH)
    path = "/processes/purchase-offers/execution"
    fault(to, kind=kind, method="POST", path=path)
    buy: Callable[[], tomp.Package] = lambda: tomp.purchase_offers(  # noqa: E731
        to, offer.id, RIDERS, customer="c1", reference="ref-1"
    )
    with pytest.raises(RemoteError) as error:
        buy()
    assert error.value.unknown
    found = tomp.find_package(to, offer.id)
    assert (found is not None) is happened
    if found is None:
        assert buy().status == "PENDING"
    else:
        assert found.status == "PENDING"
        with pytest.raises(RemoteError) as again:  # what a caller that does not look would take for a refusal
            buy()
        assert again.value.permanent


def test_wrong_credentials(to: Party) -> None:
    with pytest.raises(RemoteError) as error:
        tomp.get_token(Party(to.base_url, "maas", "wrong"))
    assert (error.value.status, error.value.permanent) == (401, True)


def test_an_operator_that_no_longer_knows_our_token(to: Party) -> None:
    """It restarted, or gives a token less time than it says: a search and a look get a new one by themselves."""
    held = hold(to)
    clock(to, 3600)
    assert [offer.price for offer in tomp.search_offers(to, SEARCH)] == [Money(840, "EUR")]
    clock(to, 3600)
    assert tomp.get_package(to, held.id).status == "EXPIRED"
    clock(to, 3600)
    with pytest.raises(RemoteError) as error:
        tomp.confirm_purchase(to, held.id)  # only the booking runner repeats what changes something
    assert (error.value.status, error.value.unknown) == (401, True)
