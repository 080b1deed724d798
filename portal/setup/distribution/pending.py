"""Pending: what was changed and is not on the sites yet, by site and by change."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from ...customers.elements import Release
from ...customers.models import Customer
from ...customers.sites import Site
from ..changes import Change
from ..editions import MANAGED
from . import standing
from .standing import SiteStanding

MOST_COUNTED = 99
USERS = "users"
WITH_ACTIVATION = ("roles", "contact_groups", "groups")
"""What of a person waits for an activation; see `setup.users.profiles`."""


def touches() -> ColumnElement[bool]:
    """Return the condition that a change touches a site, for statements with both."""
    own = literal("customer:") + Site.customer_id, literal("site:") + Site.id
    return Change.scope.in_([literal(str(Release.GENERAL)), literal(str(Release.GLOBAL)), *own])


def waits() -> ColumnElement[bool]:
    """Return the condition that a change is for an activation: profiles, and what takes access away, went at once."""
    given = or_(*(Change.data[name].as_string().is_not(None) for name in WITH_ACTIVATION))
    at_once = or_(Change.act.in_(("deleted", "removed")), and_(Change.act == "changed", not_(given)))
    return not_(and_(Change.kind == USERS, at_once))


def is_first() -> ColumnElement[bool]:
    """Return the condition that a site has no snapshot as its present customer's, for statements with its standing."""
    return or_(SiteStanding.site_id.is_(None), SiteStanding.customer_id != Site.customer_id)


def has_changes() -> ColumnElement[bool]:
    """Return the condition that changes wait for a site that has a snapshot."""
    waiting = select(Change.id).where(touches(), Change.number > SiteStanding.through, waits())
    return exists(waiting.correlate(Site, SiteStanding))


def is_pending() -> ColumnElement[bool]:
    """Return the condition that an activation would give a site something new."""
    return or_(is_first(), has_changes())


def may_have() -> ColumnElement[bool]:
    """Return the condition that a site gets snapshots at all: it is there, and says no edition that cannot."""
    shown = and_(Site.archived_at.is_(None), Customer.archived_at.is_(None))
    return and_(shown, or_(Site.edition == "", func.lower(Site.edition).in_(MANAGED)))


def with_standing(statement: Any) -> Any:
    """Join the customers and standings of a statement's sites."""
    joined = statement.join(Customer, Customer.id == Site.customer_id)
    return joined.outerjoin(SiteStanding, SiteStanding.site_id == Site.id)


def sites(*more: Any) -> Any:
    """Select every live site with its customer, its standing, and how many changes wait for it, up to one too many."""
    some = select(Change.id).where(touches(), Change.number > SiteStanding.through, waits()).limit(MOST_COUNTED + 1)
    some_rows = some.correlate(Site, SiteStanding).subquery()
    waiting = select(func.count()).select_from(some_rows).scalar_subquery()
    statement = select(
        Site.id, Site.alias, Site.customer_id, Site.edition, Site.is_disabled, Customer.name.label("customer"),
        waiting.label("waiting"), *standing.columns(), *more,
    )  # fmt: skip
    return with_standing(statement).where(Site.archived_at.is_(None), Customer.archived_at.is_(None))


def number(session: Session) -> int:
    """Return for how many sites something waits."""
    found = with_standing(select(func.count()).select_from(Site)).where(may_have(), is_pending())
    return session.scalar(found) or 0


def changes() -> Any:
    """Select the changes that are not on all the sites they touch, with how many sites still lack them."""
    behind = (
        select(func.count())
        .select_from(Site)
        .join(SiteStanding, and_(SiteStanding.site_id == Site.id, SiteStanding.customer_id == Site.customer_id))
        .where(touches(), SiteStanding.through < Change.number, waits(), Site.archived_at.is_(None))
        .correlate(Change)
        .scalar_subquery()
    )
    statement = select(*_columns(), behind.label("sites"))
    lowest = select(func.min(SiteStanding.through)).scalar_subquery()
    return statement.where(Change.number > func.coalesce(lowest, 0), behind > 0)


def changes_of(site: Site, after: int) -> Any:
    """Select the changes that wait for one site."""
    mine = (Release.GENERAL, Release.GLOBAL, f"customer:{site.customer_id}", f"site:{site.id}")
    return select(*_columns()).where(Change.scope.in_(mine), Change.number > after, waits())


def _columns() -> tuple[Any, ...]:
    names = ("id", "number", "scope", "kind", "key", "title", "act", "actor_id", "at", "data")
    return tuple(getattr(Change, name) for name in names)
