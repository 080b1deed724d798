"""Every address × every member of the cast, and the table's own completeness."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.access.addresses import fill
from tests.access.api_table import API_TABLE
from tests.access.rows import Row, rows
from tests.browser import Browser
from tests.house import House

VIEW, DOOR = "/mysite/check_mk/view.py", "/mysite/check_mk/login.py"
STRANGERS = {
    ("GET", "/login"): 200, ("POST", "/login"): 422, ("GET", DOOR): 200, ("GET", VIEW): 401, ("POST", VIEW): 401,
}  # fmt: skip


class Looked:
    """A portal that is only looked at: one filling and one sign-in of each person serve all rows that read."""

    def __init__(self, house: House) -> None:
        self.house, self.resets = house, -1
        self.ids: dict[str, str] = {}
        self.people: dict[str, Browser] = {}

    def opened(self) -> Looked:
        """Return it as it was, or begin anew where another test has put the portal back meanwhile."""
        if self.resets != self.house.resets:
            self.house.reset()
            self.resets, self.ids, self.people = self.house.resets, fill(self.house.app), {}
        return self

    def by(self, person: str) -> Browser:
        """Return somebody's browser."""
        if person not in self.people:
            self.people[person] = Browser(self.house.app).sign_in(person)
        return self.people[person]


@pytest.fixture(scope="session")
def looked(house):
    return Looked(house)


@pytest.fixture
def unguarded_forms(house, monkeypatch):
    """Forms without tokens, so that only the policy can refuse, and no time spent on rendering PDFs."""
    app = house.app
    monkeypatch.setattr("portal.pdf.render", lambda _html: b"%PDF-1.7 a short one")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "ERP_SOURCE", "/an/export")
    return app


def ask(browser: Browser, row: Row, address: str) -> int:
    answer = browser.request(address, method=row.method, expect_errors=True, status="*")
    return int(answer.status_int)


READS = [row for row in rows() if row.method == "GET"]
ACTS = [row for row in rows() if row.method != "GET"]


@pytest.mark.parametrize("row", READS, ids=lambda row: row.address)
def test_each_person_reads_what_the_table_says(unguarded_forms, looked, row):
    portal = looked.opened()
    address = row.address.format(**portal.ids)
    assert {person: ask(portal.by(person), row, address) for person in row.expected} == row.expected
    ask_as_stranger(unguarded_forms, row, address)


@pytest.mark.parametrize("row", ACTS, ids=lambda row: f"{row.method} {row.address}")
def test_each_person_may_do_what_the_table_says(unguarded_forms, house, row):
    house.reset()
    app = unguarded_forms
    got: dict[str, int] = {}
    address = row.address.format(**fill(app))
    has_changed = False
    # Those who are refused first: what the others do changes the records.
    for person in sorted(row.expected, key=lambda person: row.expected[person] in (200, 302, 409, 422)):
        if has_changed:
            house.reset()
            address = row.address.format(**fill(app))
        got[person] = ask(Browser(app).sign_in(person), row, address)
        has_changed = row.method == "POST" and got[person] == 302
    assert got == row.expected
    ask_as_stranger(app, row, address)


def ask_as_stranger(app: Flask, row: Row, address: str) -> None:
    own = STRANGERS.get((row.method, row.address))
    assert ask(Browser(app), row, address) == (own or (row.expected["pat"] if row.is_public else 302))


def test_the_table_has_every_address(app):
    missing, every = [], [*rows(), *rows(API_TABLE)]
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if not any(matches(app, row, rule, method) for row in every):
                missing.append(f"{method} {rule.rule}")
    assert not missing


def matches(app: Any, row: Row, rule: Any, method: str) -> bool:
    if row.method != method:
        return False
    sample = "01900000-0000-7000-8000-000000000000"
    address = row.address.partition("?")[0]
    while "{" in address:
        start, end = address.index("{"), address.index("}")
        address = address[:start] + sample + address[end + 1 :]
    try:
        endpoint, _arguments = app.url_map.bind("localhost").match(address, method=method)
    except Exception:
        return False
    return endpoint == rule.endpoint
