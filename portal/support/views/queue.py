"""The queue of tickets: filtered, sorted, exported, and its views, kept under names."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import requires
from ...database import db, now
from ...errors import Forged, Refused
from ...records import export
from ...web import navigation
from ...web.navigation import Entry
from .. import colleagues, due, lookups, queue, waiting
from ..desk import SavedView
from ..forms.desk import ViewForm
from ..impact import LABELS, TONES

bp = Blueprint("ticket_queue", __name__, url_prefix="/provider/support")
QUEUE = "/provider/support/tickets/"
BUILT_IN = (
    (_l("Needs an answer"), ""),
    (_l("Mine"), "assignee=me"),
    (_l("Nobody’s"), "assignee=nobody"),
    (_l("Overdue"), "overdue=1"),
    (_l("With the customer"), "state=waiting"),
    (_l("All tickets"), "state=any"),
)
"""The views everybody has, and the query of each."""

navigation.add(
    Entry(_l("Support"), "/provider/support/", "support.read", staff=True, order=25, icon="support", name="support")
)
waiting.register()


@bp.get("/")
@requires("support.read")
def home() -> Any:
    """Support begins with the queue."""
    return redirect(QUEUE)


@bp.get("/tickets/")
@requires("support.read")
def index() -> Any:
    """The queue; what needs an answer first, the soonest due at its top."""
    return _page(ViewForm(formdata=None)), 200


@bp.get("/tickets.csv")
@requires("support.read")
def table() -> Response:
    """Export all tickets of the filter."""
    rows = queue.every_row(db.session(), current_user._get_current_object(), queue.Wish.asked())
    return export.answer("tickets", *queue.csv_rows(rows))


@bp.post("/tickets/views")
@requires("support.read", act="support.answer")
def save() -> Any:
    """Keep the present filter under a name; for all colleagues by who manages support."""
    form, query = ViewForm(), urlencode(queue.Wish.asked().query)
    if form.shared.data and "support.manage" not in current_user.verbs:
        raise Forged("a view for all colleagues")
    status = 422
    if form.validate():
        try:
            SavedView.save(
                db.session(), name=form.name.data or "", query=query, shared=form.shared.data, by=current_user
            )
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("The view “%(name)s” is kept.", name=form.name.data))
            return redirect(f"{QUEUE}?{query}")
    return _page(form), status


@bp.get("/views/")
@requires("support.read", act="support.answer")
def views() -> str:
    """The saved views one may rename and delete."""
    return _views()


@bp.post("/views/<uuid:view_id>/name")
@requires("support.read", act="support.answer")
def rename(view_id: uuid.UUID) -> Any:
    """Give a view another name."""
    view, form = _find(view_id), ViewForm()
    status = 422
    if form.validate():
        try:
            view.rename(db.session(), form.name.data or "")
            db.session.commit()
        except Refused as refused:
            db.session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("The view is called “%(name)s” now.", name=view.name))
            return redirect("/provider/support/views/")
    return _views(view_id, form), status


@bp.post("/views/<uuid:view_id>/deletion")
@requires("support.read", act="support.answer")
def delete(view_id: uuid.UUID) -> Any:
    """Forget a view."""
    view = _find(view_id)
    db.session.delete(view)
    db.session.commit()
    flash(_("The view “%(name)s” is gone; its tickets stay as they are.", name=view.name))
    return redirect("/provider/support/views/")


def _find(view_id: uuid.UUID) -> SavedView:
    found = db.session.scalar(select(SavedView).where(SavedView.id == view_id, SavedView.changeable_by(current_user)))
    if found is None:
        abort(404)
    return found


def _page(form: ViewForm) -> str:
    session, reader, wish = db.session(), current_user._get_current_object(), queue.Wish.asked()
    page, moment = queue.page(session, reader, wish), now()
    present = urlencode(wish.query)
    navigation.badge({"support": waiting.count(session)})
    return render_template(
        "support/desk/queue.html", page=page, wish=wish, form=form, is_asked=form.is_submitted(),
        dues=[due.say(row.due_at, moment) for row in page.rows], states=queue.STATES, choices=queue.CHOICES,
        tiers=queue.TIER_CHOICES, impacts=LABELS, tones=TONES, sort=wish.sort or queue.sorts(wish.state)[0],
        sorts=[(name, queue.SORTS[name][0]) for name in queue.sorts(wish.state)],
        colleagues=colleagues.who_answer(session),
        customers=lookups.customers(session) if "customers.read" in reader.verbs else [],
        views=_tabs(session, reader, present), query=present,
        is_searched_narrowly=bool(wish.q) and wish.state != "any",
        everywhere=urlencode({**wish.query, "state": "any"}),
    )  # fmt: skip


def _tabs(session: Any, reader: Any, present: str) -> list[tuple[str, str, bool]]:
    """Return name, address and whether it is the present one of every view: built in, everybody's, one's own."""
    saved = session.execute(
        select(SavedView.name, SavedView.query)
        .where(SavedView.offered_to(reader))
        .order_by(SavedView.user_id.is_not(None), SavedView.name)
    )
    views = [(str(label), query) for label, query in BUILT_IN] + [(row.name, row.query) for row in saved]
    return [(name, f"{QUEUE}?{query}" if query else QUEUE, query == present) for name, query in views]


def _views(renamed: uuid.UUID | None = None, form: ViewForm | None = None) -> str:
    found = db.session.scalars(
        select(SavedView)
        .where(SavedView.changeable_by(current_user))
        .order_by(SavedView.user_id.is_not(None), SavedView.name)
    ).all()
    return render_template("support/desk/views.html", views=found, queue=QUEUE, renamed=renamed, form=form)
