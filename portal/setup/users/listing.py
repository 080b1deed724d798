"""Listing: every account as the sites know it, as the filters in the address ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from ...accounts.users import User
from ...contacts.memberships import CONTACT_GROUPS, Membership
from ...customers.elements import Element, Release
from ...customers.models import Customer
from ...text import sort_key
from ...web import paging
from . import reach
from .passwords import SitePassword
from .release import describe

MOST_CHOICES = 200
SEPARATOR = "\x1f"
STATES = {"active": _l("Active"), "disabled": _l("Disabled"), "invited": _l("Invited")}

_titles = (
    select(func.aggregate_strings(Element.title, SEPARATOR))
    .select_from(Membership)
    .join(Element, Element.id == Membership.group_id)
    .where(Membership.user_id == User.id, Element.archived_at.is_(None))
    .scalar_subquery()
)


@dataclass(frozen=True)
class Wish:
    """What somebody asked for: whose people, members of which group, and words of name, username or address."""

    q: str
    customer: str
    group: str

    @classmethod
    def asked(cls) -> Wish:
        """Return what this request's address asks for."""
        return cls(paging.searched(), _asked("customer"), _asked("group"))

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.q or self.customer or self.group)


def _asked(name: str) -> str:
    return request.args.get(name, "").replace("\0", "").strip()[: paging.SEARCH_LENGTH]


@dataclass(frozen=True)
class Row:
    """A person as the sites know them."""

    id: Any
    username: str
    name: str
    email: str
    customer_id: str | None
    company: str
    groups: list[str]
    has_site_password: bool
    sites: int
    state: str


def page(session: Session, reader: Any, wish: Wish) -> tuple[paging.Page, list[Row]]:
    """Return the page the address asks for, and its rows. One statement, one more when the list has more pages."""
    found = paging.page(session, _statement(reader, wish), id=User.id, keys=[User.name_key])
    return found, [_row(row) for row in found.rows]


def csv_rows(session: Session, reader: Any, wish: Wish) -> tuple[list[str], Iterator[list[Any]]]:
    """Return headings and rows of the export."""
    headings = [
        _("Username"), _("Name"), _("E-mail address"), _("Customer"), _("Contact groups"), _("Site password"),
        _("Sites"), _("State"),
    ]  # fmt: skip
    statement = _statement(reader, wish).order_by(User.name_key, User.id).execution_options(yield_per=200)
    yes, no = _("Yes"), _("No")

    def rows() -> Iterator[list[Any]]:
        for row in map(_row, session.execute(statement)):
            yield [
                row.username, row.name, row.email, row.customer_id or Release.GLOBAL.value, ", ".join(row.groups),
                yes if row.has_site_password else no, row.sites, str(STATES[row.state]),
            ]  # fmt: skip

    return headings, rows()


def customers(session: Session) -> list[tuple[str, str]]:
    """Return what the filter suggests: Global, and IDs and names of customers; any other ID can be typed."""
    rows = session.execute(
        select(Customer.id, Customer.name)
        .where(Customer.archived_at.is_(None))
        .order_by(Customer.name_key, Customer.id)
        .limit(MOST_CHOICES)
    )
    return [(Release.GLOBAL.value, str(_("Global"))), *((row.id, row.name) for row in rows)]


def contact_groups(session: Session) -> list[tuple[str, str]]:
    """Return IDs and titles of contact groups the filter suggests; any other ID can be typed."""
    rows = session.execute(
        select(Element.key, Element.title)
        .where(Element.kind == CONTACT_GROUPS, Element.archived_at.is_(None))
        .order_by(Element.title_key, Element.id)
        .limit(MOST_CHOICES)
    )
    return [(row.key, row.title) for row in rows]


def _statement(reader: Any, wish: Wish) -> Select[Any]:
    statement = (
        select(
            User.id, User.username, User.name, User.email, User.customer_id, User.disabled_at,
            User.has_joined.label("is_active"), Customer.name.label("company"),
            exists().where(SitePassword.user_id == User.id).label("has_site_password"),
            _titles.label("groups"), reach.count().label("sites"),
        )
        .outerjoin(Customer, Customer.id == User.customer_id)
        .where(User.seen_by(reader))
    )  # fmt: skip
    if wish.customer:
        customer_id = None if wish.customer == Release.GLOBAL else wish.customer
        statement = statement.where(User.customer_id == customer_id)
    if wish.group:
        members = select(Membership.user_id).join(Element, Element.id == Membership.group_id)
        named = members.where(Element.kind == CONTACT_GROUPS, Element.key == wish.group, Element.archived_at.is_(None))
        statement = statement.where(User.id.in_(named))
    for word in sort_key(wish.q).split()[:8]:
        keys = (User.name_key, User.email_key, User.username_key)
        statement = statement.where(
            keys[0].contains(word, autoescape=True)
            | keys[1].contains(word, autoescape=True)
            | keys[2].contains(word, autoescape=True)
        )
    return statement


def _row(row: Any) -> Row:
    return Row(
        id=row.id, username=row.username, name=row.name, email=row.email, customer_id=row.customer_id,
        company=describe(row.customer_id, row.company), has_site_password=bool(row.has_site_password), sites=row.sites,
        groups=sorted(row.groups.split(SEPARATOR)) if row.groups else [],
        state="disabled" if row.disabled_at else "active" if row.is_active else "invited",
    )  # fmt: skip
