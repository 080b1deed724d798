"""Every page of the provider's door, for staff who may do everything, and on a phone for those who only read."""

from __future__ import annotations

import pytest

from tests.e2e.inspection import glance, inspect
from tests.e2e.places import pages


@pytest.mark.parametrize("row", [pytest.param(row, id=row.address) for row in pages("pat")])
def test_page_is_right_for_everybody(looking, places, row):
    visitor = looking("pat")
    visitor.open(places.address(row))
    inspect(visitor)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.address) for row in pages("gil")])
def test_page_is_right_without_what_changes_things(looking, places, row):
    visitor = looking("gil")
    visitor.open(places.address(row))
    glance(visitor)
