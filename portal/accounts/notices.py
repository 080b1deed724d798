"""Notices: how a mail to a person is written, in their language and with the deed it tells of."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import current_app
from sqlalchemy.orm import Session

from .. import mail

if TYPE_CHECKING:
    from .users import User


def address_of(path: str) -> str:
    """Return the full address of a path of the portal, from the configured base, never from a request's host."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}{path}"


def tell(session: Session, user: User, template: str, *, email: str = "", secrets: Any = None, **context: Any) -> None:
    """Write a mail to the person in their language; nothing happens when they have no address."""
    to = email or user.email
    if to:
        mail.send(
            session, to=to, name=user.name, template=template,
            language=user.language or current_app.config["LANGUAGE"], customer_id=user.customer_id, user_id=user.id,
            secrets=secrets, person=user.name, company=user.customer.name if user.customer else "",
            portal=address_of("/"), **context,
        )  # fmt: skip


def tell_ids(session: Session, ids: list[uuid.UUID], template: str, **context: Any) -> None:
    """Write the same mail to several people who can still sign in."""
    from .users import User

    for id in ids:
        user = session.get(User, id)
        if user is not None and not user.disabled_at and not user.archived_at:
            tell(session, user, template, **context)
