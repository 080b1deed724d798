"""Listing: the people of one customer, as the filters in the address ask for them. Unknown parameters fall back."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from ..access import policy
from ..access.rights import RANK, PortalRole, Right
from ..accounts.grants import Grant
from ..accounts.tokens import Purpose, Token
from ..accounts.users import User, UserState
from ..audit.sentences import RIGHTS, ROLES
from ..database import UtcDateTime, now
from ..text import fold, sort_key
from ..web import paging

STATES = {UserState.ACTIVE: _l("Active"), UserState.INVITED: _l("Invited"), UserState.DISABLED: _l("Disabled")}
COLUMNS = {Right.DOWNLOAD_LICENSE: _l("Download & License"), Right.REQUEST_SUPPORT: _l("Request Support")}
"""What the columns of rights are called: short, so that a row keeps its room."""
SORTS = ("name", "-name", "role", "-role", "last", "-last")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_rights = select(func.aggregate_strings(Grant.right, " ")).where(Grant.user_id == User.id).scalar_subquery()
_expires = (
    select(func.max(Token.expires_at))
    .where(Token.user_id == User.id, Token.purpose == Purpose.INVITATION, Token.used_at.is_(None))
    .scalar_subquery()
)
_rank = case(*((User.portal_role == role, rank) for role, rank in RANK.items()), else_=0)
_last = func.coalesce(User.last_sign_in_at, literal(NEVER, UtcDateTime()), type_=UtcDateTime())

FIELDS = (
    User.id, User.customer_id, User.username, User.name, User.email, User.portal_role, User.disabled_at,
    User.last_sign_in_at, User.invited_at, User.created_at, User.version,
    User.directory_id, User.has_joined.label("has_joined"), _rights.label("rights"), _expires.label("expires_at"),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A person as lists and pages show them."""

    id: uuid.UUID
    customer_id: str
    username: str
    name: str
    email: str
    portal_role: PortalRole
    state: UserState
    rights: frozenset[Right]
    last_sign_in_at: datetime | None
    invited_at: datetime | None
    created_at: datetime
    expires_at: datetime | None
    is_of_directory: bool

    @property
    def role_label(self) -> str:
        """Return the role as people read it."""
        return str(ROLES[self.portal_role])

    @property
    def role_tone(self) -> str:
        """Return the badge's tone."""
        return {PortalRole.SUPER_USER: "good", PortalRole.ADMIN: "info"}.get(self.portal_role, "neutral")

    @property
    def state_label(self) -> str:
        """Return the state as people read it."""
        if self.state is UserState.INVITED and self.invited_at is None:
            return str(_("Not invited yet"))
        return str(STATES[self.state])

    @property
    def state_more(self) -> str:
        """Return how long an invitation still opens the door; "" for every other state."""
        if self.state is not UserState.INVITED or self.invited_at is None:
            return ""
        if self.expires_at is None or self.expires_at <= now():
            return str(_("expired"))
        days = (self.expires_at - now()).days
        if days == 0:
            return str(_("expires within a day"))
        return str(ngettext("expires in %(num)d day", "expires in %(num)d days", days))

    @property
    def state_tone(self) -> str:
        """Return the badge's tone."""
        if self.state is UserState.INVITED:
            return "neutral" if self.invited_at is None else "warn"
        return "good" if self.state is UserState.ACTIVE else "neutral"


@dataclass(frozen=True)
class Wish:
    """What somebody asked for: already reduced to what is offered."""

    q: str
    role: str
    right: str
    state: str
    sort: str

    @classmethod
    def asked(cls, offered: Collection[Right]) -> Wish:
        """Return what this request's address asks for."""
        return cls(
            q=paging.searched(),
            role=paging.chosen("role", [role.value for role in PortalRole]),
            right=paging.chosen("right", [right.value for right in offered]),
            state=paging.chosen("state", [state.value for state in STATES]),
            sort=paging.chosen("sort", SORTS, SORTS[0]),
        )

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything narrows the list."""
        return bool(self.q or self.role or self.right or self.state)

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what narrows the list; every word typed must occur in the name or the address."""
        found: list[ColumnElement[bool]] = []
        for word in self.q.split():
            found.append(
                or_(
                    User.name_key.contains(sort_key(word), autoescape=True),
                    User.email_key.contains(fold(word), autoescape=True),
                )
            )
        if self.role:
            found.append(User.portal_role == self.role)
        if self.right:
            found.append(exists(select(Grant.user_id).where(Grant.user_id == User.id, Grant.right == self.right)))
        if self.state:
            found.append(_in_state(UserState(self.state)))
        return found

    @property
    def keys(self) -> tuple[Any, ...]:
        """Return what the list is ordered by, before the id."""
        by = self.sort.removeprefix("-")
        if by == "role":
            return (_rank, User.name_key)
        return (_last, User.name_key) if by == "last" else (User.name_key,)


def page(session: Session, reader: Any, customer_id: str, wish: Wish) -> paging.Page:
    """Return the page of people that the address asks for. At most two statements, three from a cursor to nowhere."""
    found = paging.page(
        session, _statement(reader, customer_id, wish),
        id=User.id, keys=wish.keys, descending=wish.sort.startswith("-"),
    )  # fmt: skip
    return paging.Page([_row(row) for row in found.rows], *_rest(found))


def _rest(found: paging.Page) -> tuple[Any, ...]:
    return found.total, found.first_url, found.previous_url, found.next_url


def every_row(session: Session, reader: Any, customer_id: str, wish: Wish) -> Iterator[Row]:
    """Yield all people of the wish in its order: for exports."""
    statement = _statement(reader, customer_id, wish)
    order = [key.desc() if wish.sort.startswith("-") else key.asc() for key in (*wish.keys, User.id)]
    for row in session.execute(statement.order_by(*order)):
        yield _row(row)


def find(session: Session, reader: Any, id: uuid.UUID) -> Row | None:
    """Return one person, or None when the reader may not know of them."""
    row = session.execute(select(*FIELDS).where(User.seen_by(reader), User.id == id)).first()
    return _row(row) if row is not None and row.portal_role is not None else None


def csv_rows(rows: Iterator[Row], offered: Collection[Right]) -> tuple[list[Any], Iterator[list[Any]]]:
    """Return headings and rows of the export; rights that are not offered have no column."""
    headings = [_("Name"), _("E-mail address"), _("Role"), *(RIGHTS[right] for right in offered)]
    headings += [_("State"), _("Last sign-in"), _("Invitation expires")]
    return headings, (
        [
            row.name, row.email, row.role_label, *(_("Yes") if right in row.rights else _("No") for right in offered),
            str(STATES[row.state]), row.last_sign_in_at,
            row.expires_at if row.state is UserState.INVITED else None,
        ]
        for row in rows
    )  # fmt: skip


def acts(actor: Any, row: Row) -> str:
    """Return the one act the list offers on a row: "ask", "edit", "enable", "resend" or none."""
    if row.portal_role is PortalRole.SUPER_USER and "super_user.ask" in actor.verbs:
        return "ask"
    if row.state is UserState.INVITED and row.email and policy.may_invite_person(actor, row):
        return "resend"
    if not policy.may_edit_person(actor, row):
        return ""
    return "enable" if row.state is UserState.DISABLED else "edit"


def _statement(reader: Any, customer_id: str, wish: Wish) -> Select[Any]:
    return select(*FIELDS).where(
        User.seen_by(reader), User.customer_id == customer_id, User.portal_role.is_not(None), *wish.conditions
    )


def _in_state(state: UserState) -> ColumnElement[bool]:
    if state is UserState.DISABLED:
        return User.disabled_at.is_not(None)
    has_joined = User.has_joined
    return and_(User.disabled_at.is_(None), has_joined if state is UserState.ACTIVE else ~has_joined)


def _row(row: Any) -> Row:
    state = UserState.ACTIVE if row.has_joined else UserState.INVITED
    return Row(
        id=row.id, customer_id=row.customer_id, username=row.username, name=row.name, email=row.email,
        portal_role=PortalRole(row.portal_role), state=UserState.DISABLED if row.disabled_at else state,
        rights=frozenset(Right(right) for right in (row.rights or "").split()),
        last_sign_in_at=row.last_sign_in_at, invited_at=row.invited_at, created_at=row.created_at,
        expires_at=row.expires_at, is_of_directory=row.directory_id is not None,
    )  # fmt: skip
