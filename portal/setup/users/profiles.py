"""Profiles: what a site gets of a person. Never the portal's own password hash, portal role or rights."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from ...access.roles import DEFAULT
from ...accounts.attributes import CustomAttribute
from ...accounts.grants import UserRole
from ...accounts.users import User
from ...contacts.authorization import AuthorizedSite
from ...contacts.memberships import Membership
from ...customers.elements import Element, Release
from .passwords import SitePassword

MORE = ("pager", "attributes", "authorized_sites", "is_fallback_contact", "muted", "idle_minutes")
"""What stands in a profile only where it says something."""
AT_ONCE = ("username", "name", "email", "language", "time_zone", "is_disabled", "site_password", *MORE)
"""Fields of a profile that do not wait for an activation; the others, `roles` and `contact_groups`, do."""

_EVERYWHERE = Element.release.in_((Release.GENERAL, Release.GLOBAL))


_sites = (
    select(func.aggregate_strings(AuthorizedSite.site_id, " "))
    .where(AuthorizedSite.user_id == User.id, User.customer_id.is_not(None))
    .correlate(User)
    .scalar_subquery()
)
_notified = select(func.aggregate_strings(CustomAttribute.id, " ")).where(CustomAttribute.is_notified).scalar_subquery()


def of(customer_id: str | None) -> ColumnElement[bool]:
    """Return the condition that somebody is a live user of the customer; None: a Global one."""
    return and_(User.customer_id == customer_id, User.archived_at.is_(None))


def profiles(session: Session, customer_id: str | None) -> list[dict[str, Any]]:
    """Return what sites get of every live user of a customer, by username; None: of the Global users. 3 statements.

    A profile has `id` and `username`, `name`, `email`, `language`, `time_zone`, `roles` (ids), `contact_groups` (keys),
    `is_disabled`, and `site_password` (bcrypt) where there is one. Contact groups are those alone that are released to
    every site the person is on, so that a profile never names what another customer's site may not know; for the same
    reason a Global user's has no `authorized_sites`. Of custom `attributes` it has those that notifications may use.
    """
    return list(_read(session, of(customer_id), reaching(customer_id)).get(customer_id, []))


def profiles_of(session: Session, customer_ids: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the same for many customers at once, by customer; one without users is left out. 3 statements."""
    theirs = and_(User.customer_id.in_(customer_ids), User.archived_at.is_(None))
    found = _read(session, theirs, or_(_EVERYWHERE, Element.customer_id == User.customer_id))
    return {id: people for id, people in found.items() if id is not None}


def _read(
    session: Session, whose: ColumnElement[bool], reach: ColumnElement[bool]
) -> dict[str | None, list[dict[str, Any]]]:
    rows = session.execute(
        select(
            User.id, User.customer_id, User.username, User.name, User.email, User.language, User.time_zone,
            User.disabled_at, User.portal_role, SitePassword.hash, User.pager, User.attributes, User.has_chosen_sites,
            User.is_fallback_contact, User.is_muted, User.muted_from, User.muted_until, User.idle_minutes,
            _sites.label("sites"), _notified.label("notified"),
        )
        .outerjoin(SitePassword, SitePassword.user_id == User.id)
        .where(whose)
        .order_by(User.username_key)
    ).all()  # fmt: skip
    if not rows:
        return {}
    roles = _grouped(
        session, select(UserRole.user_id, UserRole.role_id).join(User, User.id == UserRole.user_id)
        .where(whose).order_by(UserRole.role_id),
    )  # fmt: skip
    groups = _grouped(
        session, select(Membership.user_id, Element.key).join(Element, Element.id == Membership.group_id)
        .join(User, User.id == Membership.user_id)
        .where(whose, reach, Element.archived_at.is_(None))
        .order_by(Element.title_key, Element.key),
    )  # fmt: skip
    found: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        profile = _profile(row, roles.get(row.id, []), groups.get(row.id, []))
        found.setdefault(row.customer_id, []).append(profile)
    return found


def reaching(customer_id: str | None) -> ColumnElement[bool]:
    """Return the condition that an element is on every site of the customer; None: on every site there is."""
    return _EVERYWHERE if customer_id is None else or_(_EVERYWHERE, Element.customer_id == customer_id)


def _grouped(session: Session, statement: Any) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = {}
    for user_id, value in session.execute(statement):
        found.setdefault(user_id, []).append(value)
    return found


def _profile(row: Any, roles: list[str], groups: list[str]) -> dict[str, Any]:
    profile = {
        "id": str(row.id), "username": row.username, "name": row.name, "email": row.email,
        "language": row.language, "time_zone": row.time_zone, "is_disabled": row.disabled_at is not None,
        "roles": roles or ([DEFAULT] if row.portal_role else []), "contact_groups": groups,
    }  # fmt: skip
    more = {
        "site_password": row.hash, "pager": row.pager, "is_fallback_contact": row.is_fallback_contact,
        "attributes": _notified_of(row), "muted": _muted(row),
        "authorized_sites": sorted(row.sites.split()) if row.has_chosen_sites and row.sites else None,
    }  # fmt: skip
    profile |= {name: value for name, value in more.items() if value}
    return profile | ({} if row.idle_minutes is None else {"idle_minutes": row.idle_minutes})


def _notified_of(row: Any) -> dict[str, str]:
    known = (row.notified or "").split()
    return {id: value for id, value in sorted((row.attributes or {}).items()) if id in known}


def _muted(row: Any) -> dict[str, str | None] | None:
    """Return between which moments somebody wants no notifications; None: they do want them."""
    if not row.is_muted:
        return None
    times = {"from": row.muted_from, "until": row.muted_until}
    return {name: moment.isoformat() if moment else None for name, moment in times.items()}
