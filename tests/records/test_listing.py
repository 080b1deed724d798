"""Lists: paging by key gives every row once, in order, both ways, whatever the sort, the group and the ties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.database import db
from portal.documents.kinds import ALL
from portal.records.listing import Listing
from portal.records.registry import KINDS
from portal.records.wish import Wish
from tests.factories import documents as make

ADA = SimpleNamespace(
    customer_id="acme", verbs=frozenset({"commercial.read", "licenses.read", "people.read", "search.use"})
)
HOSTILE = ["", "~", "a~b", "~~~", "2026-01-01~x", "\0", "%7E%25~" * 3, "9" * 400 + "~" + "0" * 36, "NaN~x", "x" * 5000]


@pytest.fixture
def many(app: Flask) -> Iterator[Flask]:
    """Forty invoices, tasks and entries of hours in which nearly everything is tied."""
    with app.app_context():
        projects = [make.project("Rollout"), make.project("Ärger"), None]
        for number in range(40):
            day = make.TODAY - timedelta(days=number % 3)
            make.document(
                "invoices", f"INV-{number % 20}", lines=[make.line("Service", 1000 * (number % 4))], date=day,
                due_on=None if number % 5 == 0 else day, state=("open", "paid")[number % 2],
            )  # fmt: skip
            project = projects[number % 3]
            task = make.task(f"Task {number % 4}~%", f"#{number}", project, stage="Ä%~" * (number % 3))
            make.timesheet(
                "Work", number % 3 + number % 2 / 2, project, task, date=day, employee=("Zoë", "Jörg")[number % 2]
            )
        make.document("invoices", "INV-OF-BETA", customer_id="beta")
        db.session.commit()
        yield app
        db.session.remove()


def walk(listing: Listing, args: dict[str, str], way: str) -> list[Any]:
    """Return the ids of all pages, from the first forwards or from the last backwards."""
    found: list[Any] = []
    cursor = ""
    for _page in range(200):
        page = listing.page(Wish.read(listing.kind, {**args, **({way: cursor} if cursor else {})}))
        ids = [row.id for row in page.rows]
        found = found + ids if way == "after" else ids + found
        cursor = getattr(page, way)
        if not cursor:
            return found
    raise AssertionError("the pages never end")


def expected(kind: Any, args: dict[str, str]) -> list[Any]:
    """Return the ids in the order of the whole list, sorted here."""
    wish = Wish.read(kind, args)
    columns = [wish.sort.column.label("by"), kind.model.id.label("id")]
    columns.append((wish.group.column if wish.group else kind.model.id).label("grouped"))
    statement = kind.join(select(*columns).select_from(kind.model)).where(kind.model.customer_id == "acme", kind.scope)
    rows = sorted(db.session.execute(statement), key=lambda row: (row.by, row.id), reverse=wish.descending)
    return [row.id for row in (sorted(rows, key=lambda row: row.grouped) if wish.group else rows)]


SLUGS = ("invoices", "tasks", "timesheets", "users", "projects", "subscriptions")
CASES = [
    (slug, {"sort": sign + sort.key, **({"group": group} if group else {})})
    for slug in SLUGS
    for sort in next(kind for kind in ALL if kind.slug == slug).sorts
    for sign in ("", "-")
    for group in ("", *(group.key for group in next(kind for kind in ALL if kind.slug == slug).groups))
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.sampled_from(CASES), per_page=st.integers(1, 60))
def test_pages_are_the_whole_list_in_order_both_ways(many: Flask, case: tuple[str, dict[str, str]], per_page: int):
    slug, args = case
    kind, args = KINDS[slug], {**args, "per_page": str(per_page)}
    listing, whole = Listing(db.session(), kind, ADA, "acme"), expected(kind, args)
    assert walk(listing, args, "after") == whole
    assert [row.id for row in listing.every_row(Wish.read(kind, args))] == whole
    last = listing.page(Wish.read(kind, {**args, "per_page": "1", "sort": args["sort"]}))
    assert last.rows[0].id == whole[0]


@pytest.mark.parametrize(("slug", "args"), CASES, ids=[f"{slug} {args}" for slug, args in CASES])
def test_the_way_back_shows_the_same_pages(many: Flask, slug: str, args: dict[str, str]):
    kind = KINDS[slug]
    listing, whole = Listing(db.session(), kind, ADA, "acme"), expected(kind, args)
    page = listing.page(Wish.read(kind, {**args, "per_page": "7"}))
    seen = [row.id for row in page.rows]
    while page.after:
        page = listing.page(Wish.read(kind, {**args, "per_page": "7", "after": page.after}))
        seen += [row.id for row in page.rows]
    back = [row.id for row in page.rows]
    while page.before:
        page = listing.page(Wish.read(kind, {**args, "per_page": "7", "before": page.before}))
        back = [row.id for row in page.rows] + back
    assert seen == back == whole


@pytest.mark.parametrize(("slug", "args"), CASES[::3], ids=[f"{slug} {args}" for slug, args in CASES[::3]])
def test_neighbours_are_those_of_the_list(many: Flask, slug: str, args: dict[str, str]):
    kind = KINDS[slug]
    listing, whole = Listing(db.session(), kind, ADA, "acme"), expected(kind, args)
    wish = Wish.read(kind, args)
    for at in {0, len(whole) // 2, len(whole) - 1}:
        before = whole[at - 1] if at else None
        after = whole[at + 1] if at + 1 < len(whole) else None
        assert listing.neighbours(wish, whole[at]) == (before, after)


def test_a_record_outside_the_filter_has_no_neighbours(many: Flask):
    listing = Listing(db.session(), KINDS["invoices"], ADA, "acme")
    paid = listing.page(Wish.read(listing.kind, {"state": "paid"})).rows[0].id
    assert listing.neighbours(Wish.read(listing.kind, {"state": "unpaid"}), paid) == (None, None)


@pytest.mark.parametrize("cursor", HOSTILE)
@pytest.mark.parametrize("slug", ["invoices", "tasks", "timesheets"])
def test_a_cursor_nobody_wrote_gives_the_first_page(many: Flask, slug: str, cursor: str):
    kind = KINDS[slug]
    for sort in kind.sorts:
        for way in ("after", "before"):
            listing = Listing(db.session(), kind, ADA, "acme")
            page = listing.page(Wish.read(kind, {way: cursor, "sort": sort.key}))
            assert [row.id for row in page.rows] == expected(kind, {"sort": sort.key})[:25]


def test_a_cursor_past_the_end_gives_the_first_page(many: Flask):
    kind = KINDS["invoices"]
    listing = Listing(db.session(), kind, ADA, "acme")
    page = listing.page(Wish.read(kind, {"after": f"{date(1900, 1, 1)}~{'0' * 32}"}))
    assert len(page.rows) == 25


def test_totals_are_those_of_all_rows_of_the_filter(many: Flask):
    kind = KINDS["timesheets"]
    listing = Listing(db.session(), kind, ADA, "acme")
    page = listing.page(Wish.read(kind, {"group": "person", "per_page": "5"}))
    rows = list(listing.every_row(Wish.read(kind, {})))
    assert page.total == len(rows) == 40
    assert page.sums.hours == sum(row.hours for row in rows)
    joerg = page.group_sums["jorg"]
    assert (joerg.count, joerg.hours) == (20, sum(row.hours for row in rows if row.employee == "Jörg"))


def test_beyond_a_thousand_rows_totals_come_on_request(many: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("portal.records.listing.COUNT_UP_TO", 30)
    kind = KINDS["timesheets"]
    listing = Listing(db.session(), kind, ADA, "acme")
    assert listing.page(Wish.read(kind, {})).total is None
    assert listing.page(Wish.read(kind, {})).sums is None
    asked = listing.page(Wish.read(kind, {"totals": "1"}))
    assert (asked.total, asked.sums is None) == (40, False)
