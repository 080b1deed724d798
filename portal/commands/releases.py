"""Operators' command about releases: what a build pipeline calls."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

import click
from flask.cli import with_appcontext

from ..database import db
from ..errors import Refused, StorageFull
from ..licensing.releases import parcels
from ..licensing.releases.models import STABILITIES, Release
from ..licensing.releases.versions import parse


@click.command("publish-release")
@click.argument("version")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--notes", type=click.File(encoding="utf-8"), help="A file with the notes, Markdown.")
@click.option("--stability", type=click.Choice([str(one) for one in STABILITIES]), help="Default: as VERSION says.")
@click.option("--draft", is_flag=True, help="Keep it as a draft that staff publish.")
@with_appcontext
def publish_release(
    version: str, files: tuple[Path, ...], notes: TextIO | None, stability: str | None, draft: bool
) -> None:
    """Publish VERSION with its FILES: packages, and detached signatures called as them plus .asc or .sig.

    All of it or, when anything does not hold, nothing.
    """
    session = db.session()
    try:
        parse(version)  # before anything large is copied
        with ExitStack() as opened:
            found = parcels.sort_out([(path.name, opened.enter_context(path.open("rb"))) for path in files])
            parcels.keep(session, found, by=None)
        release = Release.draft(
            session, number=version, stability=stability or "", notes=notes.read() if notes else "", by=None
        )
        parcels.add(session, release, found, by=None)
        if not draft:
            release.publish(session, by=None)
        session.commit()
    except (Refused, StorageFull) as refusal:
        session.rollback()
        raise click.ClickException(refusal.sentence) from None
    except BaseException:
        session.rollback()
        raise
    state = "is a draft now" if draft else "is published"
    click.echo(f"{release.number} {state}, with {len(found)} package{'s' if len(found) != 1 else ''}")
