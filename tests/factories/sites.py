"""Sites for tests, and elements that are released to their customers."""

from __future__ import annotations

from typing import Any

from flask import Flask

from portal.customers.elements import Element, Release
from portal.customers.sites import Site
from portal.database import db
from portal.text import sort_key


def connect(app: Flask, id: str, customer: str, **values: Any) -> str:
    """Add a site, not one that answers, and return its ID."""
    with app.app_context():
        site = Site.create(
            db.session(), id=id, alias=values.pop("alias", id.capitalize()), customer_id=customer,
            livestatus=values.pop("livestatus", "tcp:10.0.0.1:6557"), by=None,
        )  # fmt: skip
        for name, value in values.items():
            setattr(site, name, value)
        db.session.commit()
        db.session.remove()
    return id


def element(app: Flask, kind: str, key: str, customer: str | None, title: str = "") -> None:
    """Add an element of a customer, or a Global one."""
    title = title or key.capitalize()
    with app.app_context():
        db.session.add(
            Element(
                kind=kind, key=key, title=title, title_key=sort_key(title), customer_id=customer,
                release=Release.CUSTOMER if customer else Release.GLOBAL,
            )
        )  # fmt: skip
        db.session.commit()
        db.session.remove()


def found(app: Flask, id: str) -> Site:
    """Return a site as it is kept."""
    with app.app_context():
        site = db.session.get_one(Site, id)
        db.session.remove()
    return site


def changes_of(app: Flask, id: str) -> list[tuple[str, dict[str, Any]]]:
    """Return acts and data of what waits for a site alone, in order."""
    from portal.setup.changes import Change

    with app.app_context():
        rows = db.session.query(Change.act, Change.data).filter_by(scope=f"site:{id}").order_by(Change.number).all()
        db.session.remove()
    return [(act, data) for act, data in rows]
