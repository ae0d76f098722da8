"""The hosted page on which the owner of a connected account gives what Stripe wants to know."""

from __future__ import annotations

from html import escape

from maas.sandbox.stripe import accounts
from maas.sandbox.stripe.pages import Page, page, redirect
from maas.sandbox.stripe.store import Json, Store
from maas.sandbox.stripe.words import WORDS, language_of

_ANSWERS = ("complete", "checked", "missing")


def setup(store: Store, wanted: str, method: str, form: Json, accepted: str) -> Page:
    """GET or POST /setup/e/{account}/{token}: a link is good for one visit; who comes again is sent to refresh it."""
    language = language_of(None, accepted)
    identity, _, token = wanted.partition("/")
    link, account = store.account_links.get(token), store.tables["account"].get(identity)
    if link is None or account is None or link["account"] != identity:
        return page(404, language, WORDS[language]["setup_closed"], "", "setup_sandbox")
    if store.now > link["expires_at"] or (method == "GET" and link["visited"]):
        return redirect(link["refresh_url"])
    link["visited"] = True
    if method != "POST":
        return _form(account, language, 200)
    if (answer := form.get("details", "complete")) == "later":
        return redirect(link["return_url"])
    if answer not in _ANSWERS:
        return _form(account, language, 400)
    accounts.fill_in(store, account, answer)
    return redirect(link["return_url"])


def _form(account: Json, language: str, status: int) -> Page:
    words = WORDS[language]
    name = account["business_profile"]["name"] or account["id"]
    choices = "".join(
        f'<label><input type="radio" name="details" value="{answer}"{" checked" if answer == "complete" else ""}>'
        f"<span>{escape(words[answer])}</span></label>"
        for answer in _ANSWERS
    )
    body = f"""<p><strong>{escape(name)}</strong></p>
<form method="post"><fieldset><legend>{escape(words["details"])}</legend>{choices}</fieldset>
<button>{escape(words["send"])}</button>
<button class="plain" name="details" value="later">{escape(words["later"])}</button></form>"""
    return page(status, language, words["setup_title"], body, "setup_sandbox")
