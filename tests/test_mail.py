import email
import smtplib
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email import policy
from ipaddress import ip_address

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask, g
from flask_login import LoginManager
from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, StrictUndefined
from sqlalchemy import select

import portal.customers.models  # noqa: F401 (the table messages point to)
from portal import config, database, delivery, i18n
from portal.database import db, now
from portal.jobs import Job, work_once
from portal.mail import Mail, clean, send

SECRET = "https://portal.test/invitation/s3cret?a=1&b=2"
TEST_TEMPLATES = {
    "mail/test.txt": (
        '{% extends "mail/layout.txt" %}{% set action_url = link %}{% set action_label = "Choose a password" %}\n'
        "{% block subject %}Grüße für {{ name }}{% endblock %}\n"
        "{% block content %}Paid: {{ paid|number }} by {{ company }}{% endblock %}\n"
    ),
    "mail/test.html": (
        '{% extends "mail/layout.html" %}{% set action_url = link %}{% set action_label = "Choose a password" %}\n'
        "{% block content %}<p>Paid: {{ paid|number }} by {{ company }}</p>{% endblock %}\n"
    ),
    "mail/told.txt": "Subject: {{ code }}\n\nText",
    "mail/told.html": "<p>Text</p>",
    "mail/many.txt": "Subject: Links\n\n{% for key in keys %}{{ secrets[key] }} {% endfor %}",
    "mail/many.html": "<p>Links</p>",
}


@pytest.fixture
def app(tmp_path):
    app = Flask("portal", root_path=str(tmp_path))
    app.config.update(config.load({"DATA": tmp_path, "BASE_URL": "https://portal.test", "BRAND": "Prüfstand"}))
    app.config["MAIL_FROM"] = "Prüfstand, Köln <portal@portal.test>"
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_loader = ChoiceLoader([DictLoader(TEST_TEMPLATES), FileSystemLoader("templates")])
    database.init_app(app)
    i18n.init_app(app)
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


class Sink:
    """What a mail server was handed; `refusal` is what it answers instead."""

    def __init__(self):
        self.messages, self.recipients, self.refusal, self.rcpt_refusal = [], [], None, None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.rcpt_refusal:
            return self.rcpt_refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.refusal:
            return self.refusal
        self.recipients += envelope.rcpt_tos
        self.secure = session.ssl is not None
        self.messages.append(email.message_from_bytes(envelope.original_content, policy=policy.default))
        return "250 OK"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve():
    """Return what starts an SMTP server and gives its sink and port."""
    running = []

    def serve(port=None, **options):
        sink, port = Sink(), port or free_port()
        running.append(Controller(sink, hostname="127.0.0.1", port=port, **options))
        running[-1].start()
        return sink, port

    yield serve
    for controller in running:
        controller.stop()


def write(app, **changes):
    options = {"to": "uma@acme.test", "name": "Uma Öz", "template": "test", "language": "en"}
    options |= {"secrets": {"link": SECRET}, "paid": 1234.5, "company": "Acme & Söhne <GmbH>"}
    with app.app_context():
        message = send(db.session, **(options | changes))
        db.session.commit()
        return message.id


def read(app, mail_id):
    with app.app_context():
        return db.session.get_one(Mail, mail_id)


def files(app):
    return sorted((app.config["DATA"] / "mail").iterdir())


def parsed(path):
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)


def body(message, kind):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


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


def test_a_server_that_is_down_gets_the_message_later_and_once(app, serve):
    port = free_port()
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    mail_id = write(app)
    with time_machine.travel(now()) as clock:
        for attempt in (1, 2):
            assert work_once(app) == 1
            waiting = read(app, mail_id)
            assert (waiting.state, waiting.attempts) == ("waiting", attempt)
            assert waiting.error == "The mail server could not be reached: Connection refused."
            clock.shift(61)
        sink, _port = serve(port)
        assert work_once(app) == 1
        clock.shift(timedelta(days=1))
        assert work_once(app) == 0
    assert [message["Message-ID"] for message in sink.messages] == [f"<{mail_id}@portal.test>"]
    sent = read(app, mail_id)
    assert (sent.state, sent.attempts, sent.error, sent.sealed) == ("sent", 3, None, None)


def test_a_server_that_stays_down_fails_the_message(app):
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"
    mail_id = write(app)
    with time_machine.travel(now()) as clock:
        while work_once(app):
            clock.shift(timedelta(hours=5))
    failed = read(app, mail_id)
    assert (failed.state, failed.attempts, failed.sealed) == ("failed", 8, None)
    with app.app_context():
        assert db.session.scalars(select(Mail.state)).all() == ["failed"]


def test_a_crash_after_the_delivery_sends_the_same_message_again(app, monkeypatch):
    mail_id = write(app)
    deliver = delivery.deliver

    def crash(message, *, file_name):
        deliver(message, file_name=file_name)
        raise MemoryError

    monkeypatch.setattr(delivery, "deliver", crash)
    assert work_once(app) == 1
    monkeypatch.undo()
    with time_machine.travel(now() + timedelta(minutes=1)):
        assert work_once(app) == 1
    (path,) = files(app)
    assert parsed(path)["Message-ID"] == f"<{mail_id}@portal.test>"
    assert read(app, mail_id).state == "sent"


def test_nobody_waits_for_a_slow_server(app, monkeypatch):
    def slow(message, *, file_name):
        with database.separate() as session:
            session.get_one(Mail, mail_id).recipient_name = "written meanwhile"

    mail_id = write(app)
    monkeypatch.setattr(delivery, "deliver", slow)
    assert work_once(app) == 1
    assert (read(app, mail_id).state, read(app, mail_id).recipient_name) == ("sent", "written meanwhile")


@pytest.mark.parametrize(
    ("refusal", "state", "error"),
    [
        ({"rcpt_refusal": "550 no such person"}, "failed", "refused the recipient: 550 no such person"),
        ({"rcpt_refusal": "450 come back"}, "waiting", "refused the recipient: 450 come back"),
        ({"refusal": f"554 spam: {SECRET}"}, "waiting", "The mail server refused the message: 554."),
    ],
)
def test_a_refusal_is_kept_with_the_message(app, serve, refusal, state, error):
    sink, port = serve()
    vars(sink).update(refusal)
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    mail_id = write(app)
    assert work_once(app) == 1
    message = read(app, mail_id)
    assert message.state == state
    assert error in message.error
    assert "s3cret" not in message.error


def test_a_farewell_that_fails_does_not_send_twice(app, serve, monkeypatch):
    sink, port = serve()
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{port}"

    def quit_badly(self):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(smtplib.SMTP, "quit", quit_badly)
    mail_id = write(app)
    assert work_once(app) == 1
    assert read(app, mail_id).state == "sent"
    assert len(sink.messages) == 1


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A certificate for 127.0.0.1 that this process trusts; returns the server's context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now() - timedelta(hours=1))
        .not_valid_after(now() + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *form) + made.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def authenticate(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"portal", b"p@ss:word")
    return AuthResult(success=right, handled=False)


def test_a_server_that_offers_starttls_is_spoken_to_in_secret_and_logged_in_to(app, serve, certificate):
    sink, port = serve(tls_context=certificate, require_starttls=True, authenticator=authenticate, auth_required=True)
    app.config["SMTP_URL"] = f"smtp://portal:wrong@127.0.0.1:{port}"
    mail_id = write(app)
    assert work_once(app) == 1
    assert "The mail server refused: 535" in read(app, mail_id).error
    app.config["SMTP_URL"] = f"smtp://portal:p%40ss%3Aword@127.0.0.1:{port}"
    with time_machine.travel(now() + timedelta(minutes=1)):
        assert work_once(app) == 1
    assert read(app, mail_id).state == "sent"
    assert sink.secure


def test_a_server_nobody_vouches_for_gets_nothing(app, serve, certificate, monkeypatch):
    sink, port = serve(tls_context=certificate)
    monkeypatch.delenv("SSL_CERT_FILE")
    app.config["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    mail_id = write(app)
    assert work_once(app) == 1
    assert read(app, mail_id).state == "waiting"
    assert "could not be reached" in read(app, mail_id).error
    assert sink.messages == []


def test_a_password_is_never_sent_in_the_clear_to_another_machine(app, serve, monkeypatch):
    sink, port = serve(authenticator=authenticate, auth_require_tls=False)
    connect = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda _where, *more: connect(("127.0.0.1", port), *more))
    app.config["SMTP_URL"] = f"smtp://portal:secret@mail.example.com:{port}"
    mail_id = write(app)
    assert work_once(app) == 1
    assert read(app, mail_id).error == "The mail server offers no encryption, so the password was not sent to it."
    assert sink.messages == []


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
    assert read(app, mail_id).error == "The setting MAIL_FROM names no address that mail can come from."


def test_a_message_that_is_gone_is_given_up(app):
    mail_id = write(app)
    with app.app_context():
        db.session.delete(db.session.get_one(Mail, mail_id))
        db.session.commit()
    assert work_once(app) == 1
    with app.app_context():
        (job,) = db.session.scalars(select(Job))
    assert (job.error, job.failed_at is not None) == ("The message is no longer there.", True)
