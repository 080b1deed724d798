"""Finding: how the provider's pages get at the record an address names; what is not there is a 404."""

from __future__ import annotations

import re
import uuid

from flask import abort
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ..accounts.users import User
from ..customers.models import PROVIDER, Customer
from ..database import db
from ..errors import Refused


def customer(customer_id: str) -> Customer:
    """Return the customer, archived ones too; the provider is none of its own customers."""
    found = find_customer(customer_id)
    if found is None:
        abort(404)
    return found


def find_customer(text: str) -> Customer | None:
    """Return the customer with the ID that somebody typed or an address holds."""
    if text == PROVIDER or not re.fullmatch(Customer.ID_PATTERN, text, re.ASCII):
        return None
    return db.session.get(Customer, text)


def open_customer(customer_id: str) -> Customer:
    """Return the customer; raise `Refused` when it is archived."""
    found = customer(customer_id)
    if found.archived_at is not None:
        raise Refused(_("This customer is archived. Bring it back first."))
    return found


def person(customer_id: str, user_id: uuid.UUID) -> User:
    """Return a person of the customer."""
    found = db.session.scalar(User.visible_to(current_user).where(User.id == user_id, User.customer_id == customer_id))
    if found is None or found.portal_role is None:
        abort(404)
    return found


def colleague(user_id: uuid.UUID) -> User:
    """Return one of the provider's own people."""
    found = db.session.scalar(User.visible_to(current_user).where(User.id == user_id, User.portal_role.is_(None)))
    if found is None:
        abort(404)
    return found


def names(ids: set[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    """Return the names of people, deleted ones too, for a page that tells who did something."""
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_([id for id in ids if id])))
    return {row.id: row.name for row in rows}
