"""The export beside the project: what is expected is computed here from its files, by rules written down anew."""

import json
import os
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.accounts import passwords
from portal.accounts.users import User
from portal.customers.models import Customer
from portal.database import db
from portal.documents.models import Document, Project, Task, Timesheet
from portal.erp import report
from portal.erp.imports import import_from
from tests.browser import Browser
from tests.cast import PASSWORD

pytestmark = pytest.mark.real
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "erp" / "odoo-18"
EXPORT = Path(os.environ.get("PORTAL_REAL_ERP", BESIDE))


def read(model):
    return json.loads((EXPORT / f"{model}.json").read_text())


class Expected:
    """Who owns which shown record of the export: (kind, number) by the owner's name."""

    def __init__(self):
        partners = {row["id"]: row for row in read("res.partner")}
        self.own = {row["partner_id"][0] for row in read("res.company")}

        def owner(row):
            partner = row["partner_id"]
            return partners[partner[0]]["commercial_partner_id"][0] if partner else None

        shown = defaultdict(Counter)
        for order in read("sale.order"):
            if order["state"] in ("sent", "sale"):
                shown[owner(order)]["quotations" if order["state"] == "sent" else "sales-orders"] += 1
        for order in read("purchase.order"):
            if order["state"] in ("sent", "purchase", "done"):
                shown[owner(order)]["purchase-orders"] += 1
        for move in read("account.move"):
            if move["state"] == "posted" and move["move_type"].endswith(("_invoice", "_refund")):
                shown[owner(move)]["invoices"] += 1
        projects = {row["id"]: row for row in read("project.project")}
        is_open = {key for key, row in projects.items() if row["privacy_visibility"] == "portal" and row["active"]}
        for key in is_open:
            shown[owner(projects[key])]["projects"] += 1
        tasks = {row["id"]: row for row in read("project.task")}

        def owner_of_task(task):
            return owner(task) or (owner(projects[task["project_id"][0]]) if task["project_id"] else None)

        for task in tasks.values():
            if task["active"] and task["project_id"] and task["project_id"][0] in is_open:
                shown[owner_of_task(task)]["tasks"] += 1
        for sheet in read("account.analytic.line"):
            if sheet["project_id"] and sheet["project_id"][0] in is_open:
                mine = owner(sheet) or (owner_of_task(tasks[sheet["task_id"][0]]) if sheet["task_id"] else None)
                shown[mine or owner(projects[sheet["project_id"][0]])]["timesheets"] += 1
        self.shown = {
            partners[key]["name"]: dict(counts) for key, counts in shown.items() if key and key not in self.own
        }


@pytest.fixture
def real(app):
    assert EXPORT.is_dir(), f"there is no export in {EXPORT}"
    with app.app_context():
        run = import_from(str(EXPORT))
    assert (run.state, run.error) == ("finished", "")
    return run


def test_everybody_gets_their_own_and_nothing_else(app, real):
    found = defaultdict(Counter)
    with app.app_context():
        names = dict(db.session.execute(select(Customer.id, Customer.name)).all())
        for customer_id, kind in db.session.execute(select(Document.customer_id, Document.kind)):
            found[names[customer_id]][kind] += 1
        for kind, model in (("projects", Project), ("tasks", Task), ("timesheets", Timesheet)):
            for customer_id in db.session.scalars(select(model.customer_id)):
                found[names[customer_id]][kind] += 1
    assert {name: dict(counts) for name, counts in found.items()} == Expected().shown
    assert report.reconciles(real)


def test_amounts_are_the_sources(app, real):
    expected = Counter()
    for move in read("account.move"):
        if move["state"] == "posted" and move["move_type"].endswith(("_invoice", "_refund")):
            expected[move["name"]] = round(move["amount_total"] * 100)
    with app.app_context():
        found = db.session.execute(select(Document.number, Document.total_minor).where(Document.kind == "invoices"))
        assert dict(found.all()) == dict(expected)


def test_the_second_time_changes_nothing(app, real):
    with app.app_context():
        before = dict(db.session.execute(select(Document.id, Document.version)).all())
        db.session.rollback()
        run = import_from(str(EXPORT))
        assert dict(db.session.execute(select(Document.id, Document.version)).all()) == before
    for model, counts in run.counts.items():
        assert (counts["new"], counts["changed"], counts["archived"]) == (0, 0, 0), model
    assert report.reconciles(run)


def sign_in(app, username):
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username == username)).one()
        passwords.set_password(user, PASSWORD)
        db.session.commit()
    return Browser(app).sign_in(username)


def test_the_portal_users_see_what_their_role_opens(app, real):
    expected = Expected().shown["Peer Customer GmbH"]
    boss, colleague, stranger = (sign_in(app, name) for name in ("portal", "kim", "olga"))
    for kind in ("quotations", "sales-orders", "purchase-orders", "invoices", "projects", "tasks", "timesheets"):
        lines = boss.get(f"/documents/{kind}.csv").text.strip().splitlines()
        assert len(lines) - 1 == expected.get(kind, 0), kind
        colleague.get(f"/documents/{kind}/", status=404)
        assert len(stranger.get(f"/documents/{kind}.csv").text.strip().splitlines()) == 1, kind
    colleague.get("/licenses/")


@pytest.mark.parametrize("name", ["Deco Addict", "Azure Interior"])
def test_a_super_user_made_by_staff_sees_exactly_their_companys(app, real, name):
    expected = Expected().shown[name]
    with app.app_context():
        customer = db.session.scalars(select(Customer).where(Customer.name == name)).one()
        User.create(
            db.session(), name="First", email="first@example.com", customer_id=customer.id, portal_role="super_user",
            username="first", by=None,
        )  # fmt: skip
        db.session.commit()
        numbers = set(db.session.scalars(select(Document.number).where(Document.customer_id == customer.id)))
        foreign = db.session.scalars(select(Document).where(Document.customer_id != customer.id)).first()
        own = db.session.scalars(
            select(Document).where(Document.customer_id == customer.id, Document.kind == "invoices")
        ).first()
    first = sign_in(app, "first")
    seen = set()
    for kind in ("quotations", "sales-orders", "purchase-orders", "invoices"):
        rows = first.get(f"/documents/{kind}.csv").text.strip().splitlines()[1:]
        assert len(rows) == expected.get(kind, 0), kind
        seen |= {row.split(",")[0] for row in rows}
    assert seen == numbers
    first.get(f"/documents/{foreign.kind}/{foreign.id}", status=404)
    if own is not None:
        assert own.number in first.get(f"/documents/invoices/{own.id}").text
        assert first.get(f"/documents/invoices/{own.id}.pdf").body.startswith(b"%PDF")
