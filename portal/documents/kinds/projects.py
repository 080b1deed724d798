"""Projects: what is being delivered, with milestones, tasks and hours."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from ...customers.models import Customer
from ...database import db
from ...records import cells
from ...records.kind import Column, Filter, Kind, Sort, read_date
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


def load(reader: Any, id: uuid.UUID, customer_id: str | None) -> dict[str, Any] | None:
    """Return what a project's page and PDF show."""
    query = Project.visible_to(reader).where(Project.id == id, Project.archived_at.is_(None))
    if customer_id is not None:
        query = query.where(Project.customer_id == customer_id)
    record = db.session.scalar(query)
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
    months = db.session.execute(
        select(Timesheet.date, Timesheet.hours).where(
            Timesheet.project_id == id, Timesheet.seen_by(reader), Timesheet.archived_at.is_(None)
        )
    ).all()
    by_month: dict[str, Any] = {}
    for day, hours in months:
        by_month[f"{day:%Y-%m}"] = by_month.get(f"{day:%Y-%m}", 0) + hours
    return {
        "record": record,
        "name": record.name,
        "milestones": milestones,
        "tasks": tasks,
        "open_tasks": sum(task.state not in CLOSED for task in tasks),
        "hours": sum((hours for _day, hours in months), start=0),
        "hours_by_month": sorted(by_month.items()),
        "customer": db.session.get_one(Customer, record.customer_id),
    }


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
        Column(_l("Start"), cells.day("starts_on"), lambda row: row.starts_on, "", "start"),
        Column(_l("End"), cells.day("ends_on"), lambda row: row.ends_on),
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
    printed_also=(
        select(func.count()).where(Task.project_id == Project.id).correlate(Project).scalar_subquery(),
        select(func.max(Task.changed_at)).where(Task.project_id == Project.id).correlate(Project).scalar_subquery(),
        HOURS,
    ),
    icon="projects",
)  # fmt: skip
