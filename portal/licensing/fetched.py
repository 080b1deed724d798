"""Fetched: who downloaded which package, when, from where and in what way."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ..customers.ownership import Owned
from ..database import Base, Identified, UtcDateTime, now


class Fetched(Identified, Owned, Base):
    """One download; resumed within a day from the same address it is still the same one."""

    __tablename__ = "downloads"
    __table_args__ = (
        Index("ix_downloads_customer_id", "customer_id", "id"),
        Index("ix_downloads_user_id", "user_id", "id"),
        Index("ix_downloads_package_id", "package_id", "id"),
    )

    read_by_customer: ClassVar[str] = "downloads.use"
    read_by_staff: ClassVar[str] = "releases.read"

    package_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("packages.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    way: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
