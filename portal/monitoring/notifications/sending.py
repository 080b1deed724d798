"""Sending: a decision becomes rows of the log, with the mails and jobs that carry them out, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from babel.dates import format_datetime, get_timezone
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ... import mail
from ...accounts.users import User
from ...customers.sites import Site
from ...database import now
from ...i18n import LANGUAGES, speaking
from ...jobs import enqueue, handler
from ...leases import AnySession, Job
from .. import links
from .deciding import Decision, Telling
from .events import WORDS, Affected, Happened
from .log import COLLECTED, FAILED, MAILED, WAITING, Notification
from .rules import MAIL

COLLECT, SCRIPT = "notifications.collected", "notifications.script"


def send(session: Session, affected: Affected, happened: Happened, decision: Decision) -> None:
    """Tell everybody whom a decision names: write it down, and add the mail or the job that does it."""
    for telling in decision.told:
        row = _row(affected, happened, telling)
        session.add(row)
        session.flush()
        if telling.method != MAIL:
            enqueue(session, SCRIPT, customer_id=row.customer_id, notification_id=str(row.id))
        elif telling.bulk_minutes:
            _collect(session, row, telling)
        else:
            _mail(session, [row], telling.recipient.email, {affected.site_id: affected.site})


def _row(affected: Affected, happened: Happened, telling: Telling) -> Notification:
    rule, person = telling.rule, telling.recipient.person
    is_collected = telling.method == MAIL and telling.bulk_minutes > 0
    return Notification(
        site_id=affected.site_id, customer_id=affected.customer_id, host_name=affected.host,
        description=affected.service, event=happened.code, since=happened.at, output=happened.output,
        user_id=person.id if person else None, recipient=telling.recipient.name[:254], method=telling.method,
        rule_key=rule.key if rule and not rule.owner_id else "", rule_title=rule.title if rule else "",
        state=COLLECTED if is_collected else MAILED if telling.method == MAIL else WAITING,
        bulk_key=f"{telling.recipient.key} {rule.key if rule else ''}" if is_collected else "",
    )  # fmt: skip


def _collect(session: Session, row: Notification, telling: Telling) -> None:
    """Let a notification wait for others; the first of them says when they go."""
    others = select(Notification.id).where(
        Notification.bulk_key == row.bulk_key, Notification.state == COLLECTED, Notification.id != row.id
    )
    if session.scalar(others.limit(1)) is None:
        due = now() + timedelta(minutes=telling.bulk_minutes)
        enqueue(session, COLLECT, run_after=due, bulk_key=row.bulk_key, email=telling.recipient.email)


@handler(COLLECT)
def send_collected(session: Session, job: Job) -> None:
    """Send in one mail what was collected for somebody by one rule, and is still theirs to know."""
    rows = session.scalars(
        select(Notification)
        .where(Notification.bulk_key == job.payload["bulk_key"], Notification.state == COLLECTED)
        .order_by(Notification.id)
        .with_for_update()
    ).all()
    user = session.get(User, rows[0].user_id) if rows and rows[0].user_id else None
    told = [row for row in rows if user is None or _still_hears(user, row)]
    for row in rows:
        if row not in told:
            row.state, row.bulk_key, row.result = FAILED, "", "Meanwhile the person is gone, or the site another's."
    if told:
        names = select(Site.id, Site.alias).where(Site.id.in_({row.site_id for row in told}))
        email = user.email if user else job.payload["email"]
        _mail(session, told, email, {row.id: row.alias for row in session.execute(names)})


def _still_hears(user: User, row: Notification) -> bool:
    """Tell whether somebody for whom it was collected is there, and in a company whose site it is."""
    return user.archived_at is None and bool(user.email) and (user.is_staff or user.customer_id == row.customer_id)


def _mail(session: AnySession, rows: Sequence[Notification], email: str, sites: dict[str, str]) -> None:
    """Send a mail about some notifications of one person, in their language and time zone."""
    first = rows[0]
    user = session.get(User, first.user_id) if first.user_id else None
    config = current_app.config
    language = user.language if user and user.language in LANGUAGES else config["LANGUAGE"]
    zone = get_timezone(user and user.time_zone or config["TIME_ZONE"])
    with speaking(language):
        entries = [
            {
                "title": _titled(row), "site": sites[row.site_id], "zone": str(zone), "output": row.output,
                "since": format_datetime(row.since, "medium", tzinfo=zone, locale=language), "link": link_of(row, user),
            }
            for row in rows
        ]  # fmt: skip
    sent = mail.send(
        session, to=email, name=first.recipient, template="notification", language=language,
        customer_id=user.customer_id if user else None, user_id=first.user_id, entries=entries,
    )  # fmt: skip
    for row in rows:
        row.state, row.mail_id, row.bulk_key = MAILED, sent.id, ""


def _titled(row: Notification) -> str:
    """Return in a line what is so."""
    word = WORDS[row.event]
    if not row.description:
        return str(_("%(host)s: %(state)s", host=row.host_name, state=word))
    return str(_("%(service)s on %(host)s: %(state)s", service=row.description, host=row.host_name, state=word))


def link_of(row: Notification, user: User | None) -> str:
    """Return the address of a host's or service's page in the door of who is told; "" for whoever has no account."""
    if user is None:
        return ""
    door = links.PROVIDER if user.is_staff else links.OWN
    page = (
        links.service(door, row.site_id, row.host_name, row.description)
        if row.description
        else links.host(door, row.site_id, row.host_name)
    )
    return f"{current_app.config['BASE_URL'].rstrip('/')}{page}"


def find(session: Session, job: Job) -> Notification | None:
    """Return the notification a job is about."""
    return session.get(Notification, uuid.UUID(job.payload["notification_id"]))
