"""Timesheets: the hours spent for the customer, grouped by month, project or person with totals."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, and_, func, select

from ...customers.models import Customer
from ...database import db
from ...i18n import format_date
from ...records import cells, prepared
from ...records.kind import Column, Filter, Group, Kind, Sort, read_date, read_decimal
from ..models import Project, Task, Timesheet


def with_work(statement: Select[Any]) -> Select[Any]:
    """Join project and task, where the entry has them."""
    return statement.outerjoin(
        Project, and_(Project.id == Timesheet.project_id, Project.customer_id == Timesheet.customer_id)
    ).outerjoin(Task, and_(Task.id == Timesheet.task_id, Task.customer_id == Timesheet.customer_id))


def load(reader: Any, id: uuid.UUID, customer_id: str) -> dict[str, Any] | None:
    """Return what an entry's page and PDF show."""
    record = prepared.record(db.session(), Timesheet, reader, id, customer_id)
    if record is None:
        return None
    project = db.session.scalar(
        Project.visible_to(reader).where(Project.id == record.project_id, Project.archived_at.is_(None))
    )
    task = db.session.scalar(Task.visible_to(reader).where(Task.id == record.task_id, Task.archived_at.is_(None)))
    same = select(func.sum(Timesheet.hours)).where(Timesheet.seen_by(reader), Timesheet.archived_at.is_(None))
    return {
        "record": record,
        "name": f"{record.date.isoformat()} {record.employee}",
        "title": _("Timesheet entry of %(day)s", day=format_date(record.date)),
        "project": project,
        "task": task,
        "task_hours": db.session.scalar(same.where(Timesheet.task_id == task.id)) if task else None,
        "project_hours": db.session.scalar(same.where(Timesheet.project_id == project.id)) if project else None,
    }


def _months_back(today: date, months: int) -> date:
    month = today.year * 12 + today.month - 1 - months
    return date(month // 12, month % 12 + 1, 1)


TIMESHEETS = Kind(
    slug="timesheets",
    label=_l("Timesheets"),
    singular=_l("Timesheet entry"),
    lead=_l("The hours spent for you, by whom and on what."),
    empty=_l("Hours appear here as soon as somebody books them on one of your projects."),
    model=Timesheet,
    fields=(
        Timesheet.id, Timesheet.date, Timesheet.employee, Timesheet.text, Timesheet.hours, Timesheet.order_item,
        Project.name.label("project"), Task.name.label("task"),
    ),
    join=with_work,
    scope=Timesheet.archived_at.is_(None),
    columns=(
        Column(_l("Work"), cells.linked("text", lambda row: row.task), lambda row: row.text, "main"),
        Column(_l("Date"), cells.day("date"), lambda row: row.date, "side", "date"),
        Column(_l("Person"), cells.text("employee"), lambda row: row.employee, "", "person", group="person"),
        Column(_l("Project"), cells.text("project"), lambda row: row.project, group="project"),
        Column(_l("Task"), cells.text("task"), lambda row: row.task, "hidden"),
        Column(_l("Order item"), cells.text("order_item"), lambda row: row.order_item, "hidden"),
        Column(_l("Hours"), cells.hours("hours"), lambda row: row.hours, "num", "hours", total=lambda sums: sums.hours),
    ),
    sorts=(
        Sort("date", _l("Date"), Timesheet.date, descending=True, read=read_date),
        Sort("person", _l("Person"), Timesheet.employee_key),
        Sort("hours", _l("Hours"), Timesheet.hours, read=read_decimal),
    ),
    groups=(
        Group(
            "project", _l("By project"), func.coalesce(Project.name_key, ""), lambda row: row.project or _("No project")
        ),
        Group("person", _l("By person"), Timesheet.employee_key, lambda row: row.employee),
        Group("task", _l("By task"), func.coalesce(Task.name_key, ""), lambda row: row.task or _("No task")),
    ),
    totals=(func.sum(Timesheet.hours).label("hours"),),
    filters=(
        Filter(
            "when",
            _l("Any time"),
            (
                ("week", _l("This week"), lambda today: Timesheet.date >= today - timedelta(days=today.weekday())),
                ("month", _l("This month"), lambda today: Timesheet.date >= _months_back(today, 0)),
                (
                    "last-month", _l("Last month"),
                    lambda day: and_(Timesheet.date >= _months_back(day, 1), Timesheet.date < _months_back(day, 0)),
                ),
                ("year", _l("This year"), lambda today: Timesheet.date >= date(today.year, 1, 1)),
            ),
        ),
    ),
    period=Timesheet.date,
    period_label=_l("Date"),
    load=load,
    printed_also=(
        select(Customer.version).where(Customer.id == Timesheet.customer_id).correlate(Timesheet).scalar_subquery(),
        select(Project.version).where(Project.id == Timesheet.project_id).correlate(Timesheet).scalar_subquery(),
        select(Task.version).where(Task.id == Timesheet.task_id).correlate(Timesheet).scalar_subquery(),
    ),
    icon="timesheets",
)  # fmt: skip
