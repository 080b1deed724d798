"""An inventory of a million services in ten thousand hosts at ten sites of one customer, as after a sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from sqlalchemy import JSON, Text, and_, case, cast, false, func, insert, literal, select, true, union_all

from portal.contacts.inventory import Host, Service, Sweep
from portal.contacts.sets import ContactSet
from portal.customers.sites import Site
from portal.database import db, now, uuid7
from portal.text import sort_key

CUSTOMER, SITES, HOSTS, SERVICES = "acme", 10, 1_000, 100
"""Hosts of each site, services of each host."""
FOLDERS = 20


def site_id(number: int) -> str:
    """Return the ID of a site."""
    return f"big{number}"


def fill(app: Flask, responsible: Callable[[Any], None] = lambda _session: None) -> None:
    """Connect the sites, disabled so that nobody waits for them, and give them hosts and services.

    `responsible` may put the hosts into contact sets before there are services, each of which stands in the set that
    belongs to its host's; every tenth in the one that has groups of its own.
    """
    moment = now()
    with app.app_context():
        session = db.session()
        for number in range(SITES):
            site = Site.create(
                session, id=site_id(number), alias=f"Big {number}", customer_id=CUSTOMER,
                livestatus="tcp:192.0.2.1:6557", by=None,
            )  # fmt: skip
            site.is_disabled = True
            session.add(
                Sweep(site_id=site.id, customer_id=CUSTOMER, finished_at=moment, hosts=HOSTS, services=HOSTS * SERVICES)
            )
        session.commit()
        for number in range(SITES):
            common = {"site_id": site_id(number), "customer_id": CUSTOMER, "seen_at": moment}
            session.execute(insert(Host), [common | row for row in _hosts(number)])
            session.commit()
        responsible(session)
        session.execute(_services(session.get_bind().dialect.name, moment))
        session.commit()
        db.session.remove()
    analyse(app)


def analyse(app: Flask) -> None:
    """Let the database count what it has."""
    with app.app_context(), db.engine.connect() as connection:
        is_postgresql = connection.dialect.name == "postgresql"
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
            "VACUUM ANALYZE" if is_postgresql else "ANALYZE"
        )  # fmt: skip


def host_name(site: int, number: int) -> str:
    """Return the name of a host; those of all sites stand mixed in a list."""
    return f"host-{number:04}-{site}"


def _hosts(site: int) -> Iterator[dict[str, Any]]:
    for number in range(HOSTS):
        name = host_name(site, number)
        yield {"id": uuid7(), "name": name, "name_key": sort_key(name),
               "folder": f"/wato/area{number % FOLDERS}/hosts.mk"}  # fmt: skip


def _services(dialect: str, moment: Any) -> Any:
    """Return the statement by which the database itself makes the services of all hosts."""
    new_id = func.gen_random_uuid() if dialect == "postgresql" else func.lower(func.hex(func.randomblob(16)))
    names = union_all(*(select(literal(f"Service {at:02}").label("name")) for at in range(SERVICES))).subquery()
    values = {
        "id": new_id, "site_id": Host.site_id, "customer_id": Host.customer_id, "host_name": Host.name,
        "description": names.c.name, "name_key": Host.name_key + " " + func.lower(names.c.name), "seen_at": moment,
        "contact_set_id": ContactSet.id, "state": 0, "is_pending": False, "is_acknowledged": False,
        "in_downtime": False, "output": "",
        "details": cast(literal("{}"), Text) if dialect != "postgresql" else cast(literal("{}"), JSON),
        "digest": 0,
    }  # fmt: skip
    columns = [value if hasattr(value, "label") else literal(value, _type(name)) for name, value in values.items()]
    these = Host.site_id.in_([site_id(number) for number in range(SITES)])
    rows = select(*columns).select_from(Host).join(names, true())
    own = case((names.c.name.endswith("0"), true()), else_=false())
    of_host = and_(ContactSet.host_set_id == Host.contact_set_id, ContactSet.has_own == own)
    rows = rows.outerjoin(ContactSet, of_host).where(these).order_by(Host.name_key, names.c.name)
    return insert(Service).from_select(list(values), rows, include_defaults=False)


def _type(name: str) -> Any:
    return Service.__table__.c[name].type
