"""Delivery: what a site is told of who is responsible for its hosts and services: groups, never people.

Hosts that have the same are told together. Only groups that are released to the site are named: Global ones and those
of its own customer.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ...customers.elements import Element
from ...customers.sites import Site
from ..inventory import Host
from ..memberships import CONTACT_GROUPS
from . import standing
from .models import DeliveredContacts
from .standing import Content, Place

Told = dict[str, Any]
NOTHING: Told = {"plans": [], "hosts": {}}
AT_ONCE = 5_000


def of_sites(session: Session, site_ids: Collection[str] | None = None) -> dict[str, Told]:
    """Return what each of these sites (None: all with hosts) is told; a fixed number of statements per 5,000 sites.

    `hosts` gives each host a place in `plans`; a plan names the contact groups of the host, those its services were
    given explicitly (None: they have the host's) and those of single services, by description.
    """
    hosts = _hosts(session, site_ids)
    if not hosts:
        return dict.fromkeys(site_ids or (), NOTHING)
    sets, places, groups = standing.contents(session), standing.plans(session), _groups(session)
    customers = dict(session.execute(select(Site.id, Site.customer_id)).all())
    words: dict[tuple[uuid.UUID, str], Told] = {}
    found: dict[str, Told] = dict.fromkeys(site_ids or (), NOTHING)
    for site_id, plans in hosts.items():
        customer_id = customers[site_id]
        told: Told = {"plans": [], "hosts": {}}
        at: dict[str, int] = {}
        for name, plan_id in plans:
            if (plan_id, customer_id) not in words:
                words[plan_id, customer_id] = _plan(places[plan_id], sets, _of(groups, customer_id))
            plan = words[plan_id, customer_id]
            number = at.setdefault(json.dumps(plan, sort_keys=True), len(at))
            if number == len(told["plans"]):
                told["plans"].append(plan)
            told["hosts"][name] = number
        found[site_id] = told
    return found


def changed_sites(session: Session) -> dict[str, str]:
    """Return the sites that are to be told something else than was last noted, with its digest."""
    kept = dict(session.execute(select(DeliveredContacts.site_id, DeliveredContacts.digest)).all())
    present = {id: digest(told) for id, told in of_sites(session).items()}
    nothing = digest(NOTHING)
    now = {id: present.get(id, nothing) for id in sorted(kept.keys() | present.keys())}
    return {id: known for id, known in now.items() if known != kept.get(id, nothing)}


def note(session: Session, digests: Mapping[str, str]) -> None:
    """Write down what sites are told from now on."""
    ids = sorted(digests)
    session.execute(delete(DeliveredContacts).where(DeliveredContacts.site_id.in_(ids)))
    session.execute(insert(DeliveredContacts), [{"site_id": id, "digest": digests[id]} for id in ids])


def within(told: Told, groups: Collection[str]) -> Told:
    """Return the same without groups that are not among these; services that lose all they had get their host's."""

    def kept(keys: list[str] | None) -> list[str] | None:
        return None if keys is None else [key for key in keys if key in groups]

    plans = [
        {
            "contact_groups": kept(plan["contact_groups"]),
            "service_contact_groups": kept(plan["service_contact_groups"]) or None,
            "services": {name: kept(keys) or None for name, keys in plan["services"].items()},
        }
        for plan in told["plans"]
    ]
    return {"plans": plans, "hosts": told["hosts"]}


def digest(told: Told) -> str:
    """Return a name for what a site is told."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _hosts(session: Session, site_ids: Collection[str] | None) -> dict[str, list[tuple[str, uuid.UUID]]]:
    statement = select(Host.site_id, Host.name, Host.contact_plan_id).where(Host.contact_plan_id.is_not(None))
    ordered = None if site_ids is None else sorted(site_ids)
    slices: Iterable[Any] = [None]
    if ordered is not None:
        slices = [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]
    found: defaultdict[str, list[tuple[str, uuid.UUID]]] = defaultdict(list)
    for some in slices:
        these = statement if some is None else statement.where(Host.site_id.in_(some))
        for site_id, name, plan_id in session.execute(these):
            if plan_id is not None:
                found[site_id].append((name, plan_id))
    for plans in found.values():
        plans.sort()
    return found


def _groups(session: Session) -> list[tuple[uuid.UUID, str, str | None]]:
    columns = Element.id, Element.key, Element.customer_id
    live = Element.kind == CONTACT_GROUPS, Element.archived_at.is_(None)
    return [(id, key, customer_id) for id, key, customer_id in session.execute(select(*columns).where(*live))]


def _of(groups: Iterable[tuple[uuid.UUID, str, str | None]], customer_id: str) -> dict[uuid.UUID, str]:
    """Return the keys of the groups that a customer's sites may know."""
    return {id: key for id, key, owner in groups if owner in (None, customer_id)}


def _plan(place: Place, sets: Mapping[uuid.UUID, Content], keys: Mapping[uuid.UUID, str]) -> Told:
    usual = _explicit(sets[place.service], keys)
    services = {description: _explicit(sets[id], keys) for description, id in place.services}
    return {
        "contact_groups": _named(sets[place.host], keys),
        "service_contact_groups": usual,
        "services": {description: groups for description, groups in services.items() if groups != usual},
    }


def _explicit(content: Content, keys: Mapping[uuid.UUID, str]) -> list[str] | None:
    return None if content.own is None else _named(content, keys) or None


def _named(content: Content, keys: Mapping[uuid.UUID, str]) -> list[str]:
    return sorted(keys[id] for id in content.groups if id in keys)
