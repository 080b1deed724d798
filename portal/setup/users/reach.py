"""Reach: which sites get a person: those of their customer, and of a Global user all there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select
from sqlalchemy.orm import Session

from ...accounts.users import User
from ...customers.models import Customer
from ...customers.sites import Site
from ..distribution import standing
from ..distribution.standing import SiteStanding

MOST_NAMED = 200


def of(customer_id: str | None) -> ColumnElement[bool]:
    """Return the condition that a site gets the users of a customer; None: the Global ones."""
    live = Site.archived_at.is_(None)
    return live if customer_id is None else live & (Site.customer_id == customer_id)


def count() -> ColumnElement[int]:
    """Return how many sites the person of a statement's row reaches."""
    return case((User.customer_id.is_(None), _all()), else_=_own())


def _all() -> ScalarSelect[int]:
    return select(func.count()).select_from(Site).where(of(None)).scalar_subquery()


def _own() -> ScalarSelect[int]:
    own = select(func.count()).select_from(Site)
    return own.where(Site.archived_at.is_(None), Site.customer_id == User.customer_id).scalar_subquery()


def has_any(session: Session, customer_id: str | None) -> bool:
    """Tell whether any site gets the users of a customer; None: the Global ones."""
    return session.scalar(select(Site.id).where(of(customer_id)).limit(1)) is not None


@dataclass(frozen=True)
class Reached:
    """A site that gets somebody, and how far it is with what was last published for it: a word and its tone."""

    id: str
    alias: str
    company: str
    state: str
    tone: str
    is_current: bool


def sites(session: Session, customer_id: str | None) -> tuple[list[Reached], int]:
    """Return the first sites reached, by customer and alias; and how many more."""
    statement = (
        select(Site.id, Site.alias, Site.customer_id, Site.edition, Customer.name.label("company"), *standing.columns())
        .join(Customer, Customer.id == Site.customer_id)
        .outerjoin(SiteStanding, SiteStanding.site_id == Site.id)
        .where(of(customer_id))
        .order_by(Customer.name_key, Site.alias_key, Site.id)
    )
    rows = session.execute(statement.limit(MOST_NAMED + 1)).all()
    found = [_reached(row) for row in rows[:MOST_NAMED]]
    if len(rows) <= MOST_NAMED:
        return found, 0
    total = session.scalar(select(func.count()).select_from(Site).where(of(customer_id))) or 0
    return found, total - MOST_NAMED


def _reached(row: Any) -> Reached:
    state = standing.state_of(row)
    label, tone = standing.STATES[state]
    is_current = state in (standing.State.FETCHED, standing.State.APPLIED)
    return Reached(row.id, row.alias, row.company, str(label), tone, is_current)
