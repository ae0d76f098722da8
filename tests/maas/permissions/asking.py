"""Ask an operation as somebody, change nothing, and say how it went."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.db import transaction
from django.test import Client

LOGIN = "/accounts/login"


@dataclass(frozen=True)
class Answer:
    """Status, and everything that the asker could read."""

    status: int
    refused: bool
    text: str


def ask(client: Client, method: str, path: str, body: dict[str, Any], *, keep: bool) -> Answer:
    """The answer. Whatever was written is taken back, unless `keep`: those who may not do it write nothing."""
    if method == "GET":
        return _answer(client.get(path))
    form = not path.startswith("/api/")
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    sent = urlencode(body) if form else json.dumps(body)
    with nullcontext() if keep else transaction.atomic():
        answer = client.generic(method, path, sent, content_type=kind, headers={"Idempotency-Key": "matrix"})
        if not keep:
            transaction.set_rollback(True)
    return _answer(answer)


def _answer(answer: Any) -> Answer:
    where = answer.get("Location", "")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    refused = answer.status_code in (401, 403, 404) or where.startswith(LOGIN)
    return Answer(answer.status_code, refused, f"{where} {body.decode(errors='replace')}")


def without(text: str, said: str) -> str:
    """A text without the address that the asker had named, and without what differs from answer to answer."""
    for each in (said, quote(said), quote(said, safe="")):
        text = text.replace(each, "…")
    return re.sub(r'nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", text)
