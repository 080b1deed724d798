"""What staff can do to a site: a new token, testing its connection, another customer for it, removing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...customers.models import Customer
from ...customers.sites import Site
from ...database import db
from ...errors import Refused, Stale
from ...monitoring import poller
from ...setup import moving
from ...setup import sites as deeds
from .. import customers, finding, sites
from ..forms.sites import OwnerForm
from . import sites as pages

bp = Blueprint("provider_site_deeds", __name__, url_prefix="/provider/sites/<site_id>")


@bp.post("/token")
@requires("sites.read", act="sites.edit")
def token(site_id: str) -> Any:
    """Make the token with which the site fetches its configuration, shown once; the one before ends."""
    site = finding.site(site_id)
    made = site.renew_token(db.session(), by=current_user)
    db.session.commit()
    base = current_app.config["BASE_URL"].rstrip("/")
    response = make_response(render_template("provider/sites/token.html", site=site, token=made, base=base))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/connection")
@requires("sites.read", act="sites.edit")
def connection(site_id: str) -> Any:
    """Test the connection: say what the site answered, or why it did not. Nobody waits for it meanwhile."""
    site = finding.site(site_id)
    target = sites.target(db.session(), current_user, site)
    db.session.rollback()
    answer = poller.probe(target)
    if answer.is_online:
        deeds.report(
            db.session(), site_id, edition=str(answer.status.get("edition") or ""),
            product_version=str(answer.status.get("program_version") or ""),
        )  # fmt: skip
        db.session.commit()
        db.session.expire_all()
    return pages.page(finding.site(site_id), answer)


@bp.route("/customer", methods=["GET", "POST"])
@requires("sites.read", act="sites.edit")
def customer(site_id: str) -> Any:
    """Move to another customer: first what leaves the site and what arrives on it, then the move itself."""
    site, session, status = finding.site(site_id), db.session(), 200
    form = OwnerForm(data={"customer": request.args.get("customer", ""), "version": str(site.version)})
    is_valid = form.is_submitted() and form.validate()
    wanted = _wanted(site, form)
    if form.is_submitted():
        status = 422
        if is_valid and wanted is not None:
            try:
                form.check_version(site)
                deeds.move(session, site, wanted.id, by=current_user)
                session.commit()
            except Refused as refused:
                session.rollback()
                status, site = form.refuse(refused), finding.site(site_id)
                wanted = _wanted(site, form)
                if isinstance(refused, Stale):
                    form.version.data = str(site.version)
            else:
                flash(_("%(site)s belongs to %(customer)s now.", site=site.alias, customer=wanted.name))
                return redirect(url_for("provider_sites.show", site_id=site_id))
    elif form.customer.errors:
        status = 422
    return render_template(
        "provider/sites/customer.html", site=site, form=form, customers=customers.options(session), wanted=wanted,
        source=session.get_one(Customer, site.customer_id), authorities=deeds.authorities(site),
        preview=moving.preview(session, site.customer_id, wanted.id) if wanted else None,
    ), status  # fmt: skip


@bp.post("/deletion")
@requires("sites.read", act="sites.edit")
def delete(site_id: str) -> Any:
    """Remove the site; refused while it is another's status host."""
    site = finding.site(site_id)
    deeds.remove(db.session(), site, by=current_user)
    db.session.commit()
    flash(_("%(name)s is removed. Its token opens nothing any more.", name=site.alias))
    return redirect(url_for("provider_sites.index"))


def _wanted(site: Site, form: OwnerForm) -> Customer | None:
    """Return the customer that was typed; None when none was, or with the reason beside the field."""
    text = form.customer.data or ""
    if not text:
        return None
    try:
        return deeds.new_owner(db.session(), site, text)
    except Refused as refused:
        form.customer.errors = [refused.sentence]
        return None
