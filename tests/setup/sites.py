"""How the tests of distribution connect sites, edit setup, activate, and read what sites were given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import signing
from portal.accounts.users import User
from portal.customers.elements import Element
from portal.customers.sites import Site
from portal.database import db
from portal.setup import elements, sites
from portal.setup.distribution import activation, snapshots
from portal.setup.distribution.snapshots import Snapshot

LIVESTATUS = "tcp:127.0.0.1:6557"


@contextmanager
def setup(app: Flask) -> Iterator[tuple[Session, User]]:
    """Give a session, committed at the end, and pat."""
    with app.app_context():
        session = db.session()
        try:
            yield session, session.scalars(select(User).where(User.username == "pat")).one()
            session.commit()
        finally:
            db.session.remove()


def connect(app: Flask, *ids: str) -> dict[str, str]:
    """Add sites named like `acme-1`, each of the customer it is named after; return their tokens."""
    tokens = {}
    with setup(app) as (session, pat):
        for id in ids:
            customer = id.partition("-")[0]
            site = sites.connect(session, id=id, alias=id.title(), customer_id=customer, livestatus=LIVESTATUS, by=pat)
            tokens[id] = site.renew_token(session, by=pat)
    return tokens


def add(app: Flask, kind: str, key: str, customer: str | None = "acme", **more: Any) -> None:
    """Add an element whose title is its ID in capitals."""
    with setup(app) as (session, pat):
        elements.create(session, kind, key=key, title=more.pop("title", key.upper()), customer=customer, by=pat, **more)


def element(session: Session, kind: str, key: str) -> Element:
    """Return a live element."""
    found = elements.find(session, kind, key)
    assert found is not None
    return found


def move(app: Flask, kind: str, key: str, customer: str) -> None:
    """Release an element to another customer."""
    with setup(app) as (session, pat):
        elements.release(session, element(session, kind, key), customer, by=pat)


def rename(app: Flask, kind: str, key: str, title: str) -> None:
    """Give an element another title."""
    with setup(app) as (session, pat):
        elements.change(session, element(session, kind, key), title=title, by=pat)


def delete(app: Flask, kind: str, key: str) -> None:
    """Delete an element."""
    with setup(app) as (session, pat):
        elements.delete(session, element(session, kind, key), by=pat)


def activate(app: Flask, *site_ids: str) -> Any:
    """Activate for sites, none: for all; return the activation's id."""
    with app.app_context():
        pat = db.session.scalars(select(User).where(User.username == "pat")).one()
        db.session.remove()
        return activation.activate(set(site_ids) or None, by=pat)


def last(app: Flask, site_id: str) -> dict[str, Any]:
    """Return the manifest of a site's last snapshot."""
    with app.app_context():
        found = select(Snapshot.manifest).where(Snapshot.site_id == site_id).order_by(Snapshot.number.desc())
        manifest = db.session.scalars(found).first()
        db.session.remove()
    found_manifest: dict[str, Any] = json.loads(manifest) if manifest else {}
    return found_manifest


def given(app: Flask, site_id: str, number: int | None = None) -> dict[str, Any]:
    """Return the verified parts of a site's snapshot, by name; the last one unless a number is given."""
    with app.app_context():
        statement = select(Snapshot).where(Snapshot.site_id == site_id).order_by(Snapshot.number.desc())
        if number is not None:
            statement = statement.where(Snapshot.number == number)
        snapshot = db.session.scalars(statement).first()
        assert snapshot is not None
        found = snapshots.verify(snapshots.document(db.session(), snapshot), signing.public())
        db.session.remove()
    return found


def ids(parts: dict[str, Any], kind: str) -> list[str]:
    """Return the IDs of a kind's elements in a snapshot."""
    return sorted(one["id"] for part in parts.values() for one in part.get("elements", {}).get(kind, ()))


def people(parts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the profiles in a snapshot by username."""
    return {one["username"]: one for part in parts.values() for one in part.get("users", ())}


def site(session: Session, site_id: str) -> Site:
    """Return a site."""
    return session.get_one(Site, site_id)


def count(app: Flask, model: Any) -> int:
    """Return how many rows there are."""
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
    return found
