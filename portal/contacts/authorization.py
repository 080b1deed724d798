"""Authorization: how strict visibility is, and which sites somebody's view was narrowed to.

Seed "User management", 4.2 and 4.3: neither option touches notifications.
"""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..database import Base, Versioned


class Authorization(Versioned, Base):
    """What the provider chose, in one row: loose unless it is there and says otherwise."""

    __tablename__ = "authorization_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_strict_for_services: Mapped[bool] = mapped_column(default=False)
    """Visible if user is contact for the service, not merely for its host."""
    is_strict_for_groups: Mapped[bool] = mapped_column(default=False)
    """Host and service groups are visible only if all members are."""


def chosen(session: Session) -> Authorization:
    """Return what the provider chose; loose where nobody did."""
    found = session.get(Authorization, 1)
    return found or Authorization(id=1, is_strict_for_services=False, is_strict_for_groups=False)


class AuthorizedSite(Base):
    """A site that somebody with chosen sites may look at."""

    __tablename__ = "authorized_sites"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    site_id: Mapped[str] = mapped_column(String(64), ForeignKey("sites.id", ondelete="CASCADE"), primary_key=True)
