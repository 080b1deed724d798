"""Hand-over: who a company's super user is, and the only ways that changes.

"Exactly one" stands in the database as a unique index. A hand-over is two guarded UPDATEs in order, demote then
promote; each must meet exactly one row, or the whole decision is refused (DESIGN.md, sections 2 and 3).
"""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ..access.rights import PortalRole, Right
from ..access.roles import Role
from ..audit.models import record
from ..audit.sentences import ROLES
from ..customers.models import PROVIDER, Customer
from ..database import now
from ..errors import Refused
from . import letters
from .users import User, UserState


class OldBecomes(StrEnum):
    """What the present super user becomes."""

    ADMIN = "admin"
    USER = "user"
    DISABLED = "disabled"


def super_user_of(session: Session, customer_id: str) -> User | None:
    """Return the customer's super user, if it has one."""
    return session.scalar(
        select(User).where(User.customer_id == customer_id, User.portal_role == PortalRole.SUPER_USER)
    )


def who_decides(session: Session) -> list[uuid.UUID]:
    """Return the ids of the staff who may decide requests."""
    deciders = {role.id for role in session.scalars(select(Role)) if role.grants("customers.super_user")}
    staff = session.scalars(
        select(User).where(
            User.portal_role.is_(None), User.password_hash.is_not(None),
            User.disabled_at.is_(None), User.archived_at.is_(None),
        )
    )  # fmt: skip
    return [user.id for user in staff if user.role_ids & deciders]


def invite_super_user(
    session: Session, customer: Customer, *, name: str, email: str, rights: list[Right], by: Any
) -> User:
    """Invite a customer's first super user; replaces one who has never signed in."""
    _check_open(session, customer)
    if not email.strip():
        raise Refused(_("An invitation needs an e-mail address."), field="email")
    _step_back(session, customer, by=by)
    user = User.create(
        session,
        name=name,
        email=email,
        customer_id=customer.id,
        portal_role=PortalRole.SUPER_USER,
        rights=rights,
        by=by,
    )
    letters.invite(session, user, by=by.name)
    return user


def appoint(session: Session, customer: Customer, nominee: User, *, by: Any) -> None:
    """Make an active person the first super user, or replace one who has never signed in."""
    _check_open(session, customer)
    if nominee.customer_id != customer.id or nominee.state is not UserState.ACTIVE:
        raise Refused(_("Choose an active person of this company."), field="nominee")
    if nominee.portal_role == PortalRole.SUPER_USER:
        raise Refused(_("%(name)s is the super user already.", name=nominee.name), field="nominee")
    _step_back(session, customer, by=by)
    hand_over(session, customer.id, nominee.id, None, OldBecomes.USER, by=by)
    record(session, "user.appointed", by=by, customer_id=customer.id, subject_id=nominee.id)
    letters.tell(session, nominee, "appointed", by=by.name)


def may_appoint(session: Session, customer: Customer) -> bool:
    """Tell whether staff may still choose the super user without a request: nobody has ever signed in as such."""
    present = super_user_of(session, customer.id)
    return customer.id != PROVIDER and (present is None or present.last_sign_in_at is None)


def _check_open(session: Session, customer: Customer) -> None:
    if not may_appoint(session, customer):
        raise Refused(_("This company has a super user. Only a request changes that."))


def _step_back(session: Session, customer: Customer, *, by: Any) -> None:
    present = super_user_of(session, customer.id)
    if present is not None:
        present.end_sessions()
        present.portal_role = PortalRole.USER
        record(
            session, "user.role_changed", by=by, customer_id=customer.id, subject_id=present.id,
            before=PortalRole.SUPER_USER, role=PortalRole.USER,
        )  # fmt: skip
        if present.state is UserState.ACTIVE:
            letters.tell(session, present, "role_changed", by=by.name, roles=[ROLES[PortalRole.USER]])
        session.flush()


def hand_over(
    session: Session, customer_id: str, nominee_id: uuid.UUID, present: User | None, old_becomes: OldBecomes, *, by: Any
) -> None:
    """Demote, then promote; each must meet its row as expected, or somebody else was faster."""
    if present is not None:
        role = PortalRole.ADMIN if old_becomes is OldBecomes.ADMIN else PortalRole.USER
        disabled = {"disabled_at": now()} if old_becomes is OldBecomes.DISABLED else {}
        _must_meet_one(
            session,
            update(User)
            .where(User.id == present.id, User.customer_id == customer_id, User.portal_role == PortalRole.SUPER_USER)
            .values(portal_role=role, version=User.version + 1, **disabled),
            _("The super user has changed meanwhile. Look again before you decide."),
        )
        present.end_sessions()
        told = {"by": by, "customer_id": customer_id, "subject_id": present.id}
        record(session, "user.role_changed", before=PortalRole.SUPER_USER, role=role, **told)
        if old_becomes is OldBecomes.DISABLED:
            present.revoke_tokens()
            record(session, "user.disabled", **told)
    _must_meet_one(
        session,
        update(User)
        .where(
            User.id == nominee_id,
            User.customer_id == customer_id,
            User.password_hash.is_not(None),
            User.disabled_at.is_(None),
            User.archived_at.is_(None),
        )
        .values(portal_role=PortalRole.SUPER_USER, version=User.version + 1),
        _("The nominee is no longer an active person of this company."),
    )
    nominee = session.get_one(User, nominee_id)
    nominee.end_sessions()
    session.refresh(nominee)
    if present is not None:
        session.refresh(present)


def _must_meet_one(session: Session, statement: Any, sentence: str) -> None:
    result: Any = session.execute(statement.execution_options(synchronize_session=False))
    if result.rowcount != 1:
        raise Refused(sentence)
