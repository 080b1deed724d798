"""Changes: what was edited and not yet activated, as rows in the order in which they were committed.

Each names a scope, which says whose sites it touches: `general` and `global` all, `customer:<id>` those of one
customer, `site:<id>` one. A site's snapshot holds every change up to a number; those with a higher one are pending.
The numbers have no gaps and follow the commits: they are given at the very end of a transaction, under the one lock
that all such transactions take last, so that none can appear below a number that an activation has already passed.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Index, Integer, String, event, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..customers.elements import Element, Release
from ..customers.sites import Site
from ..database import Base, Identified, UtcDateTime, now

_WAITING = "setup changes without a number"


class Clock(Base):
    """The number of the last change; one row."""

    __tablename__ = "setup_clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(default=0)


class Change(Identified, Base):
    """One thing that was done to the setup. `data` holds what differs, field by field, never a secret."""

    __tablename__ = "setup_changes"
    __table_args__ = (Index("ix_setup_changes_scope", "scope", "number"), Index("ix_setup_changes_number", "number"))

    number: Mapped[int | None] = mapped_column(Integer)
    """None only within the transaction that makes it."""
    scope: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(30))
    """The slug of an element kind, or `sites`, `users`."""
    key: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255))
    act: Mapped[str] = mapped_column(String(20))
    """`created`, `changed`, `deleted`, `removed` (from the scope's customer), `moved` (to it)."""
    actor_id: Mapped[uuid.UUID | None] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def note(
    session: Any, scope: str, *, kind: str, key: str, title: str, act: str, by: Any, data: dict[str, Any] | None = None
) -> Change:
    """Add a pending change to the transaction of the deed it tells of."""
    change = Change(
        scope=scope, kind=kind, key=key, title=title, act=act, actor_id=getattr(by, "id", None), data=data or {}
    )
    session.add(change)
    return change


def of_site(site: Site) -> ColumnElement[bool]:
    """Return the condition that a change touches a site as it now stands."""
    scopes = (Release.GENERAL, Release.GLOBAL, f"customer:{site.customer_id}", f"site:{site.id}")
    return Change.scope.in_(scopes)


def latest(session: Session) -> int:
    """Return the number of the last change, 0 before the first."""
    return session.scalar(select(Clock.number)) or 0


def hold(session: Session, *sites: ColumnElement[bool]) -> int:
    """Take the lock under which numbers are given, until the transaction ends; return the last number.

    `sites` is the condition of those that snapshots are to be written for: who moves one has its row when they come to
    this lock, so their rows are taken before it, lest each wait for the other.
    """
    if sites:
        rows = select(Site.id).where(*sites).order_by(Site.id)
        session.execute(rows.with_for_update(read=True, key_share=True)).all()
    found = session.execute(update(Clock).values(number=Clock.number).returning(Clock.number)).scalar()
    if found is None:
        session.add(Clock(id=1, number=0))
        session.flush()
    return found or 0


def of_element(element: Element) -> dict[str, Any]:
    """Return how a change names an element."""
    return {"kind": element.kind, "key": element.key, "title": element.title}


@event.listens_for(Change, "after_insert")
def _wait(_mapper: Any, _connection: Any, change: Change) -> None:
    session = Session.object_session(change)
    if session is not None:
        session.info[_WAITING] = True


@event.listens_for(Session, "before_commit")
def _number(session: Session) -> None:
    """Give numbers to the transaction's own changes, the only ones without that it can see."""
    if session.in_nested_transaction():
        return
    session.flush()
    if not session.info.pop(_WAITING, False):
        return
    own = session.scalars(select(Change.id).where(Change.number.is_(None)).order_by(Change.id)).all()
    if not own:
        return
    number = hold(session)
    for place, id in enumerate(own, 1):
        session.execute(update(Change).where(Change.id == id).values(number=number + place))
    session.execute(update(Clock).values(number=number + len(own)))
