"""A message says what it should, to whom it should, and keeps its secrets."""

from datetime import UTC, datetime

import pytest
import time_machine
from flask import g
from flask_login import LoginManager
from sqlalchemy import select

import portal.customers.models  # noqa: F401 (the table messages point to)
from portal import delivery, i18n
from portal.database import db, now
from portal.jobs import Job, work_once
from portal.mail import Mail, clean, send
from tests.mail.messages import SECRET, body, files, parsed, read, write


def test_without_a_server_a_message_is_a_file(app):
    with time_machine.travel(datetime(2026, 11, 22, 5, 6, 7, 80000, UTC), tick=False):
        mail_id = write(app)
        assert read(app, mail_id).state == "waiting"
        assert files(app) == []
        assert work_once(app) == 1
    (path,) = files(app)
    assert path.name == f"20261122T050607.080000Z-{mail_id}.eml"
    assert path.stat().st_mode & 0o777 == 0o600
    message = parsed(path)
    assert message["From"].addresses[0].display_name == "Prüfstand, Köln"
    assert str(message["To"].addresses[0]) == "Uma Öz <uma@acme.test>"
    assert message["Subject"] == "Grüße für Uma Öz"
    assert message["Date"].datetime == datetime(2026, 11, 22, 5, 6, 7, tzinfo=UTC)
    assert message["Message-ID"] == f"<{mail_id}@portal.test>" == read(app, mail_id).message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert body(message, "plain") == (
        "Hello Uma Öz,\n\nPaid: 1,234.5 by Acme & Söhne <GmbH>\n\n"
        f"Choose a password:\n{SECRET}\n\n-- \nPrüfstand\nhttps://portal.test\n"
    )
    assert f'<a href="{SECRET.replace("&", "&amp;")}"' in body(message, "html")
    assert "Acme &amp; Söhne &lt;GmbH&gt;" in body(message, "html")
    assert f"\r\n{SECRET}\r\n".encode() in path.read_bytes()
    assert read(app, mail_id).state == "sent"


def test_a_server_gets_the_message(app, serve):
    sink, port = serve()
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    mail_id = write(app)
    assert work_once(app) == 1
    (message,) = sink.messages
    assert message["Subject"] == "Grüße für Uma Öz"
    assert message["Message-ID"] == f"<{mail_id}@portal.test>"
    assert SECRET in body(message, "plain")
    assert sink.recipients == ["uma@acme.test"]
    assert files(app) == []
    sent = read(app, mail_id)
    assert (sent.state, sent.attempts, sent.error) == ("sent", 1, None)


def test_the_recipients_language_counts_not_the_readers(app):
    LoginManager(app).user_loader(lambda _id: None)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert i18n.format_number(1234) == "1,234"
        message = send(
            db.session, to="u@acme.test", name="U", template="test", language="de",
            secrets={"link": SECRET}, paid=1234, company="Acme",
        )  # fmt: skip
        assert "Paid: 1.234 by" in message.text
        assert '<html lang="de">' in message.html
        assert i18n.format_number(1234) == "1,234"
        assert g.locale_code == "en"


def test_a_secret_is_nowhere_but_sealed_and_then_gone(app):
    mail_id = write(app)
    waiting = read(app, mail_id)
    assert "s3cret" not in repr(vars(waiting))
    assert waiting.sealed
    assert "Choose a password:\n…\n" in waiting.shown_text
    with app.app_context():
        assert "s3cret" not in repr([vars(job) for job in db.session.scalars(select(Job))])
    assert work_once(app) == 1
    sent = read(app, mail_id)
    assert sent.sealed is None
    assert "s3cret" not in repr(vars(sent))
    assert "s3cret" not in (app.config["DATA"] / "portal.db").read_bytes().decode("latin-1")


def test_secrets_are_found_by_key_and_kept_out_of_subjects(app):
    write(app, template="many", keys=["a", "b"], secrets={"a": "first-one", "b": "second-one"})
    assert work_once(app) == 1
    (path,) = files(app)
    assert body(parsed(path), "plain").strip() == "first-one second-one"
    with pytest.raises(ValueError, match="subject"):
        write(app, template="told", secrets={"code": "123456"})


def test_another_key_cannot_open_the_secrets_so_the_message_fails(app):
    mail_id = write(app)
    app.config["SECRET_KEY"] = "another"
    assert work_once(app) == 1
    failed = read(app, mail_id)
    assert (failed.state, failed.error) == ("failed", "The key that sealed this message's secrets is gone.")
    assert files(app) == []


def test_a_deed_rolled_back_leaves_neither_mail_nor_job(app):
    with app.app_context():
        send(
            db.session, to="u@acme.test", name="U", template="test", language="en",
            secrets={"link": SECRET}, paid=1, company="Acme",
        )  # fmt: skip
        db.session.flush()
        db.session.rollback()
    assert work_once(app) == 0
    with app.app_context():
        assert db.session.scalars(select(Mail)).all() == []
        assert db.session.scalars(select(Job)).all() == []
    assert files(app) == []


@pytest.mark.parametrize(
    ("to", "arrives_as"),
    [
        ("jörg@münchen.test", "jörg@xn--mnchen-3ya.test"),
        ("info@straße.test", "info@xn--strae-oqa.test"),
        ("o'neill+tag@acme.test", "o'neill+tag@acme.test"),
        ('"uma öz"@acme.test', '"uma öz"@acme.test'),
        ('"a@b"@acme.test', '"a@b"@acme.test'),
    ],
)
def test_odd_but_legal_addresses_get_their_mail(app, serve, to, arrives_as):
    sink, port = serve(enable_SMTPUTF8=True)
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    mail_id = write(app, to=to)
    assert work_once(app) == 1
    assert read(app, mail_id).error is None
    assert sink.recipients == [arrives_as]
    app.config["SMTP_URL"] = ""
    write(app, to=to)
    assert work_once(app) == 1
    assert b"multipart/alternative" in files(app)[0].read_bytes()


def test_an_international_address_waits_for_a_server_that_can(app, serve):
    sink, port = serve(enable_SMTPUTF8=False)
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    mail_id = write(app, to="jörg@acme.test")
    assert work_once(app) == 1
    assert "international addresses" in read(app, mail_id).error
    assert sink.messages == []


@pytest.mark.parametrize(
    "to",
    ["", "nobody", "@acme.test", "a@", "a b@acme.test", "a@b@acme.test", "a@acme.test\r\nBcc: x@evil.test",
     "a@acme.test, x@evil.test", "<a@acme.test>", "a@acme .test", "a@-.test-", f"{'a' * 65}@acme.test"],
)  # fmt: skip
def test_an_impossible_address_fails_the_message_not_the_deed(app, to):
    mail_id = write(app, to=to)
    assert work_once(app) == 1
    failed = read(app, mail_id)
    assert failed.state == "failed"
    assert failed.error == "The recipient's address is not one that mail can be sent to."
    assert files(app) == []


def test_nobody_smuggles_a_header_in(app):
    write(app, name="Uma\r\nBcc: x@evil.test\n\u2028X: 1\x85Y: \x002\u202e")
    assert work_once(app) == 1
    message = parsed(files(app)[0])
    assert sorted(message.keys()) == [
        "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To",
    ]  # fmt: skip
    assert message["Subject"] == "Grüße für Uma Bcc: x@evil.test X: 1 Y: 2"
    assert [address.addr_spec for address in message["To"].addresses] == ["uma@acme.test"]


@pytest.mark.parametrize(
    ("text", "clean_text"),
    [("Zoë  O’Neill ", "Zoë O’Neill"), ("\u05d3\u05d5\u05d3", "\u05d3\u05d5\u05d3"), ("a\tb\x00c\x7f", "a b c"),
     ("\u2066x\u2069", "x"), ("x" * 300, "x" * 200), ("\ud800", "")],
)  # fmt: skip
def test_header_text_is_one_clean_line(text, clean_text):
    assert clean(text) == clean_text


def test_a_full_disk_leaves_nothing_half_written(app, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    mail_id = write(app)
    monkeypatch.setattr(delivery.os, "fsync", full)
    with app.app_context(), pytest.raises(delivery.TryLater, match="could not be written: No space left on device"):
        delivery.deliver(
            delivery.compose(
                to="u@acme.test", name="U", subject="S", text="T", html="<p>T</p>", message_id="<1@a>", created_at=now()
            ),
            file_name="x.eml",
        )
    assert files(app) == []
    monkeypatch.undo()
    assert work_once(app) == 1
    assert read(app, mail_id).state == "sent"


@pytest.mark.parametrize(
    ("setting", "sender"),
    [
        ("Acme, Inc. <portal@acme.test>", '"Acme, Inc." <portal@acme.test>'),
        ('"Müller <IT>" <portal@acme.test>', '"Müller <IT>" <portal@acme.test>'),
        ("portal@localhost", "portal@localhost"),
    ],
)
def test_the_sender_is_a_setting(app, setting, sender):
    app.config["MAIL_FROM"] = setting
    write(app)
    assert work_once(app) == 1
    assert str(parsed(files(app)[0])["From"].addresses[0]) == sender


def test_a_sender_that_is_none_holds_mail_up_until_it_is_put_right(app):
    app.config["MAIL_FROM"] = "the portal"
    mail_id = write(app)
    assert work_once(app) == 1
    assert read(app, mail_id).state == "waiting"
    assert read(app, mail_id).error == "The setting MAIL_FROM names no mail address."


def test_a_message_that_is_gone_is_given_up(app):
    mail_id = write(app)
    with app.app_context():
        db.session.delete(db.session.get_one(Mail, mail_id))
        db.session.commit()
    assert work_once(app) == 1
    with app.app_context():
        (job,) = db.session.scalars(select(Job))
    assert (job.error, job.failed_at is not None) == ("The message is no longer there.", True)
