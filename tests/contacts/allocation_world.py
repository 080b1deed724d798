"""A small inventory and what gives groups to its hosts, with a plain computation of who is responsible."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import delete, insert, select, update

from portal.contacts.allocation.models import ContactPlan, DeliveredContacts
from portal.contacts.allocation.recompute import recompute
from portal.contacts.inventory import Host, Service
from portal.contacts.sets import ContactSet, ContactSetGroup
from portal.customers.elements import Element, Release
from portal.customers.sites import Site
from portal.database import now, separate, uuid7
from portal.text import sort_key

KINDS = ("contact-groups", "contact-rules", "folders", "assignments")
Body = dict[str, Any]


class Inventory:
    """Hosts with their services, groups, and bodies of rules, folders and assignments, as a test says."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context(), separate() as session:
            for model in (Service, Host, ContactPlan):
                session.execute(delete(model))
            session.execute(update(ContactSet).values(host_set_id=None))
            for model in (ContactSetGroup, ContactSet, DeliveredContacts):
                session.execute(delete(model))
            session.execute(update(Element).where(Element.kind.in_(KINDS)).values(archived_at=now()))
        self.sources: dict[str, tuple[str, Body, str | None, bool]] = {}
        self.owners: dict[str, str | None] = {}

    def site(self, id: str, customer: str) -> None:
        """Connect a site, unless it is there."""
        with self.app.app_context(), separate() as session:
            if session.get(Site, id) is None:
                Site.create(
                    session, id=id, alias=id.capitalize(), customer_id=customer, livestatus="tcp:10.0.0.1:6557", by=None
                )  # fmt: skip

    def host(
        self, name: str, *, site: str = "harbour", customer: str = "acme", folder: str = "/",
        services: Sequence[str] = (), labels: Mapping[str, str] | None = None, tags: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """Let a site have told of a host."""
        file = f"/wato{'' if folder == '/' else folder}/hosts.mk"
        with self.app.app_context(), separate() as session:
            session.execute(insert(Host), {
                "id": uuid7(), "site_id": site, "customer_id": customer, "name": name, "name_key": sort_key(name),
                "folder": file, "details": {"labels": dict(labels or {}), "tags": dict(tags or {})}, "seen_at": now(),
            })  # fmt: skip
        self.services(name, services, site=site, customer=customer)

    def services(
        self, host: str, descriptions: Sequence[str], *, site: str = "harbour", customer: str = "acme"
    ) -> None:
        """Let a site have told of services of a host."""
        rows = [
            {"id": uuid7(), "site_id": site, "customer_id": customer, "host_name": host, "description": description,
             "name_key": sort_key(f"{host} {description}"), "seen_at": now()}
            for description in descriptions
        ]  # fmt: skip
        if rows:
            with self.app.app_context(), separate() as session:
                session.execute(insert(Service), rows)

    def group(self, key: str, customer: str | None = None) -> None:
        """Add a contact group; None: a Global one."""
        self.owners[key] = customer
        self._write("contact-groups", key, {}, customer, enabled=True)

    def give(self, kind: str, key: str, customer: str | None = None, *, enabled: bool = True, **body: Any) -> None:
        """Add an element that gives groups, or put another in its place."""
        self.take(key)
        self.sources[key] = (kind, body, customer, enabled)
        self._write(kind, key, body, customer, enabled=enabled)

    def take(self, key: str) -> None:
        """Delete an element that gives groups."""
        if self.sources.pop(key, None):
            with self.app.app_context(), separate() as session:
                session.execute(
                    update(Element).where(Element.key == key, Element.archived_at.is_(None)).values(archived_at=now())
                )

    def _write(self, kind: str, key: str, body: Body, customer: str | None, *, enabled: bool) -> None:
        with self.app.app_context(), separate() as session:
            session.add(
                Element(
                    kind=kind, key=key, title=key, title_key=key, customer_id=customer, body=body, is_enabled=enabled,
                    release=Release.CUSTOMER if customer else Release.GLOBAL,
                )
            )  # fmt: skip

    def compute(self, *, only_new: bool = False) -> None:
        """Let the job run."""
        with self.app.app_context():
            recompute(now() if only_new else None)

    def kept(self) -> tuple[dict[Any, set[str]], dict[Any, tuple[set[str], set[str]]]]:
        """Return the groups of hosts, and those of services with those of their hosts alone, as rows say."""
        with self.app.app_context(), separate() as session:
            groups: dict[Any, tuple[set[str], set[str]]] = {}
            for set_id in session.scalars(select(ContactSet.id)):
                groups[set_id] = set(), set()
            for row, key in session.execute(
                select(ContactSetGroup, Element.key).join(Element, Element.id == ContactSetGroup.group_id)
            ):
                groups[row.set_id][row.is_of_host].add(key)
            hosts = {
                (host.site_id, host.name): groups[host.contact_set_id][0] for host in session.scalars(select(Host))
            }
            services = {
                (one.site_id, one.host_name, one.description): groups[one.contact_set_id]
                for one in session.scalars(select(Service))
            }
        return hosts, services

    def naive(self) -> tuple[dict[Any, set[str]], dict[Any, tuple[set[str], set[str]]]]:
        """Return the same, computed service by service from what was given."""
        with self.app.app_context(), separate() as session:
            rows = list(session.scalars(select(Host)))
            names = list(session.execute(select(Service.site_id, Service.host_name, Service.description)))
        by_name = {(host.site_id, host.name): host for host in rows}
        hosts = {place: self._of(host, None) for place, host in by_name.items()}
        services = {}
        for site, host, description in names:
            own, inherited = self._of(by_name[site, host], description), hosts[site, host]
            services[site, host, description] = (own, inherited - own) if own else (inherited, set())
        return hosts, services

    def _of(self, host: Host, service: str | None) -> set[str]:
        found: set[str] = set()
        folder = re.sub(r"^/wato|/?hosts.mk$", "", host.folder) or "/"
        for kind, body, customer, is_enabled in self.sources.values():
            if customer not in (None, host.customer_id) or not is_enabled:
                continue
            if globals()[f"_{kind.replace('-', '_')}"](body, host, folder, service):
                found |= {key for key in body["groups"] if self.owners[key] in (None, host.customer_id)}
        return found


def _folders(body: Body, _host: Host, folder: str, service: str | None) -> bool:
    here, path = body["path"] == folder, body["path"].rstrip("/")
    below = not here and folder.startswith(f"{path}/")
    counts = here and body.get("as_contacts") or below and body.get("as_contacts_below")
    return bool(counts and (service is None or body.get("for_services")))


def _assignments(body: Body, host: Host, _folder: str, service: str | None) -> bool:
    return (body["site"], body["host"], body.get("service") or "") == (host.site_id, host.name, service or "")


def _contact_rules(body: Body, host: Host, folder: str, service: str | None) -> bool:
    if (body.get("assign") == "services") != (service is not None):
        return False
    details = host.details
    labels, tags = ({f"{key}:{value}" for key, value in details[name].items()} for name in ("labels", "tags"))
    path = (body.get("folder") or "").rstrip("/")
    return (
        (not path or folder == path or folder.startswith(f"{path}/"))
        and _named(body.get("hosts"), host.name)
        and (service is None or _named(body.get("services"), service))
        and set(body.get("labels") or ()) <= labels
        and set(body.get("tags") or ()) <= tags
        and (not body.get("sites") or host.site_id in body["sites"])
        and (not body.get("customers") or host.customer_id in body["customers"])
    )


def _named(lines: Sequence[str] | None, name: str) -> bool:
    return not lines or any(re.match(line[1:], name) if line[0] == "~" else line == name for line in lines)
