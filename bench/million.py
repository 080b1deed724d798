"""Lists by date, number, amount and state with a thousand and with a million documents."""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import delete, insert

from bench.house import browser
from portal.database import db, now, uuid7
from portal.documents.models import Document
from portal.text import number_key

SORTS = ("-date", "number", "-number", "amount", "-amount", "state", "-state")
LIMIT = 1.3


def fill(app: Flask, customer_id: str, number: int) -> None:
    """Give the customer that many invoices."""
    random.seed(number)
    day, moment = date(2026, 1, 1), now()
    with app.app_context():
        db.session.execute(delete(Document).where(Document.customer_id == customer_id))
        db.session.commit()
        for start in range(0, number, 20_000):
            rows: list[dict[str, Any]] = []
            for at in range(start, min(start + 20_000, number)):
                dated = day - timedelta(days=random.randrange(3650))
                total = random.randrange(1_000, 10_000_000)
                rows.append(
                    {
                        "id": uuid7(), "customer_id": customer_id, "kind": "invoices", "type": "invoice",
                        "state": random.choice(("open", "paid", "paid", "paid", "partial")),
                        "number": f"INV-{at}", "number_key": number_key(f"INV-{at}"), "title": "Subscription",
                        "reference": "", "date": dated, "due_on": dated + timedelta(days=30),
                        "due_key": dated + timedelta(days=30), "currency": "EUR", "untaxed_minor": total,
                        "tax_minor": 0, "total_minor": total, "residual_minor": 0, "contact": "", "salesperson": "",
                        "payment_terms": "", "note": "", "words": "", "details": {}, "changed_at": moment, "version": 1,
                    }
                )  # fmt: skip
            db.session.execute(insert(Document.__table__), rows)  # type: ignore[arg-type]
            db.session.commit()
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE documents")
        else:
            with db.engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")
        db.session.remove()


def measure(app: Flask, small: int, large: int) -> list[tuple[str, float, float, float]]:
    """Return for each order of the list its time with few and with many documents, in milliseconds, and the ratio.

    First pages, and pages in the middle reached by their key; wall time, so that the database's own work counts.
    """
    fill(app, "beta", small)
    fill(app, "gamma", large)
    few, many = browser(app, "bea"), browser(app, "gus")
    found = []
    for sort in SORTS:
        url = f"/documents/invoices/?sort={sort}"
        for name, after in (("", ""), (", in the middle", _middle(app, sort))):
            address = url + (f"&after={after}" if after else "")
            best = {"few": 1e9, "many": 1e9}
            for _ in range(24):
                for which, client in (("few", few), ("many", many)):
                    start = time.perf_counter()
                    for _ in range(5):
                        assert client.get(address).status_code == 200
                    best[which] = min(best[which], (time.perf_counter() - start) * 200)
            found.append((f"by {sort}{name}", best["few"], best["many"], best["many"] / best["few"]))
    return found


def _middle(app: Flask, sort: str) -> str:
    values = {"date": "2021-01-01", "number": number_key("INV-500"), "amount": "5000000", "state": "paid"}
    return f"{values[sort.lstrip('-')]}~{uuid7()}"
