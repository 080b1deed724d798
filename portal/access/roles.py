"""Roles answer yes, no or default to each permission; a clone left at default follows its source.

Seed "User management", section on roles: a user may have several, and any role that grants suffices.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, Boolean, ForeignKey, ScalarSelect, String, event, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..database import Base, Versioned
from .permissions import PERMISSIONS

BUILT_IN = {"admin": "Administrator", "user": "Normal monitoring user", "guest": "Guest user"}
DEFAULT = "user"
"""The role in monitoring of a customer's person whom staff gave none (DESIGN.md, section 2)."""
KEPT: Mapping[str, frozenset[str]] = {
    "admin": frozenset(name for name in PERMISSIONS if name == "general.use" or name.startswith("access."))
}
"""What a role always grants, whatever it says: so that nobody locks all administrators out."""
_CALLED = {
    "Administrator": _l("Administrator"),
    "Normal monitoring user": _l("Normal monitoring user"),
    "Guest user": _l("Guest user"),
}


def called(alias: str) -> str:
    """Return a role's name for the reader: one built in is translated, any other stays as it was entered."""
    return str(_CALLED.get(alias, alias))


class Answer(NamedTuple):
    """What a role says to a permission, and where that stands.

    `through` are the IDs of the roles asked, from the role itself to the one that answers: explicitly, because it
    always keeps the permission, or, with neither, by the default it has as a built-in role.
    """

    is_granted: bool
    through: tuple[str, ...]
    is_explicit: bool = False
    is_kept: bool = False

    @property
    def role_id(self) -> str:
        """Return the ID of the role that answers."""
        return self.through[-1]


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
    def is_built_in(self) -> bool:
        """Tell whether the role is always there."""
        return self.id in BUILT_IN

    @property
    def explicit(self) -> dict[str, bool]:
        """Return the permissions answered yes or no here, without the defaults."""
        return {answer.permission: answer.granted for answer in self.answers}

    def lineage(self) -> list[Role]:
        """Return the role, its source, that one's, and so on to a built-in role; a circle ends where it closes."""
        found, role = [self], self.based_on
        while role is not None and role not in found and not found[-1].is_built_in:
            found.append(role)
            role = role.based_on
        return found

    def answers_to(self, permissions: Iterable[str]) -> dict[str, Answer]:
        """Return what the role says to each permission: explicitly, else as its source, else the default."""
        lineage = [(role.id, role.explicit) for role in self.lineage()]
        return {name: _answer(name, lineage) for name in permissions}

    def defaults_of(self, permissions: Iterable[str]) -> dict[str, Answer]:
        """Return what each permission left at default would be."""
        lineage = [(role.id, {} if role is self else role.explicit) for role in self.lineage()]
        return {name: _answer(name, lineage) for name in permissions}

    def grants(self, permission: str) -> bool:
        """Tell whether this role answers yes."""
        return self.answers_to([permission])[permission].is_granted

    @property
    def permissions(self) -> frozenset[str]:
        """Return the names of all permissions this role grants."""
        return frozenset(name for name, answer in self.answers_to(PERMISSIONS).items() if answer.is_granted)


def _answer(permission: str, lineage: Sequence[tuple[str, dict[str, bool]]]) -> Answer:
    through: tuple[str, ...] = ()
    if permission not in PERMISSIONS:
        return Answer(False, (lineage[0][0],))
    for role_id, explicit in lineage:
        through += (role_id,)
        if permission in KEPT.get(role_id, ()):
            return Answer(True, through, is_kept=True)
        if permission in explicit:
            return Answer(explicit[permission], through, is_explicit=True)
    return Answer(through[-1] in PERMISSIONS[permission].defaults, through)


class RoleAnswer(Base):
    """An explicit yes or no of a role to one permission."""

    __tablename__ = "role_answers"

    role_id: Mapped[str] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)
    permission: Mapped[str] = mapped_column(String(80), primary_key=True)
    granted: Mapped[bool] = mapped_column(Boolean)


class RoleStamp(Base):
    """A number that changes with any change of any role, in its transaction; one row.

    It is drawn, not counted: one that was rolled back never comes again with other roles behind it.
    """

    __tablename__ = "role_stamp"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)


_resolved: dict[str, tuple[int, dict[str, frozenset[str]]]] = {}


def every(session: Session) -> list[Role]:
    """Return all roles with their answers, built-in ones first, then by name. Two statements."""
    order = list(BUILT_IN)
    roles = session.scalars(select(Role).execution_options(populate_existing=True)).all()
    return sorted(
        roles, key=lambda role: (order.index(role.id) if role.id in order else len(order), role.alias.lower(), role.id)
    )


def stamp() -> ScalarSelect[int]:
    """Return a scalar subquery that changes whenever any role does; sessions carry it so that answers can be kept."""
    return select(func.coalesce(func.max(RoleStamp.value), 0)).scalar_subquery()


def hold(connection: Any) -> None:
    """Draw another stamp; its row stays locked until the transaction ends, so who changes roles waits in turn."""
    value = secrets.randbits(62)
    changed = connection.execute(update(RoleStamp).values(value=value).returning(RoleStamp.id)).first()
    if changed is None:
        connection.execute(insert(RoleStamp).values(id=1, value=value))


def permissions_of(session: Session, role_ids: Iterable[str], *, stamp: int) -> frozenset[str]:
    """Return the sum of what the roles grant; answers are kept per process until `stamp` changes."""
    key = str(session.get_bind().url)  # type: ignore[union-attr]
    kept = _resolved.get(key)
    if kept is None or kept[0] != stamp:
        kept = _resolved[key] = (stamp, {role.id: role.permissions for role in every(session)})
    return frozenset().union(*(kept[1].get(role_id, frozenset()) for role_id in role_ids))


def _changed(_mapper: Any, connection: Any, _row: Any) -> None:
    hold(connection)


for _model in (Role, RoleAnswer):
    for _deed in ("after_insert", "after_update", "after_delete"):
        event.listen(_model, _deed, _changed)
