"""Monitoring cores of the demo's sites, as children of `serve --demo`."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from ..customers.sites import Site
from ..database import db
from ..demo import cores
from ..demo.sites import INSTALL, SITES, address
from .supervisor import Child

MISSING = f"The demo's monitoring sites need Debian's Icinga 2, which is not installed: {INSTALL}"


More = tuple[list[Child], list[str]]


@contextmanager
def none() -> Iterator[More]:
    """Give no cores, and nothing to be said."""
    yield [], []


@contextmanager
def of_demo(app: Flask) -> Iterator[More]:
    """Give the cores of the demo's sites, to be started, and what is to be said; afterwards their folders are gone.

    Each has a folder of its own outside the data, since the core runs as somebody else; a link among the data leads
    there. A site whose data folder was moved follows it; one that somebody has pointed elsewhere is left alone.
    """
    if not cores.is_installed():
        yield [], [MISSING]
        return
    links = Path(app.config["DATA"]) / "cores"
    links.mkdir(exist_ok=True)
    children, folders = [], []
    for site_id in _pointed_here(app):
        fleet = {site[0]: site[-1] for site in SITES}[site_id]
        folder, link = cores.prepare(), links / site_id
        folders.append(folder)
        if link.is_symlink():
            shutil.rmtree(link.readlink(), ignore_errors=True)  # of a portal that was killed
            link.unlink()
        link.symlink_to(folder)
        children.append(Child(f"monitoring core of {site_id}", cores.command(fleet, folder), kept=True))
        threading.Thread(target=_check, args=(folder,), daemon=True).start()
    try:
        yield children, []
    finally:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def _check(folder: Path) -> None:
    """Have a core check everything once it is there, instead of bit by bit."""
    with suppress(OSError):
        cores.check_all(folder)


def _pointed_here(app: Flask) -> list[str]:
    """Return the demo's sites that are still to be answered for by our cores, and let them know where that is."""
    with app.app_context():
        found = []
        for site_id, *_more, fleet in SITES:
            livestatus = db.session.scalar(select(Site.livestatus).where(Site.id == site_id))
            if fleet and livestatus and livestatus.endswith(f"/cores/{site_id}/live"):
                found.append(site_id)
                db.session.execute(update(Site).where(Site.id == site_id).values(livestatus=address(site_id)))
        db.session.commit()
        db.session.remove()
        return found
