"""Sight: the sites whose monitoring a person may look at, in one prepared statement; every live question starts there.

Who sees all sees each whole; of others `scoping.of` then says what of each they see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, select, true
from sqlalchemy.orm import Session, aliased

from ..contacts import visibility
from ..customers.models import Customer
from ..customers.ownership import Reader
from ..customers.sites import Site
from ..records.prepared import parameters, prepared, run
from .hiding import HiddenCustomer
from .livestatus.answers import Target
from .scope import WHOLE, Scope


@dataclass(frozen=True)
class Seen:
    """A site somebody sees: whose it is, what it is called, and how it is asked."""

    target: Target
    alias: str
    customer_id: str
    customer_name: str
    gui_url: str
    is_hidden: bool = False
    scope: Scope | None = None
    """What of it is seen; None until somebody worked that out, and then it is asked nothing."""


_gate = aliased(Site)
"""The site whose host says whether another can be reached; whosever it is."""


def _asked(site: Any) -> tuple[Any, ...]:
    return site.id, site.livestatus, site.timeout, site.tls_ca, site.is_disabled


@prepared
def _statement(reader: Any) -> Select[Any]:
    seen = true() if "monitoring.read" in reader.verbs else Site.seen_by(reader)
    is_hidden = exists().where(HiddenCustomer.user_id == reader.id, HiddenCustomer.customer_id == Site.customer_id)
    return (
        select(
            *_asked(Site), Site.status_site_id, Site.status_host, Site.alias, Site.customer_id, Site.gui_url,
            Customer.name.label("customer_name"), is_hidden.label("is_hidden"),
            *(column.label(f"gate_{column.key}") for column in _asked(_gate)),
        )
        .join(Customer, Customer.id == Site.customer_id)
        .outerjoin(_gate, (_gate.id == Site.status_site_id) & _gate.archived_at.is_(None))
        .where(
            seen, visibility.on_sites(Site.id, reader), Site.archived_at.is_(None), Customer.archived_at.is_(None)
        )
        .order_by(Site.alias_key, Site.id)
    )  # fmt: skip


def sites(session: Session, reader: Reader, *, only: Sequence[str] = (), even_hidden: bool = False) -> list[Seen]:
    """Return the sites `reader` sees, by alias; without those of customers they hid, unless `even_hidden`.

    `only` narrows to values of the site filter: `site:<id>`, or `customer:<id>` for all of a customer's; what is not
    there matches nothing.
    """
    wanted = set(only)
    scope = None if visibility.is_restricted(reader) else WHOLE
    rows = run(session, _statement(reader.verbs), parameters(reader, ""))
    return [
        _seen(row, scope)
        for row in rows
        if (even_hidden or not row.is_hidden)
        and (not wanted or not wanted.isdisjoint((f"site:{row.id}", f"customer:{row.customer_id}")))
    ]


def hidden(session: Session, reader: Reader) -> frozenset[str]:
    """Return the IDs of the customers somebody hid for themselves."""
    rows = session.scalars(select(HiddenCustomer.customer_id).where(HiddenCustomer.user_id == reader.id))
    return frozenset(rows)


def _seen(row: Any, scope: Scope | None) -> Seen:
    gate = None
    if row.gate_id is not None:
        gate = Target(row.gate_id, row.gate_livestatus, row.gate_timeout / 1000, row.gate_tls_ca, row.gate_is_disabled)
    target = Target(
        row.id, row.livestatus, row.timeout / 1000, row.tls_ca, row.is_disabled,
        row.status_site_id or "", row.status_host, gate,
    )  # fmt: skip
    return Seen(target, row.alias, row.customer_id, row.customer_name, row.gui_url, bool(row.is_hidden), scope)
