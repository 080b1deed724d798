"""People and rules for tests of notifications, made without a database."""

from __future__ import annotations

import uuid
from typing import Any

from portal.database import now
from portal.monitoring.notifications.deciding import Book, Decision, decide
from portal.monitoring.notifications.events import Affected, Happened, Person
from portal.monitoring.notifications.rules import Rule


def person(username: str, customer: str | None = "acme", **values: Any) -> Person:
    """Return somebody; of the provider with `customer=None`."""
    values.setdefault("email", f"{username}@example.com")
    id = uuid.uuid5(uuid.NAMESPACE_DNS, username)
    return Person(id, username, username.capitalize(), customer_id=customer, is_staff=customer is None, **values)


def rule(key: str = "all", *, owner: Person | None = None, **body: Any) -> Rule:
    """Return a rule; without anything said, one that tells all contacts."""
    body.setdefault("all_contacts", not owner and not {"contact_groups", "users", "emails"} & body.keys())
    return Rule(key, key.capitalize(), body, owner.id if owner else None)


def book(*rules: Rule, people: tuple[Person, ...] = (), **members: tuple[Person, ...]) -> Book:
    """Return rules with people; `members` says who is in which contact group."""
    known = {one.id: one for group in (people, *members.values()) for one in group}
    groups = {group: frozenset(one.id for one in those) for group, those in members.items()}
    return Book(rules, known, groups, {one.username: one.id for one in known.values()})


def host(**values: Any) -> Affected:
    """Return a host of Acme for which the group `web` is responsible."""
    usual: dict[str, Any] = {"site_id": "acme_lab", "customer_id": "acme", "host": "web1"}
    return Affected(**usual | {"contact_groups": frozenset({"web"})} | values)


def service(**values: Any) -> Affected:
    """Return one of its services."""
    return host(service="CPU", **values)


def happens(affected: Affected, of: Book, code: str = "", **values: Any) -> Decision:
    """Decide what an event does."""
    code = code or ("down" if affected.is_host else "crit")
    return decide(affected, Happened(code, now(), **values), of)


def told(decision: Decision) -> list[str]:
    """Return whom a decision tells, by name."""
    return [telling.recipient.name for telling in decision.told]


def silent(decision: Decision) -> dict[str, str]:
    """Return who is not told and why."""
    return {silence.recipient.name: str(silence.why) for silence in decision.silent}
