"""Letters: the mails that carry a one-time link. Every mail names its template in `templates/mail/`.

What merely tells of a deed is written by the deed itself (see `deeds`), with `tell`.
"""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..audit.models import record
from ..errors import TooMany
from . import throttle
from .notices import address_of, tell, tell_ids
from .tokens import Purpose, Token
from .users import User, UserState

__all__ = ["address_of", "ask_email", "invite", "offer_reset", "tell", "tell_ids", "verify_email"]


def invite(session: Session, user: User, *, by: str) -> Token:
    """Send (again) the one-time invitation with which a person chooses a password; `by` is a name."""
    token, secret = Token.issue(session, user, Purpose.INVITATION)
    user.invited_at = token.created_at
    tell(
        session, user, "invitation", secrets={"link": address_of(f"/invitation/{secret}")},
        inviter=by, username=user.username, hours=current_app.config["INVITATION_HOURS"],
    )  # fmt: skip
    return token


def offer_reset(session: Session, users: list[User]) -> None:
    """Send one mail that lists every account of an address, each with a one-time link."""
    secrets, accounts = {}, []
    for number, user in enumerate(users):
        secrets[f"link{number}"] = address_of(f"/password/reset/{Token.issue(session, user, Purpose.RESET)[1]}")
        accounts.append(
            {
                "key": f"link{number}",
                "username": user.username,
                "name": user.name,
                "company": user.customer.name if user.customer else "",
            }
        )
    tell(
        session, users[0], "password_reset", secrets=secrets,
        accounts=accounts, hours=current_app.config["RESET_HOURS"],
    )  # fmt: skip


def verify_email(session: Session, user: User, email: str, *, by: str = "") -> None:
    """Send a link to the new address that confirms it, and tell the old one; `by` names who asked if somebody else."""
    _token, secret = Token.issue(session, user, Purpose.EMAIL, email=email)
    tell(
        session, user, "email_verification", email=email,
        secrets={"link": address_of(f"/email/{secret}")}, address=email, by=by,
        hours=current_app.config["RESET_HOURS"],
    )  # fmt: skip
    if user.email:
        tell(session, user, "email_announcement", address=email, by=by)


def ask_email(session: Session, user: User, email: str, *, by: Any) -> bool:
    """Change an e-mail address the safe way; return whether it now waits to be confirmed.

    An active person's is verified at the new address and announced at the old, and when somebody else asks, their
    sessions end at once. Who never had a password is simply invited anew, at the new address.
    """
    email = email.strip()
    if email == user.email:
        return False
    user.refuse_owned(by, "email")
    if user.state is UserState.INVITED:
        invited = user.invited_at is not None
        user.change_email(email, by=by)
        if invited:
            invite(session, user, by=by.name)
        return False
    user.check_email(email)
    record(session, "user.email_asked", by=by, customer_id=user.customer_id, subject_id=user.id)
    others = by.id != user.id
    if not others and not throttle.may_mail(session, user.id):
        raise TooMany(_("You asked for too many mails today."), retry_after=3600)
    if others:
        user.end_sessions()
        user.revoke_tokens()
    verify_email(session, user, email, by=by.name if others else "")
    return True
