"""Many: one act on several users. Each stands for itself: who cannot be meant stays as they are, with the reason."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...access import policy
from ...access.roles import Role
from ...accounts.users import User
from ...contacts.memberships import CONTACT_GROUPS
from ...customers.elements import Element
from ...errors import Forged, Refused
from ...setup.users import account, groups

ACTS = {
    "disable": _l("Disable"), "enable": _l("Enable"), "delete": _l("Delete"), "give_role": _l("Give a role"),
    "take_role": _l("Take a role"), "join": _l("Put into a contact group"), "leave": _l("Take out of a contact group"),
}  # fmt: skip
MOST = 100


@dataclass(frozen=True)
class Many:
    """What is to be done: an act of `ACTS`, to whom, and the role or contact group it is about."""

    act: str
    ids: tuple[uuid.UUID, ...]
    role: str = ""
    group: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of it for one user: `refusal` is the reason why nothing did."""

    id: uuid.UUID
    name: str
    username: str
    refusal: str = ""


def check(session: Session, wish: Many) -> None:
    """Raise `Refused` naming the field when the wish itself does not hold."""
    if not wish.ids:
        raise Refused(_("Choose at least one user."))
    if len(wish.ids) > MOST:
        raise Refused(_("At most %(number)d at once.", number=MOST))
    if wish.act not in ACTS:
        raise Refused(_("Choose what is to be done."))
    if wish.act in ("give_role", "take_role") and session.get(Role, wish.role) is None:
        raise Refused(_("Choose a role."))
    if wish.act in ("join", "leave") and not _has_group(session, wish.group):
        raise Refused(_("There is no contact group with the ID “%(id)s”.", id=wish.group[:64]))


def chosen(session: Session, wish: Many, *, by: Any) -> list[User]:
    """Return whom the wish is about, as far as the reader may know of them, by name."""
    mine = User.visible_to(by).where(User.id.in_(wish.ids[:MOST]))
    return list(session.scalars(mine.order_by(User.name_key, User.id)))


def do(session: Session, wish: Many, *, by: Any) -> list[Outcome]:
    """Do it to everybody it can be done to, each in a savepoint of their own; return what became of each, by name.

    Commits nothing: rolled back, it is a forecast that cannot differ from the deed.
    """
    found = []
    for user in chosen(session, wish, by=by):
        outcome = Outcome(user.id, user.name, user.username)
        found.append(Outcome(outcome.id, outcome.name, outcome.username, _attempt(session, user, wish, by)))
    return found


def _attempt(session: Session, user: User, wish: Many, by: Any) -> str:
    try:
        with session.begin_nested():
            _DEEDS[wish.act](session, user, wish, by)
            session.flush()
    except Refused as refused:
        return refused.sentence
    except Forged:
        if by.id == user.id:
            return str(_("This is you: nobody changes their own roles or access."))
        return str(_("You may not do this to them."))
    return ""


def _disable(session: Session, user: User, _wish: Many, by: Any) -> None:
    if user.disabled_at is not None:
        raise Refused(_("Is disabled already."))
    account.disable(session, user, by=by)


def _enable(_session: Session, user: User, _wish: Many, by: Any) -> None:
    if user.disabled_at is None:
        raise Refused(_("Is not disabled."))
    if not policy.may_edit_access(by, user):
        raise Forged(f"enabling of {user.id}")
    user.enable(by=by)


def _delete(session: Session, user: User, _wish: Many, by: Any) -> None:
    account.delete(session, user, by=by)


def _give_role(session: Session, user: User, wish: Many, by: Any) -> None:
    if wish.role in account.roles_of(user):
        raise Refused(_("Has this role already."))
    account.give_roles(session, user, {*account.roles_of(user), wish.role}, by=by)


def _take_role(session: Session, user: User, wish: Many, by: Any) -> None:
    if wish.role not in account.roles_of(user):
        raise Refused(_("Does not have this role."))
    account.give_roles(session, user, account.roles_of(user) - {wish.role}, by=by)


def _join(session: Session, user: User, wish: Many, by: Any) -> None:
    keys = {group.key for group in groups.held(session, user)}
    if wish.group in keys:
        raise Refused(_("Is in this contact group already."))
    account.join(session, user, {*keys, wish.group}, by=by)


def _leave(session: Session, user: User, wish: Many, by: Any) -> None:
    keys = {group.key for group in groups.held(session, user)}
    if wish.group not in keys:
        raise Refused(_("Is not in this contact group."))
    account.join(session, user, keys - {wish.group}, by=by)


_DEEDS: dict[str, Callable[[Session, User, Many, Any], None]] = {
    "disable": _disable, "enable": _enable, "delete": _delete, "give_role": _give_role, "take_role": _take_role,
    "join": _join, "leave": _leave,
}  # fmt: skip


def done(outcomes: Collection[Outcome]) -> int:
    """Return for how many it was done."""
    return sum(not outcome.refusal for outcome in outcomes)


def _has_group(session: Session, key: str) -> bool:
    statement = select(Element.id).where(
        Element.kind == CONTACT_GROUPS, Element.key == key, Element.archived_at.is_(None)
    )
    return session.scalar(statement) is not None
