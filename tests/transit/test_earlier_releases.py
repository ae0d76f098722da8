"""What the release before still writes while this one is being rolled out: it knows nothing of new columns."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("table", "column"),
    [("transit_interface", "read_here"), ("transit_region", "holidays"), ("transit_region", "waives_four_eyes")],
)
def test_the_database_fills_what_is_new(table: str, column: str) -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, table)
    (default,) = [each.default for each in found if each.name == column]
    assert default is not None
