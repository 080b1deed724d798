"""What can be done to a ticket with one button, by whom, and when no longer."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from portal.database import db, now
from portal.support.tickets import Ticket
from tests.factories.tickets import do, look, opened, person
from tests.people.helpers import forge


def merge(app: Flask, first: str, second: str) -> None:
    with app.app_context():
        session = db.session()
        one, two = (session.get_one(Ticket, uuid.UUID(id)) for id in (first, second))
        one.merge_into(session, two, by=person("pat"))
        session.commit()
        db.session.remove()


def buttons(page) -> set[str]:
    return {form.action.rsplit("/", 1)[-1] for form in page.forms.values() if "/support/tickets/" in form.action}


def test_solved_rated_reopened_closed(app, as_):
    id = opened(app)
    uma, address = as_("uma"), f"/support/tickets/{id}"
    forge(uma, f"{address}/rating", 409, satisfaction="good")
    forge(uma, f"{address}/solution", 302)
    page = uma.get(address)
    assert "Solved" in page.html.select_one(".titled").text
    assert {"reopening", "closure", "rating", "messages"} <= buttons(page)
    assert "solution" not in buttons(page)
    forge(uma, f"{address}/rating", 302, satisfaction="fair", comment="Quick, but terse")
    assert look(app, id)["satisfaction"] == "fair"
    assert "You said: Fair" in uma.get(address)
    unchosen = forge(uma, f"{address}/rating", 422, satisfaction="", comment="It took a week")
    assert "How did we do?" in unchosen.html.select_one(".summary").text
    assert unchosen.html.select_one("[name=comment]").text.strip() == "It took a week"
    forge(uma, f"{address}/rating", 403, satisfaction="superb")
    forge(uma, f"{address}/reopening", 302)
    assert look(app, id)["state"] == "reopened"
    forge(uma, f"{address}/reopening", 409)
    forge(uma, f"{address}/closure", 302)
    forge(uma, f"{address}/closure", 409)
    forge(uma, f"{address}/messages", 302, body="It is back")
    assert look(app, id)["state"] == "reopened"


def test_a_ticket_closed_for_too_long_points_to_a_new_one(app, as_):
    id = opened(app)
    do(app, id, "close", by="uma")
    with time_machine.travel(now() + timedelta(days=31)):
        uma = as_("uma")
        page = uma.get(f"/support/tickets/{id}")
        assert "closed for too long" in page
        assert not {"messages", "reopening"} & buttons(page)
        kept = forge(uma, f"/support/tickets/{id}/messages", 409, body="Once more")
        assert "closed for too long" in kept
        forge(uma, f"/support/tickets/{id}/reopening", 409)


def test_a_colleague_follows_and_no_longer_follows(app, as_):
    id = opened(app)
    assert "watching" in buttons(as_("alan").get(f"/support/tickets/{id}"))
    forge(as_("alan"), f"/support/tickets/{id}/watching", 302)
    page = as_("alan").get(f"/support/tickets/{id}")
    assert "Alan Becker" in page.html.select_one("#readers").text
    assert look(app, id)["watchers"] == {"alan"}
    forge(as_("alan"), f"/support/tickets/{id}/watching/end", 302)
    assert look(app, id)["watchers"] == set()
    assert not {"watching", "end"} & buttons(as_("uma").get(f"/support/tickets/{id}"))


def test_who_saw_it_only_by_following_is_led_to_the_list(app, as_):
    id = opened(app, seen_by_whom="opener")
    forge(as_("ada"), f"/support/watchers/{id}/watchers", 302, watcher="alan.becker@acme.example")
    as_("alan").get(f"/support/tickets/{id}")
    answer = forge(as_("alan"), f"/support/tickets/{id}/watching/end", 302)
    assert answer.location.endswith("/support/tickets/")
    as_("alan").get(f"/support/tickets/{id}", status=404)


def test_the_opener_and_the_admins_choose_who_sees_it_others_do_not(app, as_):
    id = opened(app)
    address = f"/support/tickets/{id}/visibility"
    forge(as_("uma"), address, 409, seen_by="")
    forge(as_("uma"), address, 403, seen_by="all")
    forge(as_("uma"), address, 302, seen_by="opener")
    as_("ada").get(f"/support/tickets/{id}", status=404)
    forge(as_("uma"), address, 302, seen_by="company")
    other = opened(app, by="ada")
    assert "visibility" not in buttons(as_("uma").get(f"/support/tickets/{other}"))
    forge(as_("uma"), f"/support/tickets/{other}/visibility", 403, seen_by="opener")
    answer = forge(as_("alan"), f"/support/tickets/{other}/visibility", 302, seen_by="opener")
    assert answer.location.endswith("/support/tickets/")
    assert "Alan Becker changed who sees the ticket" in as_("ada").get("/history/")


ACTS = ("messages", "solution", "closure", "reopening", "rating", "watching", "watching/end", "visibility")


@pytest.mark.parametrize("act", ACTS)
def test_what_one_does_not_see_one_cannot_act_on(app, as_, act):
    id = opened(app, by="ada", seen_by_whom="opener")
    for other in ("uma", "bob", "bea", "ugo", "pat"):
        forge(as_(other), f"/support/tickets/{id}/{act}", 404, body="Hello", seen_by="company", satisfaction="bad")
    assert look(app, id)["seen_by_whom"] == "opener"


def test_a_merged_ticket_leads_to_the_other_and_so_does_an_answer(app, as_):
    first, second = opened(app, subject="One"), opened(app, subject="Two")
    merge(app, first, second)
    page = as_("uma").get(f"/support/tickets/{first}", status=302).follow()
    assert page.html.h1.text == "Two"
    answer = forge(as_("uma"), f"/support/tickets/{first}/messages", 302, body="Written in the old form")
    assert second in answer.location
    assert "Written in the old form" in as_("uma").get(f"/support/tickets/{second}")
    for act in ACTS[1:]:
        forge(as_("uma"), f"/support/tickets/{first}/{act}", 409, satisfaction="good", seen_by="opener")
    assert "Merged" in as_("uma").get("/support/tickets/").html.select_one("main").text


def test_a_merge_shows_nobody_more(app, as_):
    first, second = opened(app, subject="One"), opened(app, by="ada", subject="Two", seen_by_whom="opener")
    merge(app, first, second)
    page = as_("alan").get(f"/support/tickets/{first}")
    assert "merged this ticket into another one" in page
    assert "Since this morning" not in page
    forge(as_("alan"), f"/support/tickets/{first}/messages", 409, body="Hello?")
    as_("alan").get(f"/support/tickets/{second}", status=404)
