"""Elements of setup, made by the real deeds; call within an app context that can speak (`as_pat`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.users import User
from portal.customers.elements import Element
from portal.customers.sites import Site
from portal.database import db
from portal.setup import elements

BODIES: dict[str, dict[str, Any]] = {
    "bi-aggregations": {"function": "worst", "minimum": 1, "nodes": ["web1", "web1;HTTP"], "contact_groups": []},
    "contact-groups": {},
    "contact-rules": {
        "assign": "hosts", "groups": [], "folder": "", "hosts": [], "services": [], "labels": [], "tags": [],
        "sites": [], "customers": [], "comment": "",
    },
    "host-groups": {},
    "ldap-connections": {
        "server": "ldap.example.com", "encryption": "ldaps", "port": 636, "bind_dn": "cn=reader,dc=example,dc=com",
        "base_dn": "dc=example,dc=com", "user_filter": "(objectClass=person)", "username_attribute": "uid",
        "name_attribute": "cn", "email_attribute": "mail",
    },
    "passwords": {"comment": "", "documentation_url": "", "owner": ""},
    "rule-packs": {"comment": ""},
    "rules": {
        "match": "link down", "match_host": "", "application": "", "priority_from": "0", "priority_to": "4",
        "state": "crit", "contact_groups": [], "action": "", "password": "", "comment": "",
    },
    "service-groups": {},
}  # fmt: skip
GENERAL: dict[str, dict[str, Any]] = {
    "host-tags": {"topic": "", "tags": [{"id": "prod", "title": "Production"}]},
    "notification-rules": {"all_contacts": True, "method": "mail"},
    "time-periods": {"monday": [["09:00", "17:00"]], "exceptions": []},
}
PLACED: dict[str, dict[str, Any]] = {
    "assignments": {"site": "harbour", "host": "web1", "service": "", "groups": []},
    "folders": {
        "path": "/linux", "groups": [], "as_contacts": True, "as_contacts_below": False, "for_services": False,
        "may_edit_below": False,
    },
}  # fmt: skip
"""Kinds whose place gives ID and title."""
SECRET = "s3cret of the factory"


@contextmanager
def as_pat(app: Flask) -> Iterator[tuple[Session, User]]:
    """Give a session and pat within a request's context, and commit at the end."""
    with app.test_request_context():
        session = db.session()
        yield session, session.scalars(select(User).where(User.username == "pat")).one()
        session.commit()
        db.session.remove()


def element(session: Session, kind: str, key: str = "one", *, by: Any = None, **values: Any) -> Element:
    """Add an element of a kind; what is not given is plausible. A rule gets an unassigned pack `pack` if none."""
    values.setdefault("title", key.replace("_", " ").capitalize())
    values["body"] = {**BODIES.get(kind, {}), **GENERAL.get(kind, {}), **PLACED.get(kind, {}), **values.get("body", {})}
    if kind in ("passwords", "ldap-connections"):
        values.setdefault("secret", SECRET)
    if kind == "rules" and "pack" not in values:
        values["pack"] = elements.find(session, "rule-packs", "pack") or element(
            session, "rule-packs", "pack", customer="", by=by
        )
    return elements.create(session, kind, key=key, by=by, **values)


def site(session: Session, id: str, customer_id: str, *, by: Any = None) -> Site:
    """Connect a site nobody answers at."""
    return Site.create(
        session, id=id, alias=f"{id} in town", customer_id=customer_id, livestatus="tcp:127.0.0.1:6557", by=by
    )
