"""`demo`: fill an empty portal with the demo."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from ..accounts.founding import found
from ..database import db
from ..demo import cast, fill
from ..locks import alone
from .serving import inhabited


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Fill an empty portal with the demo: its people and its documents."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with alone():
        found(db.session())
        if inhabited():
            raise click.ClickException("this portal is in use; the demo goes into an empty one only")
        db.session.commit()
        fill(app)
    click.echo(f"The demo is there. The password of everybody in it is {cast.PASSWORD}")
