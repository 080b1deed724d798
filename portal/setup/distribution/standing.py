"""Standing: how far each site is: what was last published for it, what it fetched, what it says became of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, String, or_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...database import Base, UtcDateTime, now
from ..editions import is_held_back
from .snapshots import Snapshot

SEEN_EVERY = timedelta(minutes=5)
"""How often at most it is written down that a site asked and had everything already."""
REASON_LENGTH = 500


class SiteStanding(Base):
    """A site's last snapshot and the site's own word on it. Numbers go on when the site changes hands."""

    __tablename__ = "site_standings"

    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"), primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    """Of the last snapshot: of another customer's site it is nothing."""
    number: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))
    through: Mapped[int] = mapped_column()
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fetched_number: Mapped[int] = mapped_column(default=0)
    fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_number: Mapped[int] = mapped_column(default=0)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_number: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_why: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")


class State(StrEnum):
    """How far a site is with its last snapshot."""

    HELD_BACK = "held_back"
    NEVER = "never"
    OFFERED = "offered"
    FETCHED = "fetched"
    APPLIED = "applied"
    FAILED = "failed"


STATES = {
    State.HELD_BACK: (_l("Held back"), "bad"),
    State.NEVER: (_l("Never activated"), "warn"),
    State.OFFERED: (_l("Not fetched yet"), "info"),
    State.FETCHED: (_l("Fetched"), "info"),
    State.APPLIED: (_l("Applied"), "good"),
    State.FAILED: (_l("Failed"), "bad"),
}


def state_of(row: Any) -> State:
    """Return where a site is; `row` has the columns of a standing (None: none) and the site's `edition` and owner."""
    if is_held_back(row.edition):
        return State.HELD_BACK
    if row.number is None or row.published_for != row.customer_id:
        return State.NEVER
    if row.failed_number == row.number:
        return State.FAILED
    if row.applied_number == row.number:
        return State.APPLIED
    return State.FETCHED if row.fetched_number == row.number else State.OFFERED


def columns() -> tuple[Any, ...]:
    """Return the columns of a standing beside those of a site, for `state_of` and for who shows it."""
    names = ("number", "kind", "through", "published_at", "fetched_number", "fetched_at", "applied_number",
             "applied_at", "failed_number", "failed_at", "failed_why")  # fmt: skip
    return (*(getattr(SiteStanding, name) for name in names), SiteStanding.customer_id.label("published_for"))


def published(session: Session, snapshots: Collection[Snapshot], present: dict[str, SiteStanding]) -> None:
    """Write down what was just published; `present` are the standings there are."""
    for snapshot in snapshots:
        standing = present.get(snapshot.site_id)
        if standing is None:
            standing = SiteStanding(site_id=snapshot.site_id)
            session.add(standing)
        standing.customer_id, standing.number, standing.kind = snapshot.customer_id, snapshot.number, snapshot.kind
        standing.through, standing.published_at = snapshot.through, snapshot.made_at


def fetched(session: Session, site_id: str, number: int, *, again: bool) -> None:
    """Note that a site has a snapshot; `again`: it had it before, which is written down now and then only."""
    moment = now()
    noted = update(SiteStanding).where(SiteStanding.site_id == site_id)
    if again:
        stale = SiteStanding.fetched_at < moment - SEEN_EVERY
        noted = noted.where(or_(SiteStanding.fetched_number != number, SiteStanding.fetched_at.is_(None), stale))
    session.execute(noted.values(fetched_number=number, fetched_at=moment))


def reported(session: Session, site_id: str, number: int, *, applied: bool, why: str = "") -> None:
    """Note what a site says became of a snapshot."""
    moment = now()
    values: dict[str, Any] = {"applied_number": number, "applied_at": moment, "failed_number": 0, "failed_why": ""}
    if not applied:
        values = {"failed_number": number, "failed_at": moment, "failed_why": why[:REASON_LENGTH]}
    session.execute(update(SiteStanding).where(SiteStanding.site_id == site_id).values(**values))
