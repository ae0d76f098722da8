"""The twin beside localstripe: where both implement a call, the real SDK meets the same from both.

Where localstripe is known to check less than Stripe says it does, that is named; error codes it has hardly any.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from maas.sandbox.stripe import StripeTwin
from tests.maas.sandbox.stripes import Clock, client_of, http_transport, in_process

COMMAND = os.environ.get("MAAS_LOCALSTRIPE") or shutil.which("localstripe", path=str(Path(sys.executable).parent))
LAXER = {"capture of a cancelled one", "refund of nothing", "setup without a customer"}
"""What localstripe lets pass, or does not know, and Stripe's own documents say otherwise."""
WORKS, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002760003184"


@pytest.fixture(scope="module")
def peer() -> Iterator[stripe.StripeClient]:
    if not COMMAND:
        pytest.skip("needs localstripe: in the environment of the tests, or its command in MAAS_LOCALSTRIPE")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # From scratch: it keeps what it was told in one file for all that ever ran on the machine.
    process = subprocess.Popen([COMMAND, "--port", str(port), "--from-scratch"], **quiet)  # type: ignore[call-overload]
    transport = http_transport()
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.1)
        yield client_of(f"http://127.0.0.1:{port}", transport)
    finally:
        process.terminate()
        process.wait(10)
        transport.close()  # type: ignore[no-untyped-call]


def card(client: stripe.StripeClient, number: str) -> str:
    details: Any = {"number": number, "exp_month": 12, "exp_year": 2039, "cvc": "123"}
    return client.v1.payment_methods.create({"type": "card", "card": details}).id


def hold(client: stripe.StripeClient, number: str = WORKS) -> Any:
    customer = client.v1.customers.create({"email": "aino@maas.test"}).id
    method = client.v1.payment_methods.attach(card(client, number), {"customer": customer}).id
    params: Any = {"amount": 1000, "currency": "eur", "customer": customer, "payment_method": method}
    return client.v1.payment_intents.create(params | {"confirm": True, "capture_method": "manual"})


def take(client: stripe.StripeClient, *amounts: int) -> Any:
    intent = hold(client)
    for amount in amounts:
        intent = client.v1.payment_intents.capture(intent.id, {"amount_to_capture": amount})
    return intent


def send_back(client: stripe.StripeClient, *amounts: int) -> list[Any]:
    intent = take(client, 1000)
    made = [client.v1.refunds.create({"payment_intent": intent.id, "amount": amount}) for amount in amounts]
    return [(refund.status, refund.amount) for refund in made]


def let_go(client: stripe.StripeClient, intent: Any) -> Any:
    return client.v1.payment_intents.cancel(intent.id)


def cards_of(client: stripe.StripeClient) -> list[Any]:
    customer = client.v1.customers.create({"email": "aino@maas.test"}).id
    method = client.v1.payment_methods.attach(card(client, WORKS), {"customer": customer}).id
    before = [row.card.last4 if row.card else "" for row in _listed(client, customer)]
    return [before, client.v1.payment_methods.detach(method).customer, len(_listed(client, customer))]


def _listed(client: stripe.StripeClient, customer: str) -> list[stripe.PaymentMethod]:
    return client.v1.payment_methods.list({"customer": customer, "type": "card"}).data


CALLS: dict[str, Callable[[stripe.StripeClient], Any]] = {
    "hold": lambda c: hold(c).status,
    "hold that is declined": lambda c: hold(c, DECLINED).status,
    "hold that the bank asks about": lambda c: hold(c, ASKS).status,
    "capture of all": lambda c: take(c, 1000).status,
    "capture of a part": lambda c: take(c, 800).status,
    "capture of more": lambda c: take(c, 1001).status,
    "capture twice": lambda c: take(c, 1000, 1000).status,
    "capture of a cancelled one": lambda c: c.v1.payment_intents.capture(let_go(c, hold(c)).id).status,
    "cancel": lambda c: let_go(c, hold(c)).status,
    "cancel of a captured one": lambda c: let_go(c, take(c, 1000)).status,
    "refund": lambda c: send_back(c, 1000),
    "refund in parts": lambda c: send_back(c, 300, 700),
    "refund of nothing": lambda c: c.v1.refunds.create({"payment_intent": hold(c).id, "amount": 100}).status,
    "what there is not": lambda c: c.v1.payment_intents.retrieve("pi_nothing").id,
    "no amount": lambda c: c.v1.payment_intents.create({"currency": "eur"}).id,  # type: ignore[typeddict-item]
    "no such parameter": lambda c: (
        c.v1.payment_intents.create(
            {"amount": 1000, "currency": "eur", "colour": "red"}  # type: ignore[typeddict-unknown-key]
        ).id
    ),
    "cards": cards_of,
    "setup without a customer": lambda c: c.v1.setup_intents.create({"payment_method": card(c, WORKS)}).status,
}


def outcome(client: stripe.StripeClient, call: Callable[[stripe.StripeClient], Any]) -> Any:
    try:
        return call(client)
    except stripe.StripeError as error:
        return type(error).__name__, error.http_status


@pytest.mark.parametrize("name", CALLS)
def test_both_answer_alike(peer: stripe.StripeClient, name: str) -> None:
    ours = outcome(in_process(StripeTwin(Clock(), seed="peer")), CALLS[name])
    theirs = outcome(peer, CALLS[name])
    assert (ours == theirs) == (name not in LAXER), (ours, theirs)
