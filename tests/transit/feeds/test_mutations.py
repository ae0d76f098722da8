"""Whatever becomes of the tables of a good feed, it is read with notices or refused with a sentence."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.feeds import write_zip
from tests.transit.feeds.hostile import Tables, good
from transit.feeds.confined import _done
from transit.feeds.explanations import EXPLANATIONS

FILES = sorted(good())
ODD = ["", " ", "0", "-1", "1e9", "nan", "inf", "99999999999", "24:00:00", "48:30:00", "20261131"]
ODD += ['"', '""', ",", "\n", "NA", "ä", "\0", "X" * 70_000]


@st.composite
def mutations(draw: st.DrawFn) -> Tables:
    """The tables of the good feed after a few accidents."""
    tables = good()
    for _ in range(draw(st.integers(1, 6))):
        file = draw(st.sampled_from(FILES))
        table = tables[file]
        if not isinstance(table, str):
            continue
        rows = list(csv.reader(io.StringIO(table.replace("\0", "").replace("\r", ""))))
        if len(rows) < 2 or not rows[0]:
            continue
        row = draw(st.integers(0, min(len(rows) - 1, 30)))
        column = draw(st.integers(0, len(rows[0]) - 1))
        accident = draw(
            st.sampled_from(["cell", "drop row", "repeat row", "swap", "drop column", "bytes", "cut", "raw"])
        )
        if accident == "cell" and column < len(rows[row]):
            rows[row][column] = draw(st.one_of(st.sampled_from(ODD), st.text(max_size=20)))
        elif accident == "drop row":
            del rows[row]
        elif accident == "repeat row":
            rows.insert(row, list(rows[row]))
        elif accident == "swap":
            other = draw(st.integers(0, min(len(rows) - 1, 30)))
            rows[row], rows[other] = rows[other], rows[row]
        elif accident == "drop column":
            rows = [each[:column] + each[column + 1 :] for each in rows]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        text = out.getvalue()
        at = draw(st.integers(0, min(len(text), 2000)))
        if accident == "cut":
            text = text[:at]
        elif accident == "raw":
            text = text[:at] + draw(st.sampled_from(ODD)) + text[at:]
        elif accident == "bytes":
            tables[file] = text.encode()[:at] + draw(st.binary(max_size=20)) + text.encode()[at:]
            continue
        tables[file] = text
    return tables


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(mutations())
def test_nothing_unforeseen(tables: Tables) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_zip(Path(folder) / "feed.zip", tables)
        said = _done("transit.feeds.reading", "read_the_feed", (str(path),))
    assert said["kind"] == "answer", said["detail"]
    assert said["answer"].get("code", "empty_file") in EXPLANATIONS
    for notice in said["answer"]["notices"]:
        assert notice["code"] in EXPLANATIONS
        assert notice["count"] > 0
