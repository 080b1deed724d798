"""Known states: what was last told of each host and service that is not simply well, and how far each site was read."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, ForeignKeyConstraint, Index, SmallInteger, String, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...customers.ownership import Owned
from ...database import Base, Identified, UtcDateTime, now, separate


class KnownState(Identified, Owned, Base):
    """The state of a host or service that was told last; where there is no row, that it is well."""

    __tablename__ = "notification_states"
    __table_args__ = (
        ForeignKeyConstraint(
            ["site_id", "customer_id"], ["sites.id", "sites.customer_id"], onupdate="CASCADE", ondelete="CASCADE",
            name="fk_notification_states_site",
        ),
        Index("ux_notification_states_site_id", "site_id", "host_name", "description", unique=True),
    )  # fmt: skip

    read_by_customer: ClassVar[str] = "monitoring.own"
    read_by_staff: ClassVar[str] = "monitoring.read"

    site_id: Mapped[str] = mapped_column(String(64))
    host_name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(String(255), default="")
    state: Mapped[int] = mapped_column(SmallInteger, default=0)
    is_acknowledged: Mapped[bool] = mapped_column(default=False)
    in_downtime: Mapped[bool] = mapped_column(default=False)
    told: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Who was told of the problem: they alone are told that it is over."""


class Round(Owned, Base):
    """How often a site was looked at, and when last to the end; never: what is wrong there now is old."""

    __tablename__ = "notification_rounds"
    __table_args__ = (
        ForeignKeyConstraint(
            ["site_id", "customer_id"], ["sites.id", "sites.customer_id"], onupdate="CASCADE", ondelete="CASCADE",
            name="fk_notification_rounds_site",
        ),
    )  # fmt: skip

    read_by_customer: ClassVar[str] = "monitoring.own"
    read_by_staff: ClassVar[str] = "monitoring.read"

    site_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(default=1)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def begin(site_id: str, customer_id: str) -> tuple[int, bool] | None:
    """Begin a round at a site before it is asked; return its number and whether it is the first.

    A later one ends it: `hold` says so. None when another worker began at this very moment, or the site is gone.
    """
    try:
        with separate() as session:
            row = session.get(Round, site_id, with_for_update=True)
            if row is None:
                row = Round(site_id=site_id, customer_id=customer_id, number=0)
                session.add(row)
            row.number += 1
            return row.number, row.finished_at is None
    except IntegrityError:
        return None


def hold(session: Session, site_id: str, number: int, *, is_over: bool = False) -> bool:
    """Keep a round in this transaction, and every later one out of it; False when a later one has begun."""
    values = {"finished_at": now()} if is_over else {"number": number}
    statement = update(Round).where(Round.site_id == site_id, Round.number == number).values(values)
    return bool(session.execute(statement.returning(Round.site_id)).all())
