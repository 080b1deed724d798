"""Listing: the elements of a kind as the address asks for them, and what a page about one tells besides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from ..accounts.users import User
from ..customers.elements import Element, Release
from ..customers.models import PROVIDER, Customer
from ..customers.sites import Site
from ..text import fold, sort_key
from ..web import paging
from . import packs, references
from .differences import Wording
from .kind import ElementKind
from .kinds import KINDS
from .releases import PACKS, may_be_global

MOST_CHOICES, MOST_SHOWN = 500, 25
SPECIAL = {"global": Release.GLOBAL, "unassigned": Release.UNASSIGNED}


@dataclass(frozen=True)
class Wish:
    """What a list is asked for: words, a customer (an ID, `global`, `unassigned`), of rules a pack."""

    q: str
    customer: str
    pack: str

    @classmethod
    def asked(cls, kind: ElementKind) -> Wish:
        """Return what this request's address asks for, as far as it has a meaning for the kind."""
        customer, pack = (request.args.get(name, "").replace("\0", "").strip()[:64] for name in ("customer", "pack"))
        return cls(paging.searched(), "" if kind.is_general else customer, pack if kind.slug == packs.RULES else "")

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.q or self.customer or self.pack)

    def order(self, kind: ElementKind) -> list[Any]:
        """Return by what the list is sorted before the id: rules stand in order only within a pack."""
        in_order = kind.is_ordered and (kind.slug != packs.RULES or self.pack)
        return [Element.position, Element.title_key] if in_order else [Element.title_key]


def listed(reader: Any, kind: ElementKind, wish: Wish) -> Select[*tuple[Any, ...]]:
    """Return the select of the list's rows: what an element is, and its customer's name."""
    statement = (
        select(
            Element.id, Element.kind, Element.key, Element.title, Element.release, Element.customer_id,
            Element.pack_id, Element.position, Element.is_enabled, Element.body, Customer.name.label("customer"),
        )
        .outerjoin(Customer, Customer.id == Element.customer_id)
        .where(Element.seen_by(reader), Element.kind == kind.slug, Element.archived_at.is_(None))
    )  # fmt: skip
    if wish.customer in SPECIAL:
        statement = statement.where(Element.release == SPECIAL[wish.customer])
    elif wish.customer:
        statement = statement.where(Element.customer_id == wish.customer)
    if wish.pack:
        pack = select(Element.id).where(Element.kind == PACKS, Element.key == wish.pack, Element.archived_at.is_(None))
        statement = statement.where(Element.pack_id == pack.scalar_subquery())
    for word in fold(wish.q).split()[:8]:
        statement = statement.where(
            or_(
                Element.title_key.contains(sort_key(word), autoescape=True),
                func.lower(Element.key).contains(word, autoescape=True),
            )
        )
    return statement


def csv_rows(session: Session, reader: Any, kind: ElementKind) -> tuple[list[str], Iterator[list[Any]]]:
    """Return headings and rows of the export: all of the filter, without secrets."""
    wish, wording = Wish.asked(kind), Wording(kind.slug)
    names = body_names(kind)
    headings = [_("ID"), _("Title"), _("Customer"), _("Enabled"), *(wording.label(name) for name in names)]
    statement = listed(reader, kind, wish).order_by(*wish.order(kind), Element.id)

    def rows() -> Iterator[list[Any]]:
        """Read only when sent: by then the request's transaction is over."""
        for row in session.execute(statement.execution_options(yield_per=500)):
            yield [row.key, row.title, row.customer_id or row.release, row.is_enabled, *_told(wording, names, row)]

    return headings, rows()


def _told(wording: Wording, names: list[str], row: Any) -> Iterator[str]:
    for name in names:
        value = row.position if name == "position" else row.body.get(name)
        yield wording.say(name, value).replace("\n", "; ")


def body_names(kind: ElementKind) -> list[str]:
    """Return the names of a kind's own fields, in the form's order; a secret is none of them."""
    form = Wording(kind.slug).form
    fixed = {"id", "title", "customer", "enabled", "version", "csrf_token", kind.secret}
    return [field.short_name for field in form if field.short_name not in fixed] if form is not None else []


def customers(session: Session, kind: ElementKind, *, filtering: bool = False) -> list[tuple[str, Any]]:
    """Return what the field Customer offers by look-up: the first customers by name; any other ID can be typed."""
    rows = session.execute(
        select(Customer.id, Customer.name)
        .where(Customer.archived_at.is_(None), Customer.id != PROVIDER)
        .order_by(Customer.name_key, Customer.id)
        .limit(MOST_CHOICES)
    )
    special: list[tuple[str, Any]] = [(PROVIDER, _("The provider"))]
    if may_be_global(kind) or filtering:
        special.append(("global", _("Global: all customers")))
    if kind.slug == PACKS and filtering:
        special.append(("unassigned", _("Unassigned: each rule has its own")))
    return [*special, *rows]


@dataclass(frozen=True)
class Reach:
    """To which sites an element goes: the first by alias, and how many in all."""

    sites: list[Any]
    count: int


def reach(session: Session, element: Element) -> Reach:
    """Return the sites an element is released to. Two statements."""
    where = (Site.archived_at.is_(None), _goes_to(element))
    rows = session.execute(
        select(Site.id, Site.alias, Site.customer_id).where(*where).order_by(Site.alias_key, Site.id).limit(MOST_SHOWN)
    ).all()
    return Reach(list(rows), session.scalar(select(func.count(Site.id)).where(*where)) or 0)


def _goes_to(element: Element) -> ColumnElement[bool]:
    if element.customer_id:
        return Site.customer_id == element.customer_id
    if element.release != Release.UNASSIGNED:
        return Site.id.is_not(None)
    of_pack = (Element.pack_id == element.id, Element.archived_at.is_(None))
    to_all = exists(select(Element.id).where(*of_pack, Element.release == Release.GLOBAL))
    theirs = select(Element.customer_id).where(*of_pack, Element.customer_id.is_not(None))
    return or_(Site.customer_id.in_(theirs), to_all)


@dataclass(frozen=True)
class Named:
    """What an element refers to: the field that does, and what stands there; `title` None: no element."""

    field: Any
    kind: str
    key: str
    title: str | None
    customer_id: str | None


def named(session: Session, element: Element) -> list[Named]:
    """Return what an element refers to, in the order of its fields. One statement, none where it refers to nothing."""
    wanted = list(KINDS[element.kind].references(element.body))
    pairs = {(one.kind, one.key) for one in wanted if one.kind in KINDS}
    if not wanted:
        return []
    found = session.execute(
        select(Element.kind, Element.key, Element.title, Element.customer_id).where(
            tuple_(Element.kind, Element.key).in_(pairs) if pairs else false(), Element.archived_at.is_(None)
        )
    )
    titles = {(kind, key): (title, customer) for kind, key, title, customer in found}
    return [Named(one.field, one.kind, one.key, *titles.get((one.kind, one.key), (None, None))) for one in wanted]


def counts(session: Session) -> dict[str, int]:
    """Return how many elements there are of each kind, users among them. Two statements."""
    rows = select(Element.kind, func.count()).where(Element.archived_at.is_(None)).group_by(Element.kind)
    people = session.scalar(select(func.count(User.id)).where(User.archived_at.is_(None))) or 0
    return {**dict.fromkeys(KINDS, 0), **dict(session.execute(rows).all()), references.USERS: people}


def is_key(text: str) -> bool:
    """Tell whether a text could be an element's key."""
    return re.fullmatch(r"[-\w.]{1,64}", text, re.ASCII) is not None
