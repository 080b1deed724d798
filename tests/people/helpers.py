"""How the tests of people name, find and make them."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.access.rights import PortalRole, Right
from portal.accounts import passwords
from portal.accounts.users import User
from portal.database import db
from tests.cast import PASSWORD


def id_of(app: Flask, username: str) -> str:
    """Return somebody's id, as addresses carry it."""
    with app.app_context():
        found = str(db.session.scalar(select(User.id).where(User.username == username)))
        db.session.remove()
    return found


def look(app: Flask, username: str) -> dict[str, Any]:
    """Return how somebody stands in the database."""
    with app.app_context():
        user = db.session.scalar(select(User).where(User.username == username))
        assert user is not None, username
        found = {
            "name": user.name, "email": user.email, "role": user.portal_role, "state": user.state,
            "rights": {str(right) for right in user.rights}, "customer": user.customer_id,
        }  # fmt: skip
        db.session.remove()
    return found


def version_of(app: Flask, username: str) -> str:
    """Return the version that a form about somebody carries now."""
    with app.app_context():
        found = str(db.session.scalar(select(User.version).where(User.username == username)))
        db.session.remove()
    return found


def make(
    app: Flask,
    username: str,
    *,
    customer: str = "acme",
    name: str = "",
    role: PortalRole = PortalRole.USER,
    rights: tuple[Right, ...] = (),
    invited: bool = False,
) -> str:
    """Add somebody, active unless only `invited`, and return their id."""
    with app.app_context():
        user = User.create(
            db.session(), name=name or username.capitalize(), email=f"{username}@{customer}.example",
            customer_id=customer, portal_role=role, rights=rights, username=username, by=None,
        )  # fmt: skip
        if not invited:
            passwords.set_password(user, PASSWORD)
        db.session.commit()
        found = str(user.id)
        db.session.remove()
    return found


def forge(browser: Any, address: str, status: int, **fields: Any) -> Any:
    """Post fields that no form offered, with a valid token."""
    values = {"csrf_token": browser.get("/profile").html.find("input", attrs={"name": "csrf_token"})["value"]}
    return browser.post(address, {**values, **fields}, status=status)


def form_at(page: Any, action: str = "") -> Any:
    """Return the page's form that posts to `action` (the page itself unless said)."""
    for form in page.forms.values():
        if form.method.upper() == "POST" and re.sub(r"^http://localhost", "", form.action) == action:
            return form
    raise AssertionError(f"no form to {action!r}")


def row_of(page: Any, name: str) -> str:
    """Return the text of the list's row about somebody."""
    for row in page.html.select("table.list tbody tr"):
        text = " ".join(row.get_text(" ").split())
        if text.startswith(name):
            return text
    raise AssertionError(f"no row for {name}")
