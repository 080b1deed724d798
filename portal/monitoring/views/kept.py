"""Views that people keep: their list, one as a page and as files, the form that makes and changes them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from ...access.guard import Withheld, requires
from ...accounts.users import User
from ...database import db
from ...errors import Refused
from .. import sight
from ..door import OWN, PROVIDER, Door
from ..forms import views as forms
from ..forms.views import ViewForm
from ..kept import KeptView
from ..tables.lists import LISTS, List
from ..tables.sources import SOURCES
from ..tables.table import Table
from . import lists


def pages(door: Door) -> Blueprint:
    """Return the pages of a door."""
    bp = Blueprint(f"{door.name}_views", __name__, url_prefix=f"{door.base}views")
    keeps = requires(door.verb, act=door.keep) if door.keep != door.verb else requires(door.verb)

    @bp.get("/")
    @requires(door.verb)
    def index() -> Any:
        """Own views, and those that others share."""
        return _index(door)

    @bp.get("/<uuid:view_id>")
    @requires(door.verb)
    def show(view_id: uuid.UUID) -> Any:
        """A view as a page."""
        view = find(view_id)
        may_change = view.may_be_changed_by(current_user, door.share) and door.keep in current_user.verbs
        return lists.show(
            door, listed(view), view=view, may_change=may_change, may_keep=door.keep in current_user.verbs
        )  # fmt: skip

    for form in lists.FORMS:
        bp.add_url_rule(f"/<uuid:view_id>.{form}", f"file_{form}", _file(door, form))

    @bp.route("/new", methods=["GET", "POST"])
    @keeps
    def new() -> Any:
        """Choose what a view is of, then make it; `copy` and a list's address fill the form in."""
        return _new(door)

    @bp.route("/<uuid:view_id>/edit", methods=["GET", "POST"])
    @keeps
    def edit(view_id: uuid.UUID) -> Any:
        """Change a view."""
        return _form(door, to_change(door, view_id))

    @bp.post("/<uuid:view_id>/deletion")
    @keeps
    def delete(view_id: uuid.UUID) -> Any:
        """Delete a view."""
        to_change(door, view_id).delete(db.session(), by=current_user)
        db.session.commit()
        flash(_("The view is deleted."))
        return redirect(f"{door.base}views/")

    return bp


def _file(door: Door, form: str) -> Any:
    @requires(door.verb, act=lists.EXPORT)
    def file(view_id: uuid.UUID) -> Any:
        return lists.export(door, listed(find(view_id)), form)

    return file


def find(view_id: uuid.UUID) -> KeptView:
    """Return a view the reader may use; 404 for others."""
    view = db.session.scalar(KeptView.visible_to(current_user).where(KeptView.id == view_id))
    return view if view is not None and view.source in SOURCES else abort(404)


def listed(view: KeptView) -> List:
    """Return a view as a list under its own address."""
    return List(f"views/{view.id}", view.name, view.table.source.help, view.table)


def to_change(door: Door, view_id: uuid.UUID) -> KeptView:
    """Return a view the reader may change; 403 for one they may only use."""
    view = find(view_id)
    if not view.may_be_changed_by(current_user, door.share):
        raise Withheld(_("This view is somebody else’s. Copy it to have one of your own."))
    return view


def _index(door: Door) -> Any:
    rows = db.session.execute(
        select(KeptView.id, KeptView.name, KeptView.source, KeptView.is_shared, KeptView.user_id, User.name)
        .join(User, User.id == KeptView.user_id)
        .where(KeptView.seen_by(current_user))
        .order_by(KeptView.name_key, KeptView.id)
    ).all()
    shown = [row for row in rows if row.source in SOURCES]
    return render_template("monitoring/views/index.html", door=door, monitoring_lists=LISTS, rows=shown,
                           sources=SOURCES)  # fmt: skip


def _new(door: Door) -> Any:
    if "copy" in request.values:
        try:
            copied = find(uuid.UUID(request.values["copy"]))
        except ValueError:
            abort(404)
        return _form(door, None, copied.table, _("%(name)s, copy", name=copied.name)[: KeptView.NAME_LENGTH])
    found = {source.id: source for source in forms.offered(door.is_staff)}
    source = found.get(request.values.get("source", ""))
    if source is None:
        return render_template("monitoring/views/sources.html", door=door, monitoring_lists=LISTS,
                               sources=found.values())  # fmt: skip
    base = next((one.table for one in LISTS if one.slug == request.args.get("list")), None)
    table = base if base and base.source is source else Table.of(source.id)
    return _form(door, None, table.narrowed(MultiDict(request.args)))


def _form(door: Door, view: KeptView | None, table: Table | None = None, name: str = "") -> Any:
    """Show the form and keep what it says; a button that moves columns only draws it anew."""
    if view is not None:
        table = view.table
    assert table is not None
    data = {"name": view.name, "shared": view.is_shared, "version": str(view.version)} if view else {"name": name}
    form, status = ViewForm(data=data), 200
    form.shared.label.text = door.share_label
    if request.method == "POST":
        again = forms.moved(request.form)
        table = forms.table_of(table.source, again if again is not None else request.form)
        if again is None:
            status, answer = _kept(door, view, table, form)
            if answer is not None:
                return answer
    every = sight.sites(db.session(), current_user._get_current_object(), even_hidden=True)
    return render_template(
        "monitoring/views/form.html", door=door, monitoring_lists=LISTS, view=view, form=form, table=table,
        choices=lists.choices(every, door), places=forms.places(table), sort_places=forms.sort_places(table),
        sort_choices=forms.sort_choices(table.source), copy=request.values.get("copy", ""),
    ), status  # fmt: skip


def _kept(door: Door, view: KeptView | None, table: Table, form: ViewForm) -> tuple[int, Any]:
    """Keep what the form says; return a status and, when it was kept, the answer."""
    if not form.validate():
        return 422, None
    session = db.session()
    may_share = door.share in current_user.verbs
    shared = form.shared.data if may_share else bool(view and view.is_shared)
    values: dict[str, Any] = {"name": form.name.data or "", "table": table, "shared": shared, "by": current_user}
    try:
        if view is None:
            view = KeptView.keep(session, **values)
        else:
            form.check_version(view)
            view.change(session, **values)
        session.commit()
    except Refused as refused:
        session.rollback()
        return form.refuse(refused), None
    flash(_("The view is kept."))
    return 302, redirect(f"{door.base}views/{view.id}")


BLUEPRINTS = (pages(PROVIDER), pages(OWN))
