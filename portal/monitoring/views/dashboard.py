"""The main dashboard of the provider, and a company's own look at its monitoring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from flask_login import current_user

from ...access.guard import requires
from ...database import db
from ...web.paths import local_path
from .. import dashboard, hiding, links, sight
from ..door import OWN, PROVIDER, Door
from ..tables.lists import LISTS

bp = Blueprint("monitoring_dashboard", __name__)


@bp.get("/provider/monitoring/")
@requires("monitoring.read")
def index() -> Any:
    """All customers in numbers, the worst problems, how the sites stand."""
    return _page("monitoring/dashboard.html", PROVIDER)


@bp.get("/monitoring/")
@requires("monitoring.own")
def own() -> Any:
    """The company's own hosts and services, problems and sites."""
    return _page("monitoring/own.html", OWN)


def _page(template: str, door: Door) -> Any:
    found = dashboard.look(db.session(), current_user)
    return render_template(template, found=found, door=door, links=links, monitoring_lists=LISTS, snapin=found.snapin)


@bp.post("/provider/monitoring/customers/<customer_id>/hiding")
@requires("monitoring.read", act="monitoring.views")
def hide(customer_id: str) -> Any:
    """Leave a customer out of what one sees oneself."""
    return _change(hiding.hide, customer_id)


@bp.post("/provider/monitoring/customers/<customer_id>/showing")
@requires("monitoring.read", act="monitoring.views")
def show(customer_id: str) -> Any:
    """See a customer again."""
    return _change(hiding.show, customer_id)


@bp.post("/provider/monitoring/hiding")
@requires("monitoring.read", act="monitoring.views")
def hide_all() -> Any:
    """Leave all customers out."""
    return _change(hiding.hide)


@bp.post("/provider/monitoring/showing")
@requires("monitoring.read", act="monitoring.views")
def show_all() -> Any:
    """See all customers again."""
    return _change(hiding.show)


def _change(act: Callable[..., None], customer_id: str = "") -> Any:
    session = db.session()
    known = {site.customer_id for site in sight.sites(session, current_user, even_hidden=True)}
    if customer_id and customer_id not in known:
        abort(404)
    act(session, {customer_id} if customer_id else known, by=current_user.id)
    session.commit()
    onward = local_path(request.form.get("next"))
    return redirect(onward if onward.startswith(PROVIDER.base) else PROVIDER.base)
