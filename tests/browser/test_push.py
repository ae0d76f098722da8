"""What the server sends is shown by the browser itself, also when no page of the site waits for it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Browser

pytestmark = [pytest.mark.demo, pytest.mark.browser]
WORKER = "/static/js/push/worker.js"
SCOPE = "/static/js/push/"


def test_the_worker_shows_what_comes_and_keeps_no_page(browser: Browser, site: str) -> None:
    """The push service is the only part that is left out: the browser's own is on the internet."""
    context = browser.new_context(permissions=["notifications"])
    page = context.new_page()
    page.goto(site)
    page.evaluate(
        """async (worker) => {
          const made = await navigator.serviceWorker.register(worker);
          while (made.active?.state !== "activated") await new Promise((resolve) => setTimeout(resolve, 20));
        }""",
        WORKER,
    )
    tools, found = context.new_cdp_session(page), list[dict[str, Any]]()
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    tools.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(20)
    (registration,) = (each["registrationId"] for each in found if each["scopeURL"] == site + SCOPE)
    link = f"{site}/tickets"
    for body in ("first", "again"):
        said = json.dumps({"title": "Matkasi on varattu", "body": body, "link": link, "tag": "one"})
        sent = {"origin": site, "registrationId": registration, "data": said}
        tools.send("ServiceWorker.deliverPushMessage", sent)
        page.wait_for_timeout(300)
    shown = page.evaluate(
        """async (scope) => (await (await navigator.serviceWorker.getRegistration(scope)).getNotifications())
          .map((each) => [each.title, each.body, each.data.link])""",
        SCOPE,
    )
    assert shown == [["Matkasi on varattu", "again", link]], "a second copy replaces the first"
    assert page.evaluate("navigator.serviceWorker.controller") is None
    context.close()
