"""Store: brings the rows of one model up to what the source says, and touches no others.

A row is compared by the hash of everything it would hold, its parts and links included.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import delete, insert, literal, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from ...database import db, now, reading, separate, uuid7
from ..rows import Record
from .tally import Tally

PORTION = 100
"""Rows per transaction: none of them holds other writers up for long."""

T = TypeVar("T")


@dataclass
class Kept:
    """What the portal has of a record."""

    id: uuid.UUID
    customer_id: str
    hash: str | None
    is_archived: bool
    kind: str = ""


@dataclass
class Item:
    """A record as the portal is to hold it; `parts` are the rows that belong to it."""

    record: Record
    id: uuid.UUID
    customer_id: str
    values: dict[str, Any]
    changed_at: datetime
    parts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def hash(self) -> str:
        """Return the fingerprint of what the row would hold; when it changed is none of it."""
        content = [self.customer_id, self.values, self.parts]
        return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()


class Store:
    """The rows of `table` that came from `model` of one origin.

    `part` is the table of the parts and the column that names the row they belong to; `release(session, id)` cuts
    what other rows hold of one that goes to another customer.
    """

    def __init__(
        self,
        origin: str,
        model: str,
        table: Any,
        *,
        part: tuple[Any, str] | None = None,
        release: Callable[[Session, uuid.UUID], None] | None = None,
    ) -> None:
        self.origin, self.model, self.table = origin, model, table
        self.part, self.release = part, release
        self._promised: dict[int, uuid.UUID] = {}
        kind = getattr(table, "kind", literal(""))
        columns = (table.source_id, table.id, table.customer_id, table.source_hash, table.archived_at, kind)
        with reading(), db.engine.connect() as connection:
            rows = connection.execute(select(*columns).where(*self._ours)).all()
        self.kept = {int(row[0]): Kept(row[1], row[2], row[3], row[4] is not None, row[5]) for row in rows}

    @property
    def _ours(self) -> tuple[Any, ...]:
        return self.table.source == self.origin, self.table.source_model == self.model

    def id_of(self, key: int) -> uuid.UUID:
        """Return the id the record has in the portal, or is to get."""
        return self.kept[key].id if key in self.kept else self._promised.setdefault(key, uuid7())

    def visible(self, key: int) -> Kept | None:
        """Return what the portal shows of a record; None when it shows nothing."""
        kept = self.kept.get(key)
        return None if kept is None or kept.is_archived else kept

    def put(self, items: Iterable[Item], tally: Tally, refuse: Callable[[Item, str], None]) -> None:
        """Add what is new and change what differs; `refuse` hears of a row that the database will not take."""
        for portion in portions(self._differing(items, tally)):
            try:
                self._write(portion, tally)
            except OperationalError:
                raise  # the database itself is at fault, not a row
            except SQLAlchemyError:
                for item in portion:
                    try:
                        self._write([item], tally)
                    except OperationalError:
                        raise
                    except SQLAlchemyError as error:
                        refuse(item, _("It could not be stored (%(why)s).", why=type(error).__name__))

    def archive(self, tally: Tally) -> None:
        """Hide the rows whose records are gone, or are no longer to be shown."""
        gone = [kept for key, kept in self.kept.items() if not kept.is_archived and tally.gone(key)]
        for portion in portions(gone):
            with separate() as session:
                for row in session.scalars(select(self.table).where(self.table.id.in_([kept.id for kept in portion]))):
                    row.archived_at = now()
            for kept in portion:
                kept.is_archived = True
            tally.archived += len(portion)

    def _differing(self, items: Iterable[Item], tally: Tally) -> Iterator[Item]:
        for item in items:
            kept = self.kept.get(item.record.key)
            if kept is not None and not kept.is_archived and kept.hash == item.hash:
                tally.unchanged += 1
                tally.show(item.record.key)
            else:
                yield item

    def _write(self, items: Sequence[Item], tally: Tally) -> None:
        fresh = [item for item in items if item.record.key not in self.kept]
        changed = {item.id: item for item in items if item.record.key in self.kept}
        with separate() as session:
            for item in fresh:
                session.add(self.table(id=item.id, **self._columns(item)))
            session.flush()
            if changed:
                self._change(session, changed)
            if self.part:
                self._write_parts(session, items)
        tally.new += len(fresh)
        tally.changed += len(changed)
        for item in items:
            tally.show(item.record.key)
            self.kept[item.record.key] = Kept(item.id, item.customer_id, item.hash, False, item.values.get("kind", ""))

    def _change(self, session: Session, changed: dict[uuid.UUID, Item]) -> None:
        if self.part:
            table, parent = self.part
            session.execute(delete(table).where(getattr(table, parent).in_(changed)))
        for row in session.scalars(select(self.table).where(self.table.id.in_(changed))).all():
            item = changed[row.id]
            if row.customer_id != item.customer_id and self.release:
                self.release(session, row.id)
            for name, value in (self._columns(item) | {"archived_at": None}).items():
                setattr(row, name, value)
        session.flush()

    def _write_parts(self, session: Session, items: Sequence[Item]) -> None:
        assert self.part is not None
        table, parent = self.part
        rows = [{parent: item.id, "customer_id": item.customer_id, **part} for item in items for part in item.parts]
        if rows:
            session.execute(insert(table), rows)

    def _columns(self, item: Item) -> dict[str, Any]:
        return {
            **item.values,
            "customer_id": item.customer_id,
            "source": self.origin,
            "source_model": self.model,
            "source_id": str(item.record.key),
            "source_hash": item.hash,
            "imported_at": now(),
            "changed_at": item.changed_at,
        }


def portions(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield the items in lists of at most `PORTION`."""
    portion: list[T] = []
    for item in items:
        portion.append(item)
        if len(portion) == PORTION:
            yield portion
            portion = []
    if portion:
        yield portion
