"""Reading: the rules, folders, assignments and groups that elements hold, and the hosts of the inventory."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ...customers.elements import Element
from ..inventory import Host, Service, at
from ..memberships import CONTACT_GROUPS
from .folders import folder_of, normal
from .matching import Conditions, Facts

RULES, FOLDERS, ASSIGNMENTS = "contact-rules", "folders", "assignments"
KINDS = (RULES, FOLDERS, ASSIGNMENTS)
"""Kinds of elements that give groups to hosts and services."""


@dataclass(frozen=True)
class Source:
    """An element that gives groups: which one it is, whose, and the keys of the groups."""

    kind: str
    key: str
    title: str
    customer_id: str | None
    groups: tuple[str, ...]
    body: Mapping[str, Any] = field(hash=False, compare=False)

    @property
    def is_for_services(self) -> bool:
        """Tell whether it is a rule for services."""
        return self.body.get("assign") == "services"


@dataclass(frozen=True)
class Group:
    """A contact group; None: Global."""

    id: uuid.UUID
    key: str
    title: str
    customer_id: str | None


@dataclass
class Sources:
    """All that gives groups, and the groups there are, by key."""

    rules: list[Source] = field(default_factory=list)
    conditions: list[Conditions] = field(default_factory=list)
    folders: dict[str, list[Source]] = field(default_factory=dict)
    assignments: dict[tuple[str, str], list[Source]] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def add(self, source: Source) -> None:
        """Count an element in."""
        if source.kind == RULES:
            self.rules.append(source)
            self.conditions.append(Conditions.of(source.body, source.customer_id))
        elif source.kind == FOLDERS:
            self.folders.setdefault(normal(source.body.get("path") or ""), []).append(source)
        else:
            place = source.body.get("site") or "", source.body.get("host") or ""
            self.assignments.setdefault(place, []).append(source)


def sources(session: Session, *, but: uuid.UUID | None = None) -> Sources:
    """Return what gives groups now, without the element `but`; rules that are disabled do not count."""
    columns = Element.id, Element.kind, Element.key, Element.title, Element.customer_id, Element.is_enabled
    rows = session.execute(
        select(*columns, Element.body)
        .where(Element.kind.in_((CONTACT_GROUPS, *KINDS)), Element.archived_at.is_(None))
        .order_by(Element.kind, Element.position, Element.key)
    )
    found = Sources()
    for id, kind, key, title, customer_id, is_enabled, body in rows:
        if kind == CONTACT_GROUPS:
            found.groups[key] = Group(id, key, title, customer_id)
        elif is_enabled and id != but:
            found.add(source(kind, key, title, customer_id, body))
    return found


def source(kind: str, key: str, title: str, customer_id: str | None, body: Mapping[str, Any]) -> Source:
    """Return an element as what gives groups."""
    return Source(kind, key, title, customer_id, tuple(body.get("groups") or ()), body)


HOSTS_AT_ONCE = 500
HOST_COLUMNS = (Host.id, Host.site_id, Host.customer_id, Host.name, Host.folder, Host.details, Host.contact_plan_id)


def hosts(session: Session, *conditions: ColumnElement[bool]) -> Iterator[tuple[uuid.UUID, uuid.UUID | None, Facts]]:
    """Yield hosts of the inventory, whoever's: id, plan, and what of them decides."""
    folders: dict[str, str] = {}
    for id, site_id, customer_id, name, file, details, plan_id in session.execute(
        select(*HOST_COLUMNS).where(*conditions)
    ):
        if file not in folders:
            folders[file] = folder_of(file)
        yield (
            id,
            plan_id,
            Facts(site_id, customer_id, name, folders[file], _pairs(details, "labels"), _pairs(details, "tags")),
        )


def with_new_services(session: Session) -> Iterator[ColumnElement[bool]]:
    """Yield conditions, a portion of names each, that find all hosts with services that stand in no set yet.

    The names are read by themselves: a join is planned by counts from before a million rows were written.
    """
    new = select(Service.site_id, Service.host_name).where(Service.contact_set_id.is_(None)).distinct()
    places = [(site_id, name) for site_id, name in session.execute(new)]
    for start in range(0, len(places), HOSTS_AT_ONCE):
        yield at(Host.site_id, Host.name, places[start : start + HOSTS_AT_ONCE])


def facts(host: Host) -> Facts:
    """Return what of a host decides."""
    labels, tags = (_pairs(host.details, name) for name in ("labels", "tags"))
    return Facts(host.site_id, host.customer_id, host.name, folder_of(host.folder), labels, tags)


def _pairs(details: Mapping[str, Any], name: str) -> frozenset[str]:
    pairs = details.get(name)
    return frozenset(f"{key}:{value}" for key, value in pairs.items()) if isinstance(pairs, dict) else frozenset()
