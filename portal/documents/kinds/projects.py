"""Projects: what is being delivered, with milestones, tasks and hours."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import extract, func, select

from ...customers.models import Customer
from ...database import db
from ...records import cells, prepared
from ...records.foreign import clean
from ...records.kind import Column, Filter, Kind, Sort, read_date
from .. import states
from ..models import Milestone, Project, Task, Timesheet
from ..models.delivery import CLOSED

OPEN_TASKS = (
    select(func.count())
    .where(Task.project_id == Project.id, Task.archived_at.is_(None), Task.state.not_in(CLOSED))
    .correlate(Project)
    .scalar_subquery()
)
HOURS = (
    select(func.coalesce(func.sum(Timesheet.hours), 0))
    .where(Timesheet.project_id == Project.id, Timesheet.archived_at.is_(None))
    .correlate(Project)
    .scalar_subquery()
)


def load(reader: Any, id: uuid.UUID, customer_id: str) -> dict[str, Any] | None:
    """Return what a project's page and PDF show."""
    record = prepared.record(db.session(), Project, reader, id, customer_id)
    if record is None:
        return None
    milestones = db.session.execute(
        select(Milestone.name, Milestone.deadline, Milestone.reached_on)
        .where(Milestone.project_id == id, Milestone.seen_by(reader))
        .order_by(Milestone.deadline, Milestone.name)
    ).all()
    tasks = db.session.execute(
        select(Task.id, Task.number, Task.name, Task.state, Task.stage, Task.deadline, Task.spent, Task.planned,
               Task.parent_id, Task.assignees)
        .where(Task.project_id == id, Task.seen_by(reader), Task.archived_at.is_(None))
        .order_by(Task.number_key)
    ).all()  # fmt: skip
    by_month = _hours_by_month(reader, id)
    by_state = {state: [task for task in tasks if task.state == state] for state in states.TASK}
    return {
        "record": record,
        "name": record.name,
        "title": _("Project %(name)s", name=record.name),
        "note": clean(record.description),
        "milestones": milestones,
        "reached": sum(milestone.reached_on is not None for milestone in milestones),
        "tasks": tasks,
        "tasks_by_state": [(states.TASK[state], some) for state, some in by_state.items() if some],
        "open_tasks": sum(task.state not in CLOSED for task in tasks),
        "planned": sum((task.planned for task in tasks if task.parent_id is None), start=Decimal(0)),
        "hours": sum((hours for _month, hours in by_month), start=Decimal(0)),
        "hours_by_month": by_month,
    }


def _hours_by_month(reader: Any, id: uuid.UUID) -> list[tuple[date, Decimal]]:
    """Return the hours of each month that has any, by its first day."""
    year, month = extract("year", Timesheet.date), extract("month", Timesheet.date)
    rows = db.session.execute(
        select(year, month, func.sum(Timesheet.hours))
        .where(Timesheet.project_id == id, Timesheet.seen_by(reader), Timesheet.archived_at.is_(None))
        .group_by(year, month)
        .order_by(year, month)
    )
    return [(date(int(year), int(month), 1), hours) for year, month, hours in rows]


PROJECTS = Kind(
    slug="projects",
    label=_l("Projects"),
    singular=_l("Project"),
    lead=_l("What is being delivered to you, and how far it is."),
    empty=_l("A project appears here when the provider shares it with you."),
    model=Project,
    fields=(
        Project.id, Project.name, Project.starts_on, Project.ends_on, Project.manager,
        OPEN_TASKS.label("open_tasks"), HOURS.label("hours"),
    ),
    scope=Project.archived_at.is_(None),
    columns=(
        Column(_l("Name"), cells.linked("name"), lambda row: row.name, "main", "name"),
        Column(_l("Project manager"), cells.text("manager"), lambda row: row.manager),
        Column(_l("Start"), cells.day("starts_on"), lambda row: row.starts_on, "day", "start"),
        Column(_l("End"), cells.day("ends_on"), lambda row: row.ends_on, "day"),
        Column(_l("Open tasks"), cells.number("open_tasks"), lambda row: row.open_tasks, "num"),
        Column(_l("Hours"), cells.hours("hours"), lambda row: row.hours, "num"),
    ),
    sorts=(
        Sort("name", _l("Name"), Project.name_key),
        Sort("start", _l("Start"), Project.starts_key, descending=True, read=read_date),
    ),
    filters=(
        Filter(
            "state",
            _l("Any state"),
            (
                ("open", _l("With open tasks"), lambda _today: OPEN_TASKS > 0),
                ("finished", _l("Without open tasks"), lambda _today: OPEN_TASKS == 0),
            ),
        ),
    ),
    period=Project.starts_key,
    period_label=_l("Start"),
    load=load,
    helpers={"is_late": states.is_late},
    printed_also=(
        select(Customer.version).where(Customer.id == Project.customer_id).correlate(Project).scalar_subquery(),
        OPEN_TASKS,
        select(func.coalesce(func.sum(Task.version), 0))
        .where(Task.project_id == Project.id, Task.archived_at.is_(None))
        .correlate(Project)
        .scalar_subquery(),
        HOURS,
    ),
    icon="projects",
)  # fmt: skip
