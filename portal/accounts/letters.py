"""Letters: every mail about an account, written in the transaction of the deed it tells of.

Each function names the template in `templates/mail/` and hands it plain values; the mail to a disabled or
deleted person is the one that tells of the deed itself.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from .. import mail
from .tokens import Purpose, Token
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


def invite(session: Session, user: User, *, by: str) -> Token:
    """Send (again) the one-time invitation with which a person chooses a password; `by` is a name."""
    token, secret = Token.issue(session, user, Purpose.INVITATION)
    user.invited_at = token.created_at
    tell(
        session, user, "invitation", secrets={"link": address_of(f"/invitation/{secret}")},
        inviter=by, username=user.username, expires=token.expires_at,
    )  # fmt: skip
    return token


def offer_reset(session: Session, users: list[User]) -> None:
    """Send one mail that lists every account of an address, each with a one-time link."""
    secrets, accounts = {}, []
    for number, user in enumerate(users):
        secrets[f"link{number}"] = address_of(f"/password/reset/{Token.issue(session, user, Purpose.RESET)[1]}")
        accounts.append({"key": f"link{number}", "username": user.username, "name": user.name})
    tell(
        session, users[0], "password_reset", secrets=secrets,
        accounts=accounts, hours=current_app.config["RESET_HOURS"],
    )  # fmt: skip


def verify_email(session: Session, user: User, email: str) -> None:
    """Send a link to the new address that confirms it, and tell the old one that a change was asked for."""
    token, secret = Token.issue(session, user, Purpose.EMAIL, email=email)
    tell(
        session, user, "email_verification", email=email,
        secrets={"link": address_of(f"/email/{secret}")}, address=email, expires=token.expires_at,
    )  # fmt: skip
    tell(session, user, "email_announcement", address=email)


def tell_ids(session: Session, ids: list[uuid.UUID], template: str, **context: Any) -> None:
    """Write the same mail to several people who can still sign in."""
    for id in ids:
        user = session.get(User, id)
        if user is not None and not user.disabled_at and not user.archived_at:
            tell(session, user, template, **context)
