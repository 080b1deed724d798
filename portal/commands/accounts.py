"""Operators' commands about accounts: let somebody in, invite staff."""

from __future__ import annotations

import sys
import time

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from .. import delivery
from ..access.roles import Role
from ..accounts import founding, letters, passwords, throttle
from ..accounts.users import User, UserState
from ..audit.models import record
from ..customers.models import PROVIDER
from ..database import db, reading
from ..errors import Refused
from ..jobs import GiveUp
from ..mail import Mail
from ..text import fold

WAIT = 5.0
"""Seconds to wait for a running worker to send an invitation, so that its fate can be printed."""


@click.command("set-password")
@click.argument("username")
@with_appcontext
def set_password(username: str) -> None:
    """Set the password of USERNAME to the first line of standard input and activate the account."""
    password = sys.stdin.readline().rstrip("\r\n")
    user = db.session.scalar(select(User).where(User.username_key == fold(username), User.archived_at.is_(None)))
    if user is None:
        raise click.ClickException(f"there is no account {username!r}")
    try:
        passwords.check_length(password)
    except Refused as refusal:
        raise click.ClickException(refusal.sentence) from None
    passwords.set_password(user, password, is_demo=password == passwords.DEMO)
    user.enable(by=None)
    user.end_sessions()
    throttle.forgive(db.session(), user.username_key)
    record(db.session(), "password.set", by=None, customer_id=user.customer_id, subject_id=user.id)
    passwords.tell_changed(db.session(), user)
    db.session.commit()
    click.echo(f"{user.username} can sign in now")


staff = AppGroup("staff", help="Manage the provider's own people.")


@staff.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", "roles", required=True, multiple=True, help="A role's ID, such as admin; may be repeated.")
def invite(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Invite EMAIL as staff; on an empty portal this makes its first user. Once more sends a new link."""
    session = db.session()
    founding.found(session)
    known = set(session.scalars(select(Role.id)))
    if not set(roles) <= known:
        raise click.ClickException(f"there is no such role; there are {', '.join(sorted(known))}")
    user = session.scalar(
        select(User).where(
            User.portal_role.is_(None), User.email_key == fold(email.strip()), User.archived_at.is_(None)
        )
    )
    try:
        delivery.address(email)
        if user is None:
            user = User.create(session, name=name, email=email, customer_id=PROVIDER, roles=sorted(set(roles)), by=None)
        elif user.state is not UserState.INVITED:
            raise Refused(f"{user.name} is on the staff already.")
        else:
            user.rename(name, by=None)
            user.give_roles(sorted(set(roles)), by=None)
    except (Refused, GiveUp) as refusal:
        session.rollback()
        raise click.ClickException(str(refusal)) from None
    letters.invite(session, user, by=current_app.config["BRAND"])
    record(session, "invitation.sent", by=None, customer_id=user.customer_id, subject_id=user.id)
    session.commit()
    click.echo(f"{user.name} is invited as {', '.join(sorted(user.role_ids))}. {_fate(user)}")


def _fate(user: User) -> str:
    """Return what became of the mail, having given a running worker a moment."""
    over = time.monotonic() + WAIT
    while True:
        with reading():
            mail = db.session.scalar(
                select(Mail).where(Mail.user_id == user.id).order_by(Mail.id.desc()).limit(1)
                .execution_options(populate_existing=True)
            )  # fmt: skip
            db.session.rollback()
        assert mail is not None
        if mail.state == "sent":
            server = current_app.config["SMTP_URL"]
            where = "" if server else f" as a file in {current_app.config['DATA'] / 'mail'}"
            return f"The mail to {user.email} was sent{where}."
        if mail.state == "failed":
            return f"The mail to {user.email} failed: {mail.error}"
        if time.monotonic() > over:
            said = f" The last attempt: {mail.error}" if mail.error else ""
            return f"The mail to {user.email} waits for the worker (flask work).{said}"
        time.sleep(0.25)
