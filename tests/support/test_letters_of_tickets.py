"""Every step of a ticket is mailed to who may read it, in their language, as one thread; nobody else hears of it."""

from datetime import timedelta

import pytest

from portal.access.rights import Right
from portal.accounts.grants import Grant, UserRole
from portal.conversations.quotes import MARK
from portal.customers.models import Customer
from portal.customers.subscriptions import Subscription, today
from portal.database import db, now
from portal.storage import save
from portal.support.impact import Impact
from portal.support.notes import Note
from portal.support.tickets import Ticket
from tests.post import deliver, text_of, to
from tests.support.mails import ADA, ALAN, PAT, UMA, Enclosed, act, open_ticket, opened, person, user


@pytest.fixture
def desk(app):
    app.config["SUPPORT_DESK"] = "desk@vendor.example"
    yield "desk@vendor.example"
    app.config["SUPPORT_DESK"] = ""


@pytest.fixture
def told(app):
    """Do something to a ticket; return what was mailed for it, by whom it went to."""

    def do(ticket_id, deed):
        before = len(deliver(app))
        act(app, ticket_id, deed)
        return {mail["To"].addresses[0].addr_spec: mail for mail in deliver(app)[before:]}

    return do


def watched(app, ticket, *names):
    for name in names:
        act(app, ticket, lambda t, name=name: t.watch(db.session(), user(name), by=person("uma")))


STEPS = {
    "answered": (lambda t: t.answer(db.session(), "Try **this**.", by=person("pat")), "Pat Lindner answered"),
    "solved": (lambda t: t.solve(db.session(), by=person("pat")), "as solved"),
    "closed": (lambda t: t.close(db.session(), by=None), "is closed"),
    "impact": (lambda t: t.correct_impact(db.session(), Impact.CRITICAL, "It is down.", by=person("pat")),
               "It is now: Critical."),
}  # fmt: skip


@pytest.mark.parametrize(("deed", "says"), STEPS.values(), ids=STEPS)
def test_a_step_is_mailed_to_the_opener_and_the_watchers(app, told, deed, says):
    ticket = opened(app)
    watched(app, ticket, "alan")
    mails = told(ticket, deed)
    assert set(mails) == {UMA, ALAN}
    assert all(says in text_of(mail) for mail in mails.values())


def test_the_customers_steps_are_mailed_to_whoever_has_the_ticket(app, told, desk):
    ticket = opened(app)
    mails = told(ticket, lambda t: t.assign(db.session(), user("pat"), by=person("pat")))
    assert mails == {}
    mails = told(ticket, lambda t: t.answer(db.session(), "Here is more.", by=person("uma")))
    assert set(mails) == {PAT}
    assert "Uma Dietrich (Acme GmbH) answered in the ticket" in text_of(mails[PAT])
    assert "/provider/support/tickets/" in text_of(mails[PAT])
    told(ticket, lambda t: t.solve(db.session(), by=person("pat")))
    mails = told(ticket, lambda t: t.reopen(db.session(), by=person("uma")))
    assert set(mails) == {PAT}


def test_the_desk_hears_of_what_waits_while_nobody_has_it(app, told, desk):
    ticket = opened(app)
    own, mail = deliver(app)[-2:]
    assert own["To"].addresses[0].addr_spec == UMA
    assert mail["To"].addresses[0].addr_spec == desk
    assert "Uma Dietrich (Acme GmbH) opened the ticket" in text_of(mail)
    assert "Impact: Limited" in text_of(mail)
    assert "Since *noon*, all of them." in text_of(mail)
    assert set(told(ticket, lambda t: t.answer(db.session(), "Hello?", by=person("uma")))) == {desk}


def test_the_opener_gets_a_short_confirmation_and_no_copy_of_what_they_do(app, told):
    ticket = opened(app)
    (mail,) = deliver(app)
    assert "has arrived" in text_of(mail)
    assert "noon" not in text_of(mail)
    assert told(ticket, lambda t: t.answer(db.session(), "More.", by=person("uma"))) == {}
    assert told(ticket, lambda t: t.close(db.session(), by=person("uma"))) == {}


def test_a_colleague_who_merely_may_see_the_ticket_gets_no_mail(app, told):
    mails = told(opened(app), lambda t: t.answer(db.session(), "Try this.", by=person("pat")))
    assert ADA not in mails


def test_who_is_given_a_ticket_or_lets_follow_is_told(app, told):
    ticket = opened(app)
    with app.app_context():
        user("gil").roles = [UserRole(role_id="admin")]
        db.session.commit()
    mails = told(ticket, lambda t: t.assign(db.session(), user("gil"), by=person("pat")))
    assert [text_of(mail).count("Pat Lindner gave you the ticket") for mail in mails.values()] == [1]
    mails = told(ticket, lambda t: t.watch(db.session(), user("alan"), by=person("uma")))
    assert "Uma Dietrich lets you follow the ticket" in text_of(mails[ALAN])


def test_a_merge_is_told_to_the_openers_of_both(app):
    first, second = opened(app), opened(app, "ada", subject="The same")
    before = len(deliver(app))
    with app.app_context():
        one, other = db.session.get_one(Ticket, first), db.session.get_one(Ticket, second)
        one.merge_into(db.session(), other, by=person("pat"))
        references = (one.reference, other.reference)
        db.session.commit()
    mails = deliver(app)[before:]
    assert {mail["To"].addresses[0].addr_spec for mail in mails} == {UMA, ADA}
    assert all("merged the ticket {} into {}".format(*references) in text_of(mail) for mail in mails)


def lose_right(uma):
    db.session.query(Grant).filter_by(user_id=uma.id, right=Right.REQUEST_SUPPORT).delete()


def move(uma):
    uma.grants, uma.customer_id = [], "beta"


@pytest.mark.parametrize(
    "loss",
    [lose_right, move, lambda uma: setattr(uma, "disabled_at", now()), lambda uma: setattr(uma, "archived_at", now()),
     lambda uma: setattr(db.session.get(Customer, "acme"), "archived_at", now())],
    ids=["right", "moved", "disabled", "deleted", "company"],
)  # fmt: skip
def test_who_may_not_read_the_ticket_any_more_hears_nothing(app, told, loss):
    ticket = opened(app)
    with app.app_context():
        loss(user("uma"))
        db.session.commit()
    assert told(ticket, lambda t: t.answer(db.session(), "Secret.", by=person("pat"))) == {}


def test_a_watcher_of_a_ticket_of_few_stops_hearing_with_the_watching(app, told):
    ticket = opened(app, seen_by_whom="opener")
    watched(app, ticket, "alan")
    act(app, ticket, lambda t: t.unwatch(db.session(), user("alan").id, by=person("uma")))
    assert set(told(ticket, lambda t: t.answer(db.session(), "Secret.", by=person("pat")))) == {UMA}


def test_whose_right_sleeps_still_gets_answers_and_is_not_asked_to_answer(app, told):
    app.config["SUPPORT_ADDRESS"] = "support@vendor.example"
    try:
        ticket = opened(app)
        with app.app_context():
            for one in db.session.query(Subscription).filter_by(customer_id="acme"):
                one.starts_on, one.ends_on = today() - timedelta(90), today() - timedelta(60)
            db.session.commit()
        mails = told(ticket, lambda t: t.answer(db.session(), "At last.", by=person("pat")))
    finally:
        app.config["SUPPORT_ADDRESS"] = ""
    assert "At last." in text_of(mails[UMA])
    assert MARK not in text_of(mails[UMA])


def test_an_assignee_who_no_longer_reads_tickets_is_passed_over_for_the_desk(app, told, desk):
    ticket = opened(app)
    act(app, ticket, lambda t: t.assign(db.session(), user("pat"), by=person("pat")))
    with app.app_context():
        user("pat").roles = [UserRole(role_id="user")]
        db.session.commit()
    assert set(told(ticket, lambda t: t.answer(db.session(), "Hello?", by=person("uma")))) == {desk}


def test_all_mails_of_a_ticket_are_one_thread_with_ids_nobody_guesses(app, told):
    ticket = opened(app)
    watched(app, ticket, "alan")
    mails = told(ticket, lambda t: t.answer(db.session(), "One.", by=person("pat")))
    again = told(ticket, lambda t: t.answer(db.session(), "Two.", by=person("pat")))
    assert str(mails[UMA]["References"]) == str(again[UMA]["References"]) == str(again[UMA]["In-Reply-To"])
    assert str(mails[UMA]["References"]) != str(mails[ALAN]["References"])
    ids = {str(mail["Message-ID"]) for mail in (*mails.values(), *again.values())}
    assert len(ids) == 4
    assert all(len(id.strip(" <>").partition("@")[0]) == 32 for id in ids)
    assert {mail["Auto-Submitted"] for mail in mails.values()} == {"auto-generated"}
    assert mails[UMA]["Subject"] == again[UMA]["Subject"]


def test_answering_is_offered_only_where_an_answer_arrives(app, told, desk):
    ticket = opened(app)
    silent = told(ticket, lambda t: t.answer(db.session(), "One.", by=person("pat")))[UMA]
    assert silent["Reply-To"] is None
    assert MARK not in text_of(silent)
    app.config["SUPPORT_ADDRESS"] = "Support <support@vendor.example>"
    try:
        mail = told(ticket, lambda t: t.answer(db.session(), "Two.", by=person("pat")))[UMA]
        opened(app)
        to_desk = to(deliver(app), desk)[-1]
    finally:
        app.config["SUPPORT_ADDRESS"] = ""
    assert str(mail["Reply-To"]) == "Support <support@vendor.example>"
    assert text_of(mail).startswith(MARK)
    assert MARK in mail.get_body(("html",)).get_content()
    assert to_desk["Reply-To"] is None
    assert MARK not in text_of(to_desk)


def test_a_message_is_markdown_in_html_and_as_written_in_text(app, told):
    body = "Try **this** <script>x()</script> & [that](https://vendor.example):\n\n```\na  b\n```\n\n![x](https://spy.example)"
    mail = told(opened(app), lambda t: t.answer(db.session(), body, by=person("pat")))[UMA]
    assert body in text_of(mail)
    page = mail.get_body(("html",)).get_content()
    assert "<strong>this</strong>" in page
    assert "<script" not in page
    assert '<a href="https://vendor.example"' in page
    assert "<img" not in page


def test_names_are_no_markup(app, told):
    with app.app_context():
        user("pat").name = "Pat O'Brien <b>"
        db.session.commit()
    mail = told(opened(app), lambda t: t.answer(db.session(), "x", by=person("pat")))[UMA]
    assert "Pat O'Brien <b> answered" in text_of(mail)
    assert "<b> answered" not in mail.get_body(("html",)).get_content()


def test_a_long_message_is_cut_and_read_on_in_the_portal(app, told):
    mail = told(opened(app), lambda t: t.answer(db.session(), "word " * 5_000, by=person("pat")))[UMA]
    assert len(text_of(mail)) < 6_000
    assert "The message is longer. Read on in the portal." in text_of(mail)


def test_files_are_named_and_stay_behind_the_door(app, told):
    def deed(ticket):
        file = save(db.session(), Enclosed("dump.tar", b"x" * 3 * 1024).stream, name="dump.tar", purpose="ticket",
                    customer_id="acme", by_id=None, limit=10_000)  # fmt: skip
        db.session.flush()
        ticket.answer(db.session(), "See the file.", files=[file], by=person("pat"))

    mail = told(opened(app), deed)[UMA]
    assert "dump.tar (3 kB)" in text_of(mail)
    assert list(mail.iter_attachments()) == []


def test_a_note_among_staff_is_in_no_mail(app, told, desk):
    ticket = opened(app)
    assert told(ticket, lambda t: Note.write(db.session(), t, "Difficult customer.", by=person("pat"))) == {}
    mails = told(ticket, lambda t: t.answer(db.session(), "Hello.", by=person("pat")))
    assert all("Difficult" not in mail.as_string() for mail in mails.values())


def test_mail_is_in_the_language_of_who_gets_it(app, told):
    ticket = opened(app)
    with app.app_context():
        user("uma").language = "de"
        db.session.commit()
    mail = told(ticket, lambda t: t.answer(db.session(), "Hello.", by=person("pat")))[UMA]
    assert '<html lang="de">' in mail.get_body(("html",)).get_content()
    assert "Guten Tag Uma Dietrich" in text_of(mail)


def test_what_is_rolled_back_is_not_mailed(app):
    with app.app_context():
        open_ticket()
        db.session.rollback()
    assert deliver(app) == []
