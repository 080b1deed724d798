"""Colleagues: those of the staff who may answer tickets, and so be given one."""

from __future__ import annotations

import uuid
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..access.roles import permissions_of, stamp
from ..accounts.users import User, UserRole

ANSWERS = "support.answer"


class Colleague(NamedTuple):
    """One of the staff."""

    id: uuid.UUID
    name: str


def who_answer(session: Session) -> list[Colleague]:
    """Return all who may answer and can sign in, by name. One statement, two after a role has changed."""
    roles = func.aggregate_strings(UserRole.role_id, " ")
    rows = session.execute(
        select(User.id, User.name, roles.label("roles"), stamp().label("stamp"))
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.portal_role.is_(None), User.disabled_at.is_(None), User.archived_at.is_(None))
        .group_by(User.id, User.name, User.name_key)
        .order_by(User.name_key, User.id)
    )
    return [
        Colleague(row.id, row.name)
        for row in rows
        if ANSWERS in permissions_of(session, row.roles.split(), stamp=row.stamp)
    ]
