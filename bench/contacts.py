"""Contacts: one rule is edited among a million services in ten thousand hosts, and the groups of all are computed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from bench import inventory
from portal.contacts.allocation.recompute import recompute
from portal.contacts.inventory import Host, Service
from portal.contacts.sets import ContactSetGroup
from portal.customers.elements import Element, Release
from portal.database import db, separate

LIMIT = 5.0
"""Seconds from the edit to the last row."""
PATTERNS = 100
NOBODY: dict[str, Any] = {"hosts": ["nobody-has-this-name"]}
EDITS: dict[str, tuple[str, dict[str, Any]]] = {
    "a rule now matches a tenth of the hosts": ("tenth", {"hosts": [r"~host-\d{3}0-"]}),
    "a rule now matches one service of each host": ("one", {"services": ["Service 42"]}),
    "the rule for all hosts names another group": ("all", {"groups": ["rec-idle"]}),
}


def fill(app: Flask) -> float:
    """Add groups and rules to the inventory, and let them be computed for the first time; return the seconds."""
    groups = ["rec-all", "rec-tenth", "rec-one", "rec-idle", *(f"rec{number}" for number in range(PATTERNS))]
    with app.app_context():
        with separate() as session:
            session.add_all(_element("contact-groups", key, {}) for key in groups)
            session.add_all(_element("contact-rules", key, body) for key, body in _rules())
        seconds = _timed()
    inventory.analyse(app)
    return seconds


def measure(app: Flask) -> list[tuple[str, float, float]]:
    """Return what was edited, how many seconds the computation took, and how many it may."""
    found = []
    with app.app_context():
        for name, (key, change) in EDITS.items():
            with separate() as session:
                rule = select(Element).where(Element.kind == "contact-rules", Element.key == f"rule-{key}")
                element = session.scalars(rule).one()
                element.body = {**element.body, "hosts": [], **change}
            found.append((name, _timed(), LIMIT))
        _check()
    return found


def _rules() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "rule-all", {"assign": "hosts", "groups": ["rec-all"]}
    yield "rule-tenth", {"assign": "hosts", "groups": ["rec-tenth"], **NOBODY}
    yield "rule-one", {"assign": "services", "groups": ["rec-one"], **NOBODY}
    for number in range(inventory.FOLDERS):
        yield f"rule-area{number}", {"assign": "hosts", "groups": [f"rec{number}"], "folder": f"/area{number}"}
    for number in range(inventory.FOLDERS, PATTERNS):
        body = {"assign": "hosts", "groups": [f"rec{number}"], "hosts": [f"~rack{number}-", f"~host-{number}[0-9]*x"]}
        yield f"rule-pattern{number}", body


def _element(kind: str, key: str, body: dict[str, Any]) -> Element:
    return Element(kind=kind, key=key, title=key, title_key=key, body=body, release=Release.GLOBAL)


def _timed() -> float:
    start = time.perf_counter()
    recompute()
    return time.perf_counter() - start


def _check() -> None:
    """Raise AssertionError unless the rows are what the rules say."""
    session = db.session()
    given = select(Element.key, func.count()).join(ContactSetGroup, ContactSetGroup.group_id == Element.id)
    counted = {}
    for model in (Host, Service):
        statement = given.join(model, model.contact_set_id == ContactSetGroup.set_id)
        counted[model] = dict(
            session.execute(
                statement.where(~ContactSetGroup.is_of_host, Element.key.like("rec-%")).group_by(Element.key)
            ).all()
        )
    hosts = inventory.SITES * inventory.HOSTS
    services = hosts * (inventory.SERVICES - 1)
    assert counted[Host] == {"rec-idle": hosts, "rec-tenth": hosts // 10}, counted
    assert counted[Service] == {"rec-idle": services, "rec-tenth": services // 10, "rec-one": hosts}, counted
    db.session.remove()
