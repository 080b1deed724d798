"""The state of BI aggregations: one state of many, made of the hosts and services that the reader sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, or_, select, tuple_

from ...contacts import memberships, visibility
from ...contacts.inventory import Host, Service
from ...customers.elements import Element, Release
from ...setup.releases import To
from ..collection import CUSTOMER, TEXT, Collection, Field, one_of
from .monitored import DOORS, HOST_STATES, SERVICE_STATES, state_of

KIND = "bi-aggregations"
OF_HOST = {"up": "ok", "down": "crit", "unreachable": "unknown", "pending": "pending"}
BADNESS = {"pending": 0, "ok": 1, "warn": 2, "unknown": 3, "crit": 4}
NODE = (Field("host", TEXT), Field("service", TEXT, "Empty: the host."), Field("site", TEXT),
        Field("state", one_of(SERVICE_STATES)))  # fmt: skip


def _listed(reader: Any) -> Select[Any]:
    """Select the aggregations of one's side; those that name contact groups are for these and who sees all."""
    ours = Element.release == Release.GLOBAL, Element.customer_id == reader.customer_id
    side = () if "monitoring.read" in reader.verbs else (or_(*ours),)
    return select(Element.id, Element.key, Element.title, Element.release, Element.customer_id, Element.body).where(
        Element.kind == KIND, Element.is_enabled, Element.archived_at.is_(None), *side
    )


def _shown(session: Any, reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    own: set[str] = set()
    if visibility.is_restricted(reader):
        own = {group.key for group in memberships.groups_of(session, reader.id)}
    seen = [
        row
        for row in rows
        if not visibility.is_restricted(reader) or own.intersection(row.body.get("contact_groups") or ())
    ]
    return [_object(row, _nodes(session, reader, row)) for row in seen]


def _object(row: Any, nodes: list[dict[str, str]]) -> dict[str, Any]:
    states = [node["state"] for node in nodes]
    return {
        "id": row.key, "title": row.title, "customer": To(row.release, row.customer_id).choice,
        "state": _state(row.body, states), "nodes": nodes,
    }  # fmt: skip


def _state(body: Mapping[str, Any], states: list[str]) -> str:
    """Return the one state of many; of none, nothing is known yet."""
    if not states:
        return "pending"
    if body.get("function") == "count":
        return "ok" if Counter(states)["ok"] >= int(body.get("minimum") or 1) else "crit"
    choose = min if body.get("function") == "best" else max
    return choose(states, key=lambda state: BADNESS[state])


def _nodes(session: Any, reader: Any, row: Any) -> list[dict[str, str]]:
    """Return the nodes that the reader sees, on the sites the aggregation goes to. Two statements."""
    named = [tuple(node.partition(";")[::2]) for node in row.body.get("nodes") or ()]
    hosts, services = [host for host, service in named if not service], [pair for pair in named if pair[1]]
    found = []
    if hosts:
        statement = select(Host.site_id, Host.name, Host.state, Host.is_pending)
        for one in session.execute(statement.where(*_at(Host, reader, row), Host.name.in_(hosts))):
            found.append((one.name, "", one.site_id, OF_HOST[state_of(one, HOST_STATES)]))
    if services:
        pairs = tuple_(Service.host_name, Service.description).in_(services)
        columns = Service.site_id, Service.host_name, Service.description, Service.state, Service.is_pending
        for one in session.execute(select(*columns).where(*_at(Service, reader, row), pairs)):
            found.append((one.host_name, one.description, one.site_id, state_of(one, SERVICE_STATES)))
    return [dict(zip(("host", "service", "site", "state"), one, strict=True)) for one in sorted(found)]


def _at(model: Any, reader: Any, row: Any) -> tuple[Any, ...]:
    return model.seen_by(reader), *([model.customer_id == row.customer_id] if row.customer_id else [])


AGGREGATIONS = Collection(
    path=KIND, title="BI aggregations", noun="BI aggregation's state", called="aggregation-states", is_listed=False,
    fields=(
        Field("id", TEXT),
        Field("title", TEXT),
        Field("customer", CUSTOMER),
        Field("state", one_of(SERVICE_STATES)),
        Field("nodes", {"type": "array", "items": {
            "type": "object", "required": [one.name for one in NODE],
            "properties": {one.name: one.schema for one in NODE},
        }}, "As last seen; those the account does not see are left out, and do not count."),
    ),
    reads=DOORS, listed=_listed, order=(), item="<id>/state", one=lambda id: and_(Element.key == id), shown=_shown,
)  # fmt: skip
