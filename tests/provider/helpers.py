"""How the tests of the provider's pages make customers, roles and colleagues, and send forms."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select
from webtest import TestResponse

from portal.access.roles import Role, RoleAnswer
from portal.accounts import passwords
from portal.accounts.users import User
from portal.customers.models import PROVIDER, Customer
from portal.customers.subscriptions import Subscription
from portal.database import db
from tests.browser import Browser
from tests.cast import PASSWORD


def send(browser: Browser, page: str, form: str, status: int, action: str = "", **fields: Any) -> TestResponse:
    """Open a page, fill in one of its forms, send it (to `action`, if somewhere else) and return the answer."""
    filled = browser.get(page).forms[form]
    for name, value in fields.items():
        if name in filled.fields:
            filled[name] = value
        else:
            raise AssertionError(f"{page}: no field {name}")
    if action:
        filled.action = action
    return filled.submit(status=status)


def post(browser: Browser, path: str, status: int, **fields: Any) -> TestResponse:
    """Send a POST as a person could forge it: with the token of a page they can open."""
    token = browser.get("/", status="*").maybe_follow().html.find("input", {"name": "csrf_token"})["value"]
    return browser.post(path, {"csrf_token": token, **fields}, status=status)


def make_customer(app: Flask, id: str, name: str = "", **values: Any) -> None:
    """Add a customer."""
    with app.app_context():
        customer = Customer.create(db.session(), id=id, name=name or id.capitalize(), by=None)
        for field, value in values.items():
            setattr(customer, field, value)
        db.session.commit()
        db.session.remove()


def make_colleague(app: Flask, username: str, *roles: str) -> str:
    """Add somebody to the provider's staff, active, and return their id."""
    with app.app_context():
        user = User.create(
            db.session(), name=username.capitalize(), email=f"{username}@provider.example",
            customer_id=PROVIDER, roles=roles, username=username, by=None,
        )  # fmt: skip
        passwords.set_password(user, PASSWORD)
        db.session.commit()
        found = str(user.id)
        db.session.remove()
    return found


def make_role(app: Flask, id: str, based_on: str, **answers: bool) -> None:
    """Clone a role and let it answer some permissions differently; "__" stands for the dot in their names."""
    with app.app_context():
        role = Role(id=id, alias=id.capitalize(), based_on_id=based_on)
        role.answers = [
            RoleAnswer(permission=name.replace("__", "."), granted=granted) for name, granted in answers.items()
        ]
        db.session.add(role)
        db.session.commit()
        db.session.remove()


def subscriptions_of(app: Flask, customer_id: str) -> list[tuple[str, Subscription]]:
    """Return ids and subscriptions of a customer, the one that ends last first."""
    with app.app_context():
        found = db.session.scalars(
            select(Subscription).where(Subscription.customer_id == customer_id).order_by(Subscription.ends_on.desc())
        ).all()
        db.session.remove()
    return [(str(one.id), one) for one in found]
