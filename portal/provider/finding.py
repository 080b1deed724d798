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
from ..customers.sites import Site
from ..database import db
from ..errors import Refused


def customer(customer_id: str) -> Customer:
    """Return the customer, archived ones and the provider too."""
    found = find_customer(customer_id)
    if found is None:
        abort(404)
    return found


def find_customer(text: str) -> Customer | None:
    """Return the customer with the ID that somebody typed or an address holds; None for a deleted one."""
    if not re.fullmatch(Customer.ID_PATTERN, text, re.ASCII):
        return None
    found = db.session.get(Customer, text)
    return found if found is not None and found.deleted_at is None else None


def served(customer_id: str) -> Customer:
    """Return a customer that is served: never the provider, which has neither documents nor a customer's people."""
    found = find_served(customer_id)
    if found is None:
        abort(404)
    return found


def find_served(text: str) -> Customer | None:
    """Return the customer with the ID that somebody typed; None for the provider too."""
    return None if text == PROVIDER else find_customer(text)


def open_customer(customer_id: str) -> Customer:
    """Return the customer; raise `Refused` when it is archived."""
    return _open(customer(customer_id))


def open_served(customer_id: str) -> Customer:
    """Return a customer that is served; raise `Refused` when it is archived."""
    return _open(served(customer_id))


def _open(found: Customer) -> Customer:
    if found.archived_at is not None:
        raise Refused(_("This customer is archived. Bring it back first."))
    return found


def site(site_id: str) -> Site:
    """Return a site that was not removed."""
    if not re.fullmatch(Customer.ID_PATTERN, site_id, re.ASCII):
        abort(404)
    found = db.session.scalar(Site.visible_to(current_user).where(Site.id == site_id, Site.archived_at.is_(None)))
    if found is None:
        abort(404)
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
