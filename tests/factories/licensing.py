"""Licensing credentials and what is sent with them, for tests. Each commits, and returns plain values."""

from __future__ import annotations

import base64
import uuid
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import select

from portal.accounts.users import User
from portal.customers.subscriptions import Subscription
from portal.database import db
from portal.licensing.credentials import Credential


class Held(NamedTuple):
    """A credential as its holder knows it."""

    id: uuid.UUID
    subscription_id: uuid.UUID
    licensing_id: str
    password: str

    @property
    def header(self) -> dict[str, str]:
        """Return the header that carries both."""
        return basic(self.licensing_id, self.password)


def basic(licensing_id: str, password: str) -> dict[str, str]:
    """Return the header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{licensing_id}:{password}".encode()).decode()}


def subscription(app: Flask, customer: str = "acme", edition: str = "") -> uuid.UUID:
    """Return the subscription of a customer, of an edition where it has several."""
    with app.app_context():
        query = select(Subscription.id).where(Subscription.customer_id == customer).order_by(Subscription.id)
        found = db.session.scalars(query.where(Subscription.edition == edition) if edition else query).first()
        db.session.remove()
    assert found is not None
    return found


def held(app: Flask, customer: str = "acme", label: str = "central", by: str | None = None, **more: Any) -> Held:
    """Generate a credential under a customer's subscription, by somebody of the cast or by the portal."""
    id = subscription(app, customer, **more)
    with app.app_context():
        session = db.session()
        actor = session.scalars(select(User).where(User.username == by)).one() if by else None
        credential, password = Credential.generate(session, session.get_one(Subscription, id), label=label, by=actor)
        session.commit()
        found = Held(credential.id, id, credential.licensing_id, password)
        db.session.remove()
    return found
