"""The moving figures are one-time passwords by time, and the same in the page's script."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bookings.services import moving_codes
from tests import scripts

KEY = b"12345678901234567890123456789012".hex()
# RFC 6238, appendix B, SHA-256: time and eight figures.
VECTORS = [
    (59, "46119246"), (1111111109, "68084774"), (1111111111, "67062674"), (1234567890, "91819424"),
    (2000000000, "90698825"), (20000000000, "77737706"),
]  # fmt: skip


@pytest.mark.parametrize(("second", "figures"), VECTORS)
def test_as_the_standard_has_them(second: int, figures: str) -> None:
    now = datetime.fromtimestamp(second, UTC)
    assert moving_codes.code_at(KEY, now, digits=8) == figures
    assert moving_codes.code_at(KEY, now) == figures[-4:]
    assert moving_codes.code_at(KEY, datetime.fromtimestamp(second + 30, UTC), ago=1) == figures[-4:]


def test_the_script_shows_the_same(tmp_path: Path) -> None:
    script = """
    import { codeAt } from "./moving-code.mjs";
    const main = ({ key, seconds }) => Promise.all(seconds.map((second) => codeAt(key, second * 1000)));
    """
    shown = scripts.answer(tmp_path, script, {"key": KEY, "seconds": [second for second, _ in VECTORS]})
    assert shown == [figures[-4:] for _, figures in VECTORS]


def test_every_ticket_has_a_key_of_its_own() -> None:
    assert len({moving_codes.key_of(serial) for serial in ("A", "B", "C")}) == 3
