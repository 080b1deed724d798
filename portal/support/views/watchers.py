"""Who sees and follows tickets, for those who may say so: references, openers and dates, never what tickets say."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ...access.guard import requires
from ...customers.models import Customer
from ...database import db
from ...errors import Refused
from ...web import paging
from ...web.navigation import Entry, add
from .. import watching
from ..forms.tickets import SEEN_BY, SEEN_BY_MEANS, SeenByForm
from ..forms.watchers import WatcherForm
from ..tickets import STATES, Ticket
from ..watched import holder, holders, known, rows, watchers_of

bp = Blueprint("watchers", __name__)
add(Entry(_l("Who sees tickets"), "/support/watchers/", "tickets.watchers", section="company", order=25))


@bp.get("/support/watchers/")
@requires("tickets.watchers")
def index() -> str:
    """All tickets of the company, and who sees new ones."""
    return _index(SeenByForm())


@bp.post("/support/watchers/default")
@requires("tickets.watchers")
def choose_default() -> Any:
    """Choose who sees new tickets."""
    form = SeenByForm()
    if not form.validate():
        return _index(form), 422
    session = db.session()
    company = session.get_one(Customer, current_user.customer_id)
    watching.show_new_ones_to(session, company, form.seen_by.data or "", by=current_user)
    session.commit()
    flash(_("Saved: who sees new tickets. Those that are there stay as they are."))
    return redirect("/support/watchers/")


@bp.get("/support/watchers/<uuid:id>")
@requires("tickets.watchers")
def show(id: uuid.UUID) -> str:
    """Who sees and follows one ticket."""
    return _show(id, WatcherForm())


@bp.post("/support/watchers/<uuid:id>/watchers")
@requires("tickets.watchers")
def add_watcher(id: uuid.UUID) -> Any:
    """Let somebody follow the ticket."""
    session, form = db.session(), WatcherForm()
    ticket = known(session, current_user, id) or abort(404)
    if not form.validate():
        return _show(id, form), 422
    try:
        person = holder(session, current_user, form.watcher.data or "")
        ticket.watch(session, person, by=current_user)
        session.commit()
    except Refused as refused:
        session.rollback()
        return _show(id, form, refused), 422
    return _done(id, _("%(name)s follows the ticket and gets mail at every step.", name=person.name))


@bp.post("/support/watchers/<uuid:id>/watchers/<uuid:person_id>/end")
@requires("tickets.watchers")
def remove_watcher(id: uuid.UUID, person_id: uuid.UUID) -> Any:
    """Let somebody follow the ticket no longer."""
    session = db.session()
    ticket = known(session, current_user, id) or abort(404)
    ticket.unwatch(session, person_id, by=current_user)
    session.commit()
    return _done(id, _("They no longer follow the ticket."))


@bp.post("/support/watchers/<uuid:id>/visibility")
@requires("tickets.watchers")
def show_to(id: uuid.UUID) -> Any:
    """Choose who of the company sees the ticket."""
    session, form = db.session(), SeenByForm()
    ticket = known(session, current_user, id) or abort(404)
    if not form.validate():
        return _show(id, WatcherForm(None), seen_by=form), 422
    ticket.show_to(session, form.seen_by.data or "", by=current_user)
    session.commit()
    return _done(id, _("Saved: who sees the ticket."))


def _done(id: uuid.UUID, sentence: str) -> Any:
    flash(sentence)
    return redirect(f"/support/watchers/{id}")


def _index(form: SeenByForm) -> str:
    session = db.session()
    company = session.get_one(Customer, current_user.customer_id)
    form.seen_by.data = form.seen_by.data if form.errors else company.tickets_seen_by
    state, q = paging.chosen("state", ("unsolved", "over")), paging.searched()
    page = paging.page(session, rows(current_user, q, state), id=Ticket.id, descending=True)
    return render_template(
        "support/watchers/index.html", form=form, means=SEEN_BY_MEANS, page=page, q=q, state=state, states=STATES,
        seen_by=SEEN_BY,
    )  # fmt: skip


def _show(
    id: uuid.UUID, form: WatcherForm, refused: Refused | None = None, *, seen_by: SeenByForm | None = None
) -> str:
    session = db.session()
    reads = Ticket.seen_by(current_user).label("reads")
    row = session.execute(rows(current_user).add_columns(reads).where(Ticket.id == id)).first()
    if row is None:
        abort(404)
    if refused is not None:
        form.refuse(refused)
    seen_by = seen_by or SeenByForm(None, data={"seen_by": row.seen_by_whom})
    return render_template(
        "support/watchers/show.html", row=row, form=form, seen_by=seen_by, means=SEEN_BY_MEANS, states=STATES,
        watchers=watchers_of(session, current_user, id), options=holders(session, current_user, row.opener_id),
    )  # fmt: skip
