"""A desk that serves callers: what staff send and see, page by page, without scripts."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from bookings import tasks
from bookings.models import Order, WayToPay
from maas.sandbox import sms
from tests.features.a92_cash_to_the_driver import staff
from tests.features.coast import BUS, SEA
from tests.features.market import Market
from tests.servers import serve
from transit.models import Operator, Region

PHONE = "+358 40 123 4567"
TOMORROW = {"when": "leave", "date": "2026-11-24", "time": "10:00"}


def text_of(page: Any) -> str:
    """What stands on a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def fields_of(page: Any, action: str) -> list[dict[str, str]]:
    """The hidden fields of the forms of a page that go to an address."""
    forms = re.findall(r"<form(.*?)</form>", page.content.decode(), re.DOTALL)
    found = []
    for form in forms:
        head, _, body = form.partition(">")
        if f'action="{action}"' in head:
            inputs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', body)
            found.append({name: value for name, value in inputs if name != "csrfmiddlewaretoken"})
    return found


def guest(desk: Client, name: str = "Aino Kanerva", phone: str = PHONE, where: str = "phone") -> str:
    """The address of the page for a guest."""
    answer = desk.post("/desk/callers/open", {"name": name, "phone": phone, "where": where})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def wish(origin: str = "Harbour", destination: str = "Quay", **more: str) -> dict[str, str]:
    return {"from_text": origin, "to_text": destination, **TOMORROW, **more}


def search(desk: Client, where: str, fields: dict[str, str]) -> Any:
    """The page with choices; the first place of a name is meant."""
    page = desk.post(where, fields)
    found = re.findall(r'type="radio" name="(from_at|to_at)" value="([^"]+)"', page.content.decode())
    picked = dict(reversed(found))
    if not picked:
        return page
    unsaid = {name.replace("_at", "_text") for name in picked}
    return desk.post(where, {name: value for name, value in fields.items() if name not in unsaid} | picked)


def book(desk: Client, where: str, fields: dict[str, str], pay_with: str = "cash") -> str:
    """Search, take the first choice, and order it; the address of the order's page at the desk."""
    page = search(desk, where, fields)
    token = fields_of(page, f"{where}/offers")[0]
    chosen = desk.post(f"{where}/offers", token)
    assert chosen.status_code == 302, text_of(chosen)
    assert "/offers/" in chosen["Location"], text_of(desk.get(chosen["Location"]))
    placed = desk.post(chosen["Location"], {"pay_with": pay_with})
    assert placed.status_code == 302, text_of(placed)
    return str(placed["Location"])


def work(market: Market, state: str = "COMPLETED") -> Order:
    """Sweep until the latest order is where it shall be."""
    for _ in range(40):
        tasks.sweep_orders()
        order = Order.objects.latest("pk")
        if order.state == state:
            return order
        market.clock.shift(5)
    raise AssertionError(order.state)


def town(market: Market) -> Client:
    """A bus and a ferry whose drivers take cash; somebody at the desk."""
    market.publish(bus=BUS, sea=SEA)
    for name in ("bus", "sea"):
        market.sells(name)
        WayToPay.objects.create(provider="cash", operator_code=name, allowed=True)
    Operator.objects.update(region=Region.objects.get())
    return staff("desk_agent")


def texting(market: Market) -> sms.Gateway:
    """Text messages can be sent."""
    twin = sms.Gateway()
    url, _ = market.doors.enter_context(serve(lambda address: sms.create_app(twin)))
    market.settings.ALLOWED_LOOPBACK_ORIGINS = [url]
    body = {"to": "{to}", "text": "{text}", "from": "Coast"}
    market.settings.SMS_GATEWAY = {"url": f"{url}/messages", "token": sms.TOKEN, "body": body}
    return twin


def keep(desk: Client, name: str = "Aino Kanerva", phone: str = PHONE, at: str = "phone", **more: str) -> str:
    """Keep a file for somebody; the address of the page for them."""
    where = guest(desk, name, phone, at)
    said = {"name": name, "phone": phone, "language": "en", "mobility": "any", "consent": "on", **more}
    answer = desk.post(f"{where}/keep", said)
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"]).removesuffix("/file")


def opened(desk: Client, who: str, at: str = "phone") -> str:
    """Find somebody and open the file; the address of the page for them."""
    (each, *_) = fields_of(desk.post("/desk/callers", {"who": who, "where": at}), "/desk/callers/open")
    return str(desk.post("/desk/callers/open", each)["Location"])
