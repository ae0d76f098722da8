"""What a PDF says, read by another implementation than the one that wrote it."""

from __future__ import annotations

import pypdfium2


def text_of(content: bytes) -> str:
    """All words of all pages; spaces and minus signs as one types them."""
    document = pypdfium2.PdfDocument(content)
    try:
        text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
    return str(text).replace("\xa0", " ").replace("\u2212", "-")
