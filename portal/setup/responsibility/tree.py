"""Tree: customers, their sites, and on each site the folders with their hosts, one level a page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from ...contacts.allocation.folders import ROOT, folder_of, is_within
from ...contacts.inventory import Host, Service, Sweep
from ...contacts.memberships import CONTACT_GROUPS
from ...contacts.sets import ContactSetGroup
from ...customers.elements import Element
from ...customers.models import Customer
from ...customers.sites import Site
from ...text import fold, sort_key
from ..places import FOLDERS, folder_key
from .permitted import Permitted

MOST_SITES, MOST_FOLDERS, MOST_FILES = 25, 100, 1000


@dataclass(frozen=True)
class Child:
    """A folder below another: how many hosts lie in it and further down, and whether it has a permission."""

    path: str
    hosts: int
    has_permission: bool

    @property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.rpartition("/")[2]


@dataclass
class Level:
    """One folder of a site: what is directly below it, how many hosts lie in it, and in which files they are kept."""

    children: list[Child] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    hosts: int = 0
    rest: str = ""
    """The path of the last child shown, where there are more."""


def customers(permitted: Permitted, q: str, only: str) -> Select[*tuple[Any, ...]]:
    """Return a select of the customers that have sites of which something may be seen."""
    has_sites = exists().where(Site.customer_id == Customer.id, Site.archived_at.is_(None))
    statement = select(Customer.id, Customer.name).where(has_sites, Customer.archived_at.is_(None))
    if permitted.customers is not None:
        statement = statement.where(Customer.id.in_(permitted.customers))
    if only:
        statement = statement.where(Customer.id == only)
    for word in fold(q).split()[:8]:
        named = Customer.name_key.contains(sort_key(word), autoescape=True)
        statement = statement.where(or_(named, func.lower(Customer.id).contains(word, autoescape=True)))
    return statement


def sites(session: Session, customer_ids: Collection[str], *, most: int = MOST_SITES) -> dict[str, list[Row[Any]]]:
    """Return the first sites of these customers and one more where there are more, with their numbers of hosts."""
    place = func.row_number().over(partition_by=Site.customer_id, order_by=(Site.alias_key, Site.id))
    ranked = (
        select(Site.id, Site.alias, Site.customer_id, place.label("place"))
        .where(Site.customer_id.in_(customer_ids), Site.archived_at.is_(None))
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.id, ranked.c.alias, ranked.c.customer_id, Sweep.hosts)
        .outerjoin(Sweep, Sweep.site_id == ranked.c.id)
        .where(ranked.c.place <= most + 1)
        .order_by(ranked.c.customer_id, ranked.c.place)
    )
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.customer_id, []).append(row)
    return found


def site(session: Session, site_id: str) -> Any:
    """Return a live site by its ID, with its customer's name; None for none."""
    columns = Site.id, Site.alias, Site.customer_id, Customer.name.label("customer")
    rows = select(*columns).join(Customer, Customer.id == Site.customer_id)
    return session.execute(rows.where(Site.id == site_id, Site.archived_at.is_(None))).one_or_none()


def level(session: Session, at: Any, path: str, elements: Iterable[Any], *, after: str = "") -> Level:
    """Return a folder of a site as its hosts and the permissions below it tell. One statement."""
    below, found = dict[str, int](), Level()
    prefix = path.rstrip("/")
    rows = session.execute(select(Host.folder, func.count()).where(Host.site_id == at.id).group_by(Host.folder))
    for file, number in rows:
        folder = folder_of(file)
        if folder == path:
            found.files.append(file)
            found.hosts += number
        elif is_within(folder, path):
            child = _child(prefix, folder)
            below[child] = below.get(child, 0) + number
    permitted = {element.title for element in elements}
    for title in permitted:
        if title != path and is_within(title, path):
            below.setdefault(_child(prefix, title), 0)
    children = [Child(name, number, name in permitted) for name, number in sorted(below.items()) if name > after]
    found.children = children[:MOST_FOLDERS]
    found.rest = found.children[-1].path if len(children) > MOST_FOLDERS else ""
    return found


def _child(prefix: str, folder: str) -> str:
    return prefix + "/" + folder.removeprefix(prefix).split("/")[1]


def permissions(session: Session, customer_id: str, path: str) -> list[Row[Any]]:
    """Return the permissions that matter at a folder: its own, those above it, those below; a customer's and Global.

    Rows have `id`, `key`, `title` (the path), `customer_id`, `body`. One statement.
    """
    here = or_(Element.customer_id == customer_id, Element.customer_id.is_(None))
    parts = path.split("/")
    lineage = [ROOT, *("/".join(parts[: depth + 1]) for depth in range(1, len(parts)))]
    below = Element.title.startswith(path.rstrip("/") + "/", autoescape=True)
    return list(
        session.execute(
            select(Element.id, Element.key, Element.title, Element.customer_id, Element.body)
            .where(Element.kind == FOLDERS, Element.archived_at.is_(None), here, or_(Element.title.in_(lineage), below))
            .order_by(Element.title, Element.customer_id)
            .limit(1000)
        )
    )


def own(rows: Iterable[Any], customer_id: str, path: str) -> Any:
    """Return the permission a customer's folder has itself; None for none."""
    key = folder_key(customer_id, path)
    return next((row for row in rows if row.key == key), None)


def reaching(rows: Iterable[Any], customer_id: str, path: str) -> list[Any]:
    """Return the permissions besides a folder's own that say something of it: Global ones of it, and from above."""
    own_key = folder_key(customer_id, path)
    return [
        row
        for row in rows
        if row.key != own_key
        and is_within(path, row.title)
        and (row.title == path or row.body.get("as_contacts_below") or row.body.get("may_edit_below"))
    ]


def titles(session: Session, rows: Iterable[Any]) -> dict[str, str]:
    """Return the titles of the contact groups that permissions name, by key. One statement."""
    keys = {key for row in rows for key in row.body.get("groups") or ()}
    named = select(Element.key, Element.title).where(
        Element.kind == CONTACT_GROUPS, Element.key.in_(keys), Element.archived_at.is_(None)
    )
    return dict(session.execute(named).all())


def hosts(at: Any, found: Level, path: str, q: str = "") -> Select[*tuple[Any, ...]]:
    """Return a select of the hosts that lie in a folder itself, of those whose name has some words."""
    columns = Host.id, Host.name, Host.alias, Host.name_key, Host.contact_set_id
    statement = select(*columns).where(Host.site_id == at.id, _lies_in(found, path))
    for word in fold(q).split()[:8]:
        statement = statement.where(Host.name_key.contains(sort_key(word), autoescape=True))
    return statement


def groups(session: Session, set_ids: Iterable[Any]) -> dict[Any, list[str]]:
    """Return the titles of the contact groups in these sets, by set; of services those of their own.

    Global ones are marked: a customer may have one of the same title.
    """
    rows = session.execute(
        select(ContactSetGroup.set_id, Element.title, Element.customer_id)
        .join(Element, Element.id == ContactSetGroup.group_id)
        .where(
            ContactSetGroup.set_id.in_({id for id in set_ids if id}), not_(ContactSetGroup.is_of_host),
            Element.archived_at.is_(None),
        )
        .order_by(Element.title_key, Element.id)
    )  # fmt: skip
    found: dict[Any, list[str]] = {}
    for id, title, customer_id in rows:
        found.setdefault(id, []).append(title if customer_id else f"{title} ({_('Global')})")
    return found


def _lies_in(found: Level, path: str) -> ColumnElement[bool]:
    if path == ROOT and len(found.files) > MOST_FILES:
        return not_(Host.folder.like("/wato/_%/%.mk"))
    return Host.folder.in_(found.files)


def services(site_id: str, host: str) -> Select[*tuple[Any, ...]]:
    """Return a select of the services of a host."""
    columns = Service.id, Service.description, Service.contact_set_id
    return select(*columns).where(Service.site_id == site_id, Service.host_name == host)
