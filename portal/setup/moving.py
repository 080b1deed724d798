"""Moving: what leaves a site that is given to another customer, and what arrives on it, before anybody does it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from ..accounts.users import User
from ..customers.elements import Element
from .kinds import KINDS

NAMED = 20
USERS = "users"


@dataclass(frozen=True)
class Group:
    """Elements of one kind: how many, and the names of the first."""

    title: Any
    total: int
    names: list[str]

    @property
    def unnamed(self) -> int:
        """Return how many more there are than names."""
        return self.total - len(self.names)


@dataclass(frozen=True)
class Preview:
    """What a move takes from a site and what it brings."""

    leaves: list[Group]
    arrives: list[Group]


def preview(session: Session, source: str, target: str) -> Preview:
    """Return what a site loses and gets when it goes from one customer to another: elements and users. One statement.

    What is general or Global stays: every site has it.
    """
    numbered = _ranked(_things((source, target)))
    rows = session.execute(
        select(numbered).where(numbered.c.place <= NAMED).order_by(numbered.c.kind, numbered.c.place)
    ).all()
    return Preview(_groups(row for row in rows if row.customer_id == source),
                   _groups(row for row in rows if row.customer_id == target))  # fmt: skip


def _things(customers: tuple[str, str]) -> Any:
    elements = select(
        Element.customer_id, Element.kind, Element.title.label("name"), Element.title_key.label("key"), Element.id
    ).where(Element.customer_id.in_(customers), Element.archived_at.is_(None))
    people = select(
        User.customer_id, literal(USERS), User.name, User.name_key, User.id
    ).where(User.customer_id.in_(customers), User.archived_at.is_(None))  # fmt: skip
    return union_all(elements, people).subquery()


def _ranked(things: Any) -> Any:
    among = [things.c.customer_id, things.c.kind]
    ranked: Select[Any] = select(
        things.c.customer_id, things.c.kind, things.c.name,
        func.row_number().over(partition_by=among, order_by=(things.c.key, things.c.id)).label("place"),
        func.count().over(partition_by=among).label("total"),
    )  # fmt: skip
    return ranked.subquery()


def _groups(rows: Iterable[Any]) -> list[Group]:
    found: dict[str, Group] = {}
    for row in rows:
        found.setdefault(row.kind, Group(_title(row.kind), row.total, [])).names.append(row.name)
    order = {kind: at for at, kind in enumerate((*KINDS, USERS))}
    return [found[kind] for kind in sorted(found, key=lambda kind: order.get(kind, len(order)))]


def _title(kind: str) -> Any:
    return _l("Users") if kind == USERS else KINDS[kind].title if kind in KINDS else kind
