"""Translations: complete, and the command that says so can say otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog
from django.core.management import CommandError, call_command

from maas.management.commands import messages


def test_every_sentence_is_translated() -> None:
    call_command("messages", "--check")


def test_templates_and_code_are_both_read() -> None:
    found = messages.extracted()
    assert found.get("Where are you going?") is not None  # a template
    assert found.get("Arrives first") is not None  # code
    assert found.get("Valid", context="period") is not None
    assert found.get(("%(count)d change", "%(count)d changes")) is not None


@pytest.mark.parametrize("fault", ["missing", "empty", "fuzzy", "placeholder"])
def test_a_fault_is_found(fault: str) -> None:
    template, catalog = Catalog(), Catalog(locale="fi")
    template.add("Pay %(sum)s", flags=["python-format"])
    if fault != "missing":
        words = {"empty": "", "fuzzy": "Maksa %(sum)s", "placeholder": "Maksa %(total)s"}[fault]
        catalog.add("Pay %(sum)s", words, flags=["python-format", *(["fuzzy"] if fault == "fuzzy" else [])])
    assert list(messages.faults_of(template, catalog))


def test_a_complete_catalogue_has_no_fault() -> None:
    template, catalog = Catalog(), Catalog(locale="fi")
    template.add("Pay %(sum)s", flags=["python-format"])
    catalog.add("Pay %(sum)s", "Maksa %(sum)s", flags=["python-format"])
    assert list(messages.faults_of(template, catalog)) == []


def test_the_command_fails_where_a_language_has_nothing(settings: Any, tmp_path: Path) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    with pytest.raises(CommandError, match="Where are you going"):
        call_command("messages", "--check")
    call_command("messages")
    assert (tmp_path / "ja" / "LC_MESSAGES" / "django.mo").exists()
