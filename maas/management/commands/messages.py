"""Translations: extract from code and templates → update `locale/*/django.po` → compile. Needs no gettext tools."""

from __future__ import annotations

import io
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

PACKAGES = ("maas", "transit", "bookings")
SOURCE_LANGUAGE = "en"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
HEADER = "# Written by `manage.py messages`. Translations are edited here."
_DATED = datetime(2026, 1, 1, tzinfo=UTC)
"""A catalogue changes when its messages do, not when the command runs."""
_FACTS: dict[str, Any] = {
    "project": "maas",
    "version": "1",
    "creation_date": _DATED,
    "revision_date": _DATED,
    "msgid_bugs_address": "none",
    "last_translator": "none",
    "language_team": "none",
    "fuzzy": False,
}


class Command(BaseCommand):
    """Extract, update and compile; or only check, or only compile."""

    help = "Update and compile the translations."

    def add_arguments(self, parser: ArgumentParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--check", action="store_true", help="fail where a translation is missing or unclear")
        group.add_argument("--compile", action="store_true", help="compile what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            return self._check()
        if not options["compile"]:
            self._update()
        for language in languages():
            catalog = load(language)
            with path_of(language).with_suffix(".mo").open("wb") as file:
                write_mo(file, catalog)
        return None

    def _check(self) -> None:
        template = extracted()
        faults = [fault for language in languages() for fault in faults_of(template, load(language))]
        if faults:
            raise CommandError("\n".join(["Translations are missing or unclear:", *faults]))
        self.stdout.write(f"{len(template)} messages in {', '.join(languages())}: complete")

    def _update(self) -> None:
        template = extracted()
        for language in languages():
            catalog = load(language)
            catalog.update(template, no_fuzzy_matching=True)
            catalog.obsolete.clear()
            catalog.header_comment = HEADER
            path_of(language).parent.mkdir(parents=True, exist_ok=True)
            with path_of(language).open("wb") as file:
                write_po(file, catalog, sort_output=True, width=120, no_location=True)


def languages() -> list[str]:
    """The languages that are translated to."""
    return [code for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE]


def path_of(language: str) -> Path:
    """Where a catalogue is."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    """The catalogue of a language, empty where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, **_FACTS)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def extracted() -> Catalog:
    """Every message of code and templates."""
    template = Catalog(**_FACTS)
    for text, context in _messages():
        template.add(text, context=context)
    return template


def faults_of(template: Catalog, catalog: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue: missing, fuzzy, or with other placeholders than the original."""
    for wanted in template:
        if not wanted.id:
            continue
        found = catalog.get(wanted.id, context=wanted.context)
        if found is None or not _is_whole(found):
            yield f"{catalog.locale}: {wanted.id!r}"
        elif any(found.check(catalog)):
            yield f"{catalog.locale}: other placeholders in {wanted.id!r}"


def _is_whole(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return all(strings) and not message.fuzzy


def _messages() -> Iterator[tuple[Any, str | None]]:
    root = Path(settings.BASE_DIR)
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            yield from _calls("python", path.read_text())
    for path in sorted((root / "templates").rglob("*.*")):
        # Django turns a template into calls amid filler, which Babel's lenient JavaScript reader can take.
        yield from _calls("javascript", templatize(path.read_text(), origin=str(path)))


def _calls(grammar: str, source: str) -> Iterator[tuple[Any, str | None]]:
    for _line, message, _comments, context in extract(grammar, io.BytesIO(source.encode()), KEYWORDS):
        yield message, context
