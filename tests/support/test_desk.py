"""A ticket on the desk: answered, noted, given away, corrected, ended."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from webtest import Upload

from portal.conversations.messages import Message
from portal.database import db, now
from portal.support.desk import CannedAnswer
from portal.support.impact import Impact
from portal.support.tickets import Ticket
from tests import post as mailbox
from tests.factories.tickets import do, look, opened
from tests.people.helpers import id_of
from tests.provider.helpers import make_colleague, make_role, post, send
from tests.support.conversation import FOLDER, UMA, reference, said


@pytest.fixture
def ticket(app):
    """The id of a ticket that uma has opened."""
    return opened(app, subject="The core does not start", impact=Impact.SIGNIFICANT)


def canned(app, title, body):
    with app.app_context():
        found = CannedAnswer.write(db.session(), title=title, body=body, by=None)
        db.session.commit()
        id = str(found.id)
        db.session.remove()
    return id


class TestAnswering:
    @pytest.mark.parametrize(
        ("becomes", "state", "is_due"),
        [("waiting", "waiting", False), ("open", "open", True), ("solved", "solved", False)],
    )
    def test_an_answer_reaches_the_customer_and_leaves_the_ticket_as_chosen(
        self, app, as_, ticket, becomes, state, is_due
    ):
        page = send(as_("pat"), FOLDER + ticket, "reply", 302, body="Try **this**.", becomes=becomes).follow()
        assert said(page)[-1] == ("Pat Lindner Us", "Try this .")
        stands = look(app, ticket)
        assert stands["state"] == state
        assert (stands["due_at"].year < 9999) is is_due
        assert stands["first_answer_at"] is not None
        assert str(stands["assignee_id"]) == id_of(app, "pat")
        letter = mailbox.to(mailbox.deliver(app), UMA)[-1]
        assert "Try **this**." in mailbox.text_of(letter)
        assert "Try this" in as_("uma").get(f"/support/tickets/{ticket}").html.text.replace("**", "")

    def test_files_go_both_ways(self, app, as_, ticket):
        files = [Upload("../../patch.sh", b"#!/bin/sh")]
        page = send(as_("pat"), FOLDER + ticket, "reply", 302, body="Run this.", attachments=files).follow()
        link = page.html.find("a", string="patch.sh")
        assert as_("pat").get(link["href"]).body == b"#!/bin/sh"
        theirs = as_("uma").get(f"/support/tickets/{ticket}").html.find("a", string="patch.sh")
        assert as_("uma").get(theirs["href"]).body == b"#!/bin/sh"

    def test_whoever_answered_meanwhile_is_read_first(self, app, as_, ticket):
        form = as_("pat").get(FOLDER + ticket).forms["reply"]
        do(app, ticket, "answer", "It is urgent now!", by="uma")
        form["body"] = "My long answer"
        page = form.submit(status=409)
        assert "Somebody answered meanwhile" in page
        assert said(page)[-1][1] == "It is urgent now!"
        assert page.forms["reply"]["body"].value == "My long answer"
        page.forms["reply"].submit(status=302)
        assert said(as_("pat").get(FOLDER + ticket))[-1][1] == "My long answer"

    def test_a_form_sent_twice_is_one_answer(self, app, as_, ticket):
        form = as_("pat").get(FOLDER + ticket).forms["reply"]
        form["body"] = "Once"
        form.submit(status=302)
        form.submit(status=302)
        assert [text for _who, text in said(as_("pat").get(FOLDER + ticket))].count("Once") == 1

    def test_nothing_is_no_answer(self, as_, ticket):
        page = send(as_("pat"), FOLDER + ticket, "reply", 422)
        assert "Write something first." in page.html.select_one("#body-error").text

    def test_the_first_answer_is_met_or_missed_later_ones_are_counted(self, app, as_, ticket):
        with app.app_context():
            past = now() - timedelta(hours=1)
            db.session.execute(update(Ticket).values(first_due_at=past, due_at=past))
            db.session.commit()
            db.session.remove()
        page = send(as_("pat"), FOLDER + ticket, "reply", 302, body="Late").follow()
        facts = page.html.select_one("main").get_text(" ", strip=True)
        assert "First answer Missed" in facts
        do(app, ticket, "answer", "Thanks", by="uma")
        page = send(as_("pat"), FOLDER + ticket, "reply", 302, body="In time").follow()
        assert "Later answers in time 1 Later answers late 0" in page.html.select_one("main").get_text(" ", strip=True)

    def test_a_ticket_closed_for_too_long_takes_no_answer(self, app, as_, ticket):
        do(app, ticket, "close", by="pat")
        form = as_("pat").get(FOLDER + ticket).forms["reply"]
        with app.app_context():
            db.session.execute(update(Ticket).values(closed_at=now() - timedelta(days=31)))
            db.session.commit()
            db.session.remove()
        form["body"] = "One more thing"
        assert "closed for too long" in form.submit(status=409)
        page = as_("pat").get(FOLDER + ticket)
        assert "reply" not in page.forms
        assert "closed for too long" in page

    def test_a_canned_answer_begins_one(self, app, as_, ticket):
        id = canned(app, "Ask for a dump", "Dear {name}, send a dump for {reference}. {braces} stay.")
        form = next(form for form in as_("pat").get(FOLDER + ticket).forms.values() if "canned" in form.fields)
        assert form["canned"].options[0][0] == id
        page = form.submit()
        expected = f"Dear Uma Dietrich, send a dump for {reference(app, ticket)}. {{braces}} stay."
        assert page.forms["reply"]["body"].value == expected
        for nonsense in ("none", str(uuid.uuid4())):
            page = as_("pat").get(f"{FOLDER}{ticket}?canned={nonsense}")
            assert page.forms["reply"]["body"].value == ""


class TestWhoWorksOnIt:
    def test_somebody_takes_it_gives_it_away_and_back(self, app, as_, ticket):
        make_role(app, "agents", "guest", support__answer=True)
        make_colleague(app, "kim", "agents")
        page = as_("pat").get(FOLDER + ticket)
        take = next(form for form in page.forms.values() if form.id is None and "assignee" in form.fields)
        page = take.submit(status=302).follow()
        assert page.forms["assignment"]["assignee"].value == id_of(app, "pat")
        assert "Take it" not in page
        form = page.forms["assignment"]
        assert {text for _value, _chosen, text in form["assignee"].options} == {"Nobody", "Pat Lindner", "Kim"}
        form["assignee"] = id_of(app, "kim")
        page = form.submit(status=302).follow()
        assert mailbox.to(mailbox.deliver(app), "kim@provider.example")
        history = page.html.select_one(".timeline").text
        assert "gave the ticket" in history
        page.forms["assignment"]["assignee"] = ""
        page = page.forms["assignment"].submit(status=302).follow()
        assert "back into the queue" in page.html.select_one(".timeline").text
        assert "gave the ticket" not in as_("ada").get("/history/")

    @pytest.mark.parametrize("whom", ["gil", "uma"])
    def test_only_those_who_may_answer_are_given_one(self, app, as_, ticket, whom):
        post(as_("pat"), f"{FOLDER}{ticket}/assignment", 403, assignee=id_of(app, whom))
        assert look(app, ticket)["assignee_id"] is None


class TestImpact:
    def test_it_is_corrected_with_a_note_to_the_customer(self, app, as_, ticket):
        before = look(app, ticket)["due_at"]
        send(as_("pat"), FOLDER + ticket, "correction", 302, impact="minimal", why="A question, not a fault.")
        stands = look(app, ticket)
        assert stands["impact"] == "minimal"
        assert stands["due_at"] > before
        assert "A question, not a fault." in as_("uma").get(f"/support/tickets/{ticket}")
        assert mailbox.to(mailbox.deliver(app), UMA)
        assert "corrected the impact" in as_("ada").get("/history/")

    @pytest.mark.parametrize(
        ("fields", "field"), [({"impact": "minimal"}, "why"), ({"impact": "significant", "why": "Same"}, "impact")]
    )
    def test_what_does_not_hold_is_told_beside_its_field(self, as_, ticket, fields, field):
        page = send(as_("pat"), FOLDER + ticket, "correction", 422, **fields)
        assert page.html.select_one(f"#{field}-error").text
        assert page.html.select_one("details[open] #correction")


class TestItsEnd:
    def test_it_is_solved_closed_and_opened_again(self, app, as_, ticket):
        for deed, state in (("solution", "solved"), ("closure", "closed"), ("reopening", "reopened")):
            page = as_("pat").get(FOLDER + ticket)
            form = next(form for form in page.forms.values() if form.action.endswith(deed))
            form.submit(status=302)
            assert look(app, ticket)["state"] == state
        assert look(app, ticket)["due_at"].year < 9999

    def test_the_same_twice_is_told(self, as_, ticket):
        post(as_("pat"), f"{FOLDER}{ticket}/solution", 302)
        assert "solved already" in post(as_("pat"), f"{FOLDER}{ticket}/solution", 409)


class TestPage:
    def test_a_guest_reads_and_has_nothing_to_press(self, as_, ticket):
        page = as_("gil").get(FOLDER + ticket)
        assert said(page)
        own = [form for form in page.forms.values() if "/provider/support/" in form.action]
        assert own == []
        assert "Merge" not in page

    def test_what_stands_around_it(self, app, as_, ticket):
        opened(app, "ada", subject="Another one")
        page = as_("pat").get(FOLDER + ticket).html.select_one("main").get_text(" ", strip=True)
        for part in ("Support runs today Yes", "Support tier Advanced", "Checkmk Cloud Advanced", "Another one"):
            assert part in page

    def test_support_that_lapsed_is_told(self, app, as_):
        page = as_("pat").get(FOLDER + opened(app, "gus"))
        assert "No running subscription of Gamma Ltd includes support" in page
        assert "Support runs today No" in page.html.select_one("main").get_text(" ", strip=True)

    def test_long_conversations_come_in_pages_with_their_notes(self, app, as_, ticket, monkeypatch):
        monkeypatch.setattr("portal.support.reading.MOST_SHOWN", 3)
        post(as_("pat"), f"{FOLDER}{ticket}/notes", 302, note="Early note")
        for number in range(4):
            do(app, ticket, "answer", f"Message {number}", by="uma")
        page = as_("pat").get(FOLDER + ticket)
        assert [text for _who, text in said(page)] == ["Message 1", "Message 2", "Message 3"]
        earlier = page.click("Earlier messages")
        assert [text for _who, text in said(earlier)] == ["Since this morning.", "Early note", "Message 0"]
        assert "reply" not in earlier.forms
        assert "reply" in earlier.click("The latest messages").forms

    def test_it_takes_a_fixed_number_of_statements(self, app, as_, ticket, statements):
        pat = as_("pat")
        pat.get(FOLDER + ticket)
        counts = []
        for _more in range(2):
            statements.clear()
            pat.get(FOLDER + ticket)
            counts.append(len(statements))
            for number in range(5):
                do(app, ticket, "answer", f"Message {number}", by="uma")
                post(pat, f"{FOLDER}{ticket}/notes", 302, note=f"Note {number}")
        assert counts[0] == counts[1] <= 17

    def test_another_tickets_file_is_not_there(self, app, as_, ticket):
        page = send(as_("pat"), FOLDER + ticket, "reply", 302, body="x", attachments=[Upload("a.txt", b"a")]).follow()
        address = page.html.find("a", string="a.txt")["href"]
        other = opened(app, "gus")
        as_("pat").get(address.replace(ticket, other), status=404)
        as_("pat").get(f"{FOLDER}{uuid.uuid4()}", status=404)


def test_no_answer_is_lost_where_two_send_at_once(app, as_, ticket):
    """The second of two forms opened at the same time is told of the first."""
    make_role(app, "agents", "guest", support__answer=True)
    make_colleague(app, "kim", "agents")
    forms = [as_(who).get(FOLDER + ticket).forms["reply"] for who in ("pat", "kim")]
    for number, form in enumerate(forms):
        form["body"] = f"Answer {number}"
    assert [form.submit(status="*").status_int for form in forms] == [302, 409]
    with app.app_context():
        bodies = db.session.scalars(select(Message.body).where(Message.record_id == uuid.UUID(ticket))).all()
        db.session.remove()
    assert "Answer 0" in bodies
    assert "Answer 1" not in bodies
