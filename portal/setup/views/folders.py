"""Folders: the tree of customers, sites, folders and hosts, and who is permitted and responsible there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import Withheld, requires
from ...contacts.allocation.folders import lineage, normal
from ...contacts.inventory import Host
from ...customers.elements import Element
from ...customers.models import Customer
from ...database import db
from ...errors import Refused
from ...web import paging
from ...web.navigation import Entry, add
from .. import elements
from ..forms.folders import FolderForm
from ..forms.lookups import options, refuse_foreign
from ..kinds.folders import KIND
from ..places import FOLDERS, folder_key
from ..responsibility import permitted, tree

bp = Blueprint("setup_folders", __name__, url_prefix="/provider/setup/folders")
add(
    Entry(_l("Folders"), "/provider/setup/folders/", "setup.folders", staff=True, order=23, icon="setup",
          unless="setup.read")
)  # fmt: skip
MOST_GLOBAL = 50


@bp.get("/")
@requires("setup.folders")
def index() -> Any:
    """List customers and their sites: where the tree begins."""
    session, reach = db.session(), permitted.of(db.session(), current_user)
    only = request.args.get("customer", "").replace("\0", "").strip()[:64]
    q = paging.searched()
    page = paging.page(session, tree.customers(reach, q, only), id=Customer.id, keys=[Customer.name_key], read=str)
    sites = tree.sites(session, [row.id for row in page.rows], most=1000 if only else tree.MOST_SITES)
    everywhere = select(Element.key, Element.title, Element.body).where(
        Element.kind == FOLDERS, Element.archived_at.is_(None), Element.customer_id.is_(None)
    )
    rows = session.execute(everywhere.order_by(Element.title_key, Element.id).limit(MOST_GLOBAL)).all()
    return render_template(
        "setup/folders/index.html", kind=KIND, page=page, sites=sites, q=q, only=only, reach=reach,
        most=tree.MOST_SITES, everywhere=rows if reach.sees_all else [],
    )  # fmt: skip


def place(*, editing: bool = False) -> tuple[Any, str, permitted.Permitted]:
    """Return the site and the folder this address names, and what of the tree is open; 404, or 403 for an edit."""
    session, site_id = db.session(), str((request.view_args or {})["site_id"])[:64]
    at, path = tree.site(session, site_id), normal(request.values.get("path", "").replace("\0", "")[:255])
    reach = permitted.of(session, current_user)
    if at is None or not reach.sees(at.customer_id, path):
        abort(404)
    if editing and not reach.edits(at.customer_id, path):
        raise Withheld(_("Whoever edits setup, or is in a contact group permitted here, may do this."))
    return at, path, reach


@bp.get("/sites/<site_id>")
@requires("setup.folders")
def show(site_id: str) -> Any:
    """One folder of a site: `path`."""
    session, (at, path, reach) = db.session(), place()
    rows, q = tree.permissions(session, at.customer_id, path), paging.searched()
    found = tree.level(session, at, path, rows, after=request.args.get("rest", "")[:255])
    page = paging.page(session, tree.hosts(at, found, path, q), id=Host.id, keys=[Host.name_key])
    return render_template(
        "setup/folders/show.html", kind=KIND, at=at, path=path, found=found, page=page, q=q,
        children=[child for child in found.children if reach.sees(at.customer_id, child.path)],
        above=[(one, reach.sees(at.customer_id, one)) for one in lineage(path)[:-1]],
        own=tree.own(rows, at.customer_id, path), reaching=tree.reaching(rows, at.customer_id, path),
        groups=tree.groups(session, (row.contact_set_id for row in page.rows)),
        titles=tree.titles(session, rows), may_edit=reach.edits(at.customer_id, path), reach=reach,
    )  # fmt: skip


@bp.route("/sites/<site_id>/permission", methods=["GET", "POST"])
@requires("setup.folders")
def permission(site_id: str) -> Any:
    """Say which groups are permitted on a folder, and what they are responsible for: `path`."""
    session, (at, path, _reach), status = db.session(), place(editing=True), 200
    element = elements.find(session, FOLDERS, folder_key(at.customer_id, path))
    form = FolderForm(data=FolderForm.kept(element)) if element else FolderForm()
    form.prepare(KIND, element)
    if element is None:
        form.place(at.customer_id, path)
    if form.validate_on_submit():
        try:
            refuse_foreign(form.groups, at.customer_id)
            if element is not None:
                form.check_version(element)
                elements.change(session, element, by=current_user, **form.values)
            else:
                elements.create(
                    session, FOLDERS, key=form.chosen_key, customer=at.customer_id, by=current_user, **form.values
                )  # fmt: skip
            session.commit()
            flash(_("Saved. Who is responsible is worked out anew within moments."))
            return redirect(url_for("setup_folders.show", site_id=site_id, path=path))
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
    elif form.is_submitted():
        status = 422
    whose = element or Element(customer_id=at.customer_id)
    return render_template(
        "setup/folders/permission.html", kind=KIND, at=at, path=path, form=form, element=element,
        options=options(session, form.groups.kind, whose),
    ), status  # fmt: skip


@bp.post("/sites/<site_id>/permission/deletion")
@requires("setup.folders")
def delete(site_id: str) -> Any:
    """Take the permission of a folder away: `path`."""
    session, (at, path, _reach) = db.session(), place(editing=True)
    element = elements.find(session, FOLDERS, folder_key(at.customer_id, path))
    if element is None:
        abort(404)
    elements.delete(session, element, by=current_user)
    session.commit()
    flash(_("The permission is gone. Who is responsible is worked out anew within moments."))
    still = permitted.of(session, current_user).sees(at.customer_id, path)
    here = url_for("setup_folders.show", site_id=site_id, path=path)
    return redirect(here if still else url_for("setup_folders.index"))
