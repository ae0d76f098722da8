"""The outside world as one server: feeds, operators, a payment provider and phones, each under a path of its own."""

from __future__ import annotations

import html
import os
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from maas.sandbox import feeds, gbfs, gofs, mail, push, realtime, sms, stripe, tomp
from maas.sandbox.catalogue import Catalogue, Remote
from maas.sandbox.region import region

# A generated region lives a year; it is drawn anew when it is this old.
RENEW_AFTER = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Options:
    """How the sandbox is run. `public_url` is where others reach it, without a slash at the end."""

    folder: Path
    public_url: str
    webhook_url: str | None = None
    webhook_secret: str = "whsec_twin"  # noqa: S105
    stripe_key: str = "sk_test_twin"
    sms_token: str = sms.TOKEN
    smtp_port: int = 0
    """Where e-mail is taken; 0: at any port."""
    tomp_secrets: dict[str, str] = field(default_factory=dict)


def prepare_region(folder: Path, size: int, today: date) -> Path:
    """The folder of the generated region of a size, drawn if it is missing or old."""
    path = folder / f"region-{size}"
    made = path / "made.txt"
    if not made.exists() or today - date.fromisoformat(made.read_text()) > RENEW_AFTER:
        region.write(region.of_size(size), today, path)
        made.write_text(today.isoformat())
    return path


def create_app(options: Options) -> Starlette:
    """Everything under one roof, each under its path, with `/region.json` and an index."""
    library = feeds.Library(options.folder, lambda: datetime.now(UTC).date())
    catalogue = Catalogue(library, dict(options.tomp_secrets))
    about = catalogue.region()
    payments = stripe.create_app(
        webhook_url=options.webhook_url,
        webhook_secret=options.webhook_secret,
        secret_key=options.stripe_key,
        public_url=f"{options.public_url}/stripe",
        seed=secrets.token_hex(4),
    )
    mounts: dict[str, ASGIApp] = {"/feeds": feeds.create_app(library), "/stripe": payments}
    mounts["/realtime"] = realtime.create_app(library, realtime.Control())
    mounts["/gbfs"] = gbfs.create_app(catalogue.fleets, f"{options.public_url}/gbfs")
    mounts["/gofs"] = gofs.create_app(catalogue.vans, f"{options.public_url}/gofs")
    mounts["/sms"] = sms.create_app(sms.Gateway(options.sms_token))
    mounts["/push"] = push.create_app(push.PushService(f"{options.public_url}/push"))
    postbox = mail.Postbox()
    mounts["/mail"] = mail.create_app(postbox)
    for remote in catalogue.remotes:
        # Where it really sells, and where it may be tried.
        for path in (remote.path, f"/try{remote.path}"):
            mounts[path] = tomp.create_app(_operator(remote, path, catalogue, options))

    async def describe(request: Request) -> Response:
        return JSONResponse(about)

    async def index(request: Request) -> Response:
        return HTMLResponse(_index(about["name"], [*mounts, "/region.json"]))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(payments.router.lifespan_context(payments))
            await stack.enter_async_context(postbox.listening(options.smtp_port))
            yield

    app = Starlette(routes=[Route("/", index), Route("/region.json", describe)], lifespan=lifespan)
    app.add_middleware(_Mounts, mounts=mounts)
    app.state.catalogue = catalogue
    return app


def _operator(remote: Remote, path: str, catalogue: Catalogue, options: Options) -> tomp.Twin:
    settings = tomp.Settings(
        operator=remote.code,
        title=remote.title,
        prefix=remote.feed,
        feed_url=f"{options.public_url}/feeds/{remote.feed}.gtfs.zip",
        base_url=f"{options.public_url}{path}",
        client_secret=catalogue.secret(remote.code),
        # Identifiers differ from those before a restart, as they would at a real operator.
        seed=secrets.token_hex(3),
    )
    return tomp.Twin(tomp.Timetable.of_gtfs(catalogue.feeds[remote.feed], remote.agency), settings)


class _Mounts:
    """Hands requests to applications as if each had a server of its own: they see no prefix."""

    def __init__(self, app: ASGIApp, mounts: Mapping[str, ASGIApp]) -> None:
        self._app, self._mounts = app, mounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        prefix = next((m for m in self._mounts if path == m or path.startswith(f"{m}/")), None)
        if prefix is None or scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        inner = path[len(prefix) :] or "/"
        raw = scope.get("raw_path", path.encode()).removeprefix(prefix.encode()) or b"/"
        await self._mounts[prefix](dict(scope, path=inner, raw_path=raw), receive, send)


def _index(name: str, paths: list[str]) -> str:
    items = "".join(f'<li><a href="{html.escape(p)}">{html.escape(p)}</a></li>' for p in paths)
    return (
        f"<!doctype html><html lang=en><title>Sandbox</title><h1>Sandbox: {html.escape(name)}</h1>"
        "<p>The outside world in miniature: operators, feeds, a payment provider, and what came to phones (/sms), "
        f"browsers (/push) and by e-mail (/mail).</p><ul>{items}</ul></html>"
    )


def options_from_environment(folder: Path, public_url: str, webhook_url: str | None) -> Options:
    """Secrets come from the environment under the names that the product reads."""
    return Options(
        folder,
        public_url,
        webhook_url,
        os.environ.get("STRIPE_WEBHOOK_SECRET", "whsec_twin"),
        os.environ.get("STRIPE_API_KEY", "sk_test_twin"),
        os.environ.get("MAAS_SMS_TOKEN", sms.TOKEN),
        urlsplit(os.environ.get("MAAS_SMTP_URL", "")).port or 0,
    )
