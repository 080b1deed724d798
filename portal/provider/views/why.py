"""Why may she? For any user and permission the reasons; for a permission who holds it; for a user all they hold."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_, select

from ...access.guard import requires
from ...access.permissions import PERMISSIONS, SHARED
from ...access.policy import KNOWN_VERBS, OWN_PROFILE
from ...access.rights import VERBS
from ...access.roles import every
from ...access.wording import sections, title_of
from ...accounts.explanations import Explainer
from ...accounts.holders import holding, people
from ...accounts.users import User
from ...database import db
from ...text import fold, sort_key
from ...web import paging

bp = Blueprint("provider_why", __name__, url_prefix="/provider/access/why")

OFFERED = 200
"""How many people the look-up offers; any other can be typed."""


@bp.get("")
@requires("access.read")
def index() -> Any:
    """The question, and its answer."""
    session = db.session()
    asked, verb = _asked("user"), _asked("permission")
    person, alike = _person(asked) if asked else (None, [])
    unknown = bool(verb) and verb not in KNOWN_VERBS
    explainer = Explainer(every(session))
    page = found = None
    if not unknown and verb and not asked:
        holders = people().where(User.seen_by(current_user), holding(session, verb))
        page = paging.page(session, holders, id=User.id, keys=[User.name_key])
    explanation, parts = None, []
    if person is not None and not unknown:
        if verb:
            (explanation,) = explainer.explain(person, [verb])
        else:
            parts = _all(explainer, person)
    if page is not None:
        found = {row.id: explainer.explain(row, [verb])[0] for row in page.rows}
    return render_template(
        "provider/roles/why.html", asked=asked, verb=verb, title=title_of(verb), person=person, alike=alike,
        unknown=unknown, explanation=explanation, parts=parts, page=page, found=found,
        offered=_offered(), verbs=_verbs(),
    ), 404 if unknown or (asked and person is None and not alike) else 200  # fmt: skip


def _asked(name: str) -> str:
    return " ".join(request.args.get(name, "").replace("\0", "").split())[: paging.SEARCH_LENGTH]


def _person(text: str) -> tuple[Any, list[Any]]:
    """Return whom a username or an ID means, or else the one whose name holds what was typed, or all of those."""
    seen = people().where(User.seen_by(current_user))
    try:
        named = or_(User.username_key == fold(text), User.id == uuid.UUID(text))
    except ValueError:
        named = User.username_key == fold(text)
    found = db.session.execute(seen.where(named)).first()
    if found is not None:
        return found, []
    for word in sort_key(text).split()[:8]:
        seen = seen.where(
            User.name_key.contains(word, autoescape=True) | User.email_key.contains(word, autoescape=True)
        )
    alike = db.session.execute(seen.order_by(User.name_key, User.id).limit(paging.PER_PAGE)).all()
    return (alike[0], []) if len(alike) == 1 else (None, list(alike))


def _offered() -> list[tuple[str, str]]:
    rows = select(User.username, User.name).where(User.seen_by(current_user)).order_by(User.name_key, User.id)
    return [(row.username, row.name) for row in db.session.execute(rows.limit(OFFERED))]


def _verbs() -> list[tuple[str, str]]:
    return [(name, title_of(name)) for name in (*PERMISSIONS, *VERBS)]


def _all(explainer: Explainer, person: Any) -> list[tuple[str, list[Any]]]:
    """Return everything that can be held, by section; for the other door's people only what is theirs to hold."""
    found = [
        (part.title, explainer.explain(person, [permission.name for permission in part.permissions]))
        for part in sections()
    ]
    if person.portal_role:
        theirs = SHARED | OWN_PROFILE
        found = [(title, [one for one in some if one.verb in theirs]) for title, some in found]
        found.insert(0, (_("The customers’ door"), explainer.explain(person, VERBS)))
    return [(title, some) for title, some in found if some]
