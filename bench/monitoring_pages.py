"""Pages of monitoring: the dashboard over two hundred sites beside one, the list of 200,000 hosts beside one of 25."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import insert, update

from bench import cores
from bench.house import browser
from portal.contacts.inventory import Host, Sweep
from portal.customers.models import Customer
from portal.customers.sites import Site
from portal.database import db, now, uuid7
from portal.monitoring import poller
from portal.text import sort_key

SITES, HOSTS, LATENCY = 200, 1000, 0.020
CUSTOMERS = 50
FEW = 25
LIMIT = 2.0
ROUNDS = 15
"""Each figure is the least of so many: what other processes take from it is not counted."""
DASHBOARD, LIST = "/provider/monitoring/", "/provider/monitoring/hosts/"


def measure(app: Flask) -> list[tuple[str, float, float, float]]:
    """Return for each page: wall milliseconds with little, with much, and their ratio."""
    before = app.config["SITE_NETWORKS"]
    app.config["SITE_NETWORKS"] = "loopback"
    pat = browser(app, "pat")
    try:
        with (
            cores.running(SITES, HOSTS, LATENCY) as many,
            cores.running(1, FEW, LATENCY, processes=1) as few,
        ):
            _connect(app, few, FEW)
            short = _least(pat, LIST)
            _connect(app, many[:1], HOSTS)
            one = _least(pat, DASHBOARD)
            _connect(app, many, HOSTS)
            all_of_them, long = _least(pat, DASHBOARD), _least(pat, LIST)
    finally:
        poller.close()
        app.config["SITE_NETWORKS"] = before
    return [
        (f"the dashboard of 1 and of {SITES} sites", one, all_of_them, all_of_them / one),
        (f"the list of {FEW} and of {SITES * HOSTS:,} hosts", short, long, long / short),
    ]


def _connect(app: Flask, ports: Sequence[int], hosts: int) -> None:
    """Let these be the only sites, with hosts in the inventory as after a sweep."""
    moment = now()
    with app.app_context():
        session = db.session()
        session.execute(update(Site).values(archived_at=moment))
        for number in range(CUSTOMERS):
            if session.get(Customer, f"c{number}") is None:
                Customer.create(session, id=f"c{number}", name=f"Customer {number}", by=None)
        session.flush()
        for at, port in enumerate(ports):
            id, customer_id = f"s{port}_{hosts}_{len(ports)}", f"c{at % CUSTOMERS}"
            Site.create(
                session, id=id, alias=f"Site {at}", customer_id=customer_id, livestatus=f"tcp:127.0.0.1:{port}",
                timeout=10_000, by=None,
            )  # fmt: skip
            session.add(Sweep(site_id=id, customer_id=customer_id, finished_at=moment, hosts=hosts, services=hosts))
            session.flush()
            names = [f"host-{number:04}" for number in range(1, hosts + 1)]
            common = {"site_id": id, "customer_id": customer_id, "seen_at": moment}
            session.execute(
                insert(Host), [{"id": uuid7(), "name": name, "name_key": sort_key(name), **common} for name in names]
            )
        session.commit()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


def _least(client: Any, url: str) -> float:
    """Return the milliseconds of a page, once connections are open and answers worked out."""
    for _ in range(3):
        answer = client.get(url)
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
    assert not any(sign in answer.text for sign in ("Incomplete", 'class="message warn silent"')), "a site is silent"
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        client.get(url)
        took.append((time.perf_counter() - start) * 1000)
    return min(took)
