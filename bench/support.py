"""The queue of tickets with a thousand and with a million of them: every filter and order it offers."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import delete, func, insert, select

from bench.house import browser
from portal.accounts.users import User
from portal.database import db, now, uuid7
from portal.records.search import Term
from portal.support import queue
from portal.support.impact import Impact
from portal.support.notes import Note
from portal.support.queue import CHOICES, SORTS, sorts
from portal.support.targets import NOTHING_DUE
from portal.support.tickets import Ticket, TicketWatcher

LIMIT = 1.3
LIVE = 0.3
"""The part of tickets that are not closed: far more than a provider's staff could bear, so that nothing hides there."""
QUEUE = "/provider/support/tickets/"
PORTION = 20_000
RARE = 40
WORDS = ("agent", "update", "notification", "dashboard", "certificate", "piggyback", "snapshot", "cluster")
FILTERS = (
    *(f"state={state}" for state in CHOICES),
    *(f"impact={impact.value}" for impact in (Impact.CRITICAL, Impact.MINIMAL)),
    "tier=premium",
    "customer=acme",
    "customer=gamma&state=any",
    "assignee=me",
    "assignee=me&state=any",
    "assignee=nobody",
    "overdue=1",
    "overdue=1&sort=impact",
    "q=update",
    "q=update&state=any",
    "q=rare&state=any",
    "q=gamma",
)
"""Each filter alone; those of whose tickets they are among the closed ones too."""


def fill(app: Flask, number: int, *, live: float) -> None:
    """Put so many tickets into the portal, that part of them not closed; forty are called rare."""
    rng = random.Random(number)
    indexes = [*Ticket.__table__.indexes, *Term.__table__.indexes]  # type: ignore[attr-defined]
    with app.app_context():
        people = dict(db.session.execute(select(User.username, User.id)).tuples().all())
        db.session.execute(delete(Term).where(Term.kind == Ticket.search_kind))
        for model in (TicketWatcher, Note, Ticket):
            db.session.execute(delete(model))
        db.session.commit()
        with db.engine.begin() as connection:
            for index in indexes:  # made anew at the end: faster than kept while a million rows come
                index.drop(connection)
        openers = (("acme", people["ada"]), ("acme", people["uma"]), ("beta", people["bea"]), ("gamma", people["gus"]))
        for start in range(0, number, PORTION):
            rows = [_ticket(rng, openers, people["pat"], live, at) for at in range(start, min(start + PORTION, number))]
            for row in rows[: RARE if start == 0 else 0]:
                row["subject"] += " rare"
            db.session.execute(insert(Ticket.__table__), rows)  # type: ignore[arg-type]
            db.session.execute(insert(Term.__table__), [term for row in rows for term in _terms(row)])  # type: ignore[arg-type]
            db.session.commit()
        with db.engine.begin() as connection:
            for index in indexes:
                index.create(connection)
        _analyze(app)
        db.session.remove()


def _terms(ticket: dict[str, Any]) -> list[dict[str, Any]]:
    words = {*ticket["subject"].split(), ticket["reference"].lower()}
    named = {"customer_id": ticket["customer_id"], "kind": Ticket.search_kind, "record_id": ticket["id"]}
    return [{**named, "term": word} for word in words]


def _ticket(rng: random.Random, openers: Any, staff: Any, live: float, at: int) -> dict[str, Any]:
    moment = now()
    customer, opener = rng.choice(openers)
    created = moment - timedelta(minutes=rng.randrange(5_000_000))
    is_live = rng.random() < live
    state = rng.choice(("new", "open", "open", "reopened", "waiting", "solved")) if is_live else "closed"
    due = moment + timedelta(minutes=rng.randrange(-3_000, 9_000)) if state in ("new", "open", "reopened") else None
    return {
        "id": uuid7(), "customer_id": customer, "reference": f"T-{at:07}", "opener_id": opener,
        "subject": " ".join(rng.sample(WORDS, 2)),
        "impact": rng.choice(tuple(Impact)).value, "environment": "production", "edition": "cce",
        "product_version": "", "site": "", "state": state, "seen_by_whom": "company",
        "tier": rng.choice(("basic", "advanced", "premium")), "assignee_id": rng.choice((staff, staff, None)),
        "created_at": created, "updated_at": created + (moment - created) * rng.random(), "due_at": due or NOTHING_DUE,
        "first_due_at": due or NOTHING_DUE, "answers_in_time": 0, "answers_late": 0, "satisfaction_text": "",
        "version": 1,
    }  # fmt: skip


def _analyze(app: Flask) -> None:
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            free = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in ("tickets", "terms"):
                free.exec_driver_sql(f"VACUUM ANALYZE {table}")
    else:
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")


def addresses() -> list[str]:
    """Return every filter in its usual order, and every order of what is not closed and of all."""
    found = [f"{QUEUE}?{narrowed}" if narrowed != "state=" else QUEUE for narrowed in FILTERS]
    for state in ("unclosed", "any"):
        found += [f"{QUEUE}?state={state}&sort={sort}" for sort in SORTS if sort in sorts(state)]
    for whose in ("customer=acme", "assignee=me"):
        found += [f"{QUEUE}?{whose}&sort={sort}" for sort in SORTS]
    return found


def measure(few: Flask, many: Flask, rounds: int = 12) -> list[tuple[str, float, float, float]]:
    """Return for each address its least time in both portals, in milliseconds of the clock, and the ratio.

    First pages, and pages in the middle of the order.
    """
    apps = {"few": few, "many": many}
    clients = {which: browser(app, "pat") for which, app in apps.items()}
    found = []
    for address in addresses():
        asked = {which: [address, _middle(app, address)] for which, app in apps.items()}
        for at, name in enumerate(("", ", in the middle")):
            if not all(urls[at] for urls in asked.values()):
                continue
            best = dict.fromkeys(apps, float("inf"))
            for _ in range(rounds):
                for which, client in clients.items():
                    start = time.perf_counter()
                    for _ in range(3):
                        assert client.get(asked[which][at]).status_code == 200
                    best[which] = min(best[which], (time.perf_counter() - start) * 1000 / 3)
            shown = address.partition("?")[2] or "as it opens"
            found.append((shown + name, best["few"], best["many"], best["many"] / best["few"]))
    return found


def _middle(app: Flask, address: str) -> str:
    """Return the address of the page after the ticket in the middle; "" where there is only one page."""
    with app.test_request_context(address):
        wish, reader = queue.Wish.asked(), db.session.scalars(select(User).where(User.username == "pat")).one()
        _label, keys, descending = wish.order
        staff = SimpleNamespace(id=reader.id, customer_id="provider", verbs=frozenset({"support.read"}))
        statement = queue._statement(db.session(), staff, wish)[0].with_only_columns(Ticket.id, *keys)
        order = [key.desc() if descending else key.asc() for key in (*keys, Ticket.id)]
        number = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
        if number < 60:
            return ""
        id = db.session.execute(statement.order_by(*order).offset(number // 2).limit(1)).scalars().one()
        db.session.remove()
    return f"{address}{'&' if '?' in address else '?'}after={id}"
