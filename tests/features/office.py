"""A region's office: an officer who fills in the forms of its pages as a browser would send them, without a script."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from maas.accounts.models import Role

Fields = dict[str, list[str]]
BORDER = "60.09, 24.80\n60.09, 25.00\n60.16, 25.00\n60.16, 24.80"
"""Of the valley: latitude, longitude."""


class Forms(HTMLParser):
    """The forms of a page: what would be sent, and the values of their buttons."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[Fields, set[str]]] = []
        self._text: str | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.found.append(({}, set()))
        if not self.found:
            return
        fields, buttons = self.found[-1]
        if tag == "button":
            buttons.add(given.get("value", ""))
        ticked = given.get("type") in ("radio", "checkbox")
        if tag == "input" and name and given.get("type") != "file" and (not ticked or "checked" in given):
            fields.setdefault(name, []).append(given.get("value", "on" if ticked else ""))
        if tag == "textarea":
            self._text = name
            fields[name] = [""]
        if tag == "select":
            self._select = name
        if tag == "option" and (self._select not in fields or "selected" in given):
            fields[self._select] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text:
            self.found[-1][0][self._text][0] += data.removeprefix("\n")


@dataclass
class Office:
    """An officer of a region."""

    name: str = "officer"
    region: str = "coast"
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.user = get_user_model().objects.create_user(f"{self.name}@{self.region}.example")
        Role.objects.create(user=self.user, kind="region_officer", scope=self.region)
        self.client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")

    def page(self, path: str, status: int = 200) -> str:
        """The text of a page, without its tags."""
        answer = self.client.get(f"/on-demand/{path}")
        assert answer.status_code == status, answer.status_code
        return text_of(answer.content.decode())

    def send(
        self, path: str, do: str = "", status: int = 302, also: dict[str, Any] | None = None, **changes: Any
    ) -> str:
        """Fill in the form of a page that has a button of this value; where one comes to, or what it says then.

        `changes`, and `also` those whose names are no words, are fields that are written anew; None: not ticked.
        """
        answer = self._sent(path, do, changes | (also or {}))
        assert answer.status_code == status, text_of(answer.content.decode())[:3000]
        return str(answer.get("Location", "")).removeprefix("/on-demand/") or text_of(answer.content.decode())

    def raw(self, path: str, do: str, also: dict[str, Any]) -> str:
        """The page that refuses what was written, with its tags."""
        answer = self._sent(path, do, also)
        assert answer.status_code == 422, text_of(answer.content.decode())[:3000]
        return str(answer.content.decode())

    def fields(self, path: str, do: str) -> Fields:
        """What would be sent by the form with such a button."""
        html = self.client.get(f"/on-demand/{path}").content.decode()
        found = (fields for fields, buttons in Forms(html).found if do in buttons and "language" not in fields)
        return next(found)

    def _sent(self, path: str, do: str, changes: dict[str, Any]) -> Any:
        fields = self.fields(path, do) | ({"do": [do]} if do else {})
        for name, value in changes.items():
            fields[name] = value if isinstance(value, list) else [value]
        sent = {name: [each for each in values if each is not None] for name, values in fields.items()}
        return self.client.post(f"/on-demand/{path}", {name: values for name, values in sent.items() if values})

    def set_up(self, name: str = "Valley Ride") -> str:
        """A service with zones, hours and a vehicle; the path of its first version."""
        version = self.send(f"regions/{self.region}/new", name=name, operator_code="new", operator_name=f"{name} Ltd")
        self.send(f"{version}/zones/new", "save", name="Valley", rings=BORDER)
        self.send(f"{version}/hours/new", "save", start_s="06:00", end_s="22:00")
        self.send(f"{version}/vehicles/new", "save", name="Bus 1", lat="60.1", lon="24.9")
        return version

    def submit(self, version: str, day: str = "2026-11-23", note: str = "So that people get to town") -> str:
        """Hand it over."""
        return self.send(version, "submit", effective_on=day, note=note)


def text_of(html: str) -> str:
    """What stands on a page."""
    whole = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", whole)).split())
