"""Licensing credentials: a Licensing ID and a password with which a site speaks for a subscription."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..customers.ownership import Owned
from ..customers.subscriptions import Subscription
from ..database import Base, Identified, UtcDateTime, Versioned, now

LETTERS = "23456789abcdefghjkmnpqrstvwxyz"


def new_licensing_id() -> str:
    """Return an ID that is no secret and tells nothing: 80 random bits in groups that people can read aloud."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(4)) for _group in range(4))


class Credential(Identified, Versioned, Owned, Base):
    """A Licensing ID under a subscription. Its password is kept as a digest; a rotated one holds on until `old_until`.

    The password has 256 random bits, so that a digest without salt or stretching gives nothing away.
    """

    __tablename__ = "licensing_credentials"
    __table_args__ = (Index("ix_licensing_credentials_subscription_id", "subscription_id", "id"),)

    read_by_customer: ClassVar[str] = "downloads.use"
    read_by_staff: ClassVar[str] = "documents.read"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    subscription: Mapped[Subscription] = relationship()
    licensing_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_licensing_id)
    label: Mapped[str] = mapped_column(String(80))
    secret_hash: Mapped[str] = mapped_column(String(64))
    old_secret_hash: Mapped[str | None] = mapped_column(String(64))
    old_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    rotated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_from: Mapped[str] = mapped_column(String(64), default="")
