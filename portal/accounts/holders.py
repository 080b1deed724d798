"""Holders: who holds a verb, as a condition in the database. `explanations` says why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session

from ..access.permissions import PERMISSIONS, SHARED
from ..access.policy import OWN_PROFILE
from ..access.rights import (
    BY_RIGHT,
    BY_ROLE,
    BY_ROLE_WITH_SITES,
    BY_ROLE_WITH_SUPPORT,
    BY_SLEEPING_RIGHT,
    PortalRole,
    Right,
)
from ..access.roles import DEFAULT, Role, every
from ..customers.models import Customer
from ..customers.sites import Site
from ..customers.subscriptions import Subscription, grace, today
from .grants import Grant, UserRole
from .signed_in import columns
from .users import User

ONLY_OWN = "general.see_all"
"""What somebody gives up who wants to see only what they are a contact for."""


def people() -> Select[Any]:
    """Select people as `explanations` reads them, with their state; disabled ones too, deleted ones never."""
    statement = select(*columns(), User.disabled_at, User.password_hash, User.name_key)
    shown = or_(Customer.id.is_(None), Customer.archived_at.is_(None), User.portal_role.is_(None))
    day = today()
    return (
        statement.outerjoin(Customer, Customer.id == User.customer_id)
        .where(User.archived_at.is_(None), shown)
        .params(day=day, last=day - grace())
    )


def holding(session: Session, verb: str) -> ColumnElement[bool]:
    """Return the condition that somebody holds the verb, or would if they were not disabled. Two statements."""
    if verb in PERMISSIONS:
        return _by_roles(verb, every(session))
    return and_(User.portal_role.is_not(None), or_(*_by_portal_role(verb), *_by_right(verb)))


def _by_roles(permission: str, roles: Iterable[Role]) -> ColumnElement[bool]:
    granting = [role.id for role in roles if role.grants(permission)]
    given = exists().where(UserRole.user_id == User.id)
    granted = exists().where(UserRole.user_id == User.id, UserRole.role_id.in_(granting))
    held: ColumnElement[bool] = User.portal_role.is_(None) & granted
    if permission in SHARED | OWN_PROFILE:
        theirs = or_(granted, ~given) if DEFAULT in granting else granted
        where = true() if permission in OWN_PROFILE else _has_sites()
        held = or_(held, and_(User.portal_role.is_not(None), where, theirs))
    return and_(held, User.sees_only_own.is_(False)) if permission == ONLY_OWN else held


def _by_portal_role(verb: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for given, where in ((BY_ROLE, true()), (BY_ROLE_WITH_SUPPORT, _had_support()), (BY_ROLE_WITH_SITES, _has_sites())):
        having = [role for role in PortalRole if verb in given[role]]
        if having:
            found.append(and_(User.portal_role.in_(having), where))
    return found or [false()]


def _by_right(verb: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for right in Right:
        given = exists().where(Grant.user_id == User.id, Grant.right == right)
        always = right is not Right.REQUEST_SUPPORT
        if verb in BY_RIGHT[right]:
            found.append(given if always else and_(given, _has_support()))
        if verb in BY_SLEEPING_RIGHT.get(right, frozenset()):
            found.append(and_(given, _had_support()))
    return found


def _has_sites() -> ColumnElement[bool]:
    return exists(select(Site.id).where(Site.customer_id == User.customer_id, Site.archived_at.is_(None)))


def _support() -> Select[Any]:
    return select(Subscription.id).where(
        Subscription.customer_id == User.customer_id, Subscription.support.is_not(None)
    )


def _has_support() -> ColumnElement[bool]:
    day = today()
    return exists(_support().where(Subscription.covers(day, day - grace())))


def _had_support() -> ColumnElement[bool]:
    return exists(_support().where(Subscription.ever_ran(today())))
