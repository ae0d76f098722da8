"""Texts by language, and lists of codes: what JSON fields of the register may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MAX_CHARACTERS = 5000


def check_texts(field: str, texts: Any) -> None:
    """`{language (BCP 47): text}`. Raises ValidationError."""
    if not isinstance(texts, dict) or not all(
        _LANGUAGE.fullmatch(str(language)) and isinstance(text, str) and len(text) <= MAX_CHARACTERS
        for language, text in texts.items()
    ):
        raise ValidationError({field: _('Write texts by language code, such as {"en": "…", "fi": "…"}.')})


def check_codes(field: str, codes: Any, known: Iterable[str]) -> None:
    """A list of known codes, each once. Raises ValidationError."""
    allowed = list(known)
    if not isinstance(codes, list) or len(codes) != len({*map(str, codes)}) or not all(c in allowed for c in codes):
        raise ValidationError(
            {field: _("Write a list of these, each once: %(codes)s.") % {"codes": ", ".join(allowed)}}
        )


def in_language(texts: Mapping[str, str], language: str, otherwise: str = "") -> str:
    """The text in a language (BCP 47), else of its main language, else `otherwise`, else in any, English first."""
    found = texts.get(language) or texts.get(language.partition("-")[0]) or otherwise or texts.get("en")
    return found or next(filter(None, texts.values()), "")
