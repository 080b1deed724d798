"""Uses: the people of a customer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from ..accounts.users import User
from ..customers.uses import Source, add


def _people(customer_id: str) -> Select[int]:
    return select(func.count(User.id)).where(User.customer_id == customer_id, User.archived_at.is_(None))


def register() -> None:
    """Add this source."""
    add(Source(_l("People"), "customers.read", _people, "/provider/customers/{}/people/".format, 10))
