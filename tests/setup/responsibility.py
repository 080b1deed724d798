"""How the tests of responsibility make sites with folders, groups with people in them, and staff with the role user."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.accounts.users import User
from portal.contacts.inventory import Host, Service
from portal.contacts.memberships import Membership
from portal.customers.elements import Element
from portal.database import db, now
from portal.setup import elements
from portal.setup.places import FOLDERS, folder_key
from portal.text import sort_key
from tests.factories.elements import as_pat as at_desk
from tests.factories.elements import element, site

PLACES = {"web1": "/linux", "db1": "/linux/db", "db2": "/linux/db", "win1": "/windows", "top": "/"}
SERVICES = ("CPU", "Filesystem /")


def furnish(app: Flask) -> None:
    """Give acme and beta a site of five hosts each in three folders, and contact groups; uli is staff, role user.

    No rule gives anything to everything.
    """
    with at_desk(app) as (session, pat):
        for everything in session.scalars(select(Element).where(Element.kind == "contact-rules")):
            elements.delete(session, everything, by=pat)
        for customer in ("acme", "beta"):
            site(session, f"{customer}_site", customer, by=pat)
            seen = {"site_id": f"{customer}_site", "customer_id": customer, "seen_at": now()}
            for name, path in PLACES.items():
                file = f"/wato{path.rstrip('/')}/hosts.mk"
                session.add(Host(name=name, name_key=name, folder=file, **seen))
                for description in SERVICES:
                    key = sort_key(f"{name} {description}")
                    session.add(Service(host_name=name, description=description, name_key=key, **seen))
        element(session, "contact-groups", "ops", title="Operations", customer="acme", by=pat)
        element(session, "contact-groups", "dba", title="Databases", customer="acme", by=pat)
        element(session, "contact-groups", "theirs", title="Of Beta", customer="beta", by=pat)
        uli = User.create(
            session, name="Uli User", email="uli@provider.example", customer_id="provider", roles=["user"],
            username="uli", by=None,
        )  # fmt: skip
        uli.password_hash = session.scalars(select(User.password_hash).where(User.username == "pat")).one()


def join(app: Flask, username: str, group: str) -> None:
    """Put somebody into a contact group."""
    with at_desk(app) as (session, _pat):
        user = session.scalars(select(User.id).where(User.username == username)).one()
        found = session.scalars(select(Element.id).where(Element.kind == "contact-groups", Element.key == group)).one()
        session.add(Membership(user_id=user, group_id=found))


def permit(app: Flask, path: str, *groups: str, customer: str = "acme", **options: bool) -> None:
    """Give groups a permission on a folder."""
    body: dict[str, Any] = {
        "path": path, "groups": list(groups), "may_edit_below": False, "as_contacts": False,
        "as_contacts_below": False, "for_services": False, **options,
    }  # fmt: skip
    with at_desk(app) as (session, pat):
        key = folder_key(customer, path)
        elements.create(session, FOLDERS, key=key, title=path, customer=customer, body=body, by=pat)


def rule(app: Flask, key: str, *groups: str, customer: str = "acme", **conditions: Any) -> None:
    """Add a contact rule."""
    with at_desk(app) as (session, pat):
        body = {"groups": list(groups), **conditions}
        element(session, "contact-rules", key, customer=customer, body=body, by=pat)


def body_of(app: Flask, kind: str, key: str) -> Any:
    """Return the body of a live element; None for none."""
    with app.app_context():
        found = elements.find(db.session(), kind, key)
        db.session.remove()
    return found and found.body
