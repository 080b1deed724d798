"""Projects that are shared with their customer, with their milestones: whole or not at all."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.orm import Session

from ...documents.models import Milestone, Project, Task, Timesheet
from ...text import sort_key
from .. import values
from ..rows import Record
from ..values import Bad
from .places import MILESTONE, NEVER, PROJECT, Place, Places
from .store import Item, Store
from .world import World, changed_at, needed


def import_projects(places: Places) -> None:
    """Bring in projects, and note of each whose it is."""
    world, tally = places.world, places.world.tally(PROJECT)
    milestones = Milestones(places)

    def items() -> Iterator[Item]:
        for record in world.records(PROJECT):
            customer_id = None
            try:
                is_open = record.get("privacy_visibility") == "portal" and values.flag(record, "active", default=True)
                owner = world.owner(record)
                places.projects[record.key] = Place(owner, is_open, record)
                reason = places.hidden(owner, "" if is_open else "not_portal")
                if reason or owner is None:
                    tally.hide(record.key, reason)
                    milestones.count(record.key, "document_hidden")
                    continue
                customer_id = places.customer(owner)
                item = _project(world, record, customer_id, milestones.of(record.key))
            except Bad as bad:
                world.refuse(record, PROJECT, bad, customer_id)
                milestones.count(record.key, "document_refused")
                continue
            milestones.count(record.key)
            yield item

    world.stores[PROJECT].put(items(), tally, lambda item, why: places.refuse(PROJECT, item, why))
    milestones.finish()
    world.stores[PROJECT].archive(tally)


class Milestones:
    """The milestones of the source, by project."""

    def __init__(self, places: Places) -> None:
        self.world, self.tally = places.world, places.world.tally(MILESTONE)
        self._of: dict[int, list[Record]] = defaultdict(list)
        for record in self.world.records(MILESTONE) if MILESTONE in self.world.given else ():
            try:
                project = values.many2one(record, "project_id")
                if project is None:
                    raise Bad("project_id", _("There is none."))
            except Bad as bad:
                self.world.refuse(record, MILESTONE, bad)
                continue
            self._of[project[0]].append(record)
            places.project_of_milestone[record.key] = project[0]

    def of(self, project: int) -> list[dict[str, Any]]:
        """Return the rows of a project's milestones; a broken one is reported and left out."""
        rows = []
        for record in self._of[project]:
            try:
                rows.append(self._row(record))
            except Bad as bad:
                self.world.refuse(record, MILESTONE, bad)
        return rows

    def count(self, project: int, reason: str = "") -> None:
        """Count a project's milestones as shown, or as hidden for a reason."""
        for record in self._of.pop(project, []):
            if record.key in self.tally.refused_keys:
                continue
            if reason:
                self.tally.hide(record.key, reason)
            else:
                self.tally.show(record.key)

    def finish(self) -> None:
        """Report the milestones of projects nobody has heard of."""
        for project in list(self._of):
            for record in self._of.pop(project):
                why = Bad("project_id", _("The project %(id)s is not there, or could not be read.", id=project))
                self.world.refuse(record, MILESTONE, why)

    def _row(self, record: Record) -> dict[str, Any]:
        reached = self.world.day(record, "reached_date") if values.flag(record, "is_reached", default=False) else None
        return {
            "name": needed(record, "name", 1000), "deadline": self.world.day(record, "deadline"),
            "reached_on": reached, "source": self.world.origin, "source_model": MILESTONE,
            "source_id": str(record.key),
        }  # fmt: skip


def _project(world: World, record: Record, customer_id: str, parts: list[dict[str, Any]]) -> Item:
    name, starts = needed(record, "name", 1000), world.day(record, "date_start")
    content = {
        "name": name,
        "name_key": sort_key(name),
        "description": values.text(record, "description") or "",
        "manager": world.named(record, PROJECT, "user_id", "res.users"),
        "starts_on": starts,
        "starts_key": starts or NEVER,
        "ends_on": world.day(record, "date"),
    }
    return Item(record, world.stores[PROJECT].id_of(record.key), customer_id, content, changed_at(record), parts)


def store_of(origin: str) -> Store:
    """Return the store of projects."""
    return Store(origin, PROJECT, Project, part=(Milestone, "project_id"), release=_release)


def _release(session: Session, id: uuid.UUID) -> None:
    for table in (Task, Timesheet):
        session.execute(update(table).where(table.project_id == id).values(project_id=None, source_hash=None))
