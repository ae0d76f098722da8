"""A gateway for text messages in miniature: one message for one Idempotency-Key, and a lever for bad days.

What came to the phones stands on the page `/`.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from maas.sandbox.inbox import page

TOKEN = "sms-token"  # noqa: S105


class Gateway:
    """`sent`: by key, what was taken. `answers`: statuses of the next calls; `lost`: taken, but answered by 503."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.sent: dict[str, dict[str, str]] = {}
        self.answers: list[int] = []
        self.lost = 0

    async def take(self, request: Request) -> Response:
        """A message to be sent on."""
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return JSONResponse({"error": "unauthorised"}, 401)
        if self.answers:
            return JSONResponse({"error": "as told"}, self.answers.pop(0))
        self.sent.setdefault(request.headers["idempotency-key"], await request.json())
        if self.lost:
            self.lost -= 1
            return JSONResponse({"error": "lost"}, 503)
        return JSONResponse({"accepted": True}, 202)

    async def inbox(self, request: Request) -> Response:
        """What came to all phones."""
        return HTMLResponse(page("Text messages", [(each["to"], each["text"]) for each in self.sent.values()]))


def create_app(gateway: Gateway) -> Starlette:
    """The gateway as an application: `POST /messages`, and `/` to look."""
    return Starlette(routes=[Route("/", gateway.inbox), Route("/messages", gateway.take, methods=["POST"])])
