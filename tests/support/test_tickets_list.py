"""The list of tickets: who sees which, found, filtered, paged, exported, and at a fixed price."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from flask import Flask

from portal.accounts.users import User
from portal.database import db
from portal.support.impact import Impact
from tests.factories.tickets import do, look, opened, person
from tests.people.helpers import forge


def detached(app: Flask, username: str) -> User:
    with app.app_context():
        found = person(username)
        db.session.remove()
    return found


def subjects(page) -> list[str]:
    return [link.text for link in page.html.select("table.list .main a")]


def some(app) -> dict[str, str]:
    ids = {
        "mine": opened(app, subject="Mine alone", seen_by_whom="opener", site="north"),
        "ours": opened(app, by="ada", subject="Ours", impact=Impact.CRITICAL),
        "hers": opened(app, by="ada", subject="Hers alone", seen_by_whom="opener"),
        "old": opened(app, by="alan", subject="=Old()"),
    }
    do(app, ids["old"], "close", by="alan")
    do(app, ids["mine"], "answer", "Which version?", by="pat")
    return ids


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Mine alone", "=Old()", "Ours"]),
        ("state=waiting", ["Mine alone"]),
        ("state=unsolved", ["Mine alone", "Ours"]),
        ("impact=critical", ["Ours"]),
        ("mine=1", ["Mine alone"]),
        ("q=NORTH", ["Mine alone"]),
        ("q=alone", ["Mine alone"]),
        ("q=hers", []),
        ("state=nowhere&impact=x&mine=2&after=none&sort=y&per_page=lots", ["Mine alone", "=Old()", "Ours"]),
    ],
)  # fmt: skip
def test_one_finds_what_one_sees(app, as_, query, found):
    some(app)
    assert subjects(as_("uma").get(f"/support/tickets/?{query}")) == found


def test_a_reference_finds_its_ticket_in_the_list_and_in_the_portal(app, as_):
    reference = look(app, some(app)["ours"])["reference"]
    assert subjects(as_("uma").get("/support/tickets/", {"q": reference.lower()})) == ["Ours"]
    page = as_("uma").get("/search", {"q": reference})
    assert [link["href"] for link in page.html.select(".list .main a")][0].startswith("/support/tickets/")
    assert page.click("Ours").html.h1.text == "Ours"


@pytest.mark.parametrize("reader", ["uma", "ugo", "abe", "bob", "bea"])
def test_search_gives_away_no_ticket_one_does_not_see(app, as_, reader):
    some(app)
    page = as_(reader).get("/search?q=hers")
    assert not page.html.select('a[href^="/support/tickets/0"]')
    if reader != "uma":
        assert "tickets" not in page.html.select_one("main").text


def test_following_shows_what_was_hidden(app, as_):
    id = some(app)["hers"]
    do(app, id, "watch", detached(app, "uma"), by="ada")
    assert "Hers alone" in subjects(as_("uma").get("/support/tickets/?mine=1"))
    as_("uma").get(f"/support/tickets/{id}")


@pytest.mark.parametrize("reader", ["ugo", "abe", "bob", "bea", "ben", "gus", "pat", "gil"])
def test_nobody_else_sees_a_ticket_or_a_file_in_it(app, as_, reader):
    id = some(app)["ours"]
    as_(reader).get(f"/support/tickets/{id}", status=404)
    as_(reader).get(f"/support/tickets/{id}/attachments/{uuid.uuid4()}", status=404)


def test_a_file_of_a_hidden_ticket_stays_hidden_under_every_address(app, as_):
    hers, ours = opened(app, by="ada", seen_by_whom="opener"), opened(app, by="ada")
    ada = as_("ada")
    token = ada.get("/profile").html.find("input", attrs={"name": "csrf_token"})["value"]
    ada.post(f"/support/tickets/{hers}/messages", {"csrf_token": token, "body": "See"},
             upload_files=[("attachments", "secret.txt", b"secret")])  # fmt: skip
    link = ada.get(f"/support/tickets/{hers}").html.select_one(".sent a")["href"]
    assert ada.get(link).body == b"secret"
    as_("uma").get(link, status=404)
    as_("uma").get(link.replace(hers, ours), status=404)
    as_("bea").get(link, status=404)


def test_the_csv_holds_the_filtered_list_and_runs_no_formula(app, as_):
    some(app)
    rows = list(csv.reader(io.StringIO(as_("uma").get("/support/tickets.csv").body.decode("utf-8-sig"))))
    assert rows[0] == ["Subject", "Reference", "Impact", "Opened by", "Site", "Opened", "Last activity", "State"]
    assert [row[0] for row in rows[1:]] == ["Mine alone", "'=Old()", "Ours"]
    assert rows[1][2:5] == ["Limited", "Uma Dietrich", "north"]
    assert len(as_("uma").get("/support/tickets.csv?state=closed").text.splitlines()) == 2


def test_paging_shows_every_ticket_once(app, as_):
    for number in range(23):
        opened(app, subject=f"Problem {number}")
    seen, address = [], "/support/tickets/?per_page=10"
    while address:
        page = as_("uma").get(address)
        seen += subjects(page)
        link = page.html.select_one("a[rel=next]")
        address = f"/support/tickets/{link['href']}".replace("/support/tickets//", "/") if link else None
    assert sorted(seen) == sorted(f"Problem {number}" for number in range(23))
    assert seen[0] == "Problem 22"


def test_the_list_the_ticket_and_its_form_cost_the_same_whatever_they_hold(app, as_, statements):
    id = opened(app)
    uma, costs = as_("uma"), []
    for _round in range(2):
        costs.append([])
        for address in ("/support/tickets/", f"/support/tickets/{id}", "/support/tickets/new", "/support/tickets.csv"):
            statements.clear()
            uma.get(address)
            costs[-1].append(len(statements))
        for number in range(12):
            opened(app, subject=f"Problem {number}")
            do(app, id, "answer", f"Answer {number}", by="pat" if number % 2 else "ada")
        do(app, id, "watch", detached(app, "alan"), by="ada")
    assert costs == [[3, 7, 3, 2], [3, 7, 3, 2]]


def test_what_waits_stands_on_home_and_in_the_menu(app, as_):
    id = opened(app, subject="No mail")
    assert "No mail" not in as_("uma").get("/").html.select_one("main").text
    do(app, id, "answer", "Which version?", by="pat")
    page = as_("uma").get("/")
    assert page.click("No mail").request.path == f"/support/tickets/{id}"
    assert page.html.select_one('nav.side a[href="/support/tickets/"] .waits').text == "1"
    assert not as_("ada").get("/").html.select('nav.side a[href="/support/tickets/"] .waits')
    do(app, opened(app), "answer", "And you?", by="pat")
    page = as_("uma").get("/support/tickets/?state=waiting&mine=1")
    assert len(subjects(page)) == 2
    assert page.html.select_one('nav.side a[href="/support/tickets/"] .waits').text == "2"
    forge(as_("uma"), f"/support/tickets/{id}/messages", 302, body="2.4")
    assert as_("uma").get("/").html.select_one('nav.side a[href="/support/tickets/"] .waits').text == "1"


@pytest.mark.parametrize("reader", ["ugo", "abe", "bob", "bea", "ben", "pat", "gil"])
def test_without_the_right_support_appears_nowhere(app, as_, reader):
    some(app)
    for address in ("/support/tickets/", "/support/tickets.csv", "/support/tickets/new"):
        as_(reader).get(address, status=404)
    home = as_(reader).get("/").maybe_follow()
    assert not home.html.select('nav a[href="/support/tickets/"]')
