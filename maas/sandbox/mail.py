"""A mail server in miniature (RFC 5321, as much as senders need): what comes to anybody stands on the page `/`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from maas.sandbox.inbox import page

_ANSWERS = {b"EHLO": b"250 sandbox", b"HELO": b"250 sandbox", b"QUIT": b"221 bye", b"DATA": b"354 go on"}
"""All else is taken with 250."""


class Postbox:
    """`came`: to whom and about what, and the text."""

    def __init__(self) -> None:
        self.came: list[tuple[str, str]] = []

    @asynccontextmanager
    async def listening(self, port: int) -> AsyncIterator[int]:
        """Takes mail on this port of the loopback, 0 for any, meanwhile."""
        server = await asyncio.start_server(self._talk, "127.0.0.1", port)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def inbox(self, request: Request) -> Response:
        """What came to everybody."""
        return HTMLResponse(page("E-mail", self.came))

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sandbox\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            writer.write(_ANSWERS.get(verb, b"250 ok") + b"\r\n")
            if verb == b"DATA":
                self._take(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 ok\r\n")
            if verb == b"QUIT":
                break
            await writer.drain()
        writer.close()

    def _take(self, sent: bytes) -> None:
        letter = message_from_bytes(sent.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n."), policy=policy.default)
        body = letter.get_body(("plain", "html"))
        text = str(body.get_content()) if body else ""
        self.came.append((f"{letter['to']}: {letter['subject']}", text))


def create_app(postbox: Postbox) -> Starlette:
    """`/` to look."""
    return Starlette(routes=[Route("/", postbox.inbox)])
