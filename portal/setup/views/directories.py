"""Directories: who came from one, what became of the last reading, and whether it can be asked now."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import requires
from ...accounts.users import User
from ...customers.elements import Element
from ...database import db
from ...web import paging
from ..directories import runs, server, syncing
from ..directories.directory import KIND, Directory
from ..directories.entries import Entry, Odd, read
from ..directories.server import Silent
from .elements import element_of

bp = Blueprint("directories", __name__, url_prefix=f"/provider/setup/{KIND}")
SHOWN = 10


@bp.get("/<key>/people")
@requires("setup.read")
def show(key: str) -> Any:
    """Who has an account by this directory, and what became of reading it."""
    return _page(element_of(KIND, key))


@bp.post("/<key>/test")
@requires("setup.read", act="setup.edit")
def test(key: str) -> Any:
    """Ask the directory now, and show whom it would bring; nothing is changed."""
    element, session = element_of(KIND, key), db.session()
    directory = Directory.of(element)
    session.rollback()  # nothing is held while others are asked
    people: list[Entry] = []
    odd: list[Odd] = []
    try:
        with server.opened(directory, seconds=server.SIGN_IN_SECONDS) as asked:
            people, odd = read(directory, asked.people(), syncing.members(asked))
    except Silent as silent:
        return _page(element_of(KIND, key), problem=str(silent), is_tested=True), 502
    return _page(element_of(KIND, key), is_tested=True, people=people, odd=odd)


@bp.post("/<key>/reading")
@requires("setup.read", act="setup.edit")
def take(key: str) -> Any:
    """Have the directory read as soon as a worker is free."""
    element = element_of(KIND, key)
    syncing.ask(db.session(), element.id)
    db.session.commit()
    flash(_("The directory is read in a moment. This page says what came of it."))
    return redirect(url_for(".show", key=key))


def _page(
    element: Element,
    *,
    is_tested: bool = False,
    problem: str = "",
    people: list[Entry] | None = None,
    odd: list[Odd] | None = None,
) -> str:
    session = db.session()
    statement = (
        select(User.id, User.name, User.name_key, User.username, User.email, User.disabled_at, User.is_gone)
        .where(User.directory_id == element.id, User.seen_by(current_user))
    )  # fmt: skip
    page = paging.page(session, statement, id=User.id, keys=(User.name_key,), counted=False)
    return render_template(
        "setup/directories.html", element=element, run=runs.last(session, element.id), page=page,
        is_installed=server.is_installed(), is_tested=is_tested, problem=problem,
        people=(people or [])[:SHOWN], found=len(people or []), odd=(odd or [])[:SHOWN],
    )  # fmt: skip
