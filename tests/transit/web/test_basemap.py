"""The basemap in ranges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

CONTENT = bytes(range(256)) * 40
URL = "/basemap/abc/roads.pmtiles"


@pytest.fixture(autouse=True)
def tiles(data_dir: Path) -> None:
    folder = data_dir / "networks" / "abc" / "basemap"
    folder.mkdir(parents=True)
    (folder / "roads.pmtiles").write_bytes(CONTENT)


def get(**headers: str) -> Any:
    return Client().get(URL, headers=headers)


def test_the_whole_file() -> None:
    answer = get()
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, CONTENT)
    assert answer["Content-Length"] == str(len(CONTENT))
    assert answer["Accept-Ranges"] == "bytes"
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=10200-", 10200, 10239),
        ("bytes=-5", 10235, 10239),
        ("bytes=10230-99999", 10230, 10239),
    ],
)
def test_a_range(asked: str, first: int, last: int) -> None:
    answer = get(range=asked)
    assert (answer.status_code, answer.content) == (206, CONTENT[first : last + 1])
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(CONTENT)}"


def test_a_range_outside_is_refused() -> None:
    answer = get(range="bytes=20000-20001")
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")


@pytest.mark.parametrize("asked", ["bytes=5-1", "bytes=-", "lines=1-2", "bytes=0-1,4-5"])
def test_what_is_no_single_range_is_ignored(asked: str) -> None:
    assert get(range=asked).status_code == 200


def test_what_is_known_is_not_sent_again() -> None:
    etag = get()["ETag"]
    assert get(**{"if-none-match": etag}).status_code == 304
    assert get(range="bytes=0-1", **{"if-range": etag}).status_code == 206
    assert get(range="bytes=0-1", **{"if-range": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "url", ["/basemap/abc/none.pmtiles", "/basemap/xyz/roads.pmtiles", "/basemap/../abc/roads.pmtiles"]
)
def test_nothing_else_is_served(url: str) -> None:
    assert Client().get(url).status_code == 404
