"""Loops, robots, floods and giants: mail that must not come into a ticket, or not now."""

import pytest
from sqlalchemy.exc import OperationalError

from portal.database import db
from portal.mail import Mail
from portal.support import inbound
from tests.conversations.clients import head, thunderbird
from tests.post import deliver, text_of, to
from tests.support.mails import UMA, act, answered, messages, opened, person, receive, state


@pytest.fixture(autouse=True)
def _address(app):
    app.config["SUPPORT_ADDRESS"] = "support@vendor.example"
    yield
    app.config["SUPPORT_ADDRESS"] = ""


@pytest.mark.parametrize(
    "changes",
    [
        {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated (vacation)"}, {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "All"}, {"List_Id": "<ops.acme.example>"}, {"Return_Path": "<>"},
        {"X_Autoreply": "yes"}, {"From": "MAILER-DAEMON@mail.acme.example"}, {"From": "noreply@acme.example"},
        {"From": "support@vendor.example"}, {"From": "portal@localhost"}, {"From": "<>"}, {"From": None},
    ],
    ids=lambda changes: " ".join(map(str, *changes.items())),
)  # fmt: skip
def test_mail_of_robots_reopens_nothing_and_gets_no_answer(app, changes):
    ticket = opened(app)
    act(app, ticket, lambda t: t.solve(db.session(), by=person("pat")))
    before = len(deliver(app))
    raw = thunderbird(to(deliver(app), UMA)[-1], "I am away until Monday.", **changes)
    assert "left out" in receive(app, raw)
    assert state(app, ticket) == "solved"
    assert len(messages(app, ticket)) == 1
    assert len(deliver(app)) == before


def test_a_mail_of_ours_that_comes_back_is_recognised(app):
    ticket = opened(app)
    mail = answered(app, ticket)
    del mail["Auto-Submitted"]
    assert "left out" in receive(app, mail.as_bytes())
    assert len(messages(app, ticket)) == 2


def test_an_answer_that_says_it_is_a_persons_is_taken(app):
    ticket = opened(app)
    receive(app, thunderbird(answered(app, ticket), "Me.", Auto_Submitted="no", Return_Path="<uma@acme.example>"))
    assert messages(app, ticket)[-1].body == "Me."


def test_a_flood_waits_aside_and_can_be_given_again(app, monkeypatch):
    monkeypatch.setattr(inbound, "MOST_AN_HOUR", 2)
    ticket = opened(app)
    mail = answered(app, ticket)
    raws = [thunderbird(mail, f"Number {n}.", Message_ID=f"<{n}@acme>") for n in range(3)]
    said = [receive(app, raw) for raw in raws]
    assert "too many" in said[2]
    (held,) = (app.config["DATA"] / "held").iterdir()
    assert held.read_bytes() == raws[2]
    assert held.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(inbound, "MOST_AN_HOUR", 30)
    receive(app, held.read_bytes())
    assert [message.body for message in messages(app, ticket)][-3:] == ["Number 0.", "Number 1.", "Number 2."]


def test_a_mail_to_nobodys_ticket_is_answered_once_an_hour_in_few_words(app):
    ticket = opened(app)
    mail = answered(app, ticket)
    fields = {"In_Reply_To": None, "References": None, "From": "Mallory BUY NOW <someone@else.example>"}
    for number in range(3):
        receive(app, thunderbird(mail, "Buy now", Message_ID=f"<{number}@else>", **fields))
    (told,) = to(deliver(app), "someone@else.example")
    assert "BUY NOW" not in told.as_string()
    assert "Tickets are opened in the portal." in text_of(told)
    assert told["Auto-Submitted"]


def test_not_everybody_whose_address_is_forged_is_written_to(app, monkeypatch):
    from portal.accounts import throttle

    monkeypatch.setattr(throttle, "REFUSALS", 3)
    for number in range(6):
        receive(app, f"From: somebody{number}@else.example\r\nMessage-ID: <{number}@x>\r\n\r\nBuy".encode())
    assert len(deliver(app)) == 3


def test_a_mail_that_is_too_large_is_refused_to_who_may_answer(app):
    app.config["INBOUND_LIMIT"], before = 20_000, app.config["INBOUND_LIMIT"]
    try:
        ticket = opened(app)
        receive(app, thunderbird(answered(app, ticket), "x " * 200_000))
    finally:
        app.config["INBOUND_LIMIT"] = before
    assert len(messages(app, ticket)) == 2
    told = to(deliver(app), UMA)[-1]
    assert "It is larger than 20 kB. Large files are sent along in the portal." in text_of(told)


def test_files_come_along_under_clean_names_and_unopened(app, as_):
    ticket = opened(app)
    mail = answered(app, ticket)
    from email.message import EmailMessage

    content = EmailMessage()
    content.set_content("Two files.")
    content.add_attachment(b"PK\x03\x04bomb", "application", "zip", filename="../../x")
    content.add_attachment(b"log", "text", "plain", filename="core.log")
    for name, value in head(mail).items():
        if name != "MIME-Version":
            content[name] = value
    receive(app, content.as_bytes())
    message = messages(app, ticket)[-1]
    assert [(one.file.name, one.file.size) for one in message.attachments] == [("x", 8), ("core.log", 3)]
    page = as_("uma").get(f"/support/tickets/{ticket}")
    assert "core.log" in page.text


def test_a_very_long_answer_is_a_beginning_and_the_mail_as_a_file(app):
    ticket = opened(app)
    raw = thunderbird(answered(app, ticket), "\n".join(f"row {number} of a log" for number in range(20_000)))
    receive(app, raw)
    message = messages(app, ticket)[-1]
    assert message.body.startswith("row 0 of a log")
    assert len(message.body) < 21_000
    assert [one.file.name for one in message.attachments] == ["mail.eml"]


def test_ten_thousand_lines_of_quotes_are_cut(app):
    ticket = opened(app)
    raw = thunderbird(answered(app, ticket), "Short.") + b"".join(b"> row %d\r\n" % n for n in range(10_000))
    receive(app, raw)
    assert messages(app, ticket)[-1].body == "Short."


REPORT = """From: MAILER-DAEMON@mail.acme.example
Return-Path: <>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.acme.example

Final-Recipient: rfc822; uma.dietrich@acme.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
--b
Content-Type: {kind}

Message-ID: {id}
Subject: x

--b--
"""


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_mail_that_came_back_is_noted_with_it(app, kind, as_):
    mail = answered(app, opened(app))
    raw = REPORT.format(action="failed", kind=kind, id=mail["Message-ID"]).encode()
    assert "came back" in receive(app, raw)
    with app.app_context():
        row = db.session.query(Mail).filter_by(message_id=mail["Message-ID"].strip()).one()
        assert (row.state, row.error) == ("failed", "It came back: smtp; 550 5.1.1 no such user")
        id = row.id
    assert "550 5.1.1 no such user" in as_("pat").get(f"/provider/mail/{id}").text


def test_a_mail_that_is_only_late_has_not_failed(app):
    mail = answered(app, opened(app))
    receive(app, REPORT.format(action="delayed", kind="message/rfc822", id=mail["Message-ID"]).encode())
    with app.app_context():
        assert db.session.query(Mail).filter_by(message_id=mail["Message-ID"].strip()).one().state == "sent"


def test_no_mail_at_all_is_said_to_be_none(app):
    receive(app, b"", code=65)
    receive(app, b" \r\n", code=65)


def test_while_the_database_is_away_the_mail_server_keeps_the_mail(app, monkeypatch):
    ticket = opened(app)
    raw = thunderbird(answered(app, ticket), "Later.")

    def away(*_arguments):
        raise OperationalError("SELECT 1", {}, Exception("away"))

    with monkeypatch.context() as patched:
        patched.setattr(inbound, "read", lambda *_a, **_k: away())
        receive(app, raw, code=75)
    receive(app, raw)
    assert messages(app, ticket)[-1].body == "Later."


def test_while_the_disk_is_full_the_mail_server_keeps_the_mail(app, monkeypatch):
    import errno
    import os
    from email.message import EmailMessage

    ticket = opened(app)
    mail = answered(app, ticket)
    content = EmailMessage()
    content.set_content("With a file.")
    content.add_attachment(b"log", "text", "plain", filename="core.log")
    for name, value in head(mail).items():
        if name != "MIME-Version":
            content[name] = value

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        receive(app, content.as_bytes(), code=75)
    assert len(messages(app, ticket)) == 2
    receive(app, content.as_bytes())
    assert messages(app, ticket)[-1].body == "With a file."


def test_what_nobody_thought_of_is_kept_by_the_mail_server_too(app, monkeypatch):
    monkeypatch.setattr(inbound, "read", lambda *_a, **_k: 1 / 0)
    receive(app, b"From: a@b\r\n\r\nx", code=75)
