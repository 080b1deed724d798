"""Staff: the provider's own people and their roles. Nobody grants what they do not hold; nobody locks all out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access import policy
from ..access.roles import Role
from ..audit.models import record
from ..customers.models import PROVIDER
from ..errors import Forged, Refused
from . import letters
from .users import User


def roles(session: Session) -> list[Role]:
    """Return all roles, sorted by name."""
    return list(session.scalars(select(Role).order_by(Role.alias, Role.id)))


def givable(session: Session, actor: Any) -> list[Role]:
    """Return the roles the actor may give: those that grant nothing the actor does not hold."""
    return [role for role in roles(session) if policy.may_give_permissions(actor, role.permissions)]


def invite(session: Session, *, name: str, email: str, role_ids: Collection[str], by: Any) -> User:
    """Add a colleague and mail the invitation. A role the actor cannot give is forged."""
    if not set(role_ids) <= {role.id for role in givable(session, by)}:
        raise Forged(f"roles {sorted(role_ids)}")
    if not role_ids:
        raise Refused(_("Choose at least one role."), field="roles")
    if not email.strip():
        raise Refused(_("An invitation needs an e-mail address."), field="email")
    user = User.create(session, name=name, email=email, customer_id=PROVIDER, roles=sorted(role_ids), by=by)
    letters.invite(session, user, by=by.name)
    record(session, "invitation.sent", by=by, customer_id=PROVIDER, subject_id=user.id)
    return user


def give_roles(session: Session, user: User, role_ids: Collection[str], *, by: Any) -> None:
    """Set the roles the actor may give; others that the colleague has stay untouched."""
    offered = {role.id for role in givable(session, by)}
    if not set(role_ids) <= offered:
        raise Forged(f"roles {sorted(role_ids)}")
    user.give_roles({*role_ids, *(user.role_ids - offered)}, by=by)
    keep_one(session)


def disable(session: Session, user: User, *, by: Any) -> None:
    """End a colleague's access at once."""
    user.disable(by=by)
    keep_one(session)


def keep_one(session: Session) -> None:
    """Raise `Refused` when nobody active is left who manages staff, or roles; two at once wait for each other."""
    session.flush()
    active = session.scalars(
        select(User)
        .where(
            User.portal_role.is_(None), User.password_hash.is_not(None), User.is_machine.is_(False),
            User.disabled_at.is_(None), User.archived_at.is_(None),
        )
        .order_by(User.id)
        .with_for_update()
    ).all()  # fmt: skip
    granting = {role.id: role.permissions for role in roles(session)}
    held = frozenset().union(*(granting.get(id, frozenset()) for user in active for id in user.role_ids))
    if "access.users" not in held:
        raise Refused(_("Somebody must be left who manages staff. Give another colleague that permission first."))
    if "access.roles" not in held:
        raise Refused(_("Somebody must be left who manages roles. Give another colleague that permission first."))
