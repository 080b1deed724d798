"""What a site has of its own: global settings, and the authorities it trusts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...customers.models import Customer
from ...customers.sites import Site
from ...database import db
from ...errors import Refused, Stale
from ...setup import settings_for_all
from ...setup import sites as deeds
from .. import finding
from ..forms import site_settings
from ..forms.sites import AuthorityForm

bp = Blueprint("provider_site_settings", __name__, url_prefix="/provider/sites/<site_id>")


@bp.route("/settings", methods=["GET", "POST"])
@requires("sites.read", act="sites.edit")
def settings(site_id: str) -> Any:
    """Global settings of this site alone."""
    site, session = finding.site(site_id), db.session()
    form, status, compared = site_settings.of(site, _general()), 200, []
    if form.validate_on_submit():
        try:
            form.check_version(site)
            deeds.set_settings(session, site, form.values, by=current_user)
            session.commit()
        except Refused as refused:
            session.rollback()
            status, site = form.refuse(refused), finding.site(site_id)
            if isinstance(refused, Stale):
                compared = form.rows(site)
                form.version.data = str(site.version)
        else:
            flash(_("Saved. The site gets it with the next activation."))
            return redirect(url_for("provider_sites.show", site_id=site_id))
    elif form.is_submitted():
        status = 422
    return _page(site, form, AuthorityForm(formdata=None), status, compared)


@bp.post("/authorities")
@requires("sites.read", act="sites.edit")
def trust(site_id: str) -> Any:
    """Let the site trust more authorities."""
    site, session = finding.site(site_id), db.session()
    form, status = AuthorityForm(), 422
    if form.validate_on_submit():
        try:
            added = deeds.trust(session, site, form.text, by=current_user)
            session.commit()
        except Refused as refused:
            session.rollback()
            refused.field = "pem"
            status, site = form.refuse(refused), finding.site(site_id)
        else:
            names = ", ".join(one.name for one in added)
            flash(_("%(site)s trusts %(names)s with the next activation.", site=site.alias, names=names))
            return redirect(f"{url_for('.settings', site_id=site_id)}#authorities")
    return _page(site, site_settings.of(site, _general(), formdata=None), form, status, [])


@bp.post("/authorities/<fingerprint>/removal")
@requires("sites.read", act="sites.edit")
def distrust(site_id: str, fingerprint: str) -> Any:
    """Let the site no longer trust an authority."""
    site = finding.site(site_id)
    removed = deeds.distrust(db.session(), site, fingerprint, by=current_user)
    if removed is None:
        abort(404)
    db.session.commit()
    flash(_("%(site)s no longer trusts %(name)s after the next activation.", site=site.alias, name=removed.name))
    return redirect(f"{url_for('.settings', site_id=site_id)}#authorities")


def _general() -> dict[str, Any]:
    """Return what all sites are set to."""
    return settings_for_all.values(settings_for_all.kept(db.session()))


def _page(site: Site, form: Any, authority: AuthorityForm, status: int, compared: list[Any]) -> Any:
    return render_template(
        "provider/sites/settings.html", site=site, form=form, authority=authority, compared=compared,
        customer=db.session.get_one(Customer, site.customer_id), authorities=deeds.authorities(site),
        general=_general(),
    ), status  # fmt: skip
