"""Shown: what the pages of changes list: sites and how far each is, snapshots, who has not fetched the users yet."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from ...accounts.users import User
from ...customers.elements import Element
from ...customers.models import Customer
from ...customers.ownership import Reader
from ...customers.sites import Site
from ...text import sort_key
from ..site_panels import Panel, add
from ..users.profiles import of, reaching
from . import pending, standing
from .activation import Activation
from .checks import Problem
from .snapshots import Kind, Snapshot
from .standing import STATES, SiteStanding, state_of
from .words import address, kind_name

SHOWN = {
    "": _l("All sites"),
    "pending": _l("With pending changes"),
    "offered": _l("Not fetched yet"),
    "failed": _l("Failed"),
    "held_back": _l("Held back"),
}
KINDS = {
    Kind.FULL: _l("Activation"),
    Kind.USERS: _l("Users only"),
    Kind.ROLLBACK: _l("Rollback"),
}


def sites(reader: Reader, *, q: str, shown: str) -> Any:
    """Select the sites of the page, each with its standing and how many changes wait."""
    statement = pending.sites((pending.is_first() & pending.may_have()).label("is_first")).where(Site.seen_by(reader))
    for word in sort_key(q).split()[:8]:
        found = or_(*(key.contains(word, autoescape=True) for key in (Site.alias_key, Customer.name_key)))
        statement = statement.where(or_(found, func.lower(Site.id).contains(word, autoescape=True)))
    is_present = SiteStanding.customer_id == Site.customer_id
    wanted = {
        "pending": and_(pending.may_have(), pending.is_pending()),
        "offered": and_(is_present, SiteStanding.fetched_number != SiteStanding.number, pending.may_have()),
        "failed": and_(is_present, SiteStanding.failed_number == SiteStanding.number),
        "held_back": ~pending.may_have(),
    }
    return statement.where(wanted[shown]) if shown else statement


def one(session: Session, site_id: str) -> Any:
    """Return the row of one site."""
    statement = pending.sites((pending.is_first() & pending.may_have()).label("is_first"))
    return session.execute(statement.where(Site.id == site_id)).first()


def without_users(session: Session) -> list[Any]:
    """Return the first sites that have not fetched users published without an activation."""
    columns = Site.id, Site.alias, Customer.name.label("customer"), SiteStanding.number, SiteStanding.published_at
    statement = pending.with_standing(select(*columns)).where(
        SiteStanding.customer_id == Site.customer_id, SiteStanding.kind == str(Kind.USERS),
        SiteStanding.fetched_number != SiteStanding.number, pending.may_have(),
    )  # fmt: skip
    return list(session.execute(statement.order_by(SiteStanding.published_at, Site.id).limit(26)))


def snapshots(site_id: str) -> Any:
    """Select the snapshots of a site."""
    columns = Snapshot.id, Snapshot.number, Snapshot.kind, Snapshot.of_number, Snapshot.customer_id, Snapshot.made_at
    statement = select(*columns, Snapshot.activation_id, User.name.label("by"), Customer.name.label("customer"))
    statement = statement.outerjoin(User, User.id == Snapshot.made_by_id)
    return statement.join(Customer, Customer.id == Snapshot.customer_id).where(Snapshot.site_id == site_id)


def gone(session: Session, condition: ColumnElement[bool], made: int) -> int:
    """Return how many of so many snapshots are no longer kept."""
    return max(0, made - (session.scalar(select(func.count()).select_from(Snapshot).where(condition)) or 0))


def activations() -> Any:
    """Select all activations."""
    columns = (Activation.id, Activation.at, Activation.state, Activation.sites, Activation.comment)
    return select(*columns, User.name.label("by")).outerjoin(User, User.id == Activation.by_id)


def given(activation: Activation) -> Any:
    """Select the sites that an activation gave something."""
    columns = Snapshot.id, Snapshot.site_id, Snapshot.number, Site.alias, Site.customer_id, Site.edition
    statement = pending.with_standing(
        select(*columns, Customer.name.label("customer"), SiteStanding.number.label("last"), *standing.columns()[4:])
        .join(Site, Site.id == Snapshot.site_id)
    )  # fmt: skip
    return statement.where(Snapshot.activation_id == activation.id)


def contents(session: Session, customer_id: str) -> list[tuple[str, int]]:
    """Return what a site of a customer would get, by kind; two statements."""
    counted = select(Element.kind, func.count()).where(Element.archived_at.is_(None), reaching(customer_id))
    found = [(kind_name(kind), number) for kind, number in session.execute(counted.group_by(Element.kind))]
    people = select(func.count()).select_from(User).where(or_(of(customer_id), of(None)))
    return [*sorted(found), (kind_name("users"), session.scalar(people) or 0)]


def grouped(session: Session, problems: list[Problem]) -> list[tuple[str, list[str], list[tuple[str, str | None]]]]:
    """Return problems by customer: its name, the aliases of its sites, and sentences with where each is mended."""
    customers = {problem.customer_id for problem in problems}
    names = dict(session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(customers))).all())
    aliases: dict[str, list[str]] = {}
    rows = select(Site.customer_id, Site.alias).where(Site.customer_id.in_(customers), Site.archived_at.is_(None))
    for customer_id, alias in session.execute(rows.order_by(Site.alias_key)):
        aliases.setdefault(customer_id, []).append(alias)
    found: dict[str, list[tuple[str, str | None]]] = {}
    for problem in problems:
        found.setdefault(problem.customer_id, []).append((problem.sentence, address(problem.kind, problem.key)))
    return [(names.get(id, id), aliases.get(id, []), sentences) for id, sentences in found.items()]


def _panel(session: Session, site: Site) -> Any:
    row = one(session, site.id)
    return {"row": row, "state": STATES[state_of(row)]} if row is not None else None


add(Panel("setup/changes/_panel.html", "setup.read", _panel, order=30))
