"""Printed pages: simple HTML of our own templates → PDF (ISO 32000), in a font that every reader of ours can read.

The font is BIZ UDPGothic, drawn for old eyes: Latin letters and Japanese. Only the characters used are embedded.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language
from fpdf import FPDF
from fpdf.fonts import FontFace, TextStyle

FONT: Final = "biz"
FILES: Final = {"": "400Regular/BIZUDPGothic_400Regular.ttf", "B": "700Bold/BIZUDPGothic_700Bold.ttf"}
MARGIN_MM: Final = 18
_SPACES: Final = str.maketrans({"\u202f": "\u00a0", "\u2009": "\u00a0"})
"""Narrow spaces of number formats that the font does not have."""


logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table of a font


class _Page(FPDF):
    """A4 with the number of the page below."""

    def footer(self) -> None:
        """Where one is, and of how many."""
        self.set_y(-MARGIN_MM)
        self.set_font(FONT, size=9)
        self.cell(text=f"{self.page_no()} / {{nb}}", center=True)


def render(template: str, context: dict[str, Any], title: str, points: int = 11) -> bytes:
    """A template as a PDF in the language that is active.

    Of HTML it may use h1, h2, p, b, br, hr and tables whose cells have `align` and `width` (percent). `points` is the
    size of the text; headings grow with it.
    """
    html = render_to_string(template, context).translate(_SPACES)
    page = _Page()
    page.set_title(title)
    page.set_lang(get_language() or "en")
    page.set_margin(MARGIN_MM)
    page.set_auto_page_break(auto=True, margin=MARGIN_MM + 8)
    for style, file in FILES.items():
        page.add_font(FONT, style, Path(settings.PDF_FONTS) / file)
    page.set_font(FONT, size=points)
    page.add_page()
    page.write_html(
        html,
        font_family=FONT,
        tag_styles={
            "h1": TextStyle(FONT, "B", points + 9, color=0, t_margin=0, b_margin=0.4),
            "h2": TextStyle(FONT, "B", points + 2, color=0, t_margin=4, b_margin=0.3),
            "p": TextStyle(FONT, "", points, color=0, t_margin=0, b_margin=1),
            "b": FontFace(FONT, "BOLD"),
        },
    )
    return bytes(page.output())
