"""Every page of the customers' door, for its super user, a user and a stranger."""

from __future__ import annotations

import pytest

from tests.e2e.inspection import inspect
from tests.e2e.places import pages


def each(*people: str) -> list[object]:
    return [
        pytest.param(person, row, id=f"{person or 'stranger'} {row.address}")
        for person in people
        for row in pages(person)
    ]


@pytest.mark.parametrize(("person", "row"), each("ada", "uma", ""))
def test_page_is_right_for_everybody(looking, places, person, row):
    visitor = looking(person)
    visitor.open(places.address(row))
    inspect(visitor)


def test_menu_of_a_person_is_right_for_everybody(looking):
    visitor = looking("ada")
    visitor.open("/")
    visitor.page.locator(".person summary").click()
    inspect(visitor)


def test_every_state_of_a_document(looking, places):
    visitor = looking("ada")
    assert len(places.states) > 15
    for address in places.states:
        visitor.open(address)
        inspect(visitor)
