"""User: a person, and everything that may be done to one. Each act checks the policy and is recorded."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    delete,
    false,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from ..access import policy
from ..access.rights import PortalRole, Right
from ..audit.models import record
from ..customers.models import PROVIDER, Customer, Imported, origin_index
from ..customers.ownership import Reader
from ..customers.subscriptions import offers_support
from ..database import Base, Identified, Key, UtcDateTime, Versioned, now
from ..errors import Forged, Refused
from ..text import fold, sort_key


class UserState(StrEnum):
    """Where an account stands."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


class User(Identified, Versioned, Imported, Base):
    """A person of one customer or of the provider; without a customer: Global.

    `customer_id` is not `Owned`: a Global user has none, and who sees people is a rule of its own (`seen_by`).
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(
            "(portal_role IS NULL) = (customer_id IS NULL OR customer_id = 'provider')", name="door"
        ),
        CheckConstraint("portal_role IN ('super_user', 'admin', 'user')", name="portal_role"),
        Index(
            "ux_users_one_super_user", "customer_id", unique=True,
            sqlite_where=text("portal_role = 'super_user'"), postgresql_where=text("portal_role = 'super_user'"),
        ),
        Index(
            "ux_users_customer_email", "customer_id", "email_key", unique=True,
            sqlite_where=text("archived_at IS NULL AND email_key <> ''"),
            postgresql_where=text("archived_at IS NULL AND email_key <> ''"),
        ),
        Index("ix_users_email_key", "email_key"),
        Index("ix_users_customer_id", "customer_id", "name_key", "id"),
        origin_index("users"),
    )  # fmt: skip

    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer | None] = relationship()
    username: Mapped[str] = mapped_column(String(255))
    username_key: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(Key)
    email: Mapped[str] = mapped_column(String(254), default="")
    email_key: Mapped[str] = mapped_column(String(254), default="")
    portal_role: Mapped[PortalRole | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8), default="")
    time_zone: Mapped[str] = mapped_column(String(60), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    grants: Mapped[list[Grant]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    roles: Mapped[list[UserRole]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @classmethod
    def create(
        cls,
        session: Session,
        *,
        name: str,
        email: str,
        customer_id: str | None,
        portal_role: PortalRole | None = None,
        rights: Iterable[Right] = (),
        roles: Iterable[str] = (),
        username: str = "",
        by: Any,
    ) -> User:
        """Add a person who cannot sign in yet: no password. Raises `Refused` naming the field that does not hold."""
        name, email = " ".join(name.split()), email.strip()
        if not name:
            raise Refused(_("A person needs a name."), field="name")
        if email and cls._has_email(session, customer_id, email):
            raise Refused(_("Somebody here already has this e-mail address."), field="email")
        user = cls(
            name=name, name_key=sort_key(name), email=email, email_key=fold(email),
            customer_id=customer_id, portal_role=portal_role,
        )  # fmt: skip
        user.username = username or cls._free_username(session, email, customer_id)
        user.username_key = fold(user.username)
        user.grants = [Grant(right=right) for right in rights]
        user.roles = [UserRole(role_id=role) for role in roles]
        session.add(user)
        session.flush()
        record(
            session, "user.created", by=by, customer_id=customer_id, subject_id=user.id,
            role=portal_role, rights=sorted(user.rights), roles=sorted(user.role_ids),
        )  # fmt: skip
        return user

    @staticmethod
    def _has_email(session: Session, customer_id: str | None, email: str, but: uuid.UUID | None = None) -> bool:
        query = select(User.id).where(
            User.customer_id == customer_id, User.email_key == fold(email), User.archived_at.is_(None)
        )
        return any(found != but for found in session.scalars(query))

    @staticmethod
    def _free_username(session: Session, email: str, customer_id: str | None) -> str:
        """Return the e-mail address; if taken, `<e-mail>@<customer id>` (DESIGN.md, section 1)."""
        candidates = [email, f"{email}@{customer_id}"] + [f"{email}@{customer_id}-{n}" for n in range(2, 100)]
        for candidate in candidates:
            if not session.scalar(select(User.id).where(User.username_key == fold(candidate))):
                return candidate
        raise Refused(_("There are too many accounts with this e-mail address."), field="email")

    @classmethod
    def seen_by(cls, reader: Reader) -> ColumnElement[bool]:
        """Return the condition under which `reader` sees a person: colleagues of their own door and company only."""
        seen: list[ColumnElement[bool]] = []
        if "customers.read" in reader.verbs:
            seen.append(cls.portal_role.is_not(None))
        if "access.read" in reader.verbs:
            seen.append(cls.portal_role.is_(None))
        if "people.read" in reader.verbs and reader.customer_id is not None:
            seen.append(and_(cls.customer_id == reader.customer_id, cls.portal_role.is_not(None)))
        return and_(cls.archived_at.is_(None), or_(*seen)) if seen else false()

    @classmethod
    def visible_to(cls, reader: Reader) -> Select[User]:
        """Return a select of the people `reader` may see."""
        return select(cls).where(cls.seen_by(reader))

    # What one is

    @property
    def rights(self) -> frozenset[Right]:
        """Return the rights granted, sleeping ones included."""
        return frozenset(Right(grant.right) for grant in self.grants)

    @property
    def role_ids(self) -> frozenset[str]:
        """Return the ids of the roles given."""
        return frozenset(role.role_id for role in self.roles)

    @property
    def state(self) -> UserState:
        """Return whether the account is deleted, disabled, invited (never had a password) or active."""
        if self.archived_at:
            return UserState.DELETED
        if self.disabled_at:
            return UserState.DISABLED
        return UserState.ACTIVE if self.password_hash else UserState.INVITED

    @property
    def is_staff(self) -> bool:
        """Tell whether the person uses the provider's door."""
        return self.portal_role is None

    @property
    def _session(self) -> Session:
        session = object_session(self)
        assert session is not None
        return session

    # What may be done to one

    def rename(self, name: str, *, by: Any) -> None:
        """Change the name."""
        name = " ".join(name.split())
        if not name:
            raise Refused(_("A person needs a name."), field="name")
        if name != self.name:
            record(self._session, "user.renamed", by=by, customer_id=self.customer_id, subject_id=self.id)
            self.name, self.name_key = name, sort_key(name)

    def change_email(self, email: str, *, by: Any) -> None:
        """Change the address that mail goes to; the username stays."""
        email = email.strip()
        if fold(email) != self.email_key and self._has_email(self._session, self.customer_id, email, but=self.id):
            raise Refused(_("Somebody here already has this e-mail address."), field="email")
        if email != self.email:
            record(self._session, "user.email_changed", by=by, customer_id=self.customer_id, subject_id=self.id)
            self.email, self.email_key = email, fold(email)

    def give_role(self, role: PortalRole, *, by: Any) -> None:
        """Make an admin or a user of them; rights stay as they are, sessions end."""
        if role == self.portal_role:
            return
        if by is not None and role not in policy.assignable_roles(by, self):
            raise Forged(f"role {role}")
        if self.portal_role is None or PortalRole.SUPER_USER in (role, self.portal_role):
            raise Refused(_("A super user changes only through a request."))
        record(
            self._session, "user.role_changed", by=by, customer_id=self.customer_id, subject_id=self.id,
            before=self.portal_role, role=role,
        )  # fmt: skip
        self.portal_role = role
        self.end_sessions()

    def grant_rights(self, rights: Collection[Right], *, offered: Collection[Right], by: Any) -> None:
        """Set the offered rights to `rights`; what is not offered sleeps untouched. A right not offered is forged."""
        if not set(rights) <= set(offered):
            raise Forged(f"rights {sorted(set(rights) - set(offered))}")
        if by is not None and not policy.may_edit_person(by, self):
            raise Forged("rights")
        for right in offered:
            has = right in self.rights
            if right in rights and not has:
                self.grants.append(Grant(right=right))
                self._record_right("user.right_granted", right, by)
            elif right not in rights and has:
                self.grants = [grant for grant in self.grants if grant.right != right]
                self._record_right("user.right_withdrawn", right, by)

    def _record_right(self, tag: str, right: Right, by: Any) -> None:
        record(self._session, tag, by=by, customer_id=self.customer_id, subject_id=self.id, right=right)

    def give_roles(self, roles: Collection[str], *, by: Any) -> None:
        """Set the provider's roles; one at least."""
        if not roles:
            raise Refused(_("Choose at least one role."), field="roles")
        if set(roles) != self.role_ids:
            record(
                self._session, "user.roles_changed", by=by, customer_id=self.customer_id, subject_id=self.id,
                before=sorted(self.role_ids), roles=sorted(roles),
            )  # fmt: skip
            self.roles = [role for role in self.roles if role.role_id in roles] + [
                UserRole(role_id=role) for role in roles if role not in self.role_ids
            ]

    def disable(self, *, by: Any) -> None:
        """End the person's access at once; everything else about them stays."""
        if self.disabled_at is None:
            self.disabled_at = now()
            self.end_sessions()
            self._revoke_tokens()
            record(self._session, "user.disabled", by=by, customer_id=self.customer_id, subject_id=self.id)

    def enable(self, *, by: Any) -> None:
        """Give a disabled person their access back."""
        if self.disabled_at is not None:
            self.disabled_at = None
            record(self._session, "user.enabled", by=by, customer_id=self.customer_id, subject_id=self.id)

    def delete(self, *, by: Any) -> None:
        """Leave a tombstone: history keeps the name, the account is gone and its addresses are free again."""
        if self.portal_role == PortalRole.SUPER_USER:
            raise Refused(_("A company needs a super user. Ask for another one first."))
        self.end_sessions()
        self._revoke_tokens()
        record(self._session, "user.deleted", by=by, customer_id=self.customer_id, subject_id=self.id)
        self.archived_at = now()
        self.password_hash = None
        self.username_key = f"{self.username_key[:200]} {self.id}"
        self.grants, self.roles = [], []

    def move(self, customer: Customer, *, by: Any) -> None:
        """Move to another customer: portal role `user`, rights dropped, sessions ended; both histories tell it."""
        if self.portal_role == PortalRole.SUPER_USER:
            raise Refused(_("A super user cannot be moved to another customer."))
        if self.is_staff or customer.id == PROVIDER:
            raise Refused(_("Only customers’ people move between customers."))
        if self._has_email(self._session, customer.id, self.email, but=self.id):
            raise Refused(_("Somebody there already has this e-mail address."), field="customer")
        for side in (self.customer_id, customer.id):
            record(
                self._session, "user.moved", by=by, customer_id=side, subject_id=self.id,
                source=self.customer_id, target=customer.id,
            )  # fmt: skip
        self.customer_id, self.portal_role, self.grants = customer.id, PortalRole.USER, []
        self.end_sessions()
        self._revoke_tokens()

    def end_sessions(self, *, but: str | None = None) -> None:
        """End all sessions, or all but the one with that token hash."""
        from .sessions import SessionRow

        query = delete(SessionRow).where(SessionRow.user_id == self.id)
        self._session.execute(query if but is None else query.where(SessionRow.token_hash != but))

    def _revoke_tokens(self) -> None:
        from .tokens import Token

        self._session.execute(delete(Token).where(Token.user_id == self.id, Token.used_at.is_(None)))


class Grant(Base):
    """A right given to a user."""

    __tablename__ = "grants"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    right: Mapped[str] = mapped_column(String(40), primary_key=True)


class UserRole(Base):
    """A role given to a user."""

    __tablename__ = "user_roles"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[str] = mapped_column(ForeignKey("roles.id"), primary_key=True, index=True)


def offered_rights(session: Session, customer_id: str) -> tuple[Right, ...]:
    """Return the rights the customer's forms and filters offer today; support only while a subscription includes it."""
    if offers_support(session, customer_id):
        return (Right.DOWNLOAD_LICENSE, Right.REQUEST_SUPPORT)
    return (Right.DOWNLOAD_LICENSE,)
