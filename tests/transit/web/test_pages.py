"""The pages of travelling, on a tiny network that was really imported."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests.feeds import publish
from transit.models import Region
from transit.network import current

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 9:00 on the spot
FEED = """
stop A 60.000 24.000 Koivutori
stop B 60.000 24.060 Mäntytori
stop C 60.000 24.120 Satama
line 12 bus A 9:15 B 9:25 C 9:35
line 12 bus A 10:15 B 10:25 C 10:35
line 12 bus A 15:15 B 15:25 C 15:35
"""
FROM, TO = "60.00000,24.00000~city:A~Koivutori", "60.00000,24.12000~city:C~Satama"


EXAMPLE = [{"name": "A", "names": {"fi": "Koivutori"}, "lat": 60, "lon": 24}, {"name": "B", "lat": 60, "lon": 24.1}]


@pytest.fixture(autouse=True)
def fresh(db: None, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No network of an earlier test answers."""
    monkeypatch.setattr(current, "_CURRENT", current.Current())


@pytest.fixture
def client(fresh: None, tmp_path: Path) -> Any:
    Region.objects.create(
        code="test", name="Testi", currency="EUR", timezone="Europe/Helsinki", country="FI", examples=[EXAMPLE]
    )
    publish(tmp_path, {"city": FEED}, now=NOW)
    with time_machine.travel(NOW, tick=False):
        yield Client(headers={"accept-language": "fi"})


def body(answer: Any) -> str:
    """The text of a page without markup, in one line."""
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def test_the_form_with_examples_in_the_readers_language(client: Client) -> None:
    page = body(client.get("/"))
    assert "Minne matka?" in page
    assert "Koivutori → B" in page


def test_the_form_keeps_what_was_written_and_swaps_it(client: Client) -> None:
    page = client.get("/", {"from_text": "aaa", "to_text": "bbb", "swap": "1"}).content.decode()
    assert page.index('value="bbb"') < page.index('value="aaa"')
    assert "Kirjoita pysäkki" not in page  # no complaint before anything was sent


def test_journeys(client: Client) -> None:
    answer = client.get("/journeys", {"from_at": FROM, "to_at": TO})
    page = body(answer)
    assert answer.status_code == 200
    assert "9.15 – 9.35" in page
    assert "Ei vaihtoja" in page
    assert "Hinta ei tiedossa" in page
    assert "15.15" not in page


def link(page: str, text: str) -> str:
    """Where the link with a text leads, or nothing."""
    return next(iter(unescape(found) for found in re.findall(rf'href="(/journeys\?[^"]*)">{text}', page)), "")


def starts(answer: Any) -> list[str]:
    """When each ride of a page leaves."""
    cards = answer.content.decode().split('<li class="journey">')[1:]
    return [re.findall(r">(\d+\.\d\d)</time> –", card)[0] for card in cards if 'class="badge' in card]


def test_later_and_earlier_lead_on(client: Client) -> None:
    first = client.get("/journeys", {"from_at": FROM, "to_at": TO})
    assert starts(first) == ["9.15", "10.15"]
    assert link(first.content.decode(), "Aikaisemmat") == ""  # nothing that has left is offered
    # The next page begins where the first ends and goes on until something is found.
    second = client.get(link(first.content.decode(), "Myöhemmät"))
    assert starts(second) == ["15.15"]
    assert starts(client.get(link(second.content.decode(), "Aikaisemmat"))) == starts(first)
    third = client.get(link(second.content.decode(), "Myöhemmät"))
    assert starts(third) == ["9.15", "10.15", "15.15"]
    assert "tiistaina 24. marraskuuta" in body(third)
    back = client.get(link(third.content.decode(), "Aikaisemmat"))
    assert starts(back)[-1] == "15.15"


def test_a_journey_leads_back_to_its_page(client: Client) -> None:
    first = client.get("/journeys", {"from_at": FROM, "to_at": TO}).content.decode()
    second = client.get(link(first, "Myöhemmät")).content.decode()
    journey = client.get(unescape(re.findall(r'href="(/journey\?token=[^"]*)"', second)[0])).content.decode()
    back = unescape(re.findall(r'class="back" href="([^"]*)"', journey)[0])
    assert starts(client.get(back)) == ["15.15"]


@pytest.mark.parametrize("turn", ["after=x", "before=2026-11-23", "after=", "before=9"])
def test_a_page_that_is_none_is_the_first(client: Client, turn: str) -> None:
    assert starts(client.get(f"/journeys?{turn}", {"from_at": FROM, "to_at": TO})) == ["9.15", "10.15"]


def test_no_journey_gives_a_reason_and_a_way_out(client: Client) -> None:
    page = body(
        client.get("/journeys", {"from_at": FROM, "to_at": TO, "when": "leave", "date": "2031-11-23", "time": "20:00"})
    )
    assert "ei löytynyt bussia" in page
    assert "Aikataulut ovat voimassa 1.1.2026 – 31.12.2027." in page
    assert "Myöhemmät" not in page


def test_the_next_morning_is_named(client: Client) -> None:
    evening = {"from_at": FROM, "to_at": TO, "when": "leave", "date": "2026-11-23", "time": "20:00"}
    page = body(client.get("/journeys", evening))
    parts = ("tiistaina 24. marraskuuta", "9.15 – 9.35", "maanantaina 23. marraskuuta", "20.00 – 20.35")
    places = [page.rindex(part) for part in parts]
    assert places == sorted(places), "tomorrow's buses, and the bicycle that could leave at once"


def test_walking_stands_first_where_it_is_best(client: Client) -> None:
    near = "60.00000,24.00500~~Kioski"
    page = body(client.get("/journeys", {"from_at": FROM, "to_at": near}))
    assert "Mikään kulkuneuvo ei ole kävelyä nopeampi." in page
    assert "Parhaiten kävellen" in page
    assert "ei löytynyt bussia" not in page


def test_the_manner_of_travelling_is_kept(client: Client) -> None:
    asked = {"from_at": FROM, "to_at": TO, "pace": "slow", "changing": "relaxed"}
    page = client.get("/journeys", asked).content.decode()
    assert "Kävely: Hidas · Vaihtoaika: 6 min pidempi" in page
    later = link(page, "Myöhemmät")
    assert "pace=slow" in later
    assert "changing=relaxed" in later
    form = client.get(f"/?{later.split('?')[1]}").content.decode()
    assert re.search(r'<details class="field" id="manner" open>', form)
    assert form.count(' value="slow" checked') == 1
    assert "pace" not in link(client.get("/journeys", {**asked, "pace": "normal"}).content.decode(), "Myöhemmät")


def test_a_text_leads_to_a_choice_and_the_choice_to_journeys(client: Client) -> None:
    asked = client.get("/journeys", {"from_text": "koivutori", "to_at": TO, "senior": "2"})
    assert "Mitä paikkaa tarkoitat?" in body(asked)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', asked.content.decode()))
    chosen = re.findall(r'type="radio" name="(from_at)" value="([^"]*)"', asked.content.decode())
    answer = client.get("/journeys", {**fields, **dict(chosen[:1])})
    assert "Koivutori" in body(answer)
    assert "2 eläkeläistä" in body(answer)


def test_what_is_missing_is_marked(client: Client) -> None:
    answer = client.get("/journeys", {"to_at": TO})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert "Kirjoita pysäkki, katu tai paikka." in body(answer)


def test_one_journey_step_by_step(client: Client) -> None:
    page = client.get("/journeys", {"from_at": FROM, "to_at": TO}).content.decode()
    address = unescape(re.findall(r'href="(/journey\?token=[^"]*)"', page)[0])
    answer = client.get(address)
    steps = body(answer)
    assert answer.status_code == 200
    assert "2 pysäkkiä, 20 min" in steps
    assert "9.25 Mäntytori" in steps
    assert "Jää pois: Satama" in steps
    assert '"coordinates"' not in page


@pytest.mark.parametrize("token", ["", "x", "abc:def"])
def test_a_token_that_is_none(client: Client, token: str) -> None:
    answer = client.get("/journey", {"token": token})
    assert answer.status_code == 410
    assert "Ehdotus on vanhentunut" in body(answer)


def test_a_token_gets_too_old(client: Client) -> None:
    page = client.get("/journeys", {"from_at": FROM, "to_at": TO}).content.decode()
    address = unescape(re.findall(r'href="(/journey\?token=[^"]*)"', page)[0])
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        assert client.get(address).status_code == 200, "it is looked up again"
    with time_machine.travel(NOW + timedelta(hours=12), tick=False):
        assert client.get(address).status_code == 410, "the journey is over"


def test_departures(client: Client) -> None:
    page = body(client.get("/departures", {"stop": "city:A"}))
    assert "Koivutori" in page
    assert re.search(r"9\.15 .*12", page)


def test_departures_by_name(client: Client) -> None:
    page = client.get("/departures", {"stop_text": "koivu"}).content.decode()
    assert "?stop=city%3AA" in page


def test_a_stop_that_is_not_there(client: Client) -> None:
    assert client.get("/departures", {"stop": "city:X"}).status_code == 404
    assert client.get("/journeys", {"from_at": FROM.replace("city:A", "city:X"), "to_at": TO}).status_code == 404


def test_without_a_network_the_pages_say_so() -> None:
    answer = Client().get("/journeys", {"from_at": FROM, "to_at": TO})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "being prepared" in body(answer)
    assert Client().get("/").status_code == 200


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This page does not exist"), ("fi", "Sivua ei ole"), ("ja", "ページが見つかりません")],
)
def test_a_page_that_is_not_there(settings: Any, language: str, words: str) -> None:
    settings.DEBUG = False
    answer = Client(headers={"accept-language": language}).get("/nowhere")
    assert answer.status_code == 404
    assert words in body(answer)


def test_the_language_is_chosen_and_kept(client: Client) -> None:
    answer = client.post("/language/setlang/", {"language": "ja", "next": "/departures"})
    assert answer["Location"] == "/departures"
    assert '<html lang="ja">' in client.get("/").content.decode()


def test_pages_allow_no_foreign_script_or_style(client: Client) -> None:
    answer = client.get("/")
    policy = answer["Content-Security-Policy"]
    nonce = re.findall(r"'nonce-([^']+)'", policy)[0]
    assert "unsafe" not in policy
    assert f'<script type="importmap" nonce="{nonce}">' in answer.content.decode()
    assert " style=" not in answer.content.decode()
    assert "https://" not in re.sub(r'xmlns="[^"]*"', "", answer.content.decode())
