"""`serve` and `work`: the portal as processes: web server and worker, together or apart."""

from __future__ import annotations

import os
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import click
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy import func, select

from .. import demo as demonstration
from .. import jobs
from ..accounts.founding import found
from ..accounts.users import User
from ..config import RISKS, SETTINGS
from ..contacts.allocation import recompute
from ..customers.models import PROVIDER, Customer
from ..database import db
from ..demo import cast
from ..locks import alone
from ..migration import known, present
from ..setup import everything, first_rule
from . import cores
from .supervisor import Child, run

ROOT = Path(__file__).resolve().parent.parent.parent


@click.command("work")
def work() -> None:
    """Run a worker: mail, imports and what else waits, until it is told to stop."""
    jobs.work(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("serve")
@click.option("--demo", is_flag=True, help="Fill an empty portal with the demo first, and run the cores of its sites.")
@click.option("--without-cores", is_flag=True, help="Leave the demo's monitoring sites without cores.")
def serve(demo: bool, without_cores: bool) -> None:
    """Bring the database up to date, then run web server and workers until told to stop."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    os.umask(0o077)
    _claim(app)
    prepare(app, demo=demo)
    is_demo = demo and db.session.scalar(select(User.id).where(User.password_is_demo).limit(1)) is not None
    if is_demo:
        for name, value in demonstration.SETTINGS.items():
            os.environ.setdefault(f"PORTAL_{name}", value)
    notes = [*_notes(), *_warnings(app)]
    db.session.remove()
    with cores.of_demo(app) if is_demo and not without_cores else cores.none() as (more, said):
        db.engine.dispose()
        workers = [Child("worker", _flask("work"), kept=True) for _number in range(app.config["WORKERS"])]
        children = [Child("web server", _granian(app)), *workers, *more]
        greeting = _Greeting(app, [*notes, *said])
        status = run(children, folder=ROOT, environment=_environment(app), watch=greeting, say=click.echo)
    sys.exit(status)


def prepare(app: Flask, *, demo: bool) -> None:
    """Migrate and found the portal, with the demo if it is wanted and nobody is in it yet; safe when two start.

    A demo whose filling was interrupted is finished first.
    """
    with alone():
        if (revision := present()) and not known(revision):
            raise click.ClickException("the database was made by a newer portal than this one; install that version")
        upgrade()
        db.session.remove()
        found(db.session())
        everything.found(db.session())
        recompute.ask(db.session())
        db.session.commit()
        begun = Path(app.config["DATA"]) / "demo.unfinished"
        if demo and (begun.exists() or not inhabited()):
            click.echo("Filling the demo, which is done once …")
            db.session.commit()
            begun.touch()
            demonstration.fill(app)
            begun.unlink()
        first_rule.found(db.session())
        db.session.commit()
        db.session.remove()


def inhabited() -> bool:
    """Tell whether the portal has any person or any customer but the provider."""
    customers = select(Customer.id).where(Customer.id != PROVIDER)
    return db.session.scalar(select(User.id).limit(1)) is not None or db.session.scalar(customers.limit(1)) is not None


def _claim(app: Flask) -> None:
    """Say so at once when the port is taken."""
    host, port = app.config["HOST"], app.config["PORT"]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"Port {port} of {host} cannot be used ({error.strerror}); choose another: PORT=8001"
            raise click.ClickException(message) from None


BUFFER = 64 * 1024
"""Bytes the web server collects for a connection before it waits for the client: more is slower and costs memory."""


def _granian(app: Flask) -> list[str]:
    config = app.config
    return [
        *(sys.executable, "-m", "granian", "--interface", "asginl", "--http", "1", "--no-ws"),
        *("--http1-buffer-size", str(BUFFER)),
        *("--host", config["HOST"], "--port", str(config["PORT"])),
        *("--workers", str(config["WEB_WORKERS"])),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "error", "--no-access-log"),
        *("--working-dir", str(ROOT), "app:front"),
    ]


def _flask(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "app", *arguments]


def _environment(app: Flask) -> dict[str, str]:
    """Return our own environment, with paths that hold in another working directory too."""
    paths = {f"PORTAL_{s.name}": str(app.config[s.name]) for s in SETTINGS if s.parse is Path}
    return {**os.environ, **paths, "PORT": str(app.config["PORT"])}


def _notes() -> list[str]:
    """Return what whoever starts the portal should know."""
    able = User.password_is_demo & User.disabled_at.is_(None)
    teams: dict[str, list[str]] = {}
    for user in db.session.scalars(select(User).where(able).order_by(User.customer_id, User.username)):
        teams.setdefault(user.customer_id or "global", []).append(user.username)
    if teams:
        people = " · ".join(f"{customer}: {', '.join(names)}" for customer, names in teams.items())
        return [f"Sign in as one of {people}", f"with the password {cast.PASSWORD}"]
    if not db.session.scalar(select(func.count()).select_from(User)):
        invite = ".venv/bin/flask --app app staff invite EMAIL --name NAME --role admin"
        return [f"Nobody can sign in yet. Invite the first colleague: {invite}"]
    return []


def _warnings(app: Flask) -> list[str]:
    """Return which settings let secrets stand in addresses, and so in logs of servers in front and of browsers."""
    names = [f"PORTAL_{name}" for name in RISKS if app.config[name]]
    for name in names:
        app.logger.warning("%s is on: addresses may hold passwords or secrets, and logs keep addresses", name)
    return [f"Warning: {' and '.join(names)}: addresses may hold secrets, and logs keep addresses"] if names else []


class _Greeting:
    """Says once where the portal is, as soon as it answers."""

    def __init__(self, app: Flask, notes: list[str]) -> None:
        host, self._port = app.config["HOST"], app.config["PORT"]
        self._host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        self._notes, self._data, self._said = notes, app.config["DATA"], False

    def __call__(self) -> None:
        address = f"http://{self._host}:{self._port}"
        if self._said or not _answers(f"{address}/healthz"):
            return
        self._said = True
        click.echo("\n".join([f"The portal is at {address} (data in {self._data}; Ctrl+C stops it)", *self._notes]))


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
