"""The list of super-user requests, and whom one may nominate."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session, aliased

from ..access.rights import PortalRole
from ..accounts.requests import RequestState, SuperUserRequest
from ..accounts.users import User
from ..customers.models import Customer
from ..text import fold

STATES = {
    RequestState.OPEN: _l("Open"),
    RequestState.APPROVED: _l("Approved"),
    RequestState.DECLINED: _l("Declined"),
    RequestState.WITHDRAWN: _l("Withdrawn"),
}
OPEN_FIRST = case((SuperUserRequest.state == RequestState.OPEN, 1), else_=0)


def listed(reader: Any, *, state: str = "") -> Select[*tuple[Any, ...]]:
    """Return the select of the list's rows."""
    nominee, asker = aliased(User), aliased(User)
    statement = (
        select(
            SuperUserRequest.id, SuperUserRequest.state, SuperUserRequest.created_at, SuperUserRequest.decided_at,
            SuperUserRequest.way, SuperUserRequest.asked_by_name, SuperUserRequest.customer_id,
            Customer.name.label("customer_name"), nominee.name.label("nominee_name"), asker.name.label("asker_name"),
        )
        .join(Customer, Customer.id == SuperUserRequest.customer_id)
        .join(nominee, nominee.id == SuperUserRequest.nominee_id)
        .outerjoin(asker, asker.id == SuperUserRequest.asked_by_id)
        .where(SuperUserRequest.seen_by(reader))
    )  # fmt: skip
    return statement.where(SuperUserRequest.state == state) if state else statement


def candidates(session: Session, reader: Any, customer_id: str, *, limit: int = 500) -> list[tuple[str, str]]:
    """Return ids and names of those who may be nominated: of one customer, or of any when none is chosen yet."""
    statement = (
        select(User.id, User.name, User.email, Customer.name.label("company"))
        .join(Customer, Customer.id == User.customer_id)
        .where(
            User.seen_by(reader), User.has_joined, User.is_machine.is_(False), User.disabled_at.is_(None),
            User.portal_role.in_([PortalRole.ADMIN, PortalRole.USER]), Customer.archived_at.is_(None),
        )
        .order_by(Customer.name_key, User.name_key, User.id)
        .limit(limit)
    )  # fmt: skip
    if customer_id:
        statement = statement.where(User.customer_id == customer_id)
    return [(str(row.id), f"{row.name} · {row.email} · {row.company}") for row in session.execute(statement)]


def nominee(session: Session, reader: Any, customer_id: str, text: str) -> User | None:
    """Return the customer's person with that id, or with that e-mail address."""
    try:
        wanted = User.id == uuid.UUID(text)
    except ValueError:
        wanted = User.email_key == fold(text)
    return session.scalar(User.visible_to(reader).where(wanted, User.customer_id == customer_id))
