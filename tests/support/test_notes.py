"""Internal notes: read by staff, and by nobody of any customer, on whatever way."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text

from portal import isolation
from portal.audit.models import Event
from portal.conversations.messages import Message
from portal.database import db
from portal.mail import Mail
from portal.records.search import Term
from portal.support.notes import Note
from tests import post as mailbox
from tests.access.addresses import fill
from tests.access.rows import rows
from tests.browser import Browser
from tests.cast import STAFF
from tests.factories.tickets import do, look, opened
from tests.house import House
from tests.provider.helpers import post, send

MARKER = "Zwiebelkuchen"
FOLDER = "/provider/support/tickets/"


@pytest.fixture
def told(app, as_, monkeypatch):
    """The records of the access table, with a note on acme's ticket written through the page, and what followed."""
    monkeypatch.setattr("portal.pdf.render", lambda html: b"%PDF-1.7 " + html.encode())
    ids = fill(app)
    ticket = ids["ticket"]
    send(as_("pat"), FOLDER + ticket, "noting", 302, note=f"They bought too little. {MARKER}!")
    send(as_("pat"), FOLDER + ticket, "reply", 302, body="An answer", becomes="solved")
    do(app, ticket, "answer", "Not solved", by="ada")
    other = opened(app, "ada", subject="The same again")
    post(as_("pat"), f"{FOLDER}{other}/notes", 302, note=f"{MARKER} again")
    post(as_("pat"), f"{FOLDER}{other}/merging", 302, other=look(app, ticket)["reference"])
    post(as_("pat"), f"{FOLDER}{ticket}/impact", 302, impact="critical", why="It is bad")
    return ids


def addresses(ids):
    """Return every address of the table that can be opened, with and without a search for the note."""
    found = [row.address.format(**ids) for row in rows() if row.method == "GET"]
    return [*found, *(f"{address}?q={MARKER}" for address in found if address.endswith(("/", ".csv", "search")))]


@pytest.mark.parametrize("person", ["ada", "alan", "uma", "bob", "gus"])
def test_nobody_of_a_customer_finds_it_at_any_address(app, told, person):
    browser = Browser(app).sign_in(person)
    opened_some = False
    for address in addresses(told):
        answer = browser.get(address, status="*", expect_errors=True)
        opened_some = opened_some or answer.status_int == 200
        said = answer.body.decode("utf-8", "replace").replace(f"q={MARKER}", "").replace(f'value="{MARKER}"', "")
        assert f"too little. {MARKER}" not in said, f"{person} {address}"
        assert f"{MARKER} again" not in said, f"{person} {address}"
    assert opened_some


@pytest.mark.parametrize("person", STAFF)
def test_staff_find_it_on_the_ticket_under_its_own_heading(app, told, person):
    page = Browser(app).sign_in(person).get(FOLDER + told["ticket"])
    notes = page.html.select("article.noted")
    assert [note.h3.text for note in notes] == ["Internal note: the customer never sees this"] * 3
    assert f"They bought too little. {MARKER}!" in notes[1].text
    assert not any("staff" in note["class"] for note in notes)


def test_it_is_in_no_mail_no_event_no_search_and_no_message(app, told):
    for message in mailbox.deliver(app):
        assert MARKER not in str(message)
    with app.app_context():
        mails = [f"{mail.subject}{mail.text}{mail.html}" for mail in db.session.scalars(select(Mail))]
        events = [json.dumps(event.data) for event in db.session.scalars(select(Event))]
        terms = list(db.session.scalars(select(Term.term)))
        messages = list(db.session.scalars(select(Message.body)))
        kept = [note.body for note in db.session.scalars(select(Note)) if MARKER in note.body]
        db.session.remove()
    assert len(kept) == 2
    for place in (mails, events, terms, messages):
        assert place
        assert not [one for one in place if MARKER.lower() in one.lower()]


def test_it_neither_tells_of_itself_by_moving_the_ticket_up(app, as_):
    ticket = opened(app)
    before = look(app, ticket)
    post(as_("pat"), f"{FOLDER}{ticket}/notes", 302, note="Quiet")
    assert look(app, ticket) == before


def test_the_forms_of_answer_and_note_are_apart(app, as_):
    page = as_("pat").get(FOLDER + opened(app))
    reply, noting = page.forms["reply"], page.forms["noting"]
    assert "note" not in reply.fields
    assert "body" not in noting.fields
    assert reply.action != noting.action
    boxes = page.html.select("#reply textarea"), page.html.select("#noting textarea")
    assert [len(found) for found in boxes] == [1, 1]
    assert page.html.select_one("#noting").find_parent("section") != page.html.select_one("#reply").find_parent(
        "section"
    )


def test_a_note_with_scripts_is_text(app, as_):
    ticket = opened(app)
    page = send(as_("pat"), FOLDER + ticket, "noting", 302, note="<script>alert(1)</script> **bold**").follow()
    note = page.html.select_one("article.noted .written")
    assert note.find("script") is None
    assert note.strong.text == "bold"


def test_an_empty_note_is_told(app, as_):
    page = send(as_("pat"), FOLDER + opened(app), "noting", 422)
    assert "Write something first." in page.html.select_one("#note-error").text


@pytest.fixture
def isolated(postgres, tmp_path_factory):
    """A portal on PostgreSQL, whichever database the other tests run on, with a note in it."""
    house = House(tmp_path_factory.mktemp("isolated"), postgres, name="noted")
    with house.app.app_context():
        fill(house.app)
    yield house.app
    isolation.narrow(isolation.EVERY)
    with house.app.app_context():
        db.engine.dispose()


def test_the_database_itself_shows_notes_to_no_customer(isolated):
    with isolated.app_context():
        seen = {}
        for scope in ("acme", "beta", isolation.NONE, isolation.EVERY):
            isolation.narrow(scope)
            seen[scope] = db.session.scalar(text("SELECT count(*) FROM ticket_notes"))
            db.session.rollback()
        assert seen == {"acme": 0, "beta": 0, isolation.NONE: 0, isolation.EVERY: 1}
        isolation.narrow("acme")
        assert db.session.scalar(text("SELECT count(*) FROM tickets")) > 0
