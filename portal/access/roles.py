"""Roles answer yes, no or default to each permission; a clone left at default follows its source.

Seed "User management", section on roles: a user may have several, and any role that grants suffices.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from sqlalchemy import Boolean, ForeignKey, ScalarSelect, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from ..database import Base, Versioned
from .permissions import PERMISSIONS

BUILT_IN = {"admin": "Administrator", "user": "Normal monitoring user", "guest": "Guest user"}
DEFAULT = "user"
"""The role in monitoring of a customer's person whom staff gave none (DESIGN.md, section 2)."""
_CALLED = {
    "Administrator": _l("Administrator"),
    "Normal monitoring user": _l("Normal monitoring user"),
    "Guest user": _l("Guest user"),
}


def called(alias: str) -> str:
    """Return a role's name for the reader: one built in is translated, any other stays as it was entered."""
    return str(_CALLED.get(alias, alias))


class Role(Versioned, Base):
    """A named set of answers to permissions; built-in, or cloned from another (`based_on_id`)."""

    __tablename__ = "roles"

    ID_PATTERN: ClassVar[str] = r"[-a-z0-9A-Z_]+"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    alias: Mapped[str] = mapped_column(String(200))
    based_on_id: Mapped[str | None] = mapped_column(ForeignKey("roles.id"))
    based_on: Mapped[Role | None] = relationship(remote_side=[id])
    answers: Mapped[list[RoleAnswer]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def explicit(self) -> dict[str, bool]:
        """Return the permissions answered yes or no here, without the defaults."""
        return {answer.permission: answer.granted for answer in self.answers}

    def grants(self, permission: str) -> bool:
        """Tell whether this role answers yes: explicitly, else as its source does, else as the permission's default."""
        explicit = self.explicit
        if permission in explicit:
            return explicit[permission]
        if self.based_on is not None:
            return self.based_on.grants(permission)
        return permission in PERMISSIONS and self.id in PERMISSIONS[permission].defaults

    @property
    def permissions(self) -> frozenset[str]:
        """Return the names of all permissions this role grants."""
        return frozenset(name for name in PERMISSIONS if self.grants(name))


class RoleAnswer(Base):
    """An explicit yes or no of a role to one permission."""

    __tablename__ = "role_answers"

    role_id: Mapped[str] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(80), primary_key=True)
    granted: Mapped[bool] = mapped_column(Boolean)


_resolved: dict[str, tuple[int, dict[str, frozenset[str]]]] = {}


def stamp() -> ScalarSelect[int]:
    """Return a scalar subquery that changes whenever any role does; sessions carry it so that answers can be kept."""
    return select(func.coalesce(func.sum(Role.version), 0)).scalar_subquery()


def permissions_of(session: Session, role_ids: Iterable[str], *, stamp: int) -> frozenset[str]:
    """Return the sum of what the roles grant; answers are kept per process until `stamp` changes."""
    key = str(session.get_bind().url)  # type: ignore[union-attr]
    kept = _resolved.get(key)
    if kept is None or kept[0] != stamp:
        roles = session.scalars(select(Role).options(selectinload(Role.answers))).all()
        kept = _resolved[key] = (stamp, {role.id: role.permissions for role in roles})
    return frozenset().union(*(kept[1].get(role_id, frozenset()) for role_id in role_ids))
