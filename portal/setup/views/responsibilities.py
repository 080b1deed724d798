"""Responsibilities: everything somebody is a contact for, and why."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, render_template
from sqlalchemy import select

from ...access.guard import requires
from ...accounts.users import User
from ...contacts.inventory import Host, Service
from ...contacts.memberships import groups_of
from ...database import db
from ...web import paging
from ..responsibility import people

bp = Blueprint("setup_responsibilities", __name__, url_prefix="/provider/access/users/<uuid:user_id>/responsibilities")
KINDS = ("hosts", "services")


@bp.get("")
@requires("setup.read", "setup.folders")
def index(user_id: uuid.UUID) -> Any:
    """What somebody is responsible for: `of` hosts, or services that were given to their groups explicitly."""
    session, kind = db.session(), paging.chosen("of", KINDS, "hosts")
    user = session.scalars(select(User).where(User.id == user_id, User.archived_at.is_(None))).one_or_none()
    if user is None:
        abort(404)
    groups = groups_of(session, user.id)
    model: Any = Host if kind == "hosts" else Service
    statement = people.hosts(user) if kind == "hosts" else people.services(user)
    page = paging.page(session, statement, id=model.id, keys=[model.name_key], counted=False)
    return render_template(
        "setup/folders/responsibilities.html", person=user, groups=groups, page=page, kind=kind,
        duties=people.explained(session, page.rows, (group.id for group in groups)),
    )  # fmt: skip
