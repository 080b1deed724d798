"""Who is signed in, as one statement finds them: whoever a session, a program's secret or a link stands for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from flask import request
from sqlalchemy import Date, bindparam, case, exists, func, select
from sqlalchemy.orm import Session

from .. import isolation
from ..access import policy, roles
from ..access.rights import PortalRole, Right
from ..audit.sentences import ROLES
from ..customers.models import Customer
from ..customers.sites import Site
from ..customers.subscriptions import Subscription, grace, today
from ..database import db
from ..seals import digest
from .users import Grant, User, UserRole


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, as one statement found them: what pages, policy and history need to know."""

    id: uuid.UUID
    username: str
    name: str
    email: str
    customer_id: str | None
    customer_name: str
    portal_role: PortalRole | None
    rights: frozenset[Right]
    sleeping: frozenset[Right]
    role_ids: tuple[str, ...]
    verbs: frozenset[str]
    language: str
    time_zone: str
    has_demo_password: bool
    token: str
    token_hash: str
    address: str
    support_is_offered: bool
    is_machine: bool = False
    only_monitoring: bool = False
    must_change_password: bool = False
    is_of_directory: bool = False
    sees_only_own: bool = False
    laid_aside: frozenset[str] = frozenset()
    """What roles grant and the own settings leave unused."""
    theme: str = ""
    start_page: str = ""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the session's token: what Flask-Login keeps in the cookie."""
        return self.token

    @property
    def is_staff(self) -> bool:
        """Tell whether this person uses the provider's door."""
        return self.portal_role is None

    @cached_property
    def needs(self) -> frozenset[tuple[str, str]]:
        """Return the verbs as Principal's needs."""
        return frozenset(("verb", verb) for verb in self.verbs)

    @property
    def is_admitted(self) -> bool:
        """Tell whether they may sign in at all: customers' people, and staff whose roles say so."""
        return not self.is_staff or "general.use" in self.verbs

    @property
    def role_label(self) -> str:
        """Return the portal role, or the provider's roles, as the header shows them."""
        return str(ROLES[self.portal_role]) if self.portal_role else ", ".join(self.role_ids)

    @property
    def offered_rights(self) -> tuple[Right, ...]:
        """Return the rights this person's company can give today."""
        return tuple(Right) if self.support_is_offered else (Right.DOWNLOAD_LICENSE,)


LOOKING = frozenset({"general.csv_export", "general.see_all", "monitoring.own", "monitoring.read"})
"""Verbs with which one looks at monitoring."""


def only_looking(person: SignedIn) -> SignedIn:
    """Return a person as far as they look at monitoring: for sessions and links that open nothing else."""
    return replace(person, verbs=person.verbs & LOOKING, only_monitoring=True)


def columns() -> tuple[Any, ...]:
    """Return what a statement asks of a person and their company; its parameters are `day` and `last`."""
    day = bindparam("day", type_=Date)
    support = select(Subscription.id).where(
        Subscription.customer_id == User.customer_id, Subscription.support.is_not(None)
    )
    rights = select(func.aggregate_strings(Grant.right, " ")).where(Grant.user_id == User.id)
    sites = select(Site.id).where(Site.customer_id == User.customer_id, Site.archived_at.is_(None))
    role_ids = select(func.aggregate_strings(UserRole.role_id, " ")).where(UserRole.user_id == User.id)
    return (
        User.id, User.username, User.name, User.email, User.customer_id, User.portal_role,
        User.language, User.time_zone, User.password_is_demo, User.sees_only_own,
        User.is_machine, User.must_change_password, User.theme, User.start_page, User.idle_minutes, User.directory_id,
        Customer.name.label("customer_name"),
        rights.scalar_subquery().label("rights"),
        role_ids.scalar_subquery().label("role_ids"),
        exists(support.where(Subscription.covers(day, bindparam("last", type_=Date)))).label("support_now"),
        exists(support.where(Subscription.ever_ran(day))).label("support_ever"),
        exists(sites).label("has_sites"),
        roles.stamp().label("stamp"),
    )  # fmt: skip


def signed_in(row: Any, token: str) -> SignedIn:
    """Return the person of a row of `columns`, with the verbs they hold now."""
    portal_role = PortalRole(row.portal_role) if row.portal_role else None
    granted = frozenset(Right(right) for right in (row.rights or "").split())
    sleeping: frozenset[Right] = frozenset()
    if Right.REQUEST_SUPPORT in granted and not row.support_now:
        sleeping = frozenset({Right.REQUEST_SUPPORT})
    role_ids = tuple(sorted((row.role_ids or "").split()))
    granted_by_roles = roles.permissions_of(db.session(), role_ids or _defaults(portal_role), stamp=row.stamp)
    laid_aside = granted_by_roles & {"general.see_all"} if row.sees_only_own else frozenset()
    permissions = granted_by_roles - laid_aside
    verbs = policy.verbs_of(
        portal_role=portal_role,
        rights=granted - sleeping, sleeping=sleeping if row.support_ever else (), had_support=row.support_ever,
        has_sites=row.has_sites, permissions=permissions, own=permissions & policy.OWN_PROFILE,
    )  # fmt: skip
    return SignedIn(
        id=row.id, username=row.username, name=row.name, email=row.email,
        customer_id=row.customer_id, customer_name=row.customer_name or "",
        portal_role=portal_role, rights=granted - sleeping, sleeping=sleeping, role_ids=role_ids, verbs=verbs,
        language=row.language, time_zone=row.time_zone, has_demo_password=row.password_is_demo,
        token=token, token_hash=digest(token), address=request.remote_addr or "" if request else "",
        support_is_offered=row.support_now, is_machine=row.is_machine,
        must_change_password=(
            row.must_change_password and not row.is_machine and row.directory_id is None and verbs >= policy.OWN_PROFILE
        ),
        is_of_directory=row.directory_id is not None, sees_only_own=row.sees_only_own, laid_aside=laid_aside,
        theme=row.theme, start_page=row.start_page,
    )  # fmt: skip


def _defaults(portal_role: PortalRole | None) -> tuple[str, ...]:
    return (roles.DEFAULT,) if portal_role is not None else ()


@cache
def _reader_statement(*, is_isolated: bool) -> Any:
    return (
        select(*opened(is_isolated=is_isolated), *columns())
        .outerjoin(Customer, Customer.id == User.customer_id)
        .where(
            User.id == bindparam("id", type_=User.id.type),
            User.has_joined,
            User.disabled_at.is_(None), User.archived_at.is_(None), Customer.archived_at.is_(None),
        )
    )  # fmt: skip


def opened(*, is_isolated: bool) -> tuple[Any, ...]:
    """Return the column that lets the transaction see what the person may, where the database isolates customers."""
    scope = case((User.portal_role.is_(None), isolation.EVERY), else_=User.customer_id)
    return (isolation.set_now(scope).label("scope"),) if is_isolated else ()


def reader_of(session: Session, user_id: uuid.UUID) -> SignedIn | None:
    """Return a person with the verbs they would hold if they signed in now; None when they could not."""
    return _found(session, user_id, is_isolated=False)


def enter(session: Session, user_id: uuid.UUID) -> SignedIn | None:
    """Return a person as `reader_of` does, and let the database show what is theirs alone from here on."""
    person = _found(session, user_id, is_isolated=session.get_bind().dialect.name == "postgresql")
    if person is not None:
        isolation.narrow(isolation.EVERY if person.is_staff else person.customer_id or isolation.NONE)
    return person


def _found(session: Session, user_id: uuid.UUID, *, is_isolated: bool) -> SignedIn | None:
    day = today()
    values = {"id": user_id, "day": day, "last": day - grace()}
    row = session.execute(_reader_statement(is_isolated=is_isolated), values).first()
    person = signed_in(row, "") if row is not None else None
    return person if person is not None and person.is_admitted else None
