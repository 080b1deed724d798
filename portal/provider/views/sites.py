"""Sites: the list, a new one, one with all that is known of it, and how it is called and reached."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...customers.models import Customer
from ...customers.sites import Site
from ...database import db
from ...errors import Refused, Stale
from ...setup import site_panels
from ...setup import sites as deeds
from ...setup.certificates import read_certificates
from ...setup.distribution import standing
from ...setup.editions import edition_name, is_held_back
from ...setup.global_settings import SETTINGS
from ...web import paging
from .. import customers, finding, sites
from ..forms.sites import NewSiteForm, SiteForm

bp = Blueprint("provider_sites", __name__, url_prefix="/provider/sites")


@bp.get("/")
@requires("sites.read")
def index() -> Any:
    """All sites, each in the state the poller knows of."""
    session, q = db.session(), paging.searched()
    customer = request.args.get("customer", "").strip()[: Customer.ID_LENGTH].replace("\0", "")
    shown = paging.chosen("show", sites.SHOWN)
    page = paging.page(
        session,
        sites.listed(current_user, q=q, customer=customer, shown=shown),
        id=Site.id,
        keys=[Site.alias_key],
        read=sites.read_id,
    )
    return render_template(
        "provider/sites/index.html", page=page, q=q, customer=customer, show=shown, shown=sites.SHOWN,
        states=sites.states(session, current_user, [row.id for row in page.rows]), not_asked=sites.NOT_ASKED,
        configuration_of=standing.state_of, configurations=standing.STATES,
        customers=customers.options(session),
        edition_name=edition_name, is_held_back=is_held_back, narrowed=bool(q or customer or shown),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@requires("sites.read", act="sites.edit")
def new() -> Any:
    """Connect a site: a fixed ID, whose it is, where it answers."""
    session = db.session()
    form, status = NewSiteForm(data={"customer": request.args.get("customer", "")}), 200
    if form.validate_on_submit():
        try:
            site = deeds.connect(
                session, by=current_user, id=form.id.data or "", customer_id=form.customer.data or "", **form.values
            )
            session.commit()
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
        else:
            flash(_("%(name)s is connected. Make its token next.", name=site.alias))
            return redirect(url_for(".show", site_id=site.id))
    elif form.is_submitted():
        status = 422
    return render_template(
        "provider/sites/new.html", form=form, customers=customers.options(session), sites=sites.options(session)
    ), status


@bp.get("/<site_id>")
@requires("sites.read")
def show(site_id: str) -> Any:
    """One site: whose it is, its state, what it has of its own, what it fetched."""
    return page(finding.site(site_id))


@bp.route("/<site_id>/edit", methods=["GET", "POST"])
@requires("sites.read", act="sites.edit")
def edit(site_id: str) -> Any:
    """Change how a site is called and reached."""
    site, session = finding.site(site_id), db.session()
    form, status, compared = SiteForm(obj=site), 200, []
    if form.validate_on_submit():
        try:
            form.check_version(site)
            deeds.change(session, site, by=current_user, **form.values)
            session.commit()
        except Refused as refused:
            session.rollback()
            status, site = form.refuse(refused), finding.site(site_id)
            if isinstance(refused, Stale):
                compared = form.rows(site)
                form.version.data = str(site.version)
        else:
            flash(_("Saved."))
            return redirect(url_for(".show", site_id=site_id))
    elif form.is_submitted():
        status = 422
    return render_template(
        "provider/sites/edit.html", form=form, site=site, compared=compared, sites=sites.options(session, but=site_id)
    ), status


def page(site: Site, probed: Any = None) -> str:
    """Return the page of a site; `probed` is the answer to a connection that was just tested."""
    session = db.session()
    customer = session.get_one(Customer, site.customer_id)
    if probed is None:
        state = sites.states(session, current_user, [site.id]).get(site.id, sites.NOT_ASKED)
    else:
        state = sites.state_of(probed)
    return render_template(
        "provider/sites/show.html", site=site, customer=customer, state=state,
        tested=sites.facts(probed) if probed is not None else None,
        certificate=sites.shown_certificate(probed) if probed is not None else None,
        edition_name=edition_name, is_held_back=is_held_back,
        tls_cas=read_certificates(site.tls_ca), authorities=deeds.authorities(site),
        settings=[(SETTINGS[name].title, SETTINGS[name].say(value)) for name, value in site.settings.items()],
        panels=site_panels.found(session, site, current_user),
    )  # fmt: skip
