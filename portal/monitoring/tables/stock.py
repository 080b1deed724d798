"""Stock: tables served from the inventory, where asking the sites for all their rows would cost too much.

A page is read by key and costs the same among 200,000 hosts as among 200; nothing is counted. Its rows get their state
from their sites, asked for just these; those whose site is silent keep the one the inventory knows, with its age.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, and_, select, tuple_
from sqlalchemy.orm import Session

from ...contacts import numbers, parts, visibility
from ...contacts.inventory import Host, Service, Sweep
from ...customers.ownership import Reader
from ...database import now
from ...records.prepared import parameters, prepared, run
from ...text import fold
from ...web import paging
from ..livestatus.query import All, BadValue, Condition, Is, Query, checked
from ..livestatus.query import Any as OneOf
from ..scope import WHOLE
from ..sight import Seen
from . import asking, own_numbers
from .reading import Reading, gaps
from .row import Row
from .table import Table

LIVE_UP_TO = 5_000
"""Rows up to which all are asked of their sites."""
PORTION = 500
RELATIVES = {"parents", "childs"}
"""Columns that name other hosts: which of them a contact may read is told by the names of theirs."""
SERVES = {"q", "host", "service", "state"}
Edge = tuple[str, uuid.UUID]
"""What the last row of a page is ordered by."""
WELL = {"up", "ok"}
"""States most rows have; what is in another one the sites find faster themselves."""


@prepared
def _sweeps(reader: Any) -> Select[*tuple[Any, ...]]:
    return select(Sweep.site_id, Sweep.finished_at, Sweep.hosts, Sweep.services).where(Sweep.seen_by(reader))


@dataclass(frozen=True)
class Stock:
    """The inventory of some sites as the source of a table's rows."""

    table: Table
    reader: Reader
    sites: Mapping[str, Seen]
    as_of: datetime | None
    is_strict: bool = False
    """Whether services of a host may have to hide, so that only those are counted that are seen."""

    MODELS: ClassVar[dict[str, Any]] = {"hosts": Host, "services": Service}

    @classmethod
    def of(cls, session: Session, reader: Reader, table: Table, sites: Sequence[Seen]) -> Stock | None:
        """Return the stock that serves a table; None where its rows are few, or the inventory cannot find them."""
        if table.source.id not in cls.MODELS or not _can_serve(table):
            return None
        if visibility.is_restricted(reader) and not RELATIVES.isdisjoint(table.needs):
            return None
        wanted = {seen.target.site_id: seen for seen in sites}
        swept = [row for row in run(session, _sweeps(reader.verbs), parameters(reader, "")) if row.site_id in wanted]
        if sum(getattr(row, table.source.id) for row in swept) <= LIVE_UP_TO:
            return None
        moments = [row.finished_at for row in swept if row.finished_at]
        counts = table.source.id == "hosts" and any(need.startswith(own_numbers.PREFIX) for need in table.needs)
        is_strict = counts and numbers.may_differ(session, reader)
        return cls(table, reader, wanted, min(moments, default=None), is_strict)

    @property
    def model(self) -> Any:
        """Return the inventory's rows of this source."""
        return self.MODELS[self.table.source.id]

    @property
    def is_descending(self) -> bool:
        """Tell whether names stand from the last to the first."""
        return self.table.sort[:1] == ("-host",)

    def page(self, session: Session) -> tuple[Reading, paging.Page]:
        """Return the page the address asks for, its rows with the state their sites tell now."""
        model = self.model
        found = paging.page(
            session, self._statement(), id=model.id, keys=(model.name_key,), descending=self.is_descending,
            counted=False, parts=self._parts(session),
        )  # fmt: skip
        rows = self._rows(session, found.rows)
        session.rollback()  # nothing is held while sites are asked
        return self._overlaid(rows), found

    def every_row(self, session: Session) -> Iterator[Row]:
        """Yield all rows as the inventory knows them, read in portions by key: for exports."""
        last, few = None, self._parts(session)
        while True:
            rows = self._beyond(session, few, last, PORTION)
            yield from self._rows(session, rows)
            if len(rows) < PORTION:
                return
            last = (rows[-1].name_key, rows[-1].id)

    def rows_beyond(self, session: Session, last: Edge | None, limit: int) -> tuple[list[Row], Edge | None]:
        """Return up to `limit` rows as the inventory knows them, those after `last`; then the edge, if more follow."""
        rows = self._beyond(session, self._parts(session), last, limit + 1)
        shown = rows[:limit]
        edge = (shown[-1].name_key, shown[-1].id) if len(rows) > limit else None
        return self._rows(session, shown), edge

    def _beyond(self, session: Session, few: Sequence[Select[Any]], last: Edge | None, limit: int) -> list[Any]:
        model, down = self.model, self.is_descending
        keys = (model.name_key, model.id)

        def some(of: Select[Any]) -> Select[Any]:
            if last is not None:
                of = of.where(tuple_(*keys) < tuple_(*last) if down else tuple_(*keys) > tuple_(*last))
            return of.order_by(*(key.desc() if down else key.asc() for key in keys)).limit(limit)

        if not few:
            return list(session.execute(some(self._statement())))
        portions = [some(part) for part in few]
        return paging.merge(session, self._statement(), portions, id=model.id, down=down, limit=limit)

    def _statement(self) -> Select[Any]:
        model = self.model
        return select(*model.__table__.columns).where(model.seen_by(self.reader), *self._where())

    def _parts(self, session: Session) -> list[Select[Any]]:
        """Return the rows by the contact sets in which they are the reader's, where these are few."""
        return parts.of(session, self.reader, self.model, list(self.sites), list(self._filtered()))

    def _where(self) -> Iterator[ColumnElement[bool]]:
        model = self.model
        customers = {seen.customer_id for seen in self.sites.values()}
        if len(customers) == 1:
            yield model.customer_id == customers.pop()
        # Not by the index of sites: that would read and sort them all to show one page.
        yield model.site_id.concat("").in_(list(self.sites))
        yield from self._filtered()

    def _filtered(self) -> Iterator[ColumnElement[bool]]:
        model, filters = self.model, self.table.filters
        names = {"q": model.name_key, "host": getattr(model, "host_name", model.name_key), "service": model.name_key}
        for id, column in names.items():
            for word in fold(filters.get(id, "")).split():
                yield column.icontains(word, autoescape=True)
        if filters.get("state") in WELL:
            yield and_(model.state == 0, model.is_pending.is_(False))

    def _rows(self, session: Session, found: Sequence[Any]) -> list[Row]:
        if not self.is_strict:
            return [self._row(row, row.services if self.model is Host else ()) for row in found]
        own = numbers.of_services(session, self.reader, ((row.site_id, row.name) for row in found))
        return [self._row(row, own.get((row.site_id, row.name), numbers.NONE)) for row in found]

    def _row(self, row: Any, services: Sequence[int]) -> Row:
        values: dict[str, Any] = {
            **{name: row.details.get(name) for name in ("groups", "contacts", "contact_groups", "labels", "tags")},
            "state": row.state, "has_been_checked": int(not row.is_pending), "acknowledged": int(row.is_acknowledged),
            "scheduled_downtime_depth": int(row.in_downtime), "plugin_output": row.output,
            "last_state_change": row.changed_at.timestamp() if row.changed_at else 0,
        }  # fmt: skip
        if self.model is Host:
            values |= {"name": row.name, "alias": row.alias, "address": row.address, "filename": row.folder}
            values |= own_numbers.as_values(services)
        else:
            values |= {"host_name": row.host_name, "description": row.description}
        return Row(self.sites[row.site_id], values, row.seen_at)

    def _overlaid(self, rows: Sequence[Row]) -> Reading:
        """Return rows with what their sites say of them now."""
        keys = self.table.source.keys
        sites = {row.seen.target.site_id: row.seen for row in rows}
        these = [_this(keys, row) for row in rows if all(_can_be_asked(row.get(key)) for key in keys)]
        query = Query(self.table.source.table, self.table.needs, (OneOf(*these),))
        these_alone = [replace(seen, scope=WHOLE) for seen in sites.values()]
        told = asking.ask(these_alone, query) if these else []
        live = {
            (one.seen.target.site_id, *(values.get(key) for key in keys)): Row(one.seen, values)
            for one in told
            for values in one.tables[0]
        }
        shown = [live.get((row.seen.target.site_id, *(row.get(key) for key in keys)), row) for row in rows]
        if self.is_strict:
            shown = [Row(new.seen, {**new.values, **own_numbers.of(row.values)}, new.seen_at)
                     for new, row in zip(shown, rows, strict=True)]  # fmt: skip
        return Reading(shown, now(), *gaps(told), as_of=self.as_of)


def _this(keys: Sequence[str], row: Row) -> Condition:
    parts = [Is(key, "=", str(row.get(key))) for key in keys]
    return parts[0] if len(parts) == 1 else All(*parts)


def _can_be_asked(name: Any) -> bool:
    """Tell whether a name, which a site said once, can stand in a question."""
    try:
        checked(str(name))
    except BadValue:
        return False
    return True


def _can_serve(table: Table) -> bool:
    """Tell whether the inventory finds what a table is narrowed to, and in the order it is wanted."""
    filters = table.filters
    return (
        filters.keys() <= SERVES
        and filters.get("state", "up") in WELL
        and not any(filters.get(id, "").startswith(("~", "=")) for id in SERVES)
        and not table.group
    )
