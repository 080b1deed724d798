"""Hosts in the search: those whose names begin with what was typed, as the inventory knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..contacts.inventory import Host
from ..customers.sites import Site
from ..monitoring import links
from ..monitoring.tables import words
from ..records.search import quoted
from ..text import sort_key

MOST = 5


@dataclass(frozen=True)
class FoundHost:
    """A host: its name, what else it is called, where its page is, and its state."""

    name: str
    alias: str
    url: str
    state: words.State


@dataclass(frozen=True)
class FoundHosts:
    """The first hosts by name; where all that match are listed, and whether there are more."""

    rows: list[FoundHost]
    url: str
    has_more: bool


def find(session: Session, reader: Any, text: str) -> FoundHosts:
    """Return the hosts a customer's person sees; one look into an index, no question to a site."""
    url, start = f"{links.OWN}hosts/?q={quoted(text)}", sort_key(text)
    if not start or reader.customer_id is None or Host.read_by_customer not in reader.verbs:
        return FoundHosts([], url, has_more=False)
    live = select(Site.id).where(Site.customer_id == reader.customer_id, Site.archived_at.is_(None))
    rows = session.execute(
        Host.visible_to(reader)
        .with_only_columns(Host.site_id, Host.name, Host.alias, Host.state, Host.is_pending)
        .where(Host.customer_id == reader.customer_id, Host.name_key >= start, Host.name_key < start + "\U0010ffff")
        .where(Host.site_id.in_(live))
        .order_by(Host.name_key, Host.id)
        .limit(MOST + 1)
    ).all()
    found = [
        FoundHost(
            row.name, row.alias if row.alias != row.name else "", links.host(links.OWN, row.site_id, row.name),
            words.host_state(row.state, not row.is_pending),
        )
        for row in rows[:MOST]
    ]  # fmt: skip
    return FoundHosts(found, url, has_more=len(rows) > MOST)
