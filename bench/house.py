"""The portal under the clock: filled, signed in, on SQLite or PostgreSQL."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, current_app
from flask_login import current_user
from flask_migrate import upgrade
from jinja2 import Template
from sqlalchemy import select

from portal import create_app
from portal.access.guard import signed_in
from portal.accounts.users import User
from portal.audit.models import Event
from portal.customers.models import Customer
from portal.database import db
from portal.demo import fill
from portal.documents.models import Document, Project, Task, Timesheet

BARE = """<!doctype html><html lang="en"><head><title>Bare</title></head><body><h1>{{ name }}</h1>
<p>{{ current_user.name }}</p></body></html>"""
ROWS = """<!doctype html><html lang="en"><head><title>Rows</title></head><body><h1>{{ current_user.name }}</h1>
<table>{% for row in rows %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>{% endfor %}</table>
</body></html>"""


@cache
def _template(source: str) -> Template:
    """Return a compiled template, kept as an app keeps those it reads from files."""
    return current_app.jinja_env.from_string(source)


bp = Blueprint("bare", __name__, url_prefix="/bare")


@bp.get("/page")
@signed_in
def page() -> str:
    """One indexed SELECT and a template that prints one value."""
    name = db.session.execute(select(Customer.name).where(Customer.id == current_user.customer_id)).scalar_one()
    return _template(BARE).render(name=name, current_user=current_user)


DELIVERED = {"projects": Project, "tasks": Task, "timesheets": Timesheet, "events": Event, "users": User}
PRINTED = {
    "projects": (Project.name, Project.manager, Project.starts_on, Project.ends_on),
    "tasks": (Task.name, Task.number, Task.assignees, Task.deadline, Task.state, Task.spent, Task.planned),
    "timesheets": (Timesheet.text, Timesheet.date, Timesheet.employee, Timesheet.hours),
    "events": (Event.at, Event.tag, Event.actor_id, Event.address),
    "users": (User.name, User.email, User.portal_role, User.last_sign_in_at),
}


@bp.get("/rows/<kind>/<int:number>")
@signed_in
def rows(kind: str, number: int) -> str:
    """One indexed SELECT and as many rows as the list has, printed plainly."""
    if kind == "customers":
        statement: Any = select(Customer.name, Customer.id, Customer.city, Customer.created_at)
        statement = statement.order_by(Customer.name_key, Customer.id)
    elif kind in DELIVERED:
        model = DELIVERED[kind]
        statement = select(*PRINTED[kind]).where(model.customer_id == current_user.customer_id)
    else:
        columns = Document.number, Document.date, Document.title, Document.due_on, Document.state, Document.total_minor
        statement = select(*columns).where(
            Document.customer_id == current_user.customer_id, Document.kind == kind, Document.archived_at.is_(None)
        )
        statement = statement.order_by(Document.date.desc(), Document.id.desc())
    found = db.session.execute(statement.limit(number)).all()
    return _template(ROWS).render(rows=found, current_user=current_user)


@contextmanager
def portal(database: str) -> Iterator[Flask]:
    """Give a filled portal on the database; everything goes when it is done."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings: dict[str, Any] = {"DATA": folder, "SECRET_KEY": "bench " * 8, "BASE_URL": "http://localhost"}
        if database == "postgresql":
            from tests.postgres import Server

            server = stack.enter_context(Server())
            server.create("bench")
            settings["DATABASE_URL"] = server.url("bench")
        app = create_app(settings)
        app.register_blueprint(bp)
        with app.app_context():
            upgrade()
            fill(app)
            db.session.remove()
        yield app
        with app.app_context():
            db.engine.dispose()


def browser(app: Flask, username: str) -> Any:
    """Return a client in which the person is signed in, without the cost of a password."""
    from portal.accounts import sessions

    client = app.test_client()
    with app.test_request_context("/"):
        user = db.session.scalars(select(User).where(User.username == username)).one()
        sessions.start(db.session(), user)
        db.session.commit()
        from flask import session as cookie

        kept = dict(cookie)
    with client.session_transaction() as cookies:
        cookies.update(kept)
    return client


def per_request(ask: Callable[[], Any], times: int) -> float:
    """Return milliseconds of CPU per request, over `times` requests."""
    start = time.process_time()
    for _ in range(times):
        ask()
    return (time.process_time() - start) * 1000 / times


def compare(asks: dict[str, Callable[[], Any]], *, rounds: int = 12, times: int = 20) -> dict[str, float]:
    """Return for each the minimum of interleaved rounds, in milliseconds of CPU per request."""
    best = dict.fromkeys(asks, float("inf"))
    for ask in asks.values():
        ask()
    for _ in range(rounds):
        for name, ask in asks.items():
            best[name] = min(best[name], per_request(ask, times))
    return best
