"""Tasks of shared projects: active ones, whose owner is the task's partner, else the project's."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from ...documents.models import Task, TaskLink, Timesheet
from ...text import number_key, sort_key
from .. import values
from ..rows import Record
from ..values import Bad
from .places import MILESTONE, NEVER, TASK, Place, Places
from .store import Item, Store
from .world import World, changed_at, code, needed, short

STATES = {
    "01_in_progress": "in_progress", "02_changes_requested": "changes_requested", "03_approved": "approved",
    "04_waiting_normal": "waiting", "1_done": "done", "1_canceled": "cancelled",
}  # fmt: skip


def import_tasks(places: Places) -> None:
    """Bring in tasks, those they are parts of first."""
    world, tally, store = places.world, places.world.tally(TASK), places.world.stores[TASK]
    for record in world.records(TASK):
        try:
            if reason := _place(places, record):
                tally.hide(record.key, reason)
        except Bad as bad:
            world.refuse(record, TASK, bad)

    def items() -> Iterator[Item]:
        for key in _parents_first(places):
            place, customer_id = places.tasks[key], None
            assert place.owner is not None
            try:
                customer_id = places.customer(place.owner)
                yield _task(places, place.record, customer_id, place.owner)
            except Bad as bad:
                world.refuse(place.record, TASK, bad, customer_id)
                place.is_open = store.visible(key) is not None

    store.put(items(), tally, lambda item, why: places.refuse(TASK, item, why))
    store.archive(tally)


def _place(places: Places, record: Record) -> str:
    """Note whose a task is; return why it is never shown, or "". Raises `Bad`."""
    project = values.many2one(record, "project_id")
    if project is None:
        places.tasks[record.key] = Place(None, False, record)
        return "private"
    within = places.project(project[0])
    owner = places.world.owner(record)
    owner = within.owner if owner is None else owner
    if not values.flag(record, "active", default=True):
        reason = "archived"
    else:
        reason = places.hidden(owner, "" if within.is_open else "project_hidden")
    places.tasks[record.key] = Place(owner, not reason, record)
    return reason


def _parents_first(places: Places) -> Iterator[int]:
    done: set[int] = set()
    for key in places.tasks:
        way: list[int] = []
        current: int | None = key
        while current is not None and current not in done and places.tasks[current].is_open and current not in way:
            way.append(current)
            current = _parent(places, current)
        for one in reversed(way):
            done.add(one)
            yield one


def _parent(places: Places, key: int) -> int | None:
    try:
        parent = values.many2one(places.tasks[key].record, "parent_id")
    except Bad:
        return None
    return parent[0] if parent and parent[0] in places.tasks else None


def _task(places: Places, record: Record, customer_id: str, owner: int) -> Item:
    world = places.world
    name, deadline = needed(record, "name", 5000), world.day(record, "date_deadline")
    waits = [(record, key) for key in values.ids(record, "depend_on_ids")]
    project_id = places.project_link(record, TASK, owner)
    content = {
        "project_id": project_id,
        "parent_id": places.task_link(record, TASK, "parent_id", owner),
        "number": str(record.key),
        "number_key": number_key(str(record.key)),
        "name": name,
        "name_key": sort_key(name),
        "description": values.text(record, "description") or "",
        "state": code(record, "state", STATES),
        "stage": short("stage_id", world.named(record, TASK, "stage_id", "project.task.type"), 120),
        "is_urgent": (values.text(record, "priority") or "0") != "0",
        "milestone": _milestone(places, record) if project_id else "",
        "assignees": ", ".join(_assignees(world, record)),
        "deadline": deadline,
        "deadline_key": deadline or NEVER,
        "planned": values.decimal(record, "allocated_hours", default=Decimal(0)),
        "spent": values.decimal(record, "effective_hours", default=Decimal(0)),
        "remaining": values.decimal(record, "remaining_hours", default=Decimal(0)),
        "created_on": world.needed_day(record, "create_date", "write_date"),
    }
    places.waits += waits
    return Item(record, world.stores[TASK].id_of(record.key), customer_id, content, changed_at(record))


def _milestone(places: Places, record: Record) -> str:
    """Return the name of the milestone, if it is one of the task's own project."""
    found, project = values.many2one(record, "milestone_id"), values.many2one(record, "project_id")
    if found is None or project is None or MILESTONE not in places.world.given:
        return ""
    if places.project_of_milestone.get(found[0]) != project[0]:
        why = Bad("milestone_id", _("The milestone %(id)s is none of its project.", id=found[0]))
        places.world.note(record, TASK, str(why))
        return ""
    return found[1]


def _assignees(world: World, record: Record) -> Iterator[str]:
    known = world.names.get("res.users")
    if known is None:
        return
    for key in values.ids(record, "user_ids"):
        if key in known:
            yield known[key]
        else:
            world.nameless(record, TASK, "user_ids", "res.users", key)


def store_of(origin: str) -> Store:
    """Return the store of tasks."""
    return Store(origin, TASK, Task, release=_release)


def _release(session: Session, id: uuid.UUID) -> None:
    session.execute(delete(TaskLink).where(or_(TaskLink.from_id == id, TaskLink.to_id == id)))
    session.execute(update(Task).where(Task.parent_id == id).values(parent_id=None, source_hash=None))
    session.execute(update(Timesheet).where(Timesheet.task_id == id).values(task_id=None, source_hash=None))
