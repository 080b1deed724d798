"""Operators' commands about licences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import with_appcontext

from .. import signing
from ..licensing import verification


@click.command("verify-license")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--key", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Public key; without it this portal's."
)
@with_appcontext
def verify_license(file: BinaryIO, key: Path | None) -> None:
    """Check the signature of FILE, a verification response, and print what it says; "-" reads standard input."""
    try:
        public = signing.read_public(key.read_bytes()) if key else signing.public()
        said = verification.verify(file.read(), public)
    except ValueError as reason:
        raise click.ClickException(f"refused: {reason}") from None
    click.echo(json.dumps(said, indent=2, ensure_ascii=False))
    click.echo(f"The signature holds: key {signing.id_of(public)}.", err=True)
