"""Distribution: snapshots for 1,000 sites out of 100,000 elements, and for the sites that one change touches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select

from portal.access.rights import PortalRole
from portal.accounts.users import User
from portal.customers.elements import Element, Release
from portal.customers.models import Customer
from portal.customers.sites import Site
from portal.database import db, now, uuid7
from portal.seals import seal
from portal.setup import elements
from portal.setup.distribution import activation
from portal.setup.distribution.snapshots import Snapshot
from portal.setup.distribution.users_only import publish_users
from portal.setup.references import ReferenceRow
from portal.text import fold

SITES, ELEMENTS = 1000, 100_000
ALL, FEW = 10.0, 1.0
"""Seconds that all snapshots may take, and those of the sites that one changed element touches."""
SHARED = 0.02
"""How much of the setup goes to all sites."""
KINDS = (
    "passwords", "contact-groups", "host-groups", "service-groups", "rule-packs", "rules", "ldap-connections",
    "bi-aggregations",
)  # fmt: skip


def fill(app: Flask, sites: int = SITES, number: int = ELEMENTS) -> None:
    """Add customers with a site, a user and as many elements each; a fiftieth of all goes to all sites."""
    moment = now()
    with app.app_context():
        session = db.session()
        ids = [f"bench{place:04}" for place in range(sites)]
        session.execute(insert(Customer), [{"id": id, "name": id, "name_key": id, "version": 1} for id in ids])
        session.execute(insert(Site), [_site(id) for id in ids])
        session.execute(insert(User), [_user(id) for id in ids])
        rows: list[dict[str, Any]] = []
        references: list[dict[str, Any]] = []
        sealed = seal("a password of twenty")
        shared = int(number * SHARED)
        for place in range(number):
            customer = None if place < shared else ids[place % sites]
            kind = ("passwords" if place % 2 else "time-periods") if customer is None else KINDS[place // sites % 8]
            row = _element(place, kind, customer, moment, sealed)
            if kind == "rules":
                row["pack_id"] = rows[-sites]["id"]
                row["body"] = {"pack": rows[-sites]["key"], "match": f"error {place}", "state": "crit"}
                references.append({"element_id": row["id"], "kind": "rule-packs", "key": row["body"]["pack"]})
            rows.append(row)
        for start in range(0, number, 10_000):
            session.execute(insert(Element), rows[start : start + 10_000])
        session.execute(insert(ReferenceRow), references)
        session.commit()
        db.session.remove()
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")


def measure(app: Flask) -> list[tuple[str, float, float]]:
    """Return what was done, how many seconds it took, and how many it may; all in one process."""
    by = type("Bench", (), {"id": None, "name": "bench", "address": ""})()
    with app.app_context():
        found = [("all snapshots, for the first time", _timed(lambda: activation.activate(None, by=by)), ALL)]
        made = db.session.scalar(select(func.count()).select_from(Snapshot)) or 0
        if made < SITES:
            raise AssertionError(f"only {made} snapshots")
        for name, customer in (
            ("one changed element of one customer", "bench0007"),
            ("one changed Global element", None),
        ):
            _change(customer, by)
            found.append((name, _timed(lambda: activation.activate(None, by=by)), FEW))
        for name, customer in (("users of one customer at once", "bench0007"), ("Global users at once", None)):
            _rename(customer)
            found.append((name, _timed(lambda customer=customer: _publish(customer, by)), FEW))
        db.session.remove()
    return found


def _change(customer: str | None, by: Any) -> None:
    session = db.session()
    statement = select(Element).where(Element.kind == "passwords", Element.customer_id == customer).limit(1)
    elements.change(session, session.scalars(statement).one(), title="Changed", by=by)
    session.commit()
    db.session.remove()


def _rename(customer: str | None) -> None:
    session = db.session()
    session.scalars(select(User).where(User.customer_id == customer).limit(1)).one().rename("Somebody Else", by=None)
    session.commit()
    db.session.remove()


def _publish(customer: str | None, by: Any) -> None:
    publish_users(db.session(), customer, by=by)
    db.session.commit()
    db.session.remove()


def _timed(act: Callable[[], Any]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _site(id: str) -> dict[str, Any]:
    return {
        "id": f"{id}-site", "alias": id, "alias_key": id, "customer_id": id, "livestatus": "tcp:127.0.0.1:6557",
        "version": 1,
    }  # fmt: skip


def _user(id: str) -> dict[str, Any]:
    is_global = id.endswith("0000")
    return {
        "id": uuid7(), "customer_id": None if is_global else id, "username": id, "username_key": fold(id), "name": id,
        "name_key": id, "email": "", "email_key": "", "portal_role": None if is_global else PortalRole.USER,
        "version": 1,
    }  # fmt: skip


def _element(place: int, kind: str, customer: str | None, moment: Any, sealed: str) -> dict[str, Any]:
    release = Release.CUSTOMER if customer else Release.GLOBAL if kind == "passwords" else Release.GENERAL
    return {
        "id": uuid7(), "kind": kind, "key": f"e{place}", "title": f"Element {place}", "title_key": f"element {place}",
        "release": str(release), "customer_id": customer, "pack_id": None, "position": 0, "is_enabled": True,
        "body": {"comment": f"What it is for: number {place} of this customer's"},
        "sealed": sealed if kind == "passwords" else None, "created_at": moment, "version": 1,
    }  # fmt: skip
