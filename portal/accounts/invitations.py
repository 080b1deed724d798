"""Invitations: a person is added without a password and chooses one by a mailed link that works once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..access import policy
from ..access.rights import PortalRole, Right
from ..audit.models import record
from ..errors import Forged, Refused
from . import letters
from .users import User, UserState


def invite(
    session: Session,
    *,
    name: str,
    email: str,
    customer_id: str,
    role: PortalRole,
    rights: Collection[Right],
    offered: Collection[Right],
    by: Any,
) -> User:
    """Add a person and mail them the invitation. A role or right the actor cannot give is forged."""
    if role not in policy.assignable_roles(by):
        raise Forged(f"role {role}")
    if not set(rights) <= set(offered):
        raise Forged(f"rights {sorted(set(rights) - set(offered))}")
    if not policy.is_staff(by) and by.customer_id != customer_id:
        raise Forged(f"customer {customer_id}")
    if not email.strip():
        raise Refused(_("An invitation needs an e-mail address."), field="email")
    user = User.create(
        session, name=name, email=email, customer_id=customer_id, portal_role=role, rights=sorted(rights), by=by
    )
    send(session, user, by=by)
    return user


def send(session: Session, user: User, *, by: Any) -> None:
    """Send the invitation, once more too; earlier links stop working."""
    if not policy.may_invite_person(by, user):
        raise Forged(f"invitation of {user.id}")
    if user.state is UserState.DISABLED:
        raise Refused(_("%(name)s is disabled. Enable them before you invite them.", name=user.name))
    if user.state is not UserState.INVITED:
        raise Refused(_("%(name)s has accepted the invitation already.", name=user.name))
    if not user.email:
        raise Refused(_("An invitation needs an e-mail address."), field="email")
    letters.invite(session, user, by=by.name)
    record(session, "invitation.sent", by=by, customer_id=user.customer_id, subject_id=user.id)
