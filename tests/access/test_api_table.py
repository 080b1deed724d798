"""Every address of the API × every member of the cast, with a token of their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.access.addresses import fill
from tests.access.api_table import API_TABLE
from tests.access.rows import Row, rows
from tests.programs import Program, with_token

ROWS = rows(API_TABLE)


class Filled:
    """A portal that nothing is changed in: no row says of which version, or what to make."""

    def __init__(self, house: Any) -> None:
        self.house, self.resets = house, -1
        self.ids: dict[str, str] = {}
        self.people: dict[str, Program] = {}

    def opened(self) -> Filled:
        """Return it as it was, or begin anew where another test has put the portal back meanwhile."""
        if self.resets != self.house.resets:
            self.house.reset()
            self.resets, self.ids, self.people = self.house.resets, fill(self.house.app), {}
        return self

    def by(self, person: str) -> Program:
        """Return somebody's program."""
        if person not in self.people:
            self.people[person] = with_token(self.house.app, person)
        return self.people[person]


@pytest.fixture(scope="session")
def filled(house):
    return Filled(house)


def ask(program: Program, row: Row, address: str) -> int:
    body: dict[str, Any] = (
        {} if row.method in ("GET", "DELETE") else {"body": b"{}", "content_type": "application/json"}
    )
    return int(program.request(address, method=row.method, status="*", expect_errors=True, **body).status_int)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.address}")
def test_each_person_gets_what_the_table_says(filled, row):
    portal = filled.opened()
    address = row.address.format(**portal.ids)
    assert {person: ask(portal.by(person), row, address) for person in row.expected} == row.expected
    assert ask(Program(portal.house.app), row, address) == 401
