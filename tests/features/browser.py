"""A browser without JavaScript: it follows links and presses buttons by their text, and keeps cookies."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin

from django.test import Client

INLINE = ("a", "span", "strong")


@dataclass
class Form:
    """A form as it would be sent, and what stands on its buttons."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: str = ""


class Page(HTMLParser):
    """What a reader of a page can use: its text, links and forms."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address, self.text = address, ""
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self._open: list[str] = []
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._open.append(tag)
        self.text += "" if tag in INLINE else " "
        if tag == "a":
            self.links.append(("", given.get("href", "")))
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        unchecked = given.get("type") in ("radio", "checkbox") and "checked" not in given
        if tag == "input" and given.get("name") and self.forms and not unchecked:
            self.forms[-1].fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "script" in self._open:
            return
        self.text += data
        if "a" in self._open:
            text, address = self.links[-1]
            self.links[-1] = (text + data, address)
        if "button" in self._open and self.forms:
            self.forms[-1].buttons += data


@dataclass
class Browser:
    """Begins at the site's first page. Forged requests are refused as in production."""

    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    page: Page = field(default_factory=lambda: Page("/", ""))

    def go(self, address: str) -> str:
        """Open an address of the site; the text of the page."""
        return self._show(self.client.get(address, follow=True), address)

    def click(self, text: str) -> str:
        """Follow the first link with such a text."""
        return self.go(urljoin(self.page.address, next(to for words, to in self.page.links if text in words)))

    def press(self, text: str, /, **filled: str) -> str:
        """Press the first button with such a text, with some fields filled in."""
        form = next(form for form in self.page.forms if text in form.buttons)
        address = urljoin(self.page.address, form.action)
        fields = form.fields | filled
        if form.method == "get":
            return self.go(f"{address.split('?')[0]}?{urlencode(fields)}")
        return self._show(self.client.post(address, fields, follow=True), address)

    def _show(self, answer: Any, address: str) -> str:
        chain = getattr(answer, "redirect_chain", [])
        self.page = Page(chain[-1][0] if chain else address, answer.content.decode())
        return self.page.text
