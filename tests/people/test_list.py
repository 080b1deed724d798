"""The list of people: found, filtered, sorted, paged, exported, and at a fixed price."""

from __future__ import annotations

import csv
import io

import pytest

from portal.accounts.users import User
from portal.database import db
from tests.people.helpers import forge, make, row_of


def names(page) -> list[str]:
    return [a.text for a in page.html.select("table.list .main a")]


def test_the_list_shows_who_everybody_is(as_):
    page = as_("alan").get("/users/")
    assert names(page) == ["Abe Castillo", "Ada Arnold", "Alan Becker", "Dot Gray", "Ugo Evans", "Uma Dietrich"]
    assert row_of(page, "Ada Arnold").startswith("Ada Arnold ada.arnold@acme.example Super User ✓ Yes ✓ Yes")
    assert "Disabled" in row_of(page, "Dot Gray")
    assert "6 people" in page
    assert page.click("As documents").html.h1.text == "Users"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=castillo", ["Abe Castillo"]),
        ("q=UMA.d", ["Uma Dietrich"]),
        ("q=gray dot", ["Dot Gray"]),
        ("q=%25", []),
        ("role=admin", ["Abe Castillo", "Alan Becker"]),
        ("right=download_license", ["Ada Arnold", "Alan Becker", "Uma Dietrich"]),
        ("state=disabled", ["Dot Gray"]),
        ("state=invited", []),
        ("state=active&role=user", ["Ugo Evans", "Uma Dietrich"]),
        ("sort=-name&role=user", ["Uma Dietrich", "Ugo Evans", "Dot Gray"]),
        ("sort=-role&role=&state=active&right=download_license", ["Ada Arnold", "Alan Becker", "Uma Dietrich"]),
        ("role=root&right=x&state=y&sort=z&after=nowhere&per_page=lots&role=admin", None),
    ],
)  # fmt: skip
def test_filters_and_sorts(as_, query, found):
    page = as_("ada").get(f"/users/?{query}")
    if found is None:
        assert len(names(page)) == 6
    else:
        assert names(page) == found
        assert ("Nobody found" in page) is (not found)


def test_sorting_by_the_last_sign_in_puts_who_just_came_first(as_):
    as_("ugo")
    assert names(as_("ada").get("/users/?sort=-last"))[:2] == ["Ada Arnold", "Ugo Evans"]
    assert names(as_("ada").get("/users/?sort=last"))[-2:] == ["Ugo Evans", "Ada Arnold"]


def test_paging_shows_everybody_once_in_every_order(app, as_):
    for number in range(30):
        make(app, f"p{number}", name=f"Person {number % 7}")
    for sort in ("name", "-name", "role", "-role", "last", "-last"):
        seen, address = [], f"/users/?sort={sort}&per_page=10"
        while address:
            page = as_("ada").get(address)
            seen += [a["href"] for a in page.html.select("table.list .main a")]
            link = page.html.select_one("a[rel=next]")
            address = link["href"] if link else None
        assert len(seen) == len(set(seen)) == 36, sort
        back = page.html.select_one("a[rel=prev]")
        assert back is not None
        assert len(names(as_("ada").get(back["href"]))) == 10


@pytest.mark.parametrize("query", ["", "?sort=-last", "?q=e&role=user&right=download_license&state=active"])
def test_a_list_that_fits_one_page_takes_two_statements(as_, statements, query):
    browser = as_("ada")
    statements.clear()
    browser.get(f"/users/{query}")
    assert len(statements) == 2


def test_more_pages_take_one_statement_more_and_no_row_another(app, as_, statements):
    browser = as_("ada")
    for number in range(60):
        make(app, f"p{number}", invited=number % 2 == 0)
    statements.clear()
    browser.get("/users/")
    assert len(statements) == 3


def test_the_csv_holds_every_row_of_the_filter_and_runs_no_formula(app, as_):
    for number in range(60):
        make(app, f"p{number}")
    for number, name in enumerate(('=cmd|" /C calc"!A0', "+1", "-1", "@SUM(A1)")):
        make(app, f"evil{number}", name=name)
    answer = as_("ada").get("/users.csv")
    assert answer.content_type == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))
    assert rows[0][:5] == ["Name", "E-mail address", "Role", "Download & License Checkmk", "Request Support"]
    assert len(rows) == 1 + 6 + 60 + 4
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]
    assert "'=cmd|" in answer.text
    filtered = as_("ada").get("/users.csv?role=admin")
    assert len(list(csv.reader(io.StringIO(filtered.text)))) == 3
    assert b"Request Support" not in as_("bea").get("/users.csv").body


def test_markup_and_odd_text_in_names_stays_text(app, as_):
    make(app, "odd", name="<b onclick=alert(1)>Ünal & Søn</b>")
    page = as_("ada").get("/users/")
    assert "<b>" not in page
    assert "&lt;b onclick" in page


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\u202eb", "a\x07b"])
def test_names_that_do_not_hold_are_refused_with_the_input_kept(as_, name):
    page = forge(as_("ada"), "/users/new", 422, name=name, email="kept@acme.example", role="user")
    assert "kept@acme.example" in page
    assert page.html.select_one(".summary[role=alert]")


@pytest.mark.parametrize("email", ["", "nobody", "a@", "@b.example", "a b@c.example", "x" * 250 + "@acme.example"])
def test_addresses_that_do_not_hold_are_refused(as_, email):
    assert "Kept Name" in forge(as_("ada"), "/users/new", 422, name="Kept Name", email=email, role="user")


@pytest.mark.parametrize("email", ['"odd one"@acme.example', "o'hara+x@acme.example", "ü@müller.example"])
def test_odd_but_legal_addresses_are_accepted(app, as_, email):
    forge(as_("ada"), "/users/new", 302, name="Odd One", email=email, role="user")
    with app.app_context():
        assert db.session.scalar(db.select(User.email).where(User.name == "Odd One")) == email
        db.session.remove()
