"""Servers that are down, slow, rude or not to be trusted."""

import smtplib
import socket
import ssl
from datetime import timedelta
from ipaddress import ip_address

import pytest
import time_machine
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

import portal.customers.models  # noqa: F401 (the table messages point to)
from portal import database, delivery
from portal.database import db, now
from portal.jobs import work_once
from portal.mail import Mail
from tests.mail.conftest import free_port
from tests.mail.messages import SECRET, files, parsed, read, write


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
