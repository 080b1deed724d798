"""Responsibility: who is responsible for a host or a service and why, and what it is assigned itself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import Withheld, requires
from ...contacts.allocation.folders import lineage
from ...contacts.allocation.reading import facts
from ...contacts.inventory import Host, Service
from ...customers.elements import Element
from ...database import db
from ...errors import Refused
from ...web import paging
from .. import elements
from ..forms.assignments import OwnGroupsForm
from ..forms.lookups import options, refuse_foreign
from ..kinds.assignments import KIND
from ..places import ASSIGNMENTS, assignment_key
from ..responsibility import permitted, tree
from ..responsibility.reasons import MOST_MEMBERS, Reasons, with_members

bp = Blueprint("setup_responsibility", __name__, url_prefix="/provider/setup/folders/sites/<site_id>")


@bp.route("/host", methods=["GET", "POST"])
@requires("setup.folders")
def host(site_id: str) -> Any:
    """Who is responsible for a host, `name`, and why; what it is assigned itself."""
    return _page(site_id, request.values.get("name", ""))


@bp.route("/service", methods=["GET", "POST"])
@requires("setup.folders", "setup.read")
def service(site_id: str) -> Any:
    """Who is responsible for a service of a host, `host` and `service`, and why; what it is assigned itself."""
    description = request.values.get("service", "").replace("\0", "")[:255] or abort(404)
    return _page(site_id, request.values.get("host", ""), description)


def _page(site_id: str, name: str, description: str = "") -> Any:
    session, name = db.session(), name.replace("\0", "")[:255]
    at, reach = tree.site(session, site_id[:64]), permitted.of(session, current_user)
    found = session.scalars(select(Host).where(Host.site_id == site_id[:64], Host.name == name)).one_or_none()
    if at is None or found is None or not reach.sees(at.customer_id, facts(found).folder):
        abort(404)
    known = (Service.site_id == at.id, Service.host_name == name, Service.description == description)
    if description and session.scalar(select(Service.id).where(*known)) is None:
        abort(404)
    here, may_edit = facts(found), reach.edits(at.customer_id, facts(found).folder)
    element = elements.find(session, ASSIGNMENTS, assignment_key(at.id, name, description))
    form = OwnGroupsForm(data=OwnGroupsForm.kept(element)) if element else OwnGroupsForm()
    form.prepare(KIND, element)
    if element is None:
        form.place(at.id, name, description)
    status = 200
    if form.is_submitted():
        if not may_edit:
            raise Withheld(_("Whoever edits setup, or is in a contact group permitted on the folder, may do this."))
        status = 422
        if form.validate():
            try:
                _save(form, element, at)
                flash(_("Saved. Who is responsible is worked out anew within moments."))
                return redirect(request.url)
            except Refused as refused:
                session.rollback()
                status = form.refuse(refused)
    reasons = Reasons(session)
    responsible = reasons.service(here, description) if description else reasons.host(here)
    shown = with_members(session, responsible) if reach.sees_all else responsible
    model: Any = Service if description else Host
    place = known if description else (Host.id == found.id,)
    is_seen = session.scalar(select(model.id).where(*place, model.seen_by(current_user))) is not None
    services = None
    if reach.sees_all and not description:
        statement = tree.services(at.id, name)
        services = paging.page(session, statement, id=Service.id, keys=[Service.description], counted=False)
    return render_template(
        "setup/folders/responsible.html", at=at, name=name, description=description, path=here.folder, form=form,
        above=[(one, reach.sees(at.customer_id, one)) for one in lineage(here.folder)], responsible=shown,
        is_seen=is_seen, services=services, may_edit=may_edit, element=element, reach=reach, most=MOST_MEMBERS,
        groups=tree.groups(session, (row.contact_set_id for row in services.rows)) if services else {},
        options=options(session, form.groups.kind, Element(customer_id=at.customer_id)) if may_edit else [],
    ), status  # fmt: skip


def _save(form: OwnGroupsForm, element: Element | None, at: Any) -> None:
    """Assign what the form says, and nothing any more where it names no group; commit."""
    session = db.session()
    refuse_foreign(form.groups, at.customer_id)
    if element is not None:
        form.check_version(element)
        if form.groups.data:
            elements.change(session, element, by=current_user, **form.values)
        else:
            elements.delete(session, element, by=current_user)
    elif form.groups.data:
        key = form.chosen_key
        elements.create(session, ASSIGNMENTS, key=key, customer=at.customer_id, by=current_user, **form.values)
    session.commit()
