"""The hosted payment page and the bank's confirmation page, as plain HTML that needs no script."""

from __future__ import annotations

from decimal import Decimal
from html import escape

from babel.numbers import format_currency

from maas.sandbox.stripe import intents, sessions, setups
from maas.sandbox.stripe.cards import CHOICES, TOKENS
from maas.sandbox.stripe.errors import ApiError
from maas.sandbox.stripe.store import Json, Store
from maas.sandbox.stripe.words import WORDS, language_of
from transit.money import Money

Page = tuple[int, str, dict[str, str]]  # status, HTML, headers

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #f5f6f8; --card: #fff; --line: #8a94a3; --go: #1a4fa3;
  --warn: #8f1d1d; --warn-paper: #fdecec }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf2; --paper: #14181e; --card: #1e242c; --line: #7d8896;
  --go: #2f6bd0; --warn: #ffc9c9; --warn-paper: #4a1c1c } }
* { box-sizing: border-box }
body { margin: 0; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1.125rem/1.5 system-ui, "Noto Sans", "Noto Sans CJK JP", sans-serif }
main { max-width: 30rem; margin: 2rem auto; padding: 1.5rem; background: var(--card); border-radius: .75rem }
h1 { margin: 0 0 .25rem; font-size: 1.5rem }
.note { margin: 0 0 1.25rem }
table { width: 100%; border-collapse: collapse; margin-bottom: 1.25rem }
th, td { padding: .375rem 0; text-align: left; font-weight: inherit; vertical-align: top }
td { text-align: right; white-space: nowrap }
tfoot th, tfoot td { border-top: 1px solid var(--line); font-weight: 700 }
fieldset { margin: 0 0 1.25rem; padding: 0; border: 0 }
legend { padding: 0; font-weight: 700 }
label { display: flex; gap: .75rem; align-items: center; min-height: 3rem; margin-top: .5rem; padding: .5rem .75rem;
  border: 1px solid var(--line); border-radius: .5rem }
input { width: 1.25rem; height: 1.25rem; flex: none; margin: 0; accent-color: var(--go) }
button, .plain { display: block; width: 100%; min-height: 3rem; margin-top: .75rem; padding: .625rem; font: inherit;
  text-align: center; border-radius: .5rem; border: 1px solid var(--go) }
button { background: var(--go); color: #fff; font-weight: 700; cursor: pointer }
.plain { background: none; color: inherit; font-weight: inherit }
.problem { margin: 0 0 1.25rem; padding: .75rem; border-radius: .5rem; background: var(--warn-paper);
  color: var(--warn) }
:focus-visible { outline: 3px solid var(--go); outline-offset: 2px }
"""

_CARDS = {**TOKENS, **CHOICES}
"""The page shows three of them; whoever knows the name of another one may use it."""

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def checkout(store: Store, wanted: str, method: str, form: Json, accepted: str) -> Page:
    """GET or POST /c/pay/{session}: show the page, or try the chosen card."""
    session = store.tables["checkout.session"].get(wanted)
    if session is None or session["status"] == "expired":
        words = WORDS[language := language_of(session["locale"] if session else None, accepted)]
        back = _back_link(session["cancel_url"], words) if session else ""
        return page(410, language, words["closed"], back)
    if session["status"] == "complete":
        return redirect(_filled(session["success_url"], wanted))
    problem = "unconfirmed" if _unconfirmed(store, session) else None
    if method == "POST":
        try:
            press = sessions.save if session["mode"] == "setup" else sessions.pay
            intent = press(store, session, _CARDS[form.get("card", "works")])
        except KeyError:
            return _form(session, store, accepted, None, 400)
        except ApiError:
            return _form(session, store, accepted, "failed", 402)
        if intent["status"] == "requires_action":
            return redirect(f"{store.public_url}/authenticate/{intent['id']}")
        return redirect(_filled(session["success_url"], wanted))
    return _form(session, store, accepted, problem, 200)


def _unconfirmed(store: Store, session: Json) -> bool:
    intent = store.tables["payment_intent"].get(session["payment_intent"]) or {}
    return (intent.get("last_payment_error") or {}).get("code") == "payment_intent_authentication_failure"


def authentication(store: Store, wanted: str, method: str, form: Json, accepted: str) -> Page:
    """GET or POST /authenticate/{intent}: the bank asks, the rider approves or refuses."""
    kind = "setup_intent" if wanted.startswith("seti_") else "payment_intent"
    intent = store.tables[kind].get(wanted)
    session = store.tables["checkout.session"].get(store.session_of.get(wanted, ""))
    language = language_of(session["locale"] if session else None, accepted)
    if intent is None:
        return page(404, language, WORDS[language]["closed"], "")
    if method == "POST":
        approved = form.get("answer") == "approve"
        (setups if kind == "setup_intent" else intents).authenticate(store, intent, approved)
        if session is not None:
            sessions.complete(store, session)
            if session["status"] == "complete":
                return redirect(_filled(session["success_url"], session["id"]))
        if wanted in store.return_urls:
            return redirect(store.return_urls[wanted])
    if intent["status"] != "requires_action":
        return page(410, language, WORDS[language]["closed"], "")
    return _question(language, intent)


def _question(language: str, intent: Json) -> Page:
    words = WORDS[language]
    question, amount = words["bank_save"], ""
    if "amount" in intent:
        question = words["bank"]
        amount = f"<p><strong>{_money(intent['amount'], intent['currency'], language)}</strong></p>"
    body = f"""<p>{escape(question)}</p>{amount}
<form method="post"><button name="answer" value="approve">{escape(words["approve"])}</button>
<button class="plain" name="answer" value="refuse">{escape(words["refuse"])}</button></form>"""
    return page(200, language, words["bank_title"], body)


def _form(session: Json, store: Store, accepted: str, problem: str | None, status: int) -> Page:
    language = language_of(session["locale"], accepted)
    words = WORDS[language]
    saves = session["mode"] == "setup"
    total = "" if saves else _money(session["amount_total"], session["currency"], language)
    lines = "".join(_row(line, language) for line in store.tables["lines"][session["id"]]["data"])
    choices = "".join(
        f'<label><input type="radio" name="card" value="{name}"{" checked" if name == "works" else ""}>'
        f"<span>{escape(words[name])} (••••&nbsp;{card.last4})</span></label>"
        for name, card in CHOICES.items()
    )
    warning = f'<p class="problem" role="alert">{escape(words[problem])}</p>' if problem else ""
    table = f"""<table><tbody>{lines}</tbody>
<tfoot><tr><th scope="row">{escape(words["total"])}</th><td>{total}</td></tr></tfoot></table>"""
    press = words["save"] if saves else words["pay"].format(amount=total)
    body = f"""{warning}{"" if saves else table}
<form method="post"><fieldset><legend>{escape(words["card"])}</legend>{choices}</fieldset>
<button name="pay" value="1">{escape(press)}</button></form>{_back_link(session["cancel_url"], words)}"""
    return page(status, language, words["save_title" if saves else "title"], body)


def _row(line: Json, language: str) -> str:
    count = f" × {line['quantity']}" if line["quantity"] > 1 else ""
    amount = _money(line["amount_total"], line["currency"], language)
    return f'<tr><th scope="row">{escape(line["description"])}{count}</th><td>{amount}</td></tr>'


def _back_link(url: str | None, words: dict[str, str]) -> str:
    return f'<a class="plain" href="{escape(url)}">{escape(words["cancel"])}</a>' if url else ""


def page(status: int, language: str, title: str, body: str, note: str = "sandbox") -> Page:
    """A whole page; `note` is the word that says that nothing of it is real."""
    note = escape(WORDS[language][note])
    html = f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>
<style>{_STYLE}</style></head>
<body><main><h1>{escape(title)}</h1><p class="note">{note}</p>{body}</main></body></html>"""
    return status, html, dict(_HEADERS)


def redirect(url: str) -> Page:
    """On to another page, by GET."""
    return 303, "", {"Location": url, "Cache-Control": "no-store"}


def _filled(url: str, session_id: str) -> str:
    return url.replace("{CHECKOUT_SESSION_ID}", session_id)


def _money(minor: int, currency: str, language: str) -> str:
    amount: Decimal = Money(minor, currency.upper()).decimal()
    return escape(str(format_currency(amount, currency.upper(), locale=language)))
