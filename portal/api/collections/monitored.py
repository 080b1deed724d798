"""Hosts and services: as the inventory of the sites knows them, for whoever is a contact for them or sees all."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from ...contacts import numbers, parts, visibility
from ...contacts.inventory import Host, Service
from ...contacts.sets import ContactSetGroup
from ...customers.elements import Element
from ...monitoring import sight
from ...monitoring.tables.plain import plain
from ...text import fold
from ..collection import CUSTOMER, FLAG, MOMENT, TEXT, Collection, Field, Filter, line, names, one_of

HOST_STATES = ("up", "down", "unreachable", "pending")
SERVICE_STATES = numbers.STATES
DOORS = ("monitoring.read", "monitoring.own")


def _listed(model: Any) -> Callable[[Any], Select[Any]]:
    return lambda reader: select(*model.__table__.columns).where(model.seen_by(reader))


def groups_of(session: Any, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, list[str]]:
    """Return the IDs of the contact groups responsible for each set's hosts or services. One statement."""
    found: dict[uuid.UUID, list[str]] = {}
    wanted = {id for id in ids if id}
    if wanted:
        rows = session.execute(
            select(ContactSetGroup.set_id, Element.key)
            .join(Element, Element.id == ContactSetGroup.group_id)
            .where(ContactSetGroup.set_id.in_(wanted), ContactSetGroup.is_of_host.is_(False))
            .order_by(Element.key)
        )
        for id, key in rows:
            found.setdefault(id, []).append(key)
    return found


def state_of(row: Any, words: Sequence[str]) -> str:
    """Return the word for the state of a row; `words` are all there are, the last one for what was not checked yet."""
    return words[-1] if row.is_pending or not 0 <= row.state < len(words) - 1 else words[row.state]


def _common(row: Any, words: Sequence[str], groups: Mapping[uuid.UUID, list[str]]) -> dict[str, Any]:
    return {
        "site": row.site_id, "customer": row.customer_id, "state": state_of(row, words),
        "is_acknowledged": row.is_acknowledged, "in_downtime": row.in_downtime, "output": plain(row.output, 4000),
        "changed_at": row.changed_at.isoformat() if row.changed_at else None, "seen_at": row.seen_at.isoformat(),
        "groups": [str(one) for one in row.details.get("groups") or ()],
        "labels": {str(key): str(value) for key, value in dict(row.details.get("labels") or {}).items()},
        "contact_groups": groups.get(row.contact_set_id, []),
    }  # fmt: skip


def _hosts(session: Any, reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    groups = groups_of(session, (row.contact_set_id for row in rows))
    counted = {(row.site_id, row.name): row.services for row in rows}
    if numbers.may_differ(session, reader):
        counted = dict.fromkeys(counted, numbers.NONE) | numbers.of_services(session, reader, counted)
    return [
        {
            "id": f"{row.site_id}/{row.name}", "name": row.name, "alias": row.alias, "address": row.address,
            "folder": row.folder,
            "services": {
                word: max(int(n), 0)
                for word, n in zip(SERVICE_STATES, counted[row.site_id, row.name], strict=False)
            },
            **_common(row, HOST_STATES, groups),
        }
        for row in rows
    ]  # fmt: skip


def _services(session: Any, _reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    groups = groups_of(session, (row.contact_set_id for row in rows))
    return [
        {
            "id": f"{row.site_id}/{row.host_name}/{row.description}", "host": row.host_name,
            "description": row.description, **_common(row, SERVICE_STATES, groups),
        }
        for row in rows
    ]  # fmt: skip


def _fields(words: Sequence[str], *own: Field) -> tuple[Field, ...]:
    return (
        Field("id", TEXT, "What follows this collection's address."),
        *own,
        Field("site", TEXT, "The ID of the site that monitors it."),
        Field("customer", TEXT, "The ID of the customer whose site that is."),
        Field("state", one_of(words), "As last seen."),
        Field("is_acknowledged", FLAG, "Somebody takes care of its problem."),
        Field("in_downtime", FLAG, "A downtime runs."),
        Field("output", TEXT, "What the last check said, up to 4000 characters."),
        Field("changed_at", MOMENT, "Since when the state is what it is."),
        Field("seen_at", MOMENT, "When the portal saw it change last."),
        Field("groups", names(), "Host or service groups."),
        Field("labels", {"type": "object", "additionalProperties": TEXT}, "Labels by key."),
        Field("contact_groups", names(), "The contact groups that are responsible."),
    )


def _parts(model: Any, filters: Sequence[Filter]) -> Callable[[Any, Any, Mapping[str, str]], Sequence[Select[Any]]]:
    """Return what finds a contact's rows set by set; customers and sites are looked up first, not by their rows."""

    def found(session: Any, reader: Any, asked: Mapping[str, str]) -> Sequence[Select[Any]]:
        if not visibility.is_restricted(reader):
            return ()
        wanted = {f"{name}:{asked[name]}" for name in ("site", "customer") if name in asked}
        sites = [
            seen.target.site_id
            for seen in sight.sites(session, reader, even_hidden=True)
            if wanted <= {f"site:{seen.target.site_id}", f"customer:{seen.customer_id}"}
        ]
        rest = [one for one in filters if one.name in asked and one.name not in ("site", "customer")]
        where = [condition for one in rest for condition in one.narrow(asked[one.name])]
        return parts.of(session, reader, model, sites, where)

    return found


def _filters(model: Any, words: Sequence[str]) -> tuple[Filter, ...]:
    def in_state(value: str) -> list[ColumnElement[bool]]:
        if value == words[-1]:
            return [model.is_pending.is_(True)]
        return [model.is_pending.is_(False), model.state == words.index(value)]

    return (
        Filter("q", line(200), "Words of the name.",
               lambda value: [model.name_key.contains(word, autoescape=True) for word in fold(value).split()[:8]]),
        Filter("customer", CUSTOMER, "Those of a customer.", lambda value: [model.customer_id == value]),
        Filter("site", line(64), "Those of a site.", lambda value: [model.site_id == value]),
        Filter("state", one_of(words), "Those in a state.", in_state),
    )  # fmt: skip


_HOST_FILTERS = _filters(Host, HOST_STATES)
_SERVICE_FILTERS = (
    *_filters(Service, SERVICE_STATES),
    Filter("host", line(255), "Those of a host.", lambda value: [Service.host_name == value]),
)
HOSTS = Collection(
    path="hosts", title="Hosts", noun="host",
    help="As last seen. Which hosts there are is the sites' business; their contact groups can be set here.",
    fields=_fields(
        HOST_STATES, Field("name", TEXT, "Its name at its site."), Field("alias", TEXT, "What it is called."),
        Field("address", TEXT, "IP address or name in the network."), Field("folder", TEXT, "Where its site keeps it."),
        Field("services", {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
              "How many of its services that the account sees are in each state."),
    ),
    reads=DOORS, listed=_listed(Host), order=(Host.name_key, Host.id), item="<site>/<name:host>",
    one=lambda site, host: and_(Host.site_id == site, Host.name == host), shown=_hosts,
    filters=_HOST_FILTERS, parts=_parts(Host, _HOST_FILTERS),
)  # fmt: skip
SERVICES = Collection(
    path="services", title="Services", noun="service", help="As last seen.",
    fields=_fields(
        SERVICE_STATES, Field("host", TEXT, "The name of its host."), Field("description", TEXT, "Its own name."),
    ),
    reads=DOORS, listed=_listed(Service), order=(Service.name_key, Service.id),
    item="<site>/<host>/<name:service>",
    one=lambda site, host, service: and_(
        Service.site_id == site, Service.host_name == host, Service.description == service
    ),
    shown=_services,
    filters=_SERVICE_FILTERS, parts=_parts(Service, _SERVICE_FILTERS),
)  # fmt: skip
