"""The key that seals secrets and personal data is turned: everything still opens, and the old key opens nothing."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.management import CommandError, call_command

from maas import resealing
from maas.resealing import binary_fields, counts, sealed_columns, seals
from tests.features.market import Market
from transit import sealing
from transit.models import Interface

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]
COAST = """
stop H 60.150 24.900 Harbour
stop M 60.190 24.950 Market
line 1 bus H 8:06 M 8:15
[fare_attributes.txt]
fare_id,price,currency_type,payment_method,transfers
f,3.20,EUR,1,0
"""
ASKED = ("bus:H", "bus:M", "08:00")
OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


def test_every_binary_column_is_sealed() -> None:
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in ("maas", "bookings", "transit")]
    unknown = [f"{model.__name__}.{each.name}" for model in ours for each in binary_fields(model) if not seals(each)]
    assert not unknown, "name it …_sealed, or let its field say `seals`, or teach resealing that it is open"
    assert len(sealed_columns()) >= 8


@pytest.fixture
def sold(market: Market, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """An order of somebody with an e-mail address at an operator with a secret, all under the old key."""
    settings.FIELD_KEYS = [OLD]
    monkeypatch.setattr(resealing, "BATCH", 2)
    market.publish(bus=COAST)
    market.sells_itself("bus", COAST)
    for _ in range(3):
        code = market.accept(market.ask(*ASKED), contact="maija@example.com")
    market.pay(code)
    assert market.work(code)
    return code


def under(number: int) -> int:
    """How many values are sealed under a key of the ring."""
    return sum(each[number] for each in counts().values())


def reseal(*options: str) -> str:
    out = StringIO()
    call_command("reseal", *options, stdout=out)
    return out.getvalue()


def test_turned_after_a_crash(market: Market, settings: Any, sold: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    before = under(1)
    assert before >= 7
    with pytest.raises(CommandError, match="older keys"):
        reseal("--check")
    done = 0

    def dies(sealed: bytes) -> bytes:
        nonlocal done
        done += 1
        if done > before // 2:
            raise SystemExit
        return sealing.reseal(sealed)

    with monkeypatch.context() as patch:
        patch.setattr(resealing, "reseal", dies)
        with pytest.raises(SystemExit):
            reseal()
    assert 0 < under(0) < before
    assert under(0) + under(1) == before, "what is half done opens"
    assert f"{before - under(0)} values were sealed" in reseal()
    assert (under(0), under(1)) == (before, 0)
    assert "can be removed" in reseal("--check")
    settings.FIELD_KEYS = [NEW]
    code = market.accept(market.ask(*ASKED), contact="maija@example.com")  # by the operator's secret
    market.pay(code)
    assert market.work(code)
    offer = market.get(f"offers/{market.order(sold)['offer']}")
    assert offer["legs"][0]["start_name"] == "Harbour", "where one goes"
    settings.FIELD_KEYS = [OLD]
    with pytest.raises(InvalidToken):
        sealing.unseal(Interface.objects.get(format="TOMP-2.0").client_secret_sealed)


def test_what_is_written_meanwhile_stays(settings: Any, sold: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    first = sealing.seal("another secret")

    def meanwhile(sealed: bytes) -> bytes:
        Interface.objects.update(client_secret_sealed=first)
        return sealing.reseal(sealed)

    monkeypatch.setattr(resealing, "reseal", meanwhile)
    reseal()
    assert sealing.unseal(Interface.objects.get(format="TOMP-2.0").client_secret_sealed) == "another secret"


def test_a_key_that_is_gone(settings: Any, sold: str) -> None:
    settings.FIELD_KEYS = [OTHER]
    Interface.objects.filter(format="TOMP-2.0").update(client_secret_sealed=sealing.seal("lost"))
    settings.FIELD_KEYS = [NEW, OLD]
    with pytest.raises(CommandError, match="1 values are opened by no key"):
        reseal()
    assert under(1) == 0, "all the others are done"
