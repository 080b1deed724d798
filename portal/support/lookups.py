"""Look-ups: customers and people as the desk's forms name them."""

from __future__ import annotations

import re
import uuid
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..access.rights import Right
from ..accounts.users import Grant, User
from ..customers.models import PROVIDER, Customer
from ..text import fold

MOST = 200


def customers(session: Session) -> list[tuple[str, str]]:
    """Return IDs and names of active customers for a look-up; any other ID can still be typed."""
    rows = session.execute(
        select(Customer.id, Customer.name)
        .where(Customer.id != PROVIDER, Customer.archived_at.is_(None))
        .order_by(Customer.name_key, Customer.id)
        .limit(MOST)
    )
    return [(row.id, row.name) for row in rows]


def customer(session: Session, text: str) -> Customer | None:
    """Return the active customer with the ID that somebody typed."""
    if text == PROVIDER or not re.fullmatch(Customer.ID_PATTERN, text, re.ASCII):
        return None
    found = session.get(Customer, text)
    return found if found is not None and found.archived_at is None else None


def openers(session: Session, reader: Any, customer_id: str) -> list[tuple[str, str]]:
    """Return ids and names of who may have a ticket opened for them: of one customer, or of any when none is chosen."""
    rows = session.execute(
        _holders(select(User.id, User.name, User.email, Customer.name.label("company")), reader)
        .where(*([User.customer_id == customer_id] if customer_id else ()))
        .join(Customer, Customer.id == User.customer_id)
        .order_by(Customer.name_key, User.name_key, User.id)
        .limit(MOST)
    )
    return [(str(row.id), f"{row.name} · {row.email} · {row.company}") for row in rows]


def opener(session: Session, reader: Any, customer_id: str, text: str) -> User | None:
    """Return the customer's person with that id or e-mail address, who holds the right."""
    try:
        wanted = User.id == uuid.UUID(text)
    except ValueError:
        wanted = User.email_key == fold(text)
    found: User | None = session.scalar(_holders(select(User), reader).where(wanted, User.customer_id == customer_id))
    return found


def _holders(statement: Select[Any], reader: Any) -> Select[Any]:
    return statement.join(Grant, Grant.user_id == User.id).where(
        User.seen_by(reader), Grant.right == Right.REQUEST_SUPPORT, User.portal_role.is_not(None),
        User.disabled_at.is_(None), User.archived_at.is_(None),
    )  # fmt: skip
