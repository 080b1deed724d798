"""Tasks: who does what until when, grouped by project, state or stage with the hours of each group."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from ...customers.models import Customer
from ...customers.subscriptions import today
from ...database import db
from ...records import cells, prepared
from ...records.foreign import clean
from ...records.kind import Column, Filter, Group, Kind, Sort, read_date
from .. import states
from ..models import Project, Task, TaskLink, Timesheet
from ..models.delivery import CLOSED


def with_project(statement: Select[Any]) -> Select[Any]:
    """Join the project, where the task has one."""
    return statement.outerjoin(Project, and_(Project.id == Task.project_id, Project.customer_id == Task.customer_id))


def load(reader: Any, id: uuid.UUID, customer_id: str) -> dict[str, Any] | None:
    """Return what a task's page and PDF show."""
    record = prepared.record(db.session(), Task, reader, id, customer_id)
    if record is None:
        return None
    near = select(
        Task.id, Task.number, Task.number_key, Task.name, Task.state, Task.deadline, Task.spent, Task.planned,
        Task.assignees, Task.parent_id,
    ).where(Task.seen_by(reader), Task.archived_at.is_(None), Task.customer_id == record.customer_id)  # fmt: skip
    awaited = select(TaskLink.to_id).where(TaskLink.from_id == id)
    family = db.session.execute(
        near.where(or_(Task.parent_id == id, Task.id == record.parent_id, Task.id.in_(awaited))).order_by(
            Task.number_key
        )
    ).all()
    hours = db.session.execute(
        select(Timesheet.id, Timesheet.date, Timesheet.employee, Timesheet.text, Timesheet.hours)
        .where(Timesheet.task_id == id, Timesheet.seen_by(reader), Timesheet.archived_at.is_(None))
        .order_by(Timesheet.date, Timesheet.id)
    ).all()
    project = db.session.scalar(
        Project.visible_to(reader).where(Project.id == record.project_id, Project.archived_at.is_(None))
    )
    return {
        "record": record,
        "name": f"{record.number} {record.name}",
        "title": _("Task %(number)s", number=record.number),
        "state": states.of_task(record, today()),
        "lasting_state": states.TASK[record.state],
        "note": clean(record.description),
        "project": project,
        "parent": next((task for task in family if task.id == record.parent_id), None),
        "subtasks": [task for task in family if task.parent_id == id],
        "awaited": [task for task in family if task.parent_id != id and task.id != record.parent_id],
        "hours": hours,
        "booked": sum((entry.hours for entry in hours), start=Decimal(0)),
    }


def _late(today: date) -> Any:
    return and_(Task.deadline_key < today, Task.state.not_in(CLOSED))


def _in(state: str) -> Callable[[date], Any]:
    return lambda _today: Task.state == state


def _versions(model: Any) -> Any:
    """Return a select that changes when any of the records does, comes or goes."""
    return select(func.coalesce(func.sum(model.version), 0)).where(model.archived_at.is_(None))


_task = aliased(Task)
TASKS = Kind(
    slug="tasks",
    label=_l("Tasks"),
    singular=_l("Task"),
    lead=_l("Who does what until when, and what it has taken so far."),
    empty=_l("The tasks of your projects appear here."),
    model=Task,
    fields=(
        Task.id, Task.number, Task.name, Task.state, Task.stage, Task.deadline, Task.assignees, Task.milestone,
        Task.planned, Task.spent, Task.is_urgent, Project.name.label("project"), Task.project_id,
    ),
    join=with_project,
    scope=Task.archived_at.is_(None),
    columns=(
        Column(_l("Task"), cells.linked("name", lambda row: row.number), lambda row: row.name, "main", "name"),
        Column(_l("Number"), cells.text("number"), lambda row: row.number, "hidden"),
        Column(_l("Project"), cells.text("project"), lambda row: row.project, group="project"),
        Column(_l("Assigned to"), cells.text("assignees"), lambda row: row.assignees, "spare"),
        Column(_l("Deadline"), cells.day("deadline"), lambda row: row.deadline, "day", "deadline"),
        Column(_l("State"), cells.state(states.of_task), lambda row: row.state, "side", "state"),
        Column(_l("Stage"), cells.text("stage"), lambda row: row.stage, "hidden"),
        Column(_l("Spent"), cells.hours("spent"), lambda row: row.spent, "num", total=lambda sums: sums.spent),
        Column(_l("Planned"), cells.hours("planned"), lambda row: row.planned, "num", total=lambda sums: sums.planned),
    ),
    sorts=(
        Sort("number", _l("Number"), Task.number_key),
        Sort("name", _l("Task"), Task.name_key),
        Sort("deadline", _l("Deadline"), Task.deadline_key, read=read_date),
        Sort("state", _l("State"), Task.state),
    ),
    groups=(
        Group(
            "project", _l("By project"), func.coalesce(Project.name_key, ""), lambda row: row.project or _("No project")
        ),
        Group("state", _l("By state"), Task.state, lambda row: str(states.TASK[row.state][0])),
        Group("stage", _l("By stage"), Task.stage, lambda row: row.stage or _("No stage")),
    ),
    totals=(func.sum(Task.spent).label("spent"), func.sum(Task.planned).label("planned")),
    filters=(
        Filter(
            "state",
            _l("Any state"),
            (
                ("open", _l("All open"), lambda _today: Task.state.not_in(CLOSED)),
                ("late", _l("Late"), _late),
                *((state, label, _in(state)) for state, (label, _tone) in states.TASK.items()),
            ),
        ),
    ),
    period=Task.deadline_key,
    period_label=_l("Deadline"),
    load=load,
    helpers={"say_task": states.of_task},
    printed_also=(
        select(Customer.version).where(Customer.id == Task.customer_id).correlate(Task).scalar_subquery(),
        select(Project.version).where(Project.id == Task.project_id).correlate(Task).scalar_subquery(),
        _versions(Timesheet).where(Timesheet.task_id == Task.id).correlate(Task).scalar_subquery(),
        _versions(_task).where(_task.parent_id == Task.id).correlate(Task).scalar_subquery(),
        _versions(_task).where(_task.id == Task.parent_id).correlate(Task).scalar_subquery(),
        _versions(_task)
        .where(_task.id.in_(select(TaskLink.to_id).where(TaskLink.from_id == Task.id)))
        .correlate(Task)
        .scalar_subquery(),
    ),
    icon="tasks",
)  # fmt: skip
