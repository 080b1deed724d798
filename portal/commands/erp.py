"""`import-odoo`: bring in what an ERP holds."""

from __future__ import annotations

import sys
import threading

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.founding import found
from ..database import db, reading
from ..erp import report
from ..erp.imports import import_from
from ..erp.models import ErpFinding, ErpRun, RunState
from ..errors import Refused

EVERY = 1.0
"""Seconds between two lines of progress."""


@click.command("import-odoo")
@click.argument("source")
@click.option("--name", default="", help="Name under which the portal knows this ERP; else that of its company.")
@with_appcontext
def import_odoo(source: str, name: str) -> None:
    """Import from SOURCE: a folder, or the address of a server (credentials from PORTAL_ERP_…).

    Prints progress and the report. Findings are no failure: the exit status tells whether the import was finished.
    """
    found(db.session())
    db.session.commit()
    db.session.remove()
    over = threading.Event()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    watcher = threading.Thread(target=_watch, args=(app, over), daemon=True)
    watcher.start()
    try:
        run = import_from(source, name=name)
    except Refused as refused:
        raise click.ClickException(refused.sentence) from None
    finally:
        over.set()
        watcher.join()
    with reading(), Session(db.engine) as session:
        query = select(ErpFinding).where(ErpFinding.run_id == run.id).order_by(ErpFinding.number)
        findings = list(session.scalars(query.limit(201)))
    if run.state != RunState.FINISHED:
        click.echo(f"The import failed: {run.error}", err=True)
        sys.exit(1)
    for line in report.text(run, findings):
        click.echo(line)


def _watch(app: Flask, over: threading.Event) -> None:
    """Print how far the import is, from time to time."""
    said = ""
    while not over.wait(EVERY):
        with app.app_context(), reading(), Session(db.engine) as session:
            run = session.scalar(select(ErpRun).where(ErpRun.is_active.is_(True)))
            if run is not None and run.step and run.step != said:
                said = run.step
                click.echo(f"{run.done}/{run.total}  {said}", err=True)
