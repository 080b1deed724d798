"""Addresses of Checkmk: views as data for machine accounts, and the way from an old page to ours.

The site in the address narrows to it where it is one of those somebody sees; any other name stands for all of them.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, redirect, request
from flask_babel import gettext as _
from flask_login import current_user

from ... import isolation
from ...access.guard import Unknown, by_secret, requires_one
from ...accounts import programs
from ...accounts.signed_in import SignedIn
from ...database import db
from ...web.failures import problem
from .. import old_addresses, sight
from ..acts import SEES
from ..door import OWN, PROVIDER, Door
from ..old_addresses import FORMATS, VIEWS
from ..tables.filters import BadFilter

bp = Blueprint("old_addresses", __name__)
DOORS = tuple(sorted(SEES))


@bp.route("/<string:site>/check_mk/view.py", methods=["GET", "POST"])
@by_secret("machine account, token or session")
def view(site: str) -> Any:
    """Give a view as JSON, CSV or a Python literal; its page to whoever is signed in and asks for none of these."""
    person = _who()
    if person is None:
        return _refused()
    session, name, form = db.session(), request.values.get("view_name", ""), request.values.get("output_format", "html")
    if not person.verbs & SEES:
        return problem(404)
    door = PROVIDER if person.is_staff else OWN
    table = old_addresses.view(session, person, name)
    if table is None or table.source.for_staff and not person.is_staff:
        return problem(404, _("There is no view of this name."))
    if form == "html" and person.token:
        return redirect(_page(door, name, site))
    if form not in FORMATS:
        return problem(400, _("Ask for one of these: %(formats)s.", formats=", ".join(FORMATS)))
    if form.startswith("csv") and "general.csv_export" not in person.verbs:
        return problem(403, _("Your roles do not let you export tables."))
    wanted = table.narrowed(old_addresses.wish(request.values, _known(site)))
    try:
        found = old_addresses.rows(session, person, wanted)
    except BadFilter as bad:
        return problem(400, str(bad))
    except LookupError:
        return problem(404, _("There is no such site."))
    return _private(old_addresses.answer(session, name, wanted, found, form, door))


@bp.get("/<string:site>/check_mk/dashboard.py")
@bp.get("/<string:site>/check_mk/index.py")
@requires_one(*DOORS)
def dashboard(site: str) -> Any:
    """Lead from any dashboard to ours."""
    return redirect((PROVIDER if current_user.is_staff else OWN).base)


def _who() -> SignedIn | None:
    """Return who asks: by a header, by an address where the operator allows that, else by a session."""
    name, secret = programs.given(request)
    if not secret and "_secret" in request.values:
        name, secret = request.values.get("_username", ""), request.values["_secret"]
        if not current_app.config["SECRETS_IN_ADDRESSES"] or not name:
            return None
    if secret:
        person = programs.identify(name, secret)
        if person is not None:
            g._login_user = person
    else:
        person = current_user._get_current_object() if request.method == "GET" else None
    if person is None or not person.is_authenticated or person.must_change_password:
        return None
    isolation.narrow(isolation.EVERY if person.is_staff else person.customer_id or isolation.NONE)
    return person


def _refused() -> Response:
    if "_secret" in request.values and not current_app.config["SECRETS_IN_ADDRESSES"]:
        answer = problem(401, _("Secrets in addresses are switched off here. Send the header “Authorization”."))
    else:
        answer = problem(401, Unknown().sentence)
    answer.headers["WWW-Authenticate"] = 'Basic realm="API", charset="UTF-8"'
    return _private(answer)


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _known(site: str) -> str:
    """Return a site of the address that somebody sees, "" for any other."""
    return site if sight.sites(db.session(), current_user, only=[f"site:{site}"], even_hidden=True) else ""


def _page(door: Door, name: str, site: str) -> str:
    """Return the page of a view, narrowed as the old address says."""
    slug = f"{VIEWS[name][0]}/" if name in VIEWS else f"views/{name}"
    query = urlencode(list(old_addresses.wish(request.args, _known(site)).items(multi=True)))
    return f"{door.base}{slug}?{query}" if query else f"{door.base}{slug}"
