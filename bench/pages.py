"""Each main page beside the bare page of the same stack."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from bench import plenty
from bench.house import browser, compare
from portal.database import db
from portal.documents.models import Document, DocumentKind

TARGET = 2.0
TOLERANCE = 1.1
PEER = {
    "home": ("home", 22, 10 / 5), "80 invoices": ("80 invoices", 87, 10), "80 sales orders": ("80 orders", 46, 10),
    "invoice": ("an invoice", 26, 5), "sales order": ("an order", 30, 5), "sign-in": ("sign-in", 4, 3),
}  # fmt: skip
"""What the peer spends in milliseconds of CPU per request, and how many times less ours is to be."""


def _first(app: Flask, kind: DocumentKind) -> str:
    with app.app_context():
        id = db.session.scalar(
            select(Document.id).where(Document.customer_id == "acme", Document.kind == kind).order_by(Document.date)
        )
        db.session.remove()
    return f"/documents/{kind}/{id}"


def measure(app: Flask) -> tuple[list[tuple[str, float, float, float]], float]:
    """Return for each page its name, cost, the bare page's cost and the ratio; and the median ratio."""
    plenty.fill(app)
    ada, pat, nobody = browser(app, "ada"), browser(app, "pat"), app.test_client()

    def get(client: Any, url: str) -> Callable[[], Any]:
        def ask() -> Any:
            answer = client.get(url)
            assert answer.status_code == 200, f"{url}: {answer.status_code}"
            answer.get_data()
            return answer

        return ask

    invoice, order = _first(app, DocumentKind.INVOICES), _first(app, DocumentKind.SALES_ORDERS)
    ada.get(f"{invoice}.pdf")
    pages = {
        "home": ("/", ada, "page"), "my licenses": ("/licenses/", ada, "page"),
        "people": ("/users/", ada, "users"), "history": ("/history/", ada, "events"),
        "quotations": ("/documents/quotations/", ada, "quotations"),
        "sales orders": ("/documents/sales-orders/", ada, "sales-orders"),
        "purchase orders": ("/documents/purchase-orders/", ada, "purchase-orders"),
        "invoices": ("/documents/invoices/", ada, "invoices"),
        "projects": ("/documents/projects/", ada, "projects"), "tasks": ("/documents/tasks/", ada, "tasks"),
        "timesheets": ("/documents/timesheets/", ada, "timesheets"),
        "80 invoices": ("/documents/invoices/?per_page=80", ada, "invoices/80"),
        "80 sales orders": ("/documents/sales-orders/?per_page=80", ada, "sales-orders/80"),
        "80 tasks": ("/documents/tasks/?per_page=80", ada, "tasks/80"),
        "invoice": (invoice, ada, "page"), "sales order": (order, ada, "page"),
        "kept PDF": (f"{invoice}.pdf", ada, "page"), "profile": ("/profile", ada, "page"),
        "provider": ("/provider/", pat, "page"), "customers": ("/provider/customers/", pat, "customers"),
        "sign-in": ("/login", nobody, "page"),
    }  # fmt: skip
    asks = {name: get(client, url) for name, (url, client, _bare) in pages.items()}
    asks["bare page"] = get(ada, "/bare/page")
    for bare in {bare for _url, _client, bare in pages.values()} - {"page"}:
        asks[f"bare {bare}"] = get(ada, f"/bare/rows/{bare}" if "/" in bare else f"/bare/rows/{bare}/25")
    cost = compare(asks)
    table = [
        (name, cost[name], cost[f"bare {bare}"], cost[name] / cost[f"bare {bare}"])
        for name, (_u, _c, bare) in pages.items()
    ]
    return table, statistics.median(row[3] for row in table)
