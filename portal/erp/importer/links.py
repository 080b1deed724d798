"""Links between documents, and between tasks: within one customer, both ends shown."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert, select, tuple_

from ...database import db, reading, separate
from ...documents.models import Document, DocumentLink, TaskLink
from .. import values
from ..rows import Record
from .places import TASK, Places
from .store import Kept, portions
from .world import World

Link = tuple[uuid.UUID, uuid.UUID, str, str]
"""From, to, customer, meaning ("" between tasks)."""

ORDER, PURCHASE, MOVE = "sale.order", "purchase.order", "account.move"
INVOICE, CREDIT, BILL = "invoice", "credit", "bill"
"""The meanings: an order's invoice, an invoice's credit note, a purchase order's bill."""


class DocumentLinks:
    """What records say of each other, noted while they are read and written when all are there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._said: list[tuple[Record, str, int, str, int, str, str]] = []
        self._origins: list[tuple[int, str]] = []

    def note(self, record: Record, model: str) -> None:
        """Note what a record says of others. Raises `Bad`."""
        if model == ORDER:
            self._note_order(record)
        elif model == MOVE:
            self._note_move(record)

    def _note_order(self, record: Record) -> None:
        for key in values.ids(record, "invoice_ids"):
            self._said.append((record, ORDER, record.key, MOVE, key, INVOICE, "invoice_ids"))

    def _note_move(self, record: Record) -> None:
        found = values.many2one(record, "reversed_entry_id")
        if found is not None:
            self._said.append((record, MOVE, found[0], MOVE, record.key, CREDIT, "reversed_entry_id"))
        if record.get("move_type") in ("in_invoice", "in_refund"):
            for number in (values.text(record, "invoice_origin") or "").split(","):
                self._origins.append((record.key, number.strip()))

    def write(self) -> None:
        """Add the links that are new and remove those that the records no longer tell of."""
        stores = self.world.stores
        wanted: set[Link] = set()
        for record, one_model, one_key, other_model, other_key, meaning, name in self._said:
            told_by = ORDER if meaning == INVOICE else MOVE
            for model, key in ((one_model, one_key), (other_model, other_key)):
                if model in self.world.given and key not in self.world.tally(model).keys:
                    self.world.missing(record, told_by, name, model, key)
            wanted |= self._link(record, told_by, name, stores[one_model].visible(one_key),
                                 stores[other_model].visible(other_key), meaning)  # fmt: skip
        wanted |= self._bills()
        _write(DocumentLink, wanted, self._present(), ("from_id", "to_id", "customer_id", "meaning"))

    def _link(
        self, record: Record, model: str, name: str, one: Kept | None, other: Kept | None, meaning: str
    ) -> set[Link]:
        if one is None or other is None:
            return set()
        if one.customer_id != other.customer_id:
            self.world.dropped(record, model, name)
            return set()
        return {(one.id, other.id, one.customer_id, meaning)}

    def _bills(self) -> set[Link]:
        """Return the links from purchase orders to bills that name them by number."""
        columns = (Document.id, Document.customer_id, Document.number)
        query = select(*columns).where(
            Document.source == self.world.origin, Document.source_model == PURCHASE, Document.archived_at.is_(None)
        )
        with reading(), db.engine.connect() as connection:
            orders = {(row.customer_id, row.number): row.id for row in connection.execute(query)}
        found: set[Link] = set()
        for key, number in self._origins:
            bill = self.world.stores[MOVE].visible(key)
            order = orders.get((bill.customer_id, number)) if bill else None
            if bill and order:
                found.add((order, bill.id, bill.customer_id, BILL))
        return found

    def _present(self) -> set[Link]:
        """Return the links that were told by records read and understood this time."""
        world, told = self.world, set()
        for model in (ORDER, MOVE):
            tally, store = world.tally(model), world.stores[model]
            told |= {(model, kept.id) for key, kept in store.kept.items() if key not in tally.refused_keys}
        link = DocumentLink
        query = select(link.from_id, link.to_id, link.customer_id, link.meaning)
        with reading(), db.engine.connect() as connection:
            rows = connection.execute(query).all()
        return {
            (row.from_id, row.to_id, row.customer_id, row.meaning)
            for row in rows
            if ((ORDER, row.from_id) if row.meaning == INVOICE else (MOVE, row.to_id)) in told
            and (ORDER if row.meaning == INVOICE else MOVE) in world.given
        }


def write_waits(places: Places) -> None:
    """Write which tasks wait for which; one of another customer is reported, and no link."""
    world, store = places.world, places.world.stores[TASK]
    wanted: set[Link] = set()
    for record, key in places.waits:
        mine, other = store.visible(record.key), store.visible(key)
        owner = places.tasks[record.key].owner
        if key not in world.tally(TASK).keys:
            world.missing(record, TASK, "depend_on_ids", TASK, key)
        elif key in places.tasks and places.tasks[key].owner not in (None, owner):
            world.dropped(record, TASK, "depend_on_ids")
        elif mine and other and mine.customer_id == other.customer_id:
            wanted.add((mine.id, other.id, mine.customer_id, ""))
    read = {kept.id for key, kept in store.kept.items() if key not in world.tally(TASK).refused_keys}
    with reading(), db.engine.connect() as connection:
        rows = connection.execute(select(TaskLink.from_id, TaskLink.to_id, TaskLink.customer_id)).all()
    present = {(row.from_id, row.to_id, row.customer_id, "") for row in rows if row.from_id in read}
    _write(TaskLink, wanted, present, ("from_id", "to_id", "customer_id"))


def _write(table: Any, wanted: set[Link], present: set[Link], columns: Iterable[str]) -> None:
    for portion in portions(sorted(present - wanted)):
        with separate() as session:
            pairs = [(link[0], link[1]) for link in portion]
            session.execute(delete(table).where(tuple_(table.from_id, table.to_id).in_(pairs)))
    for portion in portions(sorted(wanted - present)):
        with separate() as session:
            session.execute(insert(table), [dict(zip(columns, link, strict=False)) for link in portion])
