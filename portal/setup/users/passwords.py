"""Site passwords: what a person signs in to monitoring sites with. The portal's own password never leaves it.

Kept as bcrypt, because that is what sites read; one row for each person who has one.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ...database import Base, UtcDateTime, now


class SitePassword(Base):
    """The hash that sites get of a person."""

    __tablename__ = "site_passwords"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(60))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    set_by_id: Mapped[uuid.UUID | None] = mapped_column()
