"""What is sent to the API is read up to a limit: nobody fills memory with one request (ASVS 5.0, 5.2.1)."""

from __future__ import annotations

import io
from typing import Any, Final

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MOST_BYTES: Final = 4 << 20
"""Twice the largest file of places that planners may send along."""


class LimitedJSONParser(JSONParser):
    """JSON of at most MOST_BYTES."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """See JSONParser. Raises ParseError."""
        content = stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ParseError(_("This is too long."))
        return super().parse(io.BytesIO(content), media_type, parser_context)
