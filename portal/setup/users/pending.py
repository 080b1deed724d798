"""Pending: what a deed on a person means to the sites: a change that waits, and what does not wait, published.

Called within the deed's own transaction (see `audit.followers`): it adds rows, and asks no more than whether a site is
concerned at all.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from ...accounts import personal
from ...accounts.users import User
from ...audit.followers import follow
from ...audit.models import Event
from ...contacts.memberships import Membership
from ...customers.elements import Element, Release
from ..changes import note
from . import publishing
from .passwords import SitePassword
from .profiles import reaching

KIND = "users"
FIELDS = {
    "user.renamed": ("name",),
    "user.email_changed": ("email",),
    "user.profile_changed": personal.FIELDS,
    "user.account_changed": ("pager", "attributes", "is_fallback_contact", "idle_minutes", "has_chosen_sites"),
}
"""What each deed may have changed of a profile."""


class Effect(NamedTuple):
    """What a deed is to the sites, and whether it reaches them at once."""

    act: str
    at_once: bool


EFFECTS = {
    "user.created": Effect("created", False),
    "user.renamed": Effect("changed", True),
    "user.email_changed": Effect("changed", True),
    "user.profile_changed": Effect("changed", True),
    "user.account_changed": Effect("changed", True),
    "user.roles_changed": Effect("changed", False),
    "user.disabled": Effect("changed", True),
    "user.enabled": Effect("changed", True),
    "site_password.set": Effect("changed", True),
    "site_password.removed": Effect("changed", True),
    "user.deleted": Effect("deleted", True),
}
"""By tag. Portal roles and rights are not among them: no site knows of them."""


def scope_of(customer_id: str | None) -> str:
    """Return whose sites a change of one of a customer's people touches; None: a Global one's, all."""
    return f"customer:{customer_id}" if customer_id else Release.GLOBAL


def note_user(session: Session, user: User, customer_id: str | None, *, act: str, by: Any, **data: Any) -> None:
    """Add a pending change about a person to the transaction."""
    note(session, scope_of(customer_id), kind=KIND, key=user.username, title=user.name, act=act, by=by, data=data)


def _hear(session: Session, event: Event) -> None:
    effect, user = EFFECTS[event.tag], _whom(session, event)
    by = publishing.Actor(event.actor_id)
    if effect.act == "deleted":
        _drop(session, user)
    note_user(session, user, user.customer_id, act=effect.act, by=by, **_difference(user, event))
    if effect.at_once:
        publishing.ask(session, user.customer_id, by=by)


def _hear_cancelled(session: Session, event: Event) -> None:
    """Who is here by invitation only goes with it; whom an import brought stays (`User.withdraw_invitation`)."""
    user = _whom(session, event)
    if user.source is None:
        by = publishing.Actor(event.actor_id)
        _drop(session, user)
        note_user(session, user, user.customer_id, act="deleted", by=by)
        publishing.ask(session, user.customer_id, by=by)


def _hear_moved(session: Session, event: Event) -> None:
    """Two changes for two sets of sites; the former customer's lose them at once, with all they had there."""
    user, by = _whom(session, event), publishing.Actor(event.actor_id)
    if event.customer_id == event.data["source"]:
        end_password(session, user)
        leave_groups(session, user, event.data["target"])
        note_user(session, user, event.customer_id, act="removed", by=by)
        publishing.ask(session, event.customer_id, by=by)
    else:
        note_user(session, user, event.customer_id, act="moved", by=by)


def end_password(session: Session, user: User) -> None:
    """Let a site password end: who goes to other sites takes none along that lay on the former ones."""
    session.execute(delete(SitePassword).where(SitePassword.user_id == user.id))


def leave_groups(session: Session, user: User, customer_id: str | None) -> None:
    """Take somebody out of the contact groups that are not on all sites of the customer (None: on all there are)."""
    staying = select(Element.id).where(reaching(customer_id))
    session.execute(
        delete(Membership).where(Membership.user_id == user.id, Membership.group_id.not_in(staying)),
        execution_options={"synchronize_session": False},
    )


def _drop(session: Session, user: User) -> None:
    end_password(session, user)
    session.execute(delete(Membership).where(Membership.user_id == user.id))


def _whom(session: Session, event: Event) -> User:
    return session.get_one(User, event.subject_id)


def _difference(user: User, event: Event) -> dict[str, Any]:
    """Return what differs, field → [old, new]; of a site password None, for neither is ever told."""
    if event.tag in ("user.disabled", "user.enabled"):
        return {"disabled": [event.tag == "user.enabled", event.tag == "user.disabled"]}
    if event.tag == "user.roles_changed":
        return {"roles": [event.data.get("before", []), event.data["roles"]]}
    if event.tag.startswith("site_password."):
        return {"site_password": None}
    found: dict[str, Any] = {}
    for field in FIELDS.get(event.tag, ()):
        history = inspect(user).attrs[field].history
        if history.added and history.deleted:
            found[field] = [_plain(history.deleted[0]), _plain(history.added[0])]
    return found


def _plain(value: Any) -> Any:
    """Return a value as a change keeps it; attributes as lines."""
    if isinstance(value, datetime):
        return value.isoformat()
    return [f"{id}: {one}" for id, one in sorted(value.items())] if isinstance(value, dict) else value


follow(tuple(EFFECTS), _hear)
follow(("invitation.cancelled",), _hear_cancelled)
follow(("user.moved",), _hear_moved)
