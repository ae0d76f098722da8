"""The twin as an ASGI application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from maas.sandbox.stripe.twin import Answer, Request, StripeTwin

_METHODS = ["GET", "POST", "DELETE"]


class _BrokenResponse(Response):
    """Promises a body and never sends it, upon which the server closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1000000"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def create_app(
    clock: Callable[[], float] = time.time,
    *,
    webhook_url: str | None = None,
    webhook_secret: str = "whsec_twin",  # noqa: S107
    secret_key: str = "sk_test_twin",  # noqa: S107
    public_url: str = "http://127.0.0.1:12111",
    seed: str | None = None,
) -> Starlette:
    """The twin behind HTTP; `app.state.twin` is the `StripeTwin`. `public_url` is where riders' browsers reach it."""
    twin = StripeTwin(
        clock,
        secret_key=secret_key,
        webhook_secret=webhook_secret,
        webhook_url=webhook_url,
        public_url=public_url,
        seed=seed,
    )

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(twin.webhooks.stop)

    async def answer(request: HttpRequest) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Request(
            request.method, f"/{request.path_params['path']}", request.url.query, headers, await request.body()
        )
        return await _answer(twin, call)

    app = Starlette(routes=[Route("/{path:path}", answer, methods=_METHODS)], lifespan=lifespan)
    app.state.twin = twin
    return app


async def _answer(twin: StripeTwin, call: Request) -> Response:
    if call.path == "/_twin/webhooks":  # a flush calls the endpoint, which may call back
        return _response(await run_in_threadpool(lambda: twin.perform(twin.admit(call))))
    admission = twin.admit(call)
    if admission.delay_s:
        await asyncio.sleep(admission.delay_s)
    return _response(twin.perform(admission))


def _response(answer: Answer) -> Response:
    if answer.lost:
        return _BrokenResponse()
    return Response(answer.body, answer.status, dict(answer.headers))
