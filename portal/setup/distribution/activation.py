"""Activation: gives sites what was changed, all that were chosen or none.

What they get is built while others go on working; the lock under which changes are numbered is taken only to see that
nothing has changed meanwhile, and to write. Of two at once the second finds what the first has left, mostly nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import JSON, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...audit.models import record
from ...customers.sites import Site
from ...database import Base, Identified, UtcDateTime, db, now, reading, separate
from ...errors import Refused
from .. import changes
from ..changes import Change
from . import building, checks, parts, pending, snapshots, standing
from .building import Built
from .snapshots import Kind
from .standing import SiteStanding

TRIES = 3
Tell = Callable[[int, int, str], None]


class State(StrEnum):
    """What became of an activation."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Activation(Identified, Base):
    """Who activated what, when. One for many sites is done by a job, and waits until then."""

    __tablename__ = "setup_activations"
    __table_args__ = (Index("ix_setup_activations_at", "at"),)

    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    by_id: Mapped[uuid.UUID | None] = mapped_column()
    comment: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(10), default=State.DONE)
    wanted: Mapped[list[str] | None] = mapped_column(JSON)
    """IDs of the sites that were chosen; None: all for which something waited."""
    sites: Mapped[int] = mapped_column(default=0)
    through: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    problems: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    """Why it was refused: the site's customer, a sentence, kind and key of what is to be mended."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_id: Mapped[uuid.UUID | None] = mapped_column()


class Broken(Refused):
    """Say that something would be broken on a site, and what."""

    def __init__(self, found: checks.Found) -> None:
        super().__init__(_("Nothing was activated: mend what is listed first."))
        self.found = found


class _Moved(Exception):
    """Say that something changed while it was built."""


def chosen(session: Session, site_ids: Collection[str] | None) -> Sequence[Any]:
    """Return the sites that were chosen (None: all) and for which something waits, with what building needs."""
    statement = pending.with_standing(
        select(*building.own_columns(), SiteStanding.number)
    ).where(pending.may_have(), pending.is_pending()).order_by(Site.id)  # fmt: skip
    if site_ids is None:
        return session.execute(statement).all()
    portions = building.sliced(set(site_ids))
    return [row for some in portions for row in session.execute(statement.where(Site.id.in_(some)))]


def activate(
    site_ids: Collection[str] | None, *, by: Any, comment: str = "", asked: uuid.UUID | None = None,
    tell: Tell = lambda _done, _total, _text: None,
) -> uuid.UUID:  # fmt: skip
    """Publish a snapshot for each of these sites (None: all) for which something waits; return the activation's id.

    Works in transactions of its own: call it while none is open. `asked` is the activation a job carries out. Raises
    `Broken` for what would be broken, `Refused` where nothing waits.
    """
    concerned = Site.archived_at.is_(None) if site_ids is None else Site.id.in_(set(site_ids))
    for _try in range(TRIES):
        with reading(), Session(db.engine) as session:
            sites, built = _built(session, site_ids, tell)
        try:
            with separate() as session:
                _check(session, changes.hold(session, concerned), sites, built)
                return _write(session, sites, built, by=by, comment=comment, asked=asked, wanted=site_ids)
        except _Moved:
            continue
    with separate() as session:  # others are busy: they wait for us this time
        changes.hold(session, concerned)
        sites, built = _built(session, site_ids, tell)
        return _write(session, sites, built, by=by, comment=comment, asked=asked, wanted=site_ids)


def _built(session: Session, site_ids: Collection[str] | None, tell: Tell) -> tuple[Sequence[Any], Built]:
    number = changes.latest(session)
    sites = chosen(session, site_ids)
    if not sites:
        raise Refused(_nothing(session, site_ids))
    tell(0, len(sites), _("Looking for what would be broken"))
    found = checks.find(session, {site.customer_id for site in sites})
    if found.problems:
        raise Broken(found)
    tell(0, len(sites), _("Putting together what the sites get"))
    built = building.build(session, sites)
    built.number = number
    return sites, built


def _nothing(session: Session, site_ids: Collection[str] | None) -> str:
    held = select(Site.id).where(Site.id.in_(site_ids or ()), Site.archived_at.is_(None), Site.edition != "")
    if session.scalars(pending.with_standing(held).where(~pending.may_have())).first():
        return str(_("Only sites of the managed services edition get a configuration."))
    return str(_("Nothing waits to be activated there. Somebody else may just have done it."))


def _check(session: Session, number: int, sites: Sequence[Any], built: Built) -> None:
    """Raise `_Moved` when what was built is not what the sites are to get any more."""
    scopes = set[str]().union(*(building.scopes_of(site.id, site.customer_id) for site in sites))
    if number != built.number:
        later = session.scalars(select(Change.scope).where(Change.number > built.number).distinct())
        if not scopes.isdisjoint(later):
            raise _Moved
    before = {site.id: (site.customer_id, site.version, site.number) for site in sites}
    present = {
        site.id: (site.customer_id, site.version, site.number)
        for some in building.sliced(before)
        for site in session.execute(
            pending.with_standing(select(Site.id, Site.customer_id, Site.version, SiteStanding.number)).where(
                pending.may_have(), Site.id.in_(some)
            )
        )
    }
    if present != before or not building.holds(session, built):
        raise _Moved


def _write(
    session: Session, sites: Sequence[Any], built: Built, *, by: Any, comment: str, asked: uuid.UUID | None,
    wanted: Collection[str] | None,
) -> uuid.UUID:  # fmt: skip
    activation = session.get(Activation, asked) if asked else None
    if activation is None:
        chosen_ids = None if wanted is None else sorted(set(wanted))
        activation = Activation(by_id=getattr(by, "id", None), comment=comment, wanted=chosen_ids)
        session.add(activation)
    activation.state, activation.sites, activation.finished_at = State.DONE, len(sites), now()
    activation.through = built.number
    session.flush()
    parts.keep(session, built.made)
    made = [
        snapshots.make(
            site_id=site.id, customer_id=site.customer_id, number=(site.number or 0) + 1, kind=Kind.FULL,
            through=built.number, of=built.of(site.id, site.customer_id), by=by, activation_id=activation.id,
        )
        for site in sites
    ]  # fmt: skip
    session.add_all(made)
    publish(session, made)
    record(
        session, "setup.activated", by=by, customer_id=None, record_id=activation.id, sites=len(sites),
        names=[site.alias for site in sites[:5]],
    )  # fmt: skip
    return activation.id


def publish(session: Session, made: Sequence[snapshots.Snapshot]) -> None:
    """Let sites get these snapshots from now on."""
    present = {
        row.site_id: row
        for some in building.sliced([snapshot.site_id for snapshot in made])
        for row in session.scalars(select(SiteStanding).where(SiteStanding.site_id.in_(some)))
    }
    standing.published(session, made, present)
