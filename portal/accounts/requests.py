"""Super-user requests: the wish that another person become a company's super user, and its decision."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..access.rights import PortalRole
from ..audit.models import record
from ..customers.models import Customer
from ..customers.ownership import Owned
from ..database import Base, Identified, UtcDateTime, Versioned, now
from ..errors import Refused
from ..storage import File
from . import letters
from .hand_over import OldBecomes, hand_over, super_user_of, who_decides
from .users import User, UserState


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Way(StrEnum):
    """By what way a request came."""

    PORTAL = "portal"
    CALL = "call"
    MAIL = "mail"


class SuperUserRequest(Identified, Versioned, Owned, Base):
    """The wish that another person become a company's super user; one open per customer."""

    __tablename__ = "super_user_requests"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'approved', 'declined', 'withdrawn')", name="state"),
        Index(
            "ux_super_user_requests_one_open", "customer_id", unique=True,
            sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
        ),
        Index("ix_super_user_requests_customer_id", "customer_id", "id"),
        Index("ix_super_user_requests_state", "state", "id"),
    )  # fmt: skip

    read_by_customer: ClassVar[str] = "super_user.ask"
    read_by_staff: ClassVar[str] = "customers.read"

    customer: Mapped[Customer] = relationship()
    nominee_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    nominee: Mapped[User] = relationship(foreign_keys=[nominee_id])
    reason: Mapped[str] = mapped_column(Text)
    way: Mapped[Way] = mapped_column(String(20), default=Way.PORTAL)
    asked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    asked_by_name: Mapped[str] = mapped_column(String(200), default="")
    entered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state: Mapped[RequestState] = mapped_column(String(20), default=RequestState.OPEN)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str] = mapped_column(Text, default="")
    old_becomes: Mapped[OldBecomes | None] = mapped_column(String(20))
    evidence: Mapped[list[Evidence]] = relationship(cascade="all, delete-orphan")

    @classmethod
    def raise_(
        cls,
        session: Session,
        *,
        customer: Customer,
        nominee: User,
        reason: str,
        by: Any,
        way: Way = Way.PORTAL,
        asked_by_name: str = "",
        evidence: list[File] | None = None,
    ) -> SuperUserRequest:
        """Put a request on record and tell the present super user and whoever decides; one open at a time."""
        present = super_user_of(session, customer.id)
        if present is None:
            raise Refused(_("This company has no super user yet: the provider appoints the first."))
        if nominee.id == present.id:
            raise Refused(_("%(name)s is the super user already.", name=nominee.name), field="nominee")
        if nominee.customer_id != customer.id or nominee.state is not UserState.ACTIVE:
            raise Refused(_("Choose an active person of this company."), field="nominee")
        if not reason.strip():
            raise Refused(_("Say why, so that the decision can be understood later."), field="reason")
        if session.scalar(select(cls.id).where(cls.customer_id == customer.id, cls.state == RequestState.OPEN)):
            raise Refused(_("There is already an open request. Withdraw it first, or wait for the decision."))
        wish = cls(
            customer_id=customer.id, nominee_id=nominee.id, reason=reason.strip(), way=way,
            asked_by_id=by.id if way is Way.PORTAL else None, asked_by_name=asked_by_name.strip(),
            entered_by_id=by.id,
            evidence=[Evidence(file_id=file.id, customer_id=customer.id) for file in evidence or ()],
        )  # fmt: skip
        session.add(wish)
        session.flush()
        wish._record(session, "request.raised", by=by, way=way)
        letters.tell_ids(
            session, [present.id, *([by.id] if by.id != present.id and way is Way.PORTAL else [])], "request_raised",
            nominee=nominee.name, reason=wish.reason, asker=asked_by_name or by.name,
            link=letters.address_of(f"/super-user-requests/{wish.id}"),
        )  # fmt: skip
        letters.tell_ids(
            session, who_decides(session), "request_waiting",
            customer=customer.name, nominee=nominee.name, reason=wish.reason,
            link=letters.address_of(f"/provider/requests/{wish.id}"),
        )  # fmt: skip
        return wish

    def withdraw(self, session: Session, *, by: Any) -> None:
        """Take the request back before it is decided."""
        self._close(session, RequestState.WITHDRAWN, by=by)
        self._record(session, "request.withdrawn", by=by)
        letters.tell_ids(session, self._concerned(session), "request_withdrawn", **self._told())

    def decline(self, session: Session, *, reason: str, by: Any) -> None:
        """Say no, with a reason that those concerned read."""
        if not reason.strip():
            raise Refused(_("Say why: those concerned will read it."), field="reason")
        self._close(session, RequestState.DECLINED, by=by, decision=reason.strip())
        self._record(session, "request.declined", by=by, reason=reason.strip())
        letters.tell_ids(session, self._concerned(session), "request_declined", decision=reason.strip(), **self._told())

    def approve(self, session: Session, *, old_becomes: OldBecomes, by: Any) -> None:
        """Hand over: the nominee becomes super user, the old one what was decided; sessions of both end."""
        self._close(session, RequestState.APPROVED, by=by, old_becomes=old_becomes)
        present = super_user_of(session, self.customer_id)
        concerned = self._concerned(session)
        hand_over(session, self.customer_id, self.nominee_id, present, old_becomes, by=by)
        self._record(
            session, "request.approved", by=by, old_becomes=old_becomes, before=str(present.id) if present else None
        )
        told = self._told() | {"old": present.name if present else "", "old_becomes": old_becomes.value}
        if present is not None:
            letters.tell(session, present, "request_approved", **told)
        letters.tell_ids(
            session, [id for id in concerned if present is None or id != present.id], "request_approved", **told
        )

    def _close(self, session: Session, state: RequestState, *, by: Any, **values: Any) -> None:
        result: Any = session.execute(
            update(SuperUserRequest)
            .where(SuperUserRequest.id == self.id, SuperUserRequest.state == RequestState.OPEN)
            .values(
                state=state, decided_by_id=by.id, decided_at=now(), version=SuperUserRequest.version + 1, **values
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        if result.rowcount != 1:
            session.refresh(self)
            raise Refused(_("This request has been decided already."))
        session.refresh(self)

    def _record(self, session: Session, tag: str, *, by: Any, **data: Any) -> None:
        record(
            session, tag, by=by, customer_id=self.customer_id, subject_id=self.nominee_id, request=str(self.id), **data
        )

    def _told(self) -> dict[str, Any]:
        return {
            "nominee": self.nominee.name,
            "link": letters.address_of(f"/super-user-requests/{self.id}"),
        }

    def _concerned(self, session: Session) -> list[uuid.UUID]:
        """Return the ids of the present super user, the nominee, whoever asked, and the company's admins."""
        leaders = session.scalars(
            select(User.id).where(
                User.customer_id == self.customer_id,
                User.portal_role.in_([PortalRole.SUPER_USER, PortalRole.ADMIN]),
                User.has_joined,
                User.archived_at.is_(None),
            )
        )
        ids = [*leaders, self.nominee_id, *([self.asked_by_id] if self.asked_by_id else [])]
        return list(dict.fromkeys(ids))


class Evidence(Owned, Base):
    """A file attached to a request."""

    __tablename__ = "super_user_request_evidence"

    read_by_customer: ClassVar[str] = "super_user.ask"
    read_by_staff: ClassVar[str] = "customers.read"

    request_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("super_user_requests.id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("files.id"), primary_key=True)
    file: Mapped[File] = relationship(lazy="joined")
