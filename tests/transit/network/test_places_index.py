"""What is kept of names with a house number, which are spelled once for a whole street."""

from __future__ import annotations

import pytest

from transit.network.places_index import _named, _numbered


@pytest.mark.parametrize(
    "street",
    [
        {"": "Tehtaankatu"},
        {"": "Große Straße", "en": "Large St."},
        {"": "Hämeentie", "sv": "Tavastvägen", "ja": "苔道"},
        {"": "Airomäkikatu 2"},
        {"": "Marktpl.", "alt_name": "Markt;Alter Markt"},
        {"": "丸の内三丁目"},
        {"": "中央3番"},
        {"": "ハーバー通り", "ja-hrkt": "はーばーどおり"},
        {"": "Rue n'est", "en": "5"},
        {"": "が゛"},
        {"": "Allee５"},
        {"": "–"},
        {"": ""},
    ],
)
@pytest.mark.parametrize("number", ["1", "29", "2", "00", "12345", "7a", "3 b", "４"])
@pytest.mark.parametrize("gap", [" ", ""])
def test_quickly_spelled_is_spelled_as_one_by_one(street: dict[str, str], number: str, gap: str) -> None:
    names = {code: text + gap + number for code, text in street.items()}
    assert (_numbered(names) or _named(names)) == _named(names)


def test_the_houses_of_a_street_are_spelled_quickly() -> None:
    assert _numbered({"": "Tehtaankatu 29", "sv": "Fabriksgatan 29"}) is not None
    assert _numbered({"": "Tehtaankatu 29", "sv": "Fabriksgatan 2"}) is None
    assert _numbered({"": "Tehtaankatu"}) is None
