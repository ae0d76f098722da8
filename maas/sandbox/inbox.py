"""What came to a phone or a browser of the sandbox, as a page."""

from __future__ import annotations

import html
from collections.abc import Sequence


def page(title: str, rows: Sequence[tuple[str, str]]) -> str:
    """The newest first: to whom or about what, and the text."""
    items = "".join(
        f"<li><strong>{html.escape(head)}</strong><p style=white-space:pre-line>{html.escape(text)}</p></li>"
        for head, text in reversed(rows)
    )
    shown = f"<ul>{items}</ul>" if rows else "<p>Nothing has come yet. This page looks again by itself.</p>"
    style = "font:1.1rem/1.5 sans-serif;margin:2rem;max-width:40rem"
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<meta http-equiv=refresh content=5><title>{html.escape(title)}</title>"
        f"<body style='{style}'><h1>{html.escape(title)}</h1>{shown}</html>"
    )
