"""The log: each notification, to whom, of what, by which rule, how, and what became of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, ForeignKeyConstraint, Index, String, Text, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from ...contacts import visibility
from ...contacts.inventory import Host, Service
from ...customers.ownership import Owned, Reader
from ...database import Base, Identified, UtcDateTime, now

WAITING, COLLECTED, MAILED, DONE, FAILED = "waiting", "collected", "mailed", "done", "failed"
OUTPUT_LENGTH = 2000


class Notification(Identified, Owned, Base):
    """One notification to one person. `state`: waiting for its script, collected for a later mail, mailed (what
    became of it says the mail), done or failed by its script.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        ForeignKeyConstraint(
            ["site_id", "customer_id"], ["sites.id", "sites.customer_id"], onupdate="CASCADE", ondelete="CASCADE",
            name="fk_notifications_site",
        ),
        Index("ix_notifications_customer_id", "customer_id", "id"),
        Index("ix_notifications_user_id", "user_id", "id"),
        Index("ix_notifications_bulk", "bulk_key", "state"),
        Index("ix_notifications_site_id", "site_id", "host_name", "description"),
        Index("ix_notifications_at", "at"),
    )  # fmt: skip

    read_by_customer: ClassVar[str] = "monitoring.own"
    read_by_staff: ClassVar[str] = "monitoring.read"

    site_id: Mapped[str] = mapped_column(String(64))
    host_name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(String(255), default="")
    """The service's; "" for a host."""
    event: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    output: Mapped[str] = mapped_column(Text, default="")
    """What the check said."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    user_id: Mapped[uuid.UUID | None] = mapped_column()
    recipient: Mapped[str] = mapped_column(String(254))
    """The person's name, or an address behind which is nobody."""
    method: Mapped[str] = mapped_column(String(110))
    """`mail`, or `script:` and a name."""
    rule_key: Mapped[str] = mapped_column(String(64), default="")
    """Of the provider's rule that decided; "" for an own rule, and for fallback contacts."""
    rule_title: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10))
    mail_id: Mapped[uuid.UUID | None] = mapped_column()
    bulk_key: Mapped[str] = mapped_column(String(400), default="")
    """Of what is collected: those with the same one go into one mail."""
    exit_code: Mapped[int | None] = mapped_column()
    result: Mapped[str] = mapped_column(Text, default="")
    """What a script printed, or why it did not run."""

    @classmethod
    def seen_by(cls, reader: Reader) -> ColumnElement[bool]:
        """Return the condition under which `reader` sees a row: of what they see, and of what they were told."""
        seen = and_(super().seen_by(reader), visibility.on_sites(cls.site_id, reader))
        if not visibility.is_restricted(reader):
            return seen
        here: Any = (Host.site_id == cls.site_id, Host.name == cls.host_name)
        host = select(Host.id).where(*here, visibility.of(Host, reader), cls.description == "")
        there: Any = (Service.site_id == cls.site_id, Service.host_name == cls.host_name)
        service = select(Service.id).where(
            *there, Service.description == cls.description, visibility.of(Service, reader)
        )
        return and_(seen, or_(cls.user_id == reader.id, host.exists(), service.exists()))
