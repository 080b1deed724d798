"""Holding: which credentials a subscription has, as its page shows them; the panel of both doors."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.users import User
from ..customers.subscriptions import Subscription
from ..database import db, now
from ..records import panels
from .credentials import MOST, Credential, CredentialState, state_of, why_none

STATES = {
    CredentialState.ACTIVE: (_l("Works"), "good"),
    CredentialState.ASLEEP: (_l("Asleep"), "warn"),
    CredentialState.REVOKED: (_l("Revoked"), "neutral"),
}
SHOWN = (
    Credential.id, Credential.label, Credential.licensing_id, Credential.created_at, Credential.old_until,
    Credential.rotated_at, Credential.revoked_at, Credential.last_used_at, Credential.last_used_from,
)  # fmt: skip


def rows(session: Session, reader: Any, subscription_id: uuid.UUID) -> list[Any]:
    """Return a subscription's credentials that the reader sees, those that are not revoked first, the newest first."""
    return list(
        session.execute(
            select(*SHOWN, User.name.label("created_by"))
            .outerjoin(User, User.id == Credential.created_by_id)
            .where(Credential.seen_by(reader), Credential.subscription_id == subscription_id)
            .order_by(Credential.revoked_at.is_not(None), Credential.id.desc())
            .limit(2 * MOST)
        )
    )


def find(session: Session, reader: Any, subscription_id: uuid.UUID, id: uuid.UUID) -> Credential | None:
    """Return a credential of a subscription, when the reader sees it."""
    return session.scalar(
        Credential.visible_to(reader).where(Credential.id == id, Credential.subscription_id == subscription_id)
    )


def _panel(reader: Any, subscription: Subscription, place: Any) -> dict[str, Any] | None:
    """Return what the panel shows; None for who may not know of credentials, and on paper."""
    if place is None or not {Credential.read_by_customer, Credential.read_by_staff} & reader.verbs:
        return None
    why = why_none(subscription)
    found = rows(db.session(), reader, subscription.id)
    if reader.is_staff:
        base = f"/provider/customers/{subscription.customer_id}/subscriptions/{subscription.id}/credentials"
    else:
        base = f"/licenses/{subscription.id}/credentials"
    return {
        "rows": [(row, *STATES[state_of(row, runs=not why)]) for row in found],
        "why_none": why,
        "base": base,
        "is_own": not reader.is_staff,
        "may_revoke": not reader.is_staff or "customers.subscriptions" in reader.verbs,
        "now": now(),
    }


panels.add(panels.Panel("subscriptions", "licensing/credentials/panel.html", _panel, order=70))
