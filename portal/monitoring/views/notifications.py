"""Notifications, for staff: who would be told of an event, and the log of who was."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import Select, func, or_, select

from ...access.guard import requires
from ...contacts.inventory import Host, Service
from ...contacts.memberships import CONTACT_GROUPS
from ...customers.elements import Element
from ...customers.models import Customer
from ...customers.sites import Site
from ...database import db, now
from ...mail import Mail
from ...setup.forms.notification_rules import EVENTS
from ...web import paging
from .. import links, sight
from ..door import PROVIDER
from ..notifications import book, events
from ..notifications.deciding import decide
from ..notifications.events import Affected, Happened
from ..notifications.log import Notification
from ..tables.lists import LISTS

bp = Blueprint("notifications", __name__, url_prefix="/provider/monitoring/notifications")
RESULTS: dict[str, tuple[Any, str]] = {
    "sent": (_l("Sent"), "good"), "done": (_l("Done"), "good"), "failed": (_l("Failed"), "bad"),
    "waiting": (_l("Waiting"), "neutral"), "collected": (_l("Collected"), "neutral"),
}  # fmt: skip


@bp.get("/")
@requires("monitoring.read", "setup.read")
def index() -> Any:
    """Who would be told of an event at a host, or at a service: `site`, `host`, `service`, `event`."""
    session, reader = db.session(), current_user._get_current_object()
    asked = {name: " ".join(request.args.get(name, "").replace("\0", "").split())[:255] for name in
             ("site", "host", "service", "event")}  # fmt: skip
    is_host = not asked["service"]
    codes = events.possible(is_host=is_host)
    if asked["event"] not in codes:
        asked["event"] = "down" if is_host else "crit"
    affected, decision, problem = None, None, ""
    if asked["site"] and asked["host"]:
        if not _is_seen(reader, asked):
            problem = _("There is nothing of this name at this site.")
        elif (affected := book.affected(session, asked["site"], asked["host"], asked["service"])) is None:
            problem = _("Who is responsible for it is still being worked out. Ask again in a minute.")
        else:
            moment = now()
            happened = Happened(asked["event"], moment, periods=book.open_periods(session, moment))
            decision = decide(affected, happened, book.read(session, moment, affected.site_id))
    sites = sight.sites(session, reader, even_hidden=True)
    return render_template(
        "monitoring/notifications/index.html", door=PROVIDER, monitoring_lists=LISTS, asked=asked, problem=problem,
        sites=[(seen.target.site_id, f"{seen.alias} · {seen.customer_name}") for seen in sites], events=EVENTS,
        affected=affected, decision=decision, groups=_titles(affected), recoveries=events.RECOVERIES, links=links,
    ), 404 if problem else 200  # fmt: skip


def _titles(affected: Affected | None) -> dict[str, str]:
    """Return the titles of the contact groups that are responsible, by key, in their order."""
    if affected is None:
        return {}
    keys = affected.contact_groups | affected.host_only
    rows = (
        Element.visible_to(current_user)
        .with_only_columns(Element.key, Element.title)
        .where(Element.kind == CONTACT_GROUPS, Element.key.in_(keys), Element.archived_at.is_(None))
        .order_by(Element.title_key, Element.key)
    )
    return dict(db.session.execute(rows).all())


def _is_seen(reader: Any, asked: dict[str, str]) -> bool:
    seen: Select[Any]
    if asked["service"]:
        seen = Service.visible_to(reader).where(
            Service.site_id == asked["site"], Service.host_name == asked["host"],
            Service.description == asked["service"],
        )  # fmt: skip
    else:
        seen = Host.visible_to(reader).where(Host.site_id == asked["site"], Host.name == asked["host"])
    return db.session.scalar(seen.with_only_columns(func.count())) == 1


@bp.get("/log")
@requires("monitoring.read")
def log() -> Any:
    """Who was told of what, newest first; of what the reader sees."""
    q, event = paging.searched(), paging.chosen("event", EVENTS)
    statement = (
        select(
            Notification.id, Notification.site_id, Notification.host_name, Notification.description,
            Notification.event, Notification.at, Notification.recipient, Notification.method, Notification.rule_key,
            Notification.rule_title, Notification.user_id, Notification.state, Notification.exit_code,
            Notification.result, Notification.mail_id, Mail.state.label("mailed"), Site.alias,
            Customer.name.label("customer"),
        )
        .join(Site, Site.id == Notification.site_id)
        .join(Customer, Customer.id == Notification.customer_id)
        .outerjoin(Mail, Mail.id == Notification.mail_id)
        .where(Notification.seen_by(current_user))
    )  # fmt: skip
    if event:
        statement = statement.where(Notification.event == event)
    for word in q.casefold().split()[:8]:
        columns = (Notification.host_name, Notification.description, Notification.recipient)
        statement = statement.where(
            or_(*(func.lower(column).contains(word, autoescape=True) for column in columns))
        )  # fmt: skip
    page = paging.page(db.session(), statement, id=Notification.id, descending=True)
    return render_template(
        "monitoring/notifications/log.html", door=PROVIDER, monitoring_lists=LISTS, page=page, q=q, event=event,
        events=EVENTS, words=events.WORDS, tones=events.TONES, results=RESULTS, links=links,
    )  # fmt: skip
