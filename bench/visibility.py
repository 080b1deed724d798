"""Pages of hosts and services for a contact, beside the same for somebody who sees all million of them."""

from __future__ import annotations

import time
import uuid
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update

from bench import inventory
from bench.house import browser
from portal.accounts.users import User, UserRole
from portal.contacts.inventory import Host, Service
from portal.contacts.memberships import CONTACT_GROUPS, Membership
from portal.contacts.sets import ContactSet, ContactSetGroup
from portal.customers.elements import Element, Release
from portal.database import db

GROUPS = 40
LIMIT = 2.0
ROUNDS = 15
PAGES = {
    "services": "/monitoring/services/",
    "services, in the middle": "/monitoring/services/?after={}",
    "hosts": "/monitoring/hosts/",
}


def allocate(session: Any) -> None:
    """Give every host one of forty groups, and every tenth service of each a group of its own besides.

    Uma is in two groups: she sees a twentieth of the hosts, in a dozen sets. Alan is in one without anything. Ada sees
    all, by her role.
    """
    people = dict(session.execute(select(User.username, User.id)).all())
    session.execute(insert(UserRole).values(user_id=people["ada"], role_id="admin"))
    groups = [_group(session, f"bench{number}") for number in range(GROUPS)]
    for number in (7, 23):
        session.add(Membership(user_id=people["uma"], group_id=groups[number]))
    session.add(Membership(user_id=people["alan"], group_id=_group(session, "bench-idle")))
    session.flush()
    for number, group_id in enumerate(groups):
        own = groups[(number + 1) % GROUPS]
        of_hosts = _set(session, {group_id: False})
        _set(session, {group_id: False}, host_set_id=of_hosts)
        _set(session, {own: False, group_id: True}, host_set_id=of_hosts, has_own=True)
        names = [
            inventory.host_name(site, at)
            for site in range(inventory.SITES)
            for at in range(number, inventory.HOSTS, GROUPS)
        ]
        moved = update(Host).where(Host.name.in_(names)).values(contact_set_id=of_hosts)
        session.execute(moved.execution_options(synchronize_session=False))
    session.commit()


def _group(session: Any, key: str) -> uuid.UUID:
    element = Element(
        kind=CONTACT_GROUPS, key=key, title=key, title_key=key, customer_id=inventory.CUSTOMER, release=Release.CUSTOMER
    )
    session.add(element)
    session.flush()
    return element.id


def _set(session: Any, held: dict[uuid.UUID, bool], **values: Any) -> uuid.UUID:
    made = ContactSet(**values)
    session.add(made)
    session.flush()
    session.add_all(ContactSetGroup(set_id=made.id, group_id=id, is_of_host=is_of) for id, is_of in held.items())
    session.flush()
    return made.id


def measure(app: Flask) -> list[tuple[str, float, float, float]]:
    """Return for each page: milliseconds for who sees all, for a contact of something or of nothing, and their ratio.

    Each is the least of several rounds, taken in turns.
    """
    with app.app_context():
        row = select(Service.id).where(Service.host_name == inventory.host_name(3, 487)).limit(1)
        middle = db.session.scalar(row)
        db.session.remove()
    people = {name: browser(app, name) for name in ("ada", "uma", "alan")}
    found = []
    for page, address in PAGES.items():
        asking = {name: client for name, client in people.items() if name != "alan" or "{}" not in address}
        least = dict.fromkeys(asking, 1e9)
        for _ in range(ROUNDS):
            for name, client in asking.items():
                start = time.perf_counter()
                answer = client.get(address.format(middle))
                least[name] = min(least[name], (time.perf_counter() - start) * 1000)
                rows = answer.text.count("<tr data-key=")
                assert answer.status_code == 200, (page, name)
                assert (rows == 0) is (name == "alan"), (page, name, rows)
        found += [
            (f"{page}: {who}", least["ada"], least[name], least[name] / least["ada"])
            for name, who in (("uma", "a contact for a twentieth"), ("alan", "a contact for nothing"))
            if name in asking
        ]
    return found
