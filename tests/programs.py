"""Programs: they say with every request who they are, in its header, and keep no cookies."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.access.rights import PortalRole
from portal.accounts import machines
from portal.accounts.access_tokens import AccessToken
from portal.accounts.users import User
from portal.customers.subscriptions import today
from portal.database import db
from tests.browser import Browser

SECRET = "GLV@GYCAKINOLICMAFVP"
"""The secret of the seed's machine account."""


def basic(name: str, secret: str) -> str:
    """Return the header's value that names a machine account the usual way."""
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()


class Program(Browser):
    """A program that sends the same Authorization header with every request."""

    def __init__(self, app: Flask, authorization: str = "") -> None:
        super().__init__(app)
        if authorization:
            self.extra_environ["HTTP_AUTHORIZATION"] = authorization


def with_token(app: Flask, username: str) -> Program:
    """Return a program with an access token of one of the cast."""
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username_key == username)).one()
        _token, secret = AccessToken.issue(db.session(), by=user, name="tests", ends_on=today() + timedelta(days=1))
        db.session.commit()
        db.session.remove()
    return Program(app, f"Bearer {secret}")


def machine(
    app: Flask, name: str = "automation", *, secret: str | None = SECRET, roles: tuple[str, ...] = ("admin",),
    customer_id: str | None = "provider", as_file: bool = False,
) -> str:  # fmt: skip
    """Make a machine account and return its secret; at a customer other than the provider, it is one of theirs."""
    is_theirs = customer_id not in (None, "provider")
    with app.app_context():
        user = User.create(
            db.session(), name=name.title(), email="", username=name, customer_id=customer_id, roles=roles, by=None,
            portal_role=PortalRole.USER if is_theirs else None,
        )  # fmt: skip
        user.is_machine = True
        shown = machines.set_secret(db.session(), user, secret, by=None, as_file=as_file)
        db.session.commit()
        db.session.remove()
    return shown


def change(app: Flask, username: str, act: Any) -> Any:
    """Do something to an account in a transaction of its own."""
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username_key == username)).one()
        found = act(user)
        db.session.commit()
        db.session.remove()
    return found
