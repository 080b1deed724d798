"""Services counted host by host: those that are seen, and found by their hosts' names."""

from __future__ import annotations

from types import SimpleNamespace

from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite

from portal.accounts.users import User
from portal.contacts import inventory, numbers
from portal.contacts.authorization import Authorization
from portal.contacts.inventory import Service
from portal.database import db
from tests.factories.contacts import Allocation, group
from tests.factories.sites import connect

PLACES = [("harbour", "web1"), ("harbour", "web2"), ("plant", "web1")]


def test_only_services_that_are_seen_are_counted(app):
    connect(app, "harbour", "acme")
    connect(app, "plant", "beta")
    with app.app_context():
        group("web", "uma")
        given = Allocation()
        for state in range(4):
            given.service("harbour", "web1", f"S{state}", of_host=("web",), state=state)
        given.service("harbour", "web1", "New", of_host=("web",), is_pending=True)
        given.service("harbour", "web1", "Others", ("others",), of_host=("web",), state=2)
        given.service("harbour", "web2", "Others", ("others",), state=2)
        given.service("plant", "web1", "S1", of_host=("web",))
        db.session.commit()
        id = db.session.scalars(select(User.id).where(User.username == "uma")).one()
        uma = SimpleNamespace(id=id, customer_id="acme", verbs=frozenset({"monitoring.own"}))
        assert not numbers.may_differ(db.session(), uma)
        assert numbers.of_services(db.session(), uma, PLACES) == {("harbour", "web1"): (1, 1, 2, 1, 1)}
        db.session.add(Authorization(id=1, is_strict_for_services=True))
        db.session.commit()
        assert numbers.may_differ(db.session(), uma)
        assert numbers.of_services(db.session(), uma, PLACES) == {("harbour", "web1"): (1, 1, 1, 1, 1)}
        db.session.remove()


def test_hosts_are_looked_for_by_index(app):
    """SQLite would read all services there are for a list of pairs."""
    found = select(Service.id).where(inventory.at(Service.site_id, Service.host_name, PLACES))
    asked = found.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            plan = [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {asked}"))]
            assert not any(line.startswith("SCAN") for line in plan), plan
        assert db.session.scalars(found).all() == []
        db.session.remove()
