"""The operator as an ASGI application."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from maas.sandbox.tomp.faults import AnswerLost
from maas.sandbox.tomp.twin import Twin


class _BrokenResponse(Response):
    """Promises a body and never sends it, upon which the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1000000"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def create_app(twin: Twin) -> Starlette:
    """The operator behind HTTP; `app.state.twin` is the core."""

    async def answer(request: Request) -> Response:
        try:
            body = _body(request, await request.body())
        except ValueError:
            return Response(
                b'{"errors":[{"errorcode":7002,"title":"Invalid JSON"}]}', 400, media_type="application/json"
            )
        headers = {name.lower(): value for name, value in request.headers.items()}
        path = "/" + request.path_params["path"]
        try:
            status, fields, document = await run_in_threadpool(
                twin.handle, request.method, path, dict(request.query_params), headers, body
            )
        except AnswerLost:
            return _BrokenResponse()
        content = b"" if document is None else json.dumps(document, ensure_ascii=False).encode()
        return Response(content, status, fields)

    app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST", "PATCH", "DELETE"])])
    app.state.twin = twin
    return app


def _body(request: Request, raw: bytes) -> dict[str, Any]:
    if not raw:
        return {}
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(raw.decode()))
    document = json.loads(raw)
    if not isinstance(document, dict):
        raise ValueError("an object is expected")
    return document
