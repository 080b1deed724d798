"""Release: to whom one of the provider's own people is released: to the provider's sites, or, Global, to all.

A customer's person keeps its customer here; who moves people between customers is `User.move`.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...access import policy
from ...access.roles import Role
from ...accounts.notices import tell
from ...accounts.users import User
from ...audit.models import record
from ...customers.models import PROVIDER, Customer
from ...errors import Forged
from . import pending, publishing


def permissions_of(session: Session, user: User) -> frozenset[str]:
    """Return what a person's roles grant: nothing in the provider's door to a customer's person."""
    if not user.is_staff:
        return frozenset()
    roles = session.scalars(select(Role).where(Role.id.in_(user.role_ids)))
    return frozenset().union(*(role.permissions for role in roles))


def may_release(session: Session, actor: Any, user: User) -> bool:
    """Tell whether the actor may choose whose sites get one of the provider's people."""
    return policy.may_release_person(actor, user, permissions_of(session, user))


def may_set_password(session: Session, actor: Any, user: User) -> bool:
    """Tell whether the actor may set and remove somebody's site password."""
    return policy.may_set_site_password(actor, user, permissions_of(session, user))


def release(session: Session, user: User, customer_id: str | None, *, by: Any) -> None:
    """Make somebody Global (None), or the provider's own again. Their site password and foreign groups end with it.

    Who becomes the provider's own leaves all other sites at once; who becomes Global reaches them by activation.
    """
    if customer_id not in (None, PROVIDER) or not may_release(session, by, user):
        raise Forged(f"customer {customer_id} for {user.id}")
    former = user.customer_id
    if customer_id == former:
        return
    user.check_email_at(customer_id, user.email, field="customer")
    pending.end_password(session, user)
    pending.leave_groups(session, user, customer_id)
    user.customer_id, user.customer = customer_id, session.get(Customer, customer_id) if customer_id else None
    tag = "user.made_global" if customer_id is None else "user.made_own"
    record(session, tag, by=by, customer_id=PROVIDER, subject_id=user.id)
    pending.note_user(session, user, former, act="removed", by=by)
    pending.note_user(session, user, customer_id, act="moved", by=by)
    publishing.ask(session, former, by=by)
    if user.has_joined and not user.disabled_at:
        tell(session, user, "released", by=by.name, is_global=customer_id is None)


def describe(customer_id: str | None, name: str | None) -> str:
    """Return whose somebody is, as pages say it."""
    return str(name or customer_id or _("Global"))
