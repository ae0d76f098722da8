"""What an order costs the database, as counts: speed is measured by `make bars BARS=throughput`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bookings.world import World

MOST_QUERIES, MOST_COMMITS = 132, 10


@pytest.mark.exhaustive
def test_an_order_of_three_bookings_asks_the_database_little(
    new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here accounts, series of receipts and a departure's seats are made on the way, which later orders find."""
    world = new_world(sold="HTT")
    monkeypatch.setattr(world.turns, "together", _one_after_the_other)
    with CaptureQueriesContext(connection) as asked:
        assert world.run().state == "COMPLETED"
    words = Counter(query["sql"].split()[0] for query in asked.captured_queries)
    assert 0 < words["COMMIT"] <= MOST_COMMITS
    assert sum(words[word] for word in ("SELECT", "INSERT", "UPDATE")) <= MOST_QUERIES, words


def _one_after_the_other(jobs: Sequence[Callable[[], None]]) -> None:
    for job in jobs:
        job()
