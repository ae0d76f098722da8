"""Every code that the importer can say is explained, in the pages as in the docs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.environment import ROOT
from transit.feeds.explanations import EXPLANATIONS, Outcome, as_markdown, explain

CODE = re.compile(r"[a-z]+(_[a-z0-9]+)+|crashed")
SAYING = {"add", "warn", "_note", "_drop", "_without", "Notice", "FeedError"}


def literals(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def codes_said(source: str) -> set[str]:
    """What is said in calls, by a variable named `code`, or in a pair of a table whose loop says it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("FeedError", "_without") or (name in SAYING and node.args):
                for argument in node.args[3:4] if name == "_without" else node.args:
                    if name in ("FeedError", "_without") or argument is node.args[0] or name == "_note":
                        found |= {text for text in literals(argument) if CODE.fullmatch(text)}
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "code" for target in node.targets):
            found |= {text for text in literals(node.value) if CODE.fullmatch(text)}
        if isinstance(node, ast.For) and getattr(getattr(node.target, "elts", [None])[0], "id", "") == "code":
            found |= {text for text in literals(node.iter) if CODE.fullmatch(text)}
    return found


def said() -> set[str]:
    files = [*(ROOT / "transit" / "feeds").glob("*.py"), *(ROOT / "transit" / "network").glob("*.py")]
    # The faults of messages have words of their own: see realtime_explanations.
    fields = set().union(*(codes_said(path.read_text()) for path in files if path.name != "messages.py"))
    return fields - NO_CODES


# Second arguments of `_note` are fields and columns.
NO_CODES = {"stop_sequence", "sequence_text", "stop_id", "trip_id", "arrival_time", "arrival_text"}
# Those of the table of pathways' checks too.
NO_CODES |= {"from_stop_id", "to_stop_id", "pathway_mode"}


def test_every_code_is_explained() -> None:
    assert len(said()) > 60
    assert said() - set(EXPLANATIONS) == set()


def test_what_is_rejected_left_out_or_mended_is_said_somewhere() -> None:
    told = {code for code, each in EXPLANATIONS.items() if each.outcome is not Outcome.TELL}
    files = [*(ROOT / "transit" / "feeds").glob("*.py"), *(ROOT / "transit" / "network").glob("*.py")]
    trees = [ast.parse(path.read_text()) for path in files if path.name != "explanations.py"]
    assert told - {text for tree in trees for text in literals(tree)} == set()


def test_an_unknown_code_of_the_second_validator_has_words_too() -> None:
    assert "stop too clever" in explain("stop_too_clever").wrong
    assert "stop_too_clever" in explain("stop_too_clever").to_do


def test_the_docs_say_the_same() -> None:
    text = Path(ROOT / "docs" / "bad-feeds.md").read_text()
    assert text.split("a test compares them.\n\n")[1] == as_markdown()
