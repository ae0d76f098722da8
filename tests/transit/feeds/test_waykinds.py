"""What a way is called where it has no name."""

from __future__ import annotations

import pytest

from transit.feeds.waykinds import kind_of


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ("highway=residential", "street"),
        ("highway=rocket", "street"),
        ("highway=service", "service"),
        ("highway=footway", "footpath"),
        ("highway=footway footway=sidewalk", "pavement"),
        ("highway=footway footway=crossing", "crossing"),
        ("highway=cycleway cycleway=crossing", "crossing"),
        ("highway=residential footway=crossing", "street"),
        ("highway=steps", "steps"),
        ("highway=pedestrian", "pedestrian"),
        ("highway=pedestrian area=yes", "square"),
        ("highway=pedestrian place=square", "square"),
        ("highway=footway area=yes", "footpath"),
    ],
)
def test_kinds(tags: str, kind: str) -> None:
    assert kind_of(dict(tag.split("=") for tag in tags.split())) == kind
