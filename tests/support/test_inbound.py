"""Answers by mail: from every mail program, into the right ticket, from the right person, once."""

import pytest

from portal.access.rights import Right
from portal.accounts.grants import UserRole
from portal.conversations.messages import Source
from portal.database import db
from portal.support.tickets import Ticket
from tests.conversations.clients import CLIENTS, thunderbird
from tests.post import deliver, text_of, to
from tests.support.mails import (
    PAT,
    UMA,
    act,
    answered,
    messages,
    opened,
    person,
    receive,
    state,
    user,
)


@pytest.fixture(autouse=True)
def _address(app):
    app.config["SUPPORT_ADDRESS"] = "support@vendor.example"
    yield
    app.config["SUPPORT_ADDRESS"] = ""


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_an_answer_of_any_program_comes_into_the_ticket_without_what_it_quotes(app, client):
    ticket = opened(app)
    mail = answered(app, ticket)
    assert "put into the ticket" in receive(app, client(mail, "Here is the log, thank you."))
    message = messages(app, ticket)[-1]
    assert message.body == "Here is the log, thank you."
    assert (message.source, message.side) == (Source.MAIL, "customer")
    assert message.attachments == []
    assert state(app, ticket) == "open"


def test_an_answer_by_mail_is_seen_in_the_portal_and_told_to_who_has_the_ticket(app, as_):
    ticket = opened(app)
    receive(app, thunderbird(answered(app, ticket), "Here is the log."))
    page = as_("uma").get(f"/support/tickets/{ticket}")
    assert "Here is the log." in page.text
    assert "by mail" in page.text
    (told,) = [mail for mail in to(deliver(app), PAT) if "Here is the log." in text_of(mail)]
    assert "Uma Dietrich (Acme GmbH) answered in the ticket" in text_of(told)
    assert "answered in the ticket" in as_("ada").get("/history/").text


def test_the_same_mail_twice_is_one_message(app):
    ticket = opened(app)
    raw = thunderbird(answered(app, ticket), "Once.")
    receive(app, raw)
    assert "arrived before" in receive(app, raw)
    assert [message.body for message in messages(app, ticket)].count("Once.") == 1


def test_a_thread_is_known_by_what_all_its_mails_refer_to(app):
    ticket = opened(app)
    mail = answered(app, ticket)
    receive(app, thunderbird(mail, "Still here.", In_Reply_To="<changed@gateway>", References=str(mail["References"])))
    assert messages(app, ticket)[-1].body == "Still here."


@pytest.mark.parametrize(
    "changes",
    [
        {"From": "Uma Dietrich <uma.dietrich@evil.example>"},
        {"From": "Ada Arnold <ada.arnold@acme.example>"},
        {"From": '"uma.dietrich@acme.example" <mallory@evil.example>'},
        {"In_Reply_To": "<00000000000000000000000000000000.0@localhost>", "References": None},
        {"In_Reply_To": None, "References": None},
    ],
)
def test_a_forged_sender_or_a_guessed_thread_gets_nowhere(app, changes):
    ticket = opened(app)
    raw = thunderbird(answered(app, ticket), "Let me in.", **changes)
    assert receive(app, raw).rstrip().endswith("refused")
    assert "Let me in." not in [message.body for message in messages(app, ticket)]
    told = deliver(app)[-1]
    assert told["Subject"] == "Your mail was not added to a ticket"
    assert "answers no mail that the portal has sent to this address" in text_of(told)
    assert "Let me in." not in told.as_string()
    assert told["Reply-To"] is None


def test_two_senders_are_none(app):
    ticket = opened(app)
    raw = thunderbird(answered(app, ticket), "Both.", From=f"{UMA}, mallory@evil.example")
    assert "from nobody" in receive(app, raw)


def test_a_colleague_who_follows_answers_on_their_own_copy_only(app):
    ticket = opened(app)
    act(app, ticket, lambda t: t.watch(db.session(), user("alan"), by=person("uma")))
    answered(app, ticket)
    own = to(deliver(app), "alan.becker@acme.example")[-1]
    receive(app, thunderbird(own, "Me too."))
    message = messages(app, ticket)[-1]
    with app.app_context():
        assert (message.body, message.author_id) == ("Me too.", user("alan").id)


def test_staff_answer_their_copy_and_the_ticket_waits_for_the_customer(app):
    ticket = opened(app)
    mail = answered(app, ticket)
    receive(app, thunderbird(mail, "It is attached."))
    copy = to(deliver(app), PAT)[-1]
    receive(app, thunderbird(copy, "Found it.", Message_ID="<staff.1@provider.example>"))
    assert (messages(app, ticket)[-1].side, messages(app, ticket)[-1].body) == ("staff", "Found it.")
    assert state(app, ticket) == "waiting"
    assert "Found it." in text_of(to(deliver(app), UMA)[-1])


def refusals(app, address):
    return [mail for mail in to(deliver(app), address) if mail["Subject"] == "Your mail was not added to a ticket"]


def test_who_lost_the_right_is_told_so_once_an_hour(app):
    ticket = opened(app)
    mail = answered(app, ticket)
    with app.app_context():
        user("uma").grant_rights([], offered=list(Right), by=person("ada"))
        db.session.commit()
    receive(app, thunderbird(mail, "Hello?"))
    receive(app, thunderbird(mail, "Hello again?", Message_ID="<2@acme>"))
    (told,) = refusals(app, UMA)
    assert "You no longer have the right “Request Support”." in text_of(told)
    assert len(messages(app, ticket)) == 2


def test_whose_right_sleeps_is_told_why_and_whom_to_ask(app):
    from datetime import timedelta

    from portal.customers.subscriptions import Subscription, today

    ticket = opened(app)
    mail = answered(app, ticket)
    with app.app_context():
        for subscription in db.session.query(Subscription).filter_by(customer_id="acme", support="advanced"):
            subscription.starts_on, subscription.ends_on = today() - timedelta(90), today() - timedelta(60)
        db.session.commit()
    receive(app, thunderbird(mail, "Hello?"))
    (told,) = refusals(app, UMA)
    assert "No running subscription of Acme GmbH includes support" in text_of(told)
    assert "Ada Arnold" in text_of(told)
    assert state(app, ticket) == "waiting"


def test_who_cannot_sign_in_any_more_hears_nothing(app):
    ticket = opened(app)
    mail = answered(app, ticket)
    with app.app_context():
        user("uma").disable(by=person("ada"))
        db.session.commit()
    assert "cannot sign in" in receive(app, thunderbird(mail, "Hello?"))
    assert refusals(app, UMA) == []
    assert len(messages(app, ticket)) == 2


def test_staff_who_only_read_cannot_answer_by_mail(app):
    ticket = opened(app)
    answered(app, ticket)
    receive(app, thunderbird(to(deliver(app), UMA)[-1], "Log."))
    copy = to(deliver(app), PAT)[-1]
    with app.app_context():
        user("pat").roles = [UserRole(role_id="guest")]
        db.session.commit()
    receive(app, thunderbird(copy, "Try this.", Message_ID="<staff.2@provider.example>"))
    (told,) = refusals(app, PAT)
    assert "not answer them" in text_of(told)


def test_an_answer_reopens_a_solved_ticket(app):
    ticket = opened(app)
    act(app, ticket, lambda t: t.solve(db.session(), by=person("pat")))
    receive(app, thunderbird(to(deliver(app), UMA)[-1], "It is back."))
    assert state(app, ticket) == "reopened"


def test_an_answer_goes_to_the_ticket_that_the_old_one_was_merged_into(app):
    first, second = opened(app), opened(app, "ada", subject="Same")
    mail = answered(app, first)
    with app.app_context():
        db.session.get_one(Ticket, first).merge_into(db.session(), db.session.get_one(Ticket, second), by=person("pat"))
        db.session.commit()
    receive(app, thunderbird(mail, "To the other."))
    assert messages(app, second)[-1].body == "To the other."


def test_a_ticket_closed_for_long_takes_no_answer_and_says_what_to_do(app):
    from datetime import timedelta

    from portal.database import now

    ticket = opened(app)
    mail = answered(app, ticket)
    act(app, ticket, lambda t: t.close(db.session(), by=person("pat")))
    act(app, ticket, lambda t: setattr(t, "closed_at", now() - timedelta(days=31)))
    receive(app, thunderbird(mail, "Hello?"))
    (told,) = refusals(app, UMA)
    assert "Open a new one and name this one in it." in text_of(told)
    assert "/support/tickets/" in text_of(told)


def test_a_colleague_who_no_longer_sees_the_ticket_cannot_answer(app):
    ticket = opened(app)
    act(app, ticket, lambda t: t.watch(db.session(), user("alan"), by=person("uma")))
    answered(app, ticket)
    mail = to(deliver(app), "alan.becker@acme.example")[-1]

    def close_to(t):
        t.unwatch(db.session(), user("alan").id, by=person("uma"))
        t.show_to(db.session(), "opener", by=person("uma"))

    act(app, ticket, close_to)
    receive(app, thunderbird(mail, "Me too."))
    assert "You no longer see this ticket." in text_of(refusals(app, "alan.becker@acme.example")[-1])


def test_an_answer_without_a_word_of_its_own_is_kept_as_it_came(app):
    ticket = opened(app)
    receive(app, thunderbird(answered(app, ticket), ""))
    assert "schrieb Customer Portal" in messages(app, ticket)[-1].body


def test_a_customer_of_another_company_with_the_same_address_is_somebody_else(app):
    with app.app_context():
        other = user("bob")
        other.email, other.email_key = UMA, UMA
        db.session.commit()
    ticket = opened(app)
    receive(app, thunderbird(answered(app, ticket), "From Uma."))
    with app.app_context():
        assert messages(app, ticket)[-1].author_id == user("uma").id
