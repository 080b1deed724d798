"""The demo: its people from the cast, its documents through the importer, as of today."""

from sqlalchemy import select

from portal.customers.models import Customer
from portal.customers.subscriptions import today
from portal.database import db
from portal.documents.models import Document
from portal.erp import report
from portal.erp.models import ErpRun


def test_the_cast_has_documents_and_its_names(documents):
    with documents.app_context():
        run = db.session.scalars(select(ErpRun)).one()
        names = dict(db.session.execute(select(Customer.id, Customer.name)).all())
        kinds = set(db.session.scalars(select(Document.kind).where(Document.customer_id == "acme")))
        day = today()
        last = db.session.scalars(select(Document.date).order_by(Document.date.desc()).limit(1)).one()
        overdue = db.session.scalars(
            select(Document).where(Document.customer_id == "acme", Document.is_overdue(day))
        ).all()
    assert run.state == "finished"
    assert report.reconciles(run)
    assert {id: names[id] for id in ("acme", "beta", "gamma")} == {
        "acme": "Acme GmbH", "beta": "Beta AG", "gamma": "Gamma Ltd"
    }  # fmt: skip
    assert names["provider"] == "Nordwind Monitoring GmbH"
    assert kinds == {"quotations", "sales-orders", "purchase-orders", "invoices"}
    assert last <= day
    assert overdue


def test_the_demo_goes_into_an_empty_portal_only(app):
    refused = app.test_cli_runner().invoke(args=["demo"])
    assert refused.exit_code == 1
    assert "in use" in refused.output
