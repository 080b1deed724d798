"""How the tests of users of sites make sites and contact groups, and look at what sites would get."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.access.permissions import PERMISSIONS
from portal.accounts.users import User
from portal.contacts import memberships
from portal.contacts.memberships import CONTACT_GROUPS, groups_of
from portal.customers.elements import Element, Release
from portal.customers.sites import Site
from portal.database import db
from portal.jobs import work_once
from portal.setup.changes import Change
from portal.setup.users import publishing, release
from portal.setup.users.profiles import profiles


class Administrator:
    """Somebody of the staff who may do everything and is not among the cast."""

    id, name, portal_role, customer_id, verbs = uuid.uuid4(), "Anna Admin", None, "provider", frozenset(PERMISSIONS)


def connect(app: Flask, id: str, customer: str) -> None:
    """Add a site."""
    with app.app_context():
        Site.create(db.session(), id=id, alias=id, customer_id=customer, livestatus="tcp:127.0.0.1:6557", by=None)
        db.session.commit()
        db.session.remove()


def contact_group(app: Flask, key: str, customer: str) -> None:
    """Add a contact group, released to a customer or `global`."""
    with app.app_context():
        whose = (
            {"release": Release.GLOBAL} if customer == "global" else {"release": "customer", "customer_id": customer}
        )
        db.session.add(Element(kind=CONTACT_GROUPS, key=key, title=key.capitalize(), title_key=key, **whose))
        db.session.commit()
        db.session.remove()


def join(app: Flask, username: str, *keys: str) -> None:
    """Put somebody into contact groups."""
    with app.app_context():
        ids = db.session.scalars(select(Element.id).where(Element.key.in_(keys))).all()
        memberships.put(db.session(), _user(username).id, ids)
        db.session.commit()
        db.session.remove()


def groups(app: Flask, username: str) -> list[str]:
    """Return the keys of the contact groups somebody is in."""
    with app.app_context():
        found = [group.key for group in groups_of(db.session(), _user(username).id)]
        db.session.remove()
    return found


def profile(app: Flask, customer: str | None, username: str) -> dict[str, Any]:
    """Return what a customer's sites get of somebody."""
    with app.app_context():
        (found,) = (one for one in profiles(db.session(), customer) if one["username"] == username)
        db.session.remove()
    return found


def changes(app: Flask, *, after: int = 0, act: str = "") -> list[Change]:
    """Return the pending changes about people since the cast was made, in order."""
    with app.app_context():
        statement = select(Change).where(Change.kind == "users", Change.actor_id.is_not(None), Change.number > after)
        if act:
            statement = statement.where(Change.act == act)
        found = list(db.session.scalars(statement.order_by(Change.number)))
        db.session.remove()
    return found


def published(app: Flask, monkeypatch: Any) -> list[str | None]:
    """Run what waits and return whose users were published: customers' IDs, None for all sites."""
    whose: list[str | None] = []
    monkeypatch.setattr(publishing, "_publishers", [lambda _session, customer_id, *, by: whose.append(customer_id)])
    work_once(app)
    return whose


def _user(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()


def make_global(app: Flask, username: str) -> None:
    """Make one of the provider's people Global, as another administrator does."""
    with app.app_context():
        user = _user(username)
        release.release(db.session(), user, None, by=Administrator())
        db.session.commit()
        db.session.remove()
