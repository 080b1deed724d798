"""Scoping: the scope of each site for a reader, computed from the inventory in at most five statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from ..contacts import authorization, visibility
from ..contacts.inventory import Host, Service
from ..contacts.sets import ContactSet
from ..customers.ownership import Reader
from .scope import MOST_NAMES, Pair, Scope, named
from .sight import Seen


def of(session: Session, reader: Reader, sites: Sequence[Seen], *, host: str = "") -> list[Seen]:
    """Return the sites, each with what `reader` sees of it; `host`: only as far as this one goes."""
    if not visibility.is_restricted(reader):
        return list(sites)
    if not sites:
        return []
    ids = [seen.target.site_id for seen in sites]
    is_strict = authorization.chosen(session).is_strict_for_groups
    rules: dict[str, Any] = {"is_of_contact": True, "is_strict": is_strict}
    scopes: dict[str, Scope] = {}
    hosts = {row.site_id: row for row in session.execute(_hosts(reader, ids))}
    odd = {row.site_id: row for row in session.execute(_odd(reader, ids, host))}
    for id in ids:
        every, visible = (hosts[id].number, hosts[id].visible) if id in hosts else (0, 0)
        extra, hidden = (odd[id].visible, odd[id].number - odd[id].visible) if id in odd else (0, 0)
        if 0 < every == visible and not hidden:
            scopes[id] = Scope(is_whole=True, **rules)
        elif not host and visible + extra + hidden > MOST_NAMES:
            scopes[id] = Scope(stand_in=reader, **rules)
        elif not visible and not extra:
            scopes[id] = Scope(**rules)
    rest = [id for id in ids if id not in scopes]
    names: dict[str, set[str]] = defaultdict(set)
    pairs: dict[tuple[str, bool], set[Pair]] = defaultdict(set)
    if rest:
        for site_id, name in session.execute(_names(reader, rest, host)):
            names[site_id].add(name)
    if with_odd := [id for id in rest if id in odd]:
        for row in session.execute(_odd_names(reader, with_odd, host)):
            pairs[row.site_id, bool(row.is_visible)].add((row.host_name, row.description))
    scopes |= {id: named(names[id], pairs[id, True], pairs[id, False], is_strict=is_strict) for id in rest}
    return [replace(seen, scope=scopes[seen.target.site_id]) for seen in sites]


def is_of_nothing(session: Session, reader: Reader, sites: Sequence[Seen]) -> bool:
    """Tell whether nothing of these sites is the reader's to see, as a contact for none of it."""
    if not visibility.is_restricted(reader):
        return False
    if not session.scalar(select(exists(visibility.sets_of(reader)))):
        return True  # found without counting what others are contacts for
    return not any(seen.scope for seen in of(session, reader, sites))


def _hosts(reader: Reader, ids: list[str]) -> Any:
    """Select how many hosts each site has, and how many of them are the reader's."""
    is_visible = Host.contact_set_id.in_(visibility.sets_of(reader))
    return (
        select(Host.site_id, func.count().label("number"), func.sum(case((is_visible, 1), else_=0)).label("visible"))
        .where(Host.opens_to(reader), Host.site_id.in_(ids))
        .group_by(Host.site_id)
    )


def _names(reader: Reader, ids: list[str], host: str) -> Any:
    narrowed = (Host.name == host,) if host else ()
    is_visible = Host.contact_set_id.in_(visibility.sets_of(reader))
    return select(Host.site_id, Host.name).where(is_visible, _by_set(Host.site_id, ids), *narrowed)


def _by_set(site_id: Any, ids: list[str]) -> ColumnElement[bool]:
    """Return that a row is of these sites, which the reader looks at; rows are to be found by their sets."""
    return site_id.concat("").in_(ids)  # type: ignore[no-any-return]


def _is_odd(reader: Reader, ids: list[str], host: str) -> ColumnElement[bool]:
    """Return the condition that a service is seen and its host is not, or the other way round."""
    seen = visibility.sets_of(reader)
    is_seen, host_is_seen = ContactSet.id.in_(seen), ContactSet.host_set_id.in_(seen)
    sets = select(ContactSet.id).where(
        or_(
            and_(is_seen, or_(ContactSet.host_set_id.is_(None), ~host_is_seen)),
            and_(~is_seen, host_is_seen),
        )
    )
    narrowed = (Service.host_name == host,) if host else ()
    return and_(Service.contact_set_id.in_(sets), _by_set(Service.site_id, ids), *narrowed)


def _odd(reader: Reader, ids: list[str], host: str) -> Any:
    is_visible = Service.contact_set_id.in_(visibility.sets_of(reader))
    return (
        select(
            Service.site_id, func.count().label("number"), func.sum(case((is_visible, 1), else_=0)).label("visible")
        )
        .where(_is_odd(reader, ids, host))
        .group_by(Service.site_id)
    )  # fmt: skip


def _odd_names(reader: Reader, ids: list[str], host: str) -> Any:
    is_visible = Service.contact_set_id.in_(visibility.sets_of(reader))
    return select(
        Service.site_id, Service.host_name, Service.description, is_visible.label("is_visible")
    ).where(_is_odd(reader, ids, host))  # fmt: skip
