"""The list of customers: each with how much it has of what, its open request and what runs, in one statement."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from ..accounts.requests import RequestState, SuperUserRequest
from ..accounts.users import User
from ..contacts import problems
from ..customers.models import PROVIDER, Customer
from ..customers.sites import Site
from ..customers.subscriptions import Subscription, today
from ..support.waiting import unsolved
from ..text import fold, sort_key

STATES = {"active": _l("Active"), "archived": _l("Archived")}
SORTS = {"name": (Customer.name_key, False), "created": (Customer.created_at, True)}
"""By what a list is sorted, and whether it begins with the last."""


def read_id(text: str) -> str:
    """Return a cursor's ID; raise ValueError when it is none."""
    if not re.fullmatch(Customer.ID_PATTERN, text, re.ASCII):
        raise ValueError(text)
    return text


def listed(reader: Any, *, q: str = "", state: str = "active") -> Select[*tuple[Any, ...]]:
    """Return the select of the list's rows; subscriptions and requests only as far as the reader sees them."""
    running = and_(Subscription.customer_id == Customer.id, Subscription.running(today()), Subscription.seen_by(reader))
    people = select(func.count()).where(
        User.customer_id == Customer.id, User.seen_by(reader), User.archived_at.is_(None)
    )
    sites = select(func.count()).where(
        Site.customer_id == Customer.id, Site.archived_at.is_(None), Site.seen_by(reader)
    )
    requests = select(func.count()).where(
        SuperUserRequest.customer_id == Customer.id,
        SuperUserRequest.state == RequestState.OPEN,
        SuperUserRequest.seen_by(reader),
    )
    ends = select(func.max(Subscription.ends_on)).where(running)
    support = select(literal(True)).where(running, Subscription.support.is_not(None)).limit(1)
    statement = select(
        Customer.id, Customer.name, Customer.city, Customer.country, Customer.created_at, Customer.archived_at,
        people.scalar_subquery().label("people"),
        sites.scalar_subquery().label("sites"),
        unsolved(reader, Customer.id).correlate(Customer).scalar_subquery().label("tickets"),
        select(func.count()).where(running).scalar_subquery().label("licences"),
        problems.of_all(reader, Customer.id).label("problems"),
        problems.of_hosts(reader, Customer.id).label("host_problems"),
        requests.scalar_subquery().label("requests"),
        ends.scalar_subquery().label("runs_until"),
        support.scalar_subquery().label("has_support"),
    ).where(Customer.archived_at.is_(None) if state == "active" else archived())  # fmt: skip
    for word in fold(q).split()[:8]:
        statement = statement.where(
            or_(
                Customer.name_key.contains(sort_key(word), autoescape=True),
                func.lower(Customer.id).contains(word, autoescape=True),
                func.lower(Customer.city).contains(word, autoescape=True),
            )
        )
    return statement


def archived() -> ColumnElement[bool]:
    """Return the condition that a customer is archived and could come back."""
    return Customer.archived_at.is_not(None) & Customer.deleted_at.is_(None)


def options(session: Session, *, limit: int = 500) -> list[tuple[str, str]]:
    """Return IDs and names of active customers, the provider first, for a look-up; any other ID can still be typed."""
    rows = session.execute(
        select(Customer.id, Customer.name)
        .where(Customer.archived_at.is_(None))
        .order_by(Customer.id != PROVIDER, Customer.name_key, Customer.id)
        .limit(limit)
    )
    return [(row.id, row.name) for row in rows]


def served(session: Session) -> list[tuple[str, str]]:
    """Return the same without the provider: for people, and what only those who are served have."""
    return [(id, name) for id, name in options(session) if id != PROVIDER]
