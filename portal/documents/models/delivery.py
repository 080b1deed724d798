"""Delivery: projects with their milestones and tasks, and the hours spent on them."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Date, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...customers.models import Imported, of_shown, origin_index
from ...customers.ownership import Owned
from ...database import Base, ExactDecimal, Identified, Key, UtcDateTime, Versioned
from ...text import without_tags

TASK_STATES = ("in_progress", "changes_requested", "approved", "waiting", "done", "cancelled")
CLOSED = ("done", "cancelled")


class Delivery(Owned):
    """What all four share: commercial information, read by the same people."""

    read_by_customer: ClassVar[str] = "commercial.read"
    read_by_staff: ClassVar[str] = "documents.read"


class Project(Identified, Versioned, Delivery, Imported, Base):
    """A project the customer may follow; `description` is HTML as it came."""

    search_kind: ClassVar[str] = "projects"

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("id", "customer_id"),
        of_shown("ix_projects_name", "customer_id", "name_key", "id"),
        of_shown("ix_projects_starts", "customer_id", "starts_key", "id"),
        origin_index("projects"),
    )

    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Key)
    description: Mapped[str] = mapped_column(Text, default="")
    manager: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[dt.date | None] = mapped_column(Date)
    starts_key: Mapped[dt.date] = mapped_column(Date)
    ends_on: Mapped[dt.date | None] = mapped_column(Date)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    def search_text(self) -> str:
        """Return the text whose words find it."""
        return "\n".join((self.name, self.manager, without_tags(self.description)))


class Milestone(Identified, Delivery, Imported, Base):
    """A day a project wants to have reached something."""

    __tablename__ = "milestones"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "customer_id"], ["projects.id", "projects.customer_id"],
            name="fk_milestones_project", ondelete="CASCADE",
        ),
        Index("ix_milestones_project_id", "project_id"),
        origin_index("milestones"),
    )  # fmt: skip

    project_id: Mapped[uuid.UUID] = mapped_column()
    name: Mapped[str] = mapped_column(Text)
    deadline: Mapped[dt.date | None] = mapped_column(Date)
    reached_on: Mapped[dt.date | None] = mapped_column(Date)


class Task(Identified, Versioned, Delivery, Imported, Base):
    """A task of a project; `project_id` is None when the project belongs to another customer, or to none.

    `description` is HTML as it came.
    """

    search_kind: ClassVar[str] = "tasks"

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("id", "customer_id"),
        ForeignKeyConstraint(
            ["project_id", "customer_id"], ["projects.id", "projects.customer_id"], name="fk_tasks_project"
        ),
        ForeignKeyConstraint(["parent_id", "customer_id"], ["tasks.id", "tasks.customer_id"], name="fk_tasks_parent"),
        of_shown("ix_tasks_number", "customer_id", "number_key", "id"),
        of_shown("ix_tasks_name", "customer_id", "name_key", "id"),
        of_shown("ix_tasks_deadline", "customer_id", "deadline_key", "id"),
        of_shown("ix_tasks_state", "customer_id", "state", "id"),
        of_shown("ix_tasks_changed", "customer_id", "changed_at", "id"),
        Index("ix_tasks_project_id", "project_id", "id"),
        Index("ix_tasks_parent_id", "parent_id"),
        origin_index("tasks"),
    )

    project_id: Mapped[uuid.UUID | None] = mapped_column()
    parent_id: Mapped[uuid.UUID | None] = mapped_column()
    number: Mapped[str] = mapped_column(String(40))
    number_key: Mapped[str] = mapped_column(Key)
    name: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(Key)
    description: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(30))
    stage: Mapped[str] = mapped_column(String(120), default="")
    is_urgent: Mapped[bool] = mapped_column(default=False)
    milestone: Mapped[str] = mapped_column(Text, default="")
    assignees: Mapped[str] = mapped_column(Text, default="")
    deadline: Mapped[dt.date | None] = mapped_column(Date)
    deadline_key: Mapped[dt.date] = mapped_column(Date)
    planned: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    spent: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    remaining: Mapped[Decimal] = mapped_column(ExactDecimal, default=Decimal(0))
    created_on: Mapped[dt.date] = mapped_column(Date)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    def search_text(self) -> str:
        """Return the text whose words find it."""
        return "\n".join((self.number, self.name, self.assignees, self.milestone, without_tags(self.description)))


class Timesheet(Identified, Versioned, Delivery, Imported, Base):
    """Hours somebody of the provider spent on a project, on a day."""

    search_kind: ClassVar[str] = "timesheets"

    __tablename__ = "timesheets"
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "customer_id"], ["projects.id", "projects.customer_id"], name="fk_timesheets_project"
        ),
        ForeignKeyConstraint(["task_id", "customer_id"], ["tasks.id", "tasks.customer_id"], name="fk_timesheets_task"),
        of_shown("ix_timesheets_date", "customer_id", "date", "id"),
        of_shown("ix_timesheets_employee", "customer_id", "employee_key", "id"),
        of_shown("ix_timesheets_hours", "customer_id", "hours", "id"),
        Index("ix_timesheets_project_id", "project_id", "date"),
        Index("ix_timesheets_task_id", "task_id", "date"),
        origin_index("timesheets"),
    )

    project_id: Mapped[uuid.UUID | None] = mapped_column()
    task_id: Mapped[uuid.UUID | None] = mapped_column()
    date: Mapped[dt.date] = mapped_column(Date)
    employee: Mapped[str] = mapped_column(Text)
    employee_key: Mapped[str] = mapped_column(Key)
    text: Mapped[str] = mapped_column(Text, default="")
    hours: Mapped[Decimal] = mapped_column(ExactDecimal)
    order_item: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    def search_text(self) -> str:
        """Return the text whose words find it."""
        return "\n".join((self.text, self.employee, self.order_item))


class TaskLink(Delivery, Base):
    """A task (`from_id`) that waits for another of the same customer (`to_id`)."""

    __tablename__ = "task_links"
    __table_args__ = (
        ForeignKeyConstraint(
            ["from_id", "customer_id"], ["tasks.id", "tasks.customer_id"],
            name="fk_task_links_from", ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["to_id", "customer_id"], ["tasks.id", "tasks.customer_id"],
            name="fk_task_links_to", ondelete="CASCADE",
        ),
        Index("ix_task_links_to_id", "to_id"),
    )  # fmt: skip

    from_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    to_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
