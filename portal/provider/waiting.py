"""What waits for the provider's staff: one statement for each sort of thing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, func, not_, select
from sqlalchemy.orm import Session

from ..access.rights import PortalRole
from ..accounts.requests import RequestState, SuperUserRequest
from ..accounts.tokens import Purpose, Token
from ..accounts.users import User
from ..customers.models import PROVIDER, Customer
from ..customers.subscriptions import EDITIONS, ENDING_DAYS, Subscription, grace, today
from ..database import now
from ..i18n import format_date, say_days, say_moment
from ..mail import Mail
from ..web.waiting import Item, Source, add
from . import requests

EXPIRES_SOON = timedelta(days=2)
FAILED_FOR = timedelta(days=14)


def open_requests(session: Session, reader: Any, limit: int) -> list[Item]:
    """Return the requests that wait for a decision, the oldest first."""
    statement = requests.listed(reader, state=RequestState.OPEN)
    rows = session.execute(statement.order_by(SuperUserRequest.id).limit(limit))
    return [
        Item(
            _("%(name)s as super user of %(company)s", name=row.nominee_name, company=row.customer_name),
            f"/provider/requests/{row.id}",
            say_moment(row.created_at),
        )
        for row in rows
    ]


def without_super_user(session: Session, _reader: Any, limit: int) -> list[Item]:
    """Return the customers nobody is super user of."""
    has_one = select(User.id).where(
        User.customer_id == Customer.id, User.portal_role == PortalRole.SUPER_USER, User.archived_at.is_(None)
    )
    rows = session.execute(
        select(Customer.id, Customer.name)
        .where(Customer.id != PROVIDER, Customer.archived_at.is_(None), ~exists(has_one))
        .order_by(Customer.name_key, Customer.id)
        .limit(limit)
    )
    return [Item(row.name, f"/provider/customers/{row.id}", _("Nobody can invite people there yet.")) for row in rows]


def invitations(session: Session, reader: Any, limit: int) -> list[Item]:
    """Return invitations that have expired or soon will, as far as the reader sees the people."""
    ends = func.max(Token.expires_at)
    pending = (
        select(Token.user_id, ends.label("expires_at"))
        .where(Token.purpose == Purpose.INVITATION, Token.used_at.is_(None))
        .group_by(Token.user_id)
        .having(ends < now() + EXPIRES_SOON)
        .subquery()
    )
    rows = session.execute(
        select(
            User.id, User.name, User.customer_id, User.portal_role, Customer.name.label("company"),
            pending.c.expires_at,
        )
        .join(pending, pending.c.user_id == User.id)
        .outerjoin(Customer, Customer.id == User.customer_id)
        .where(
            User.seen_by(reader), not_(User.has_joined), User.disabled_at.is_(None),
            Customer.archived_at.is_(None),
        )
        .order_by(pending.c.expires_at)
        .limit(limit)
    )  # fmt: skip
    return [_invitation(row) for row in rows]


def _invitation(row: Any) -> Item:
    over = row.expires_at <= now()
    url = f"/provider/customers/{row.customer_id}/people/{row.id}"
    return Item(
        _("%(name)s of %(company)s", name=row.name, company=row.company) if row.company else row.name,
        f"/provider/staff/{row.id}" if row.portal_role is None else url,
        say_moment(row.expires_at),
        _("Expired") if over else _("Expires soon"),
        "bad" if over else "warn",
    )


def ending(session: Session, reader: Any, limit: int) -> list[Item]:
    """Return subscriptions that end within 30 days or are in grace, without a later one of the same edition."""
    day = today()
    rows = session.execute(
        select(Subscription.customer_id, Subscription.edition, Subscription.ends_on, Customer.name)
        .join(Customer, Customer.id == Subscription.customer_id)
        .where(
            Subscription.seen_by(reader), Subscription.archived_at.is_(None), Customer.archived_at.is_(None),
            Subscription.starts_on <= day, Subscription.ends_on >= day - grace(),
            Subscription.ends_on <= day + timedelta(days=ENDING_DAYS), ~Subscription.followed(),
        )
        .order_by(Subscription.ends_on, Subscription.id)
        .limit(limit)
    )  # fmt: skip
    return [
        Item(
            f"{row.name} · {EDITIONS[row.edition]}",
            f"/provider/customers/{row.customer_id}/subscriptions/",
            _("Last day %(day)s, %(away)s", day=format_date(row.ends_on), away=say_days(row.ends_on, day)),
            _("In grace") if row.ends_on < day else _("Ends soon"),
            "bad" if row.ends_on < day else "warn",
        )
        for row in rows
    ]


def failed_mail(session: Session, _reader: Any, limit: int) -> list[Item]:
    """Return messages of the last two weeks that could not be delivered."""
    rows = session.execute(
        select(Mail.id, Mail.subject, Mail.recipient, Mail.failed_at)
        .where(Mail.state == "failed", Mail.failed_at > now() - FAILED_FOR)
        .order_by(Mail.id.desc())
        .limit(limit)
    )
    return [
        Item(row.subject, f"/provider/mail/{row.id}", _("To %(name)s", name=row.recipient), _("Failed"), "bad")
        for row in rows
    ]


def register() -> None:
    """Add these sources."""
    add(
        Source(_l("Requests to decide"), "customers.super_user", open_requests, "/provider/requests/?state=open", 10),
        Source(_l("Customers without a super user"), "customers.read", without_super_user, "/provider/customers/", 20),
        Source(_l("Invitations"), "customers.read", invitations, order=30),
        Source(_l("Subscriptions that end"), "documents.read", ending, order=40),
        Source(_l("Mail that did not arrive"), "audit.mail", failed_mail, "/provider/mail/?state=failed", 50),
    )
