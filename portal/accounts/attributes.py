"""Custom attributes: what the provider wants to know of every user beyond the fields there are.

The ID is fixed (it names the variable `NOTIFY_CONTACT_<ID>` of notification scripts); values stand in
`User.attributes`, by ID.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import String, cast, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..audit.models import record
from ..database import Base, Key, Versioned
from ..errors import Refused
from ..text import sort_key
from .users import User

LONGEST, MOST = 500, 50


class Topic(StrEnum):
    """Under which heading of the form an attribute stands."""

    IDENTITY = "identity"
    SECURITY = "security"
    NOTIFICATIONS = "notifications"
    PERSONAL = "personal"


class CustomAttribute(Versioned, Base):
    """One attribute: what it is called, where it stands, and to whom it matters."""

    __tablename__ = "user_attributes"

    ID_PATTERN: ClassVar[str] = r"[a-zA-Z_][a-zA-Z0-9_]{0,49}"
    RESERVED: ClassVar[tuple[str, ...]] = ("name", "alias", "email", "pager", "new")

    id: Mapped[str] = mapped_column(String(50), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    title_key: Mapped[str] = mapped_column(Key)
    topic: Mapped[str] = mapped_column(String(20))
    is_editable: Mapped[bool] = mapped_column(default=False)
    """Whoever may edit their profile may change their own value."""
    is_shown: Mapped[bool] = mapped_column(default=False)
    """A column of the list of users."""
    is_notified: Mapped[bool] = mapped_column(default=False)
    """Sites and notification scripts get it."""

    @classmethod
    def create(cls, session: Session, *, id: str, title: str, by: Any, **more: Any) -> CustomAttribute:
        """Add an attribute; raises `Refused` for an ID that does not hold or is taken, whatever its case."""
        if not re.fullmatch(cls.ID_PATTERN, id, re.ASCII):
            raise Refused(_("Letters, digits and underscores, not a digit first, 50 at most."), field="id")
        taken = {known.id.lower() for known in known_ones(session)}
        if id.lower() in taken or id.lower() in cls.RESERVED:
            raise Refused(_("This ID is already in use."), field="id")
        if len(taken) >= MOST:
            raise Refused(_("There are %(number)d attributes already: as many as a form can show.", number=MOST))
        found = cls(id=id, title=title, title_key=sort_key(title), **more)
        session.add(found)
        session.flush()
        record(session, "attribute.created", by=by, customer_id=None, title=title)
        return found

    def change(self, session: Session, *, title: str, by: Any, **more: Any) -> None:
        """Change everything but the ID."""
        self.title, self.title_key = title, sort_key(title)
        for name, value in more.items():
            setattr(self, name, value)
        record(session, "attribute.changed", by=by, customer_id=None, title=title)

    def delete(self, session: Session, *, by: Any) -> None:
        """Delete the attribute with everybody's value."""
        holders = select(User).where(cast(User.attributes, String).contains(f'"{self.id}"', autoescape=True))
        for user in session.scalars(holders):
            user.attributes = {id: value for id, value in user.attributes.items() if id != self.id}
        record(session, "attribute.deleted", by=by, customer_id=None, title=self.title)
        session.delete(self)


def known_ones(session: Session) -> list[CustomAttribute]:
    """Return all attributes, by title."""
    return list(session.scalars(select(CustomAttribute).order_by(CustomAttribute.title_key, CustomAttribute.id)))


def choose_own(session: Session, user: User, values: Mapping[str, str], *, by: Any) -> None:
    """Let somebody change their own values of what is theirs to change. Raises `Refused` naming the field."""
    known = {one.id: one for one in known_ones(session) if one.is_editable}
    new = {**user.attributes, **dict.fromkeys(values, "")} | checked(known, values)
    new = {id: value for id, value in new.items() if value}
    if new != user.attributes:
        user.attributes = new
        record(
            session, "user.account_changed", by=by, customer_id=user.customer_id, subject_id=user.id,
            fields=["attributes"],
        )  # fmt: skip


def checked(known: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, str]:
    """Return values without empty ones; raise `Refused` for an ID that is not known or a value that is too long."""
    for id, value in values.items():
        if id not in known:
            raise Refused(_("There is no attribute with the ID “%(id)s”.", id=id[:60]), field="attributes")
        if len(value) > LONGEST:
            raise Refused(_("At most %(number)d characters.", number=LONGEST), field=f"attribute_{id}")
    return {id: value for id, value in values.items() if value}
