"""Operators' commands: `.venv/bin/flask --app app …`."""

from __future__ import annotations

import sys

import click
from flask import Flask, current_app
from sqlalchemy import select

from . import jobs
from .access.guard import access_of
from .accounts import passwords, throttle
from .accounts.users import User
from .audit.models import record
from .database import db
from .errors import Refused
from .text import fold


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (set_password, work, access):
        app.cli.add_command(command)


@click.command("set-password")
@click.argument("username")
def set_password(username: str) -> None:
    """Set the password of USERNAME to the first line of standard input and activate the account."""
    password = sys.stdin.readline().rstrip("\r\n")
    user = db.session.scalar(select(User).where(User.username_key == fold(username), User.archived_at.is_(None)))
    if user is None:
        raise click.ClickException(f"there is no account {username!r}")
    try:
        passwords.check(password, user)
    except Refused as refusal:
        raise click.ClickException(refusal.sentence) from None
    passwords.set_password(user, password)
    user.disabled_at = None
    user.end_sessions()
    throttle.forgive(db.session(), user.username_key)
    record(db.session(), "password.set", by=None, customer_id=user.customer_id, subject_id=user.id)
    db.session.commit()
    click.echo(f"{user.username} can sign in now")


@click.command("work")
def work() -> None:
    """Run the worker: mail, imports and what else waits, until it is told to stop."""
    jobs.work(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("access")
def access() -> None:
    """Print the policy of every address."""
    app = current_app
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        declared = access_of(app, rule.endpoint)
        policy = " and ".join(declared) if isinstance(declared, tuple) else declared or "REFUSES: nothing declared"
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:9} {rule.rule:60} {policy}")
