"""Places: whose the projects and tasks are and whether they are shown; links never lead to another customer's."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from .. import values
from ..rows import Record
from ..values import Bad
from .customers import ensure
from .store import Item
from .world import World

NEVER = date(9999, 12, 31)
"""The sort key of what has no day."""

PROJECT, MILESTONE, TASK, TIMESHEET = "project.project", "project.milestone", "project.task", "account.analytic.line"


@dataclass
class Place:
    """Whose a project or task is, and whether the portal shows it."""

    owner: int | None
    is_open: bool
    record: Record


@dataclass
class Places:
    """The projects and tasks of the source; `waits` holds which task waits for which."""

    world: World
    projects: dict[int, Place] = field(default_factory=dict)
    tasks: dict[int, Place] = field(default_factory=dict)
    project_of_milestone: dict[int, int] = field(default_factory=dict)
    waits: list[tuple[Record, int]] = field(default_factory=list)

    def project(self, key: int) -> Place:
        """Return the place of a project. Raises `Bad` when the source does not tell."""
        if key not in self.projects:
            raise Bad("project_id", _("The project %(id)s is not there, or could not be read.", id=key))
        return self.projects[key]

    def project_link(self, record: Record, model: str, owner: int) -> uuid.UUID | None:
        """Return the id of the record's project; None for one of another customer, or of nobody."""
        found = values.many2one(record, "project_id")
        place = self.project(found[0]) if found else None
        if found is None or place is None or place.owner is None:
            return None
        if place.owner != owner:
            self.world.dropped(record, model, "project_id", self.world.customer(owner))
            return None
        kept = self.world.stores[PROJECT].visible(found[0])
        return kept.id if kept else None

    def task_link(self, record: Record, model: str, name: str, owner: int) -> uuid.UUID | None:
        """Return the id of the task a field names; None for one that is another customer's, not shown or not there."""
        found = values.many2one(record, name)
        if found is None:
            return None
        place = self.tasks.get(found[0])
        if place is None:
            self.world.missing(record, model, name, TASK, found[0], self.world.customer(owner))
            return None
        if place.owner != owner:
            if place.owner is not None:
                self.world.dropped(record, model, name, self.world.customer(owner))
            return None
        return self.world.stores[TASK].id_of(found[0]) if place.is_open else None

    def hidden(self, owner: int | None, reason: str = "") -> str:
        """Return why a record of this owner is not shown; "" when it is."""
        if reason:
            return reason
        if owner is None:
            return "no_owner"
        return "own" if owner in self.world.partners.own else ""

    def customer(self, owner: int) -> str:
        """Return the owner's customer, made if there is none yet."""
        if owner not in self.world.partners.customers:
            ensure(self.world, {owner})
        return self.world.partners.customers[owner]

    def refuse(self, model: str, item: Item, why: str) -> None:
        """Count and report a row the database would not take."""
        self.world.refuse(item.record, model, Bad("id", why), item.customer_id)
