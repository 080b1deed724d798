"""Every page of the provider's door, for staff who may do everything and for those who only read."""

from __future__ import annotations

import pytest

from tests.e2e.inspection import inspect
from tests.e2e.places import pages


@pytest.mark.parametrize(
    ("person", "row"),
    [pytest.param(person, row, id=f"{person} {row.address}") for person in ("pat", "gil") for row in pages(person)],
)
def test_page_is_right_for_everybody(looking, places, person, row):
    visitor = looking(person)
    visitor.open(places.address(row))
    inspect(visitor)
