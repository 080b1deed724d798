"""Timesheets of shared projects: the owner is the record's own partner, else the task's, else the project's."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from flask_babel import gettext as _

from ...documents.models import Timesheet
from ...text import sort_key
from .. import values
from ..rows import Record
from ..values import Bad
from .places import TIMESHEET, Places
from .store import Item, Store
from .world import World, changed_at

DAYS = ("day", "days", "tag", "tage")
HOURS = "h"
"""The label of the sum of hours in the reconciliation."""


def import_timesheets(places: Places) -> None:
    """Bring in the hours spent."""
    world, tally = places.world, places.world.tally(TIMESHEET)

    def items() -> Iterator[Item]:
        for record in world.records(TIMESHEET):
            customer_id = None
            try:
                owner, reason = _owner(places, record)
                reason = places.hidden(owner, reason)
                if reason or owner is None:
                    tally.hide(record.key, reason)
                    _sum(world, record, "hidden")
                    continue
                customer_id = places.customer(owner)
                item = _timesheet(places, record, customer_id, owner)
            except Bad as bad:
                world.refuse(record, TIMESHEET, bad, customer_id)
                _sum(world, record, "refused")
                continue
            _sum(world, record, "shown")
            yield item

    def refuse(item: Item, why: str) -> None:
        places.refuse(TIMESHEET, item, why)
        _sum(world, item.record, "shown", -1)
        _sum(world, item.record, "refused")

    world.stores[TIMESHEET].put(items(), tally, refuse)
    world.stores[TIMESHEET].archive(tally)


def _owner(places: Places, record: Record) -> tuple[int | None, str]:
    """Return whose the hours are, and why they are never shown, or "". Raises `Bad`."""
    project, task = values.many2one(record, "project_id"), values.many2one(record, "task_id")
    if project is None:
        return None, "private"
    place = places.project(project[0])
    owner = places.world.owner(record)
    if owner is None and task is not None:
        if task[0] not in places.tasks:
            raise Bad("task_id", _("The task %(id)s is not there, or could not be read.", id=task[0]))
        owner = places.tasks[task[0]].owner
    return (place.owner if owner is None else owner), ("" if place.is_open else "project_hidden")


def _timesheet(places: Places, record: Record, customer_id: str, owner: int) -> Item:
    world = places.world
    if world.named(record, TIMESHEET, "product_uom_id", "uom.uom").strip().casefold() in DAYS:
        raise Bad("product_uom_id", _("These are days; the portal counts hours."))
    employee = world.named(record, TIMESHEET, "employee_id", "hr.employee")
    employee = employee or world.named(record, TIMESHEET, "user_id", "res.users")
    content = {
        "project_id": places.project_link(record, TIMESHEET, owner),
        "task_id": places.task_link(record, TIMESHEET, "task_id", owner),
        "date": world.needed_day(record, "date"),
        "employee": employee,
        "employee_key": sort_key(employee),
        "text": values.text(record, "name") or "",
        "hours": values.decimal(record, "unit_amount"),
        "order_item": _order_item(places, record, owner),
    }
    return Item(record, world.stores[TIMESHEET].id_of(record.key), customer_id, content, changed_at(record))


def _order_item(places: Places, record: Record, owner: int) -> str:
    """Return what was ordered, as the ERP displays it; only of an order this customer sees."""
    world, found = places.world, values.many2one(record, "so_line")
    order = world.order_of_line.get(found[0]) if found else None
    kept = world.stores["sale.order"].visible(order) if order is not None else None
    if found is None or kept is None:
        return ""
    if kept.customer_id != world.customer(owner):
        world.dropped(record, TIMESHEET, "so_line", world.customer(owner))
        return ""
    return found[1]


def _sum(world: World, record: Record, side: str, sign: int = 1) -> None:
    try:
        world.tally(TIMESHEET).add(side, HOURS, values.decimal(record, "unit_amount", default=Decimal(0)) * sign)
    except Bad:
        return


def store_of(origin: str) -> Store:
    """Return the store of timesheets."""
    return Store(origin, TIMESHEET, Timesheet)
