"""Rounds of the job that watches, for tests: contacts, rules, and what was mailed."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

from flask import Flask
from sqlalchemy import delete, select

from portal import jobs
from portal.database import db
from portal.leases import Job
from portal.monitoring.notifications.log import Notification
from tests import post
from tests.factories.contacts import Allocation, group
from tests.factories.elements import as_pat, element


def prepare(app: Flask) -> None:
    """Let Ada and Uma be contacts of web1 and of its service CPU, and add a rule that tells all contacts."""
    with app.app_context():
        group("web", "ada", "uma")
        group("disks", "uma")
        given = Allocation()
        given.host("acme_lab", "web1", "web")
        given.host("acme_lab", "db1", "web")
        given.service("acme_lab", "web1", "CPU", of_host=["web"])
        given.service("acme_lab", "web1", "Disk", ["disks"], of_host=["web"])
        stand()
    rule(app, "usual", position=1)


def stand() -> None:
    """Commit, and let what was given to hosts stand: no job works it out anew from the rules of contacts."""
    db.session.execute(delete(Job).where(Job.kind.startswith("contacts.")))
    db.session.commit()
    db.session.remove()


def rule(app: Flask, key: str, *, position: int = 10, **body: Any) -> None:
    """Add a rule of the provider."""
    with as_pat(app) as (session, pat):
        element(session, "notification-rules", key, customer=None, position=position, body=body, by=pat)


def look(app: Flask) -> list[tuple[str, str]]:
    """Look at all sites once; return of the mails sent since the last look to whom and what about, sorted."""
    before = len(post.deliver(app))
    begin(app)
    return [said(mail) for mail in sorted(post.deliver(app)[before:], key=said)]


def begin(app: Flask) -> None:
    """Let the next worker look at all sites."""
    with app.app_context():
        jobs.enqueue(db.session, "notifications.watch")
        db.session.commit()
        db.session.remove()


def said(message: EmailMessage) -> tuple[str, str]:
    """Return to whom (the first name) a message goes, and its subject."""
    return str(message["To"].addresses[0].username).partition(".")[0], str(message["Subject"])


def log(app: Flask) -> list[Notification]:
    """Return the log, oldest first."""
    with app.app_context():
        rows = list(db.session.scalars(select(Notification).order_by(Notification.id)))
        db.session.remove()
    return rows
