"""Listing: every user staff may see, with the columns of the list and its export, as the address asks for them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from ...access.roles import DEFAULT, Role, called
from ...accounts.attributes import CustomAttribute, known_ones
from ...accounts.grants import UserRole
from ...accounts.users import User
from ...contacts.authorization import AuthorizedSite
from ...contacts.memberships import Membership
from ...customers.elements import Element, Release
from ...customers.models import PROVIDER, Customer
from ...text import sort_key
from ...web import paging

SEPARATOR = "\x1f"
KINDS = {
    "staff": _l("Staff"), "customer": _l("Customers’ people"), "global": _l("Global"),
    "machine": _l("Machine accounts"), "directory": _l("From a directory"),
}  # fmt: skip
STATES = {
    "active": _l("Active"), "disabled": _l("Disabled"), "invited": _l("Invited"), "silent": _l("No sign-in yet"),
}  # fmt: skip
TONES = {"active": "good", "invited": "warn"}

_directory = aliased(Element)
_roles = select(func.aggregate_strings(UserRole.role_id, " ")).where(UserRole.user_id == User.id).scalar_subquery()
_groups = (
    select(func.aggregate_strings(Element.title, SEPARATOR))
    .join(Membership, Membership.group_id == Element.id)
    .where(Membership.user_id == User.id, Element.archived_at.is_(None))
    .correlate(User)
    .scalar_subquery()
)
_sites = (
    select(func.aggregate_strings(AuthorizedSite.site_id, " "))
    .where(AuthorizedSite.user_id == User.id)
    .scalar_subquery()
)
_FIELDS = (
    User.id, User.username, User.name, User.email, User.customer_id, User.portal_role, User.is_machine,
    User.disabled_at, User.invited_at, User.last_sign_in_at, User.has_chosen_sites, User.attributes, User.directory_id,
    User.password_hash.is_not(None).label("has_password"), Customer.name.label("company"),
    _directory.title.label("directory"), _roles.label("roles"), _groups.label("groups"), _sites.label("sites"),
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What somebody asked for: words, whose, which role, which state, which kind of account."""

    q: str
    customer: str
    role: str
    state: str
    kind: str

    @classmethod
    def asked(cls) -> Wish:
        """Return what this request's address asks for."""
        return cls(
            q=paging.searched(), customer=_typed("customer"), role=_typed("role"),
            state=paging.chosen("state", tuple(STATES)), kind=paging.chosen("kind", tuple(KINDS)),
        )  # fmt: skip

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.q or self.customer or self.role or self.state or self.kind)


@dataclass(frozen=True)
class Row:
    """A user as the list shows them."""

    id: uuid.UUID
    username: str
    name: str
    email: str
    customer_id: str | None
    company: str
    connection: str
    authentication: str
    state: str
    roles: list[str]
    groups: list[str]
    sites: list[str] | None
    attributes: Mapping[str, str]
    is_of_directory: bool
    last_sign_in_at: Any

    @property
    def state_label(self) -> str:
        """Return the state as people read it."""
        return str(STATES[self.state])

    @property
    def tone(self) -> str:
        """Return the badge's tone."""
        return TONES.get(self.state, "neutral")

    @property
    def site_words(self) -> str:
        """Return the sites somebody was narrowed to."""
        return str(_("All")) if self.sites is None else ", ".join(self.sites)


def page(session: Session, reader: Any, wish: Wish, aliases: Mapping[str, str]) -> tuple[paging.Page, list[Row]]:
    """Return the page the address asks for, and its rows. One statement, one more when the list has more pages."""
    found = paging.page(session, _statement(reader, wish), id=User.id, keys=[User.name_key])
    return found, [_row(row, aliases) for row in found.rows]


def find(session: Session, reader: Any, user_id: uuid.UUID, aliases: Mapping[str, str]) -> Row | None:
    """Return one user, or None when the reader may not know of them."""
    row = session.execute(_select(reader).where(User.id == user_id)).first()
    return _row(row, aliases) if row is not None else None


def role_aliases(session: Session) -> dict[str, str]:
    """Return the name of every role by its ID, sorted by name."""
    rows = [(row.id, called(row.alias)) for row in session.execute(select(Role.id, Role.alias))]
    return dict(sorted(rows, key=lambda pair: pair[1].casefold()))


def shown_attributes(session: Session) -> list[CustomAttribute]:
    """Return the custom attributes that are columns."""
    return [one for one in known_ones(session) if one.is_shown]


def csv_rows(
    session: Session, reader: Any, wish: Wish, aliases: Mapping[str, str], more: Sequence[CustomAttribute]
) -> tuple[list[str], Iterator[list[Any]]]:
    """Return headings and rows of the export."""
    headings = [
        _("Username"), _("Full name"), _("E-mail address"), _("Customer"), _("Connection"), _("Authentication"),
        _("State"), _("Roles"), _("Contact groups"), _("Authorized sites"), _("Last signed in"),
        *(one.title for one in more),
    ]  # fmt: skip
    ids = [one.id for one in more]
    statement = _statement(reader, wish).order_by(User.name_key, User.id).execution_options(yield_per=200)

    def rows() -> Iterator[list[Any]]:
        for found in session.execute(statement):
            row = _row(found, aliases)
            yield [
                row.username, row.name, row.email, row.customer_id or Release.GLOBAL.value, row.connection,
                row.authentication, row.state_label, ", ".join(row.roles), ", ".join(row.groups), row.site_words,
                row.last_sign_in_at, *(row.attributes.get(id, "") for id in ids),
            ]  # fmt: skip

    return headings, rows()


def _typed(name: str) -> str:
    return request.args.get(name, "").replace("\0", "").strip()[: paging.SEARCH_LENGTH]


def _select(reader: Any) -> Select[Any]:
    return (
        select(*_FIELDS)
        .outerjoin(Customer, Customer.id == User.customer_id)
        .outerjoin(_directory, _directory.id == User.directory_id)
        .where(User.seen_by(reader))
    )


def _statement(reader: Any, wish: Wish) -> Select[Any]:
    statement = _select(reader)
    if wish.customer:
        statement = statement.where(User.customer_id == (None if wish.customer == Release.GLOBAL else wish.customer))
    if wish.role:
        given = exists().where(UserRole.user_id == User.id, UserRole.role_id == wish.role)
        none = ~exists().where(UserRole.user_id == User.id) & User.portal_role.is_not(None)
        statement = statement.where(or_(given, none) if wish.role == DEFAULT else given)
    if wish.state:
        statement = statement.where(_in_state(wish.state))
    if wish.kind:
        statement = statement.where(_of_kind(wish.kind))
    for word in sort_key(wish.q).split()[:8]:
        keys = (User.name_key, User.email_key, User.username_key)
        statement = statement.where(or_(*(key.contains(word, autoescape=True) for key in keys)))
    return statement


def _of_kind(kind: str) -> ColumnElement[bool]:
    return {
        "staff": and_(User.customer_id == PROVIDER, ~User.is_machine),
        "customer": and_(User.portal_role.is_not(None), ~User.is_machine),
        "global": User.customer_id.is_(None),
        "machine": User.is_machine.is_(True),
        "directory": User.directory_id.is_not(None),
    }[kind]


def _in_state(state: str) -> ColumnElement[bool]:
    if state == "disabled":
        return User.disabled_at.is_not(None)
    opens = or_(User.password_hash.is_not(None), User.is_machine.is_(True), User.directory_id.is_not(None))
    if state == "active":
        return and_(User.disabled_at.is_(None), opens)
    invited = User.invited_at.is_not(None) if state == "invited" else User.invited_at.is_(None)
    return and_(User.disabled_at.is_(None), ~opens, invited)


def _state(row: Any) -> str:
    if row.disabled_at:
        return "disabled"
    if row.has_password or row.is_machine or row.directory_id:
        return "active"
    return "invited" if row.invited_at else "silent"


def _authentication(row: Any) -> str:
    if row.is_machine:
        return str(_("Automation secret"))
    if row.directory_id:
        return str(_("Directory"))
    return str(_("Password") if row.has_password else _("None yet"))


def _row(row: Any, aliases: Mapping[str, str]) -> Row:
    ids = (row.roles or "").split() or ([DEFAULT] if row.portal_role else [])
    return Row(
        id=row.id, username=row.username, name=row.name, email=row.email, customer_id=row.customer_id,
        company=row.company or str(_("Global")), connection=row.directory or str(_("Portal")),
        authentication=_authentication(row), state=_state(row), roles=sorted(aliases.get(id, id) for id in ids),
        groups=sorted(row.groups.split(SEPARATOR)) if row.groups else [],
        sites=sorted((row.sites or "").split()) if row.has_chosen_sites else None,
        attributes=row.attributes or {}, is_of_directory=row.directory_id is not None,
        last_sign_in_at=row.last_sign_in_at,
    )  # fmt: skip
