"""Plenty: enough documents that every list has a full page of rows to draw."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from portal.customers.subscriptions import today
from portal.database import db
from portal.documents.models import DocumentKind
from tests.factories import documents as make

EACH = 100
"""How many of each kind: with the demo's own, more than the longest page that is measured."""
TITLES = ("Checkmk Cloud, 3,000 services", "Consulting, one day", "Advanced training, 3 days")


def fill(app: Flask, customer_id: str = "acme") -> None:
    """Give the customer that many documents, projects, tasks and timesheet entries, of all states and dates."""
    with app.app_context():
        day = today()
        project = make.project("Monitoring of the plants", customer_id=customer_id)
        for number in range(EACH):
            dated, title = day - timedelta(days=7 * number), TITLES[number % 3]
            for kind in DocumentKind:
                lines = [make.line(title, 100_000 + 997 * number)]
                paid = {"state": "paid", "residual_minor": 0} if kind == DocumentKind.INVOICES and number % 9 else {}
                make.document(
                    kind, f"{kind[:1].upper()}-{number:05}", lines=lines, customer_id=customer_id, date=dated,
                    due_on=dated + timedelta(days=30), contact="Käthe Weiß", salesperson="Hanna Brandt",
                    reference=f"45000{number}", **paid,
                )  # fmt: skip
            make.project(f"Site {number}", customer_id=customer_id, starts_on=dated)
            task = make.task(f"Step {number}", f"#{number + 1000}", project, deadline=day + timedelta(days=number),
                             assignees="Lena Vogt", planned=8, spent=3)  # fmt: skip
            make.timesheet(f"Work on step {number}", 3, project, task, date=dated)
        db.session.commit()
        db.session.remove()
