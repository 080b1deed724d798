"""The book: reads from the database what is decided by: rules, people, contact groups; and what is affected."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ...access.roles import DEFAULT, permissions_of, stamp
from ...accounts.grants import UserRole
from ...accounts.users import User
from ...contacts.authorization import AuthorizedSite
from ...contacts.inventory import Host, Service
from ...contacts.memberships import CONTACT_GROUPS, Membership
from ...contacts.sets import ContactSetGroup
from ...customers.elements import Element
from ...customers.sites import Site
from ...text import fold
from . import periods
from .deciding import Book
from .events import Affected, Person
from .own_rules import OwnRule
from .rules import Rule

RULES, PERIODS, SETTINGS = "notification-rules", "time-periods", "global-settings"
FALLBACK = "notification_fallback_email"
"""The setting of the address for what no rule is about."""
SEES_ALL, READS, WRITES_RULES = "general.see_all", "monitoring.read", "general.edit_notifications"


def read(session: Session, at: datetime, site_id: str) -> Book:
    """Return the rules as they stand for a site, with everybody whom they may name, as they are at a moment."""
    rules = [Rule(row.key, row.title, row.body) for row in session.execute(_provider_rules())]
    own = list(session.execute(_own_rules()))
    members: dict[str, set[uuid.UUID]] = {}
    for key, user_id in session.execute(_memberships()):
        members.setdefault(key, set()).add(user_id)
    verbs = _granted(session, {row.user_id for row in own})
    people = _people(session, rules, {row.user_id for row in own}, set().union(*members.values()), verbs, at)
    rules += [
        Rule(str(row.id), row.title, row.body, row.user_id)
        for row in own
        if WRITES_RULES in verbs[row.user_id] and row.user_id in people
    ]
    fallback = _fallback_email(session, site_id)
    return Book(
        rules, people, {key: frozenset(ids) for key, ids in members.items()},
        {fold(one.username): one.id for one in people.values()}, _owners(session, rules, fallback), fallback,
    )  # fmt: skip


def open_periods(session: Session, at: datetime) -> frozenset[str]:
    """Return the keys of the time periods that are open at a moment."""
    zone = current_app.config["TIME_ZONE"]
    found = select(Element.key, Element.body).where(
        Element.kind == PERIODS, Element.archived_at.is_(None), Element.is_enabled
    )
    return frozenset(key for key, body in session.execute(found) if periods.is_open(body, at, zone))


def affected(session: Session, site_id: str, host: str, service: str = "") -> Affected | None:
    """Return a host or service as the inventory knows it, with the contact groups responsible.

    None for neither, and while nobody has worked out yet who is responsible.
    """
    its_host = session.execute(
        select(Host.customer_id, Host.details, Host.contact_set_id, Site.alias)
        .join(Site, Site.id == Host.site_id)
        .where(Host.site_id == site_id, Host.name == host)
    ).first()
    if its_host is None:
        return None
    found: Any = its_host
    if service:
        found = session.execute(
            select(Service.details, Service.contact_set_id).where(
                Service.site_id == site_id, Service.host_name == host, Service.description == service
            )
        ).first()
    if found is None or found.contact_set_id is None:
        return None
    groups = _groups(session, found.contact_set_id)
    return Affected(
        site_id, its_host.customer_id, host, service, its_host.alias,
        tags={str(key): str(tag) for key, tag in dict(its_host.details.get("tags") or {}).items()},
        host_groups=frozenset(its_host.details.get("groups") or ()),
        service_groups=frozenset(found.details.get("groups") or ()) if service else frozenset(),
        contact_groups=groups[False], host_only=groups[True],
    )  # fmt: skip


def _groups(session: Session, set_id: uuid.UUID | None) -> dict[bool, frozenset[str]]:
    """Return the keys of the groups of a contact set: those responsible (False), and for the host alone (True)."""
    found: dict[bool, set[str]] = {False: set(), True: set()}
    rows = session.execute(
        select(Element.key, ContactSetGroup.is_of_host)
        .join(Element, Element.id == ContactSetGroup.group_id)
        .where(ContactSetGroup.set_id == set_id, Element.archived_at.is_(None))
    )
    for key, is_of_host in rows:
        found[is_of_host].add(key)
    return {False: frozenset(found[False]), True: frozenset(found[True] - found[False])}


def _provider_rules() -> Any:
    return (
        select(Element.key, Element.title, Element.body)
        .where(Element.kind == RULES, Element.archived_at.is_(None), Element.is_enabled)
        .order_by(Element.position, Element.title_key, Element.id)
    )


def _own_rules() -> Any:
    return (
        select(OwnRule.id, OwnRule.user_id, OwnRule.title, OwnRule.body)
        .where(OwnRule.is_enabled)
        .order_by(OwnRule.user_id, OwnRule.position, OwnRule.id)
    )


def _memberships() -> Any:
    return (
        select(Element.key, Membership.user_id)
        .join(Element, Element.id == Membership.group_id)
        .where(Element.kind == CONTACT_GROUPS, Element.archived_at.is_(None))
    )


def _granted(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Return what the roles of some people grant; whoever is disabled keeps that, for they are still told."""
    roles: dict[uuid.UUID, list[str]] = {id: [] for id in ids}
    if not roles:
        return {}
    for user_id, role in session.execute(
        select(UserRole.user_id, UserRole.role_id).where(UserRole.user_id.in_(roles))
    ):  # fmt: skip
        roles[user_id].append(role)
    number = session.scalar(select(stamp())) or 0
    people = select(User.id, User.portal_role, User.sees_only_own).where(User.id.in_(roles))
    found = {}
    for id, portal_role, sees_only_own in session.execute(people):
        defaults = [DEFAULT] if portal_role is not None else []
        granted = permissions_of(session, roles[id] or defaults, stamp=number)
        found[id] = granted - {SEES_ALL} if sees_only_own else granted
    return found


def _people(
    session: Session, rules: Iterable[Rule], owners: set[uuid.UUID], members: set[uuid.UUID],
    verbs: Mapping[uuid.UUID, frozenset[str]], at: datetime,
) -> dict[uuid.UUID, Person]:  # fmt: skip
    """Return everybody the rules may name: in a contact group, by name, with own rules, or as a fallback contact.

    The seed's 2.3: whoever may not sign in is told all the same.
    """
    named = {fold(username) for rule in rules for username in rule.named("users")}
    rows = session.execute(
        select(
            User.id, User.username, User.name, User.email, User.pager, User.language, User.time_zone, User.customer_id,
            User.portal_role, User.is_fallback_contact, User.is_muted, User.muted_from, User.muted_until,
            User.attributes, User.has_chosen_sites,
        ).where(
            User.archived_at.is_(None),
            or_(
                User.id.in_(select(Membership.user_id)), User.id.in_(select(OwnRule.user_id)),
                User.is_fallback_contact, User.username_key.in_(named),
            ),
        )
    ).all()  # fmt: skip
    sites = _sites(session, {row.id for row in rows if row.has_chosen_sites} & owners)
    wanted = owners | members
    return {
        row.id: Person(
            row.id, row.username, row.name, row.email, row.pager, row.language, row.time_zone, row.customer_id,
            is_staff=row.portal_role is None, is_fallback=row.is_fallback_contact,
            is_muted=_is_muted(row, at), sees_all=_sees_all(row, verbs.get(row.id, frozenset())),
            sites=sites.get(row.id), attributes=row.attributes or {},
        )
        for row in rows
        if row.id in wanted or row.is_fallback_contact or fold(row.username) in named
    }  # fmt: skip


def _sees_all(row: Any, verbs: frozenset[str]) -> bool:
    """Tell whether somebody sees all that is open to their door, which monitoring itself must be."""
    return SEES_ALL in verbs and (row.portal_role is not None or READS in verbs)


def _sites(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Return the sites that people were narrowed to, of those who were; maybe none."""
    found: dict[uuid.UUID, set[str]] = {id: set() for id in ids}
    if found:
        rows = select(AuthorizedSite.user_id, AuthorizedSite.site_id).where(AuthorizedSite.user_id.in_(found))
        for id, site_id in session.execute(rows):
            found[id].add(site_id)
    return {id: frozenset(sites) for id, sites in found.items()}


def _is_muted(row: Any, at: datetime) -> bool:
    """Tell whether somebody wants nothing at a moment."""
    begun = row.muted_from is None or row.muted_from <= at
    over = row.muted_until is not None and row.muted_until <= at
    return bool(row.is_muted and begun and not over)


def _fallback_email(session: Session, site_id: str) -> str:
    """Return the address for what no rule is about: the site's own setting, else that of all sites."""
    own = session.scalar(select(Site.settings).where(Site.id == site_id)) or {}
    if FALLBACK in own:
        return str(own[FALLBACK] or "")
    kept = select(Element.body).where(
        Element.kind == SETTINGS, Element.key == FALLBACK, Element.archived_at.is_(None)
    )  # fmt: skip
    return str((session.scalar(kept) or {}).get("value") or "")


def _owners(session: Session, rules: Iterable[Rule], *more: str) -> dict[str, frozenset[str | None]]:
    """Return whose people the addresses are that rules name, and some more."""
    emails = {fold(email) for rule in rules for email in rule.named("emails")}
    emails |= {fold(email) for email in more if email}
    found: dict[str, set[str | None]] = {}
    if emails:
        statement = select(User.email_key, User.customer_id, User.portal_role).where(
            User.email_key.in_(emails), User.archived_at.is_(None)
        )
        for email, customer, portal_role in session.execute(statement):
            found.setdefault(email, set()).add(customer if portal_role is not None else None)
    return {email: frozenset(customers) for email, customers in found.items()}
