"""Documents for tests: each function adds one record to the open session and returns it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.database import db
from portal.documents.models import (
    Document,
    DocumentKind,
    DocumentLine,
    DocumentLink,
    Milestone,
    Project,
    Task,
    Timesheet,
)
from portal.text import number_key, sort_key

TODAY = date(2026, 3, 16)
NEVER = date(9999, 12, 31)
MOMENT = datetime(2026, 3, 1, 9, tzinfo=UTC)
STATE = {"quotations": "open", "sales-orders": "confirmed", "purchase-orders": "requested", "invoices": "open"}


def line(text: str, amount: int, *, quantity: Any = 1, tax: int = 19, **values: Any) -> dict[str, Any]:
    """Return the values of a line whose net amount is `amount` minor units in all, with `tax` per cent on it."""
    quantity = Decimal(quantity)
    return {
        "text": text, "quantity": quantity, "unit": "Units", "unit_price": Decimal(amount) / 100 / quantity,
        "taxes": f"{tax}% VAT" if tax else "", "untaxed_minor": amount, "total_minor": amount + amount * tax // 100,
        **values,
    }  # fmt: skip


def document(kind: str, number: str, *, lines: list[dict[str, Any]] | None = None, **values: Any) -> Document:
    """Add a document; its amounts are the sums of its lines."""
    lines = [line("Checkmk Cloud", 100_000)] if lines is None else lines
    net = sum(entry.get("untaxed_minor", 0) for entry in lines)
    total = sum(entry.get("total_minor", 0) for entry in lines)
    due_on = values.get("due_on", TODAY + timedelta(days=14))
    made = {
        "customer_id": "acme", "kind": DocumentKind(kind), "state": STATE[kind], "number": number,
        "number_key": number_key(number), "title": lines[0]["text"].split("\n")[0] if lines else "",
        "date": TODAY - timedelta(days=10), "due_on": due_on, "due_key": due_on or NEVER, "currency": "EUR",
        "untaxed_minor": net, "tax_minor": total - net, "total_minor": total, "changed_at": MOMENT, "details": {},
        "type": "invoice" if kind == "invoices" else "", "words": " ".join(entry["text"] for entry in lines),
        "residual_minor": total if kind == "invoices" else None,
    } | values  # fmt: skip
    record = Document(**made)
    db.session.add(record)
    db.session.flush()
    for position, entry in enumerate(lines, 1):
        db.session.add(DocumentLine(document_id=record.id, customer_id=record.customer_id, position=position, **entry))
    db.session.flush()
    return record


def link(one: Document, other: Document, meaning: str = "invoice") -> None:
    """Link two documents of a customer."""
    db.session.add(DocumentLink(from_id=one.id, to_id=other.id, customer_id=one.customer_id, meaning=meaning))
    db.session.flush()


def project(name: str, **values: Any) -> Project:
    """Add a project."""
    record = Project(
        **{
            "customer_id": "acme", "name": name, "name_key": sort_key(name), "starts_on": TODAY,
            "starts_key": values.get("starts_on", TODAY), "changed_at": MOMENT, "manager": "Hanna Brandt",
        } | values
    )  # fmt: skip
    db.session.add(record)
    db.session.flush()
    return record


def milestone(of: Project, name: str, deadline: date | None, reached_on: date | None = None) -> Milestone:
    """Add a milestone to a project."""
    record = Milestone(
        customer_id=of.customer_id, project_id=of.id, name=name, deadline=deadline, reached_on=reached_on
    )
    db.session.add(record)
    db.session.flush()
    return record


def task(name: str, number: str, of: Project | None = None, **values: Any) -> Task:
    """Add a task."""
    deadline = values.get("deadline")
    record = Task(
        **{
            "customer_id": of.customer_id if of else "acme", "project_id": of.id if of else None, "name": name,
            "name_key": sort_key(name), "number": number, "number_key": number_key(number), "state": "in_progress",
            "deadline_key": deadline or NEVER, "created_on": TODAY, "changed_at": MOMENT,
        } | values
    )  # fmt: skip
    db.session.add(record)
    db.session.flush()
    return record


def timesheet(text: str, hours: Any, of: Project | None = None, on: Task | None = None, **values: Any) -> Timesheet:
    """Add an entry of hours."""
    employee = values.get("employee", "Lena Vogt")
    record = Timesheet(
        **{
            "customer_id": "acme", "project_id": of.id if of else None, "task_id": on.id if on else None,
            "date": TODAY, "employee": employee, "employee_key": sort_key(employee), "text": text,
            "hours": Decimal(hours), "changed_at": MOMENT,
        } | values
    )  # fmt: skip
    db.session.add(record)
    db.session.flush()
    return record
