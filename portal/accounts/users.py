"""User: a person or a machine account, and what they are. What may be done to one: `deeds`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Enum,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    false,
    or_,
    select,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..access.rights import PortalRole, Right
from ..audit.models import record
from ..customers.models import Customer, Imported, of_shown, origin_index
from ..customers.ownership import Reader
from ..customers.subscriptions import offers_support
from ..database import Base, Identified, Key, UtcDateTime, Versioned, now
from ..errors import Refused
from ..text import fold, sort_key
from .deeds import Deeds
from .grants import Grant as Grant
from .grants import UserRole as UserRole


class UserState(StrEnum):
    """Where an account stands."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


class User(Deeds, Identified, Versioned, Imported, Base):
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
        Index("ux_users_directory_key", "directory_id", "directory_key", unique=True),
        Index(
            "ix_users_demo", "username_key",
            sqlite_where=text("password_is_demo = 1"), postgresql_where=text("password_is_demo"),
        ),
        Index("ix_users_customer_id", "customer_id", "name_key", "id"),
        of_shown("ix_users_name_key", "name_key", "id"),
        origin_index("users"),
    )  # fmt: skip

    read_by_customer: ClassVar[str] = "people.read"
    read_by_staff: ClassVar[str] = "customers.read"
    search_kind: ClassVar[str] = "users"

    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer | None] = relationship()
    username: Mapped[str] = mapped_column(String(255))
    username_key: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(Key)
    email: Mapped[str] = mapped_column(String(254), default="")
    email_key: Mapped[str] = mapped_column(String(254), default="")
    portal_role: Mapped[PortalRole | None] = mapped_column(
        Enum(PortalRole, native_enum=False, length=20, values_callable=lambda roles: [role.value for role in roles])
    )
    is_machine: Mapped[bool] = mapped_column(default=False, server_default=false())
    """An account of a program: it has a secret for the API, no password, and no pages."""
    pager: Mapped[str] = mapped_column(String(80), default="", server_default="")
    has_chosen_sites: Mapped[bool] = mapped_column(default=False, server_default=false())
    """May look at the sites of `authorized_sites` alone, of those that are open to them otherwise."""
    attributes: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """Values of custom attributes, by their IDs."""
    idle_minutes: Mapped[int | None] = mapped_column()
    """Minutes without activity after which a session ends; None: as for all, 0: never."""
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_fallback_contact: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Told of what no notification rule covers."""
    is_muted: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Gets no notifications, between `muted_from` and `muted_until` where they are given."""
    muted_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    muted_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sees_only_own: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Sees only hosts and services they are a contact for, whatever their roles grant."""
    start_page: Mapped[str] = mapped_column(String(300), default="", server_default="")
    theme: Mapped[str] = mapped_column(String(10), default="", server_default="")
    directory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("elements.id"))
    """The LDAP connection that owns the account."""
    directory_key: Mapped[str | None] = mapped_column(String(200))
    """What names the person's entry there for good."""
    is_gone: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Disabled because the directory no longer has them, and enabled again once it does."""
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
        is_machine: bool = False,
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
            customer_id=customer_id, portal_role=portal_role, is_machine=is_machine,
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
        if not email:
            return False
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

    def search_text(self) -> str:
        """Return the words under which a person is found."""
        return f"{self.name} {self.email}"

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
        return UserState.ACTIVE if self.has_joined else UserState.INVITED

    @hybrid_property
    def has_joined(self) -> bool:
        """Tell whether the account can be used at all: it has a password, here or in a directory, or is a program's."""
        return bool(self.password_hash or self.directory_id or self.is_machine)

    @has_joined.inplace.expression
    @classmethod
    def _has_joined(cls) -> ColumnElement[bool]:
        return or_(cls.password_hash.is_not(None), cls.directory_id.is_not(None), cls.is_machine.is_(True))

    @property
    def is_staff(self) -> bool:
        """Tell whether the person uses the provider's door."""
        return self.portal_role is None


def offered_rights(session: Session, customer_id: str) -> tuple[Right, ...]:
    """Return the rights the customer's forms and filters offer today; support only while a subscription includes it."""
    if offers_support(session, customer_id):
        return (Right.DOWNLOAD_LICENSE, Right.REQUEST_SUPPORT)
    return (Right.DOWNLOAD_LICENSE,)
