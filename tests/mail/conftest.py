"""An app with mail templates of its own, and mail servers to send to."""

import email
import socket
from email import policy

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, StrictUndefined

import portal.customers.models  # noqa: F401 (the table messages point to)
from portal import config, database, i18n
from portal.database import db

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
