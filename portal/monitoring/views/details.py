"""One host, one service, in both doors."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from ...access.guard import requires
from ...contacts.inventory import Host, Service
from ...database import db, now
from .. import scoping, sight
from ..door import OWN, PROVIDER, Door
from ..sight import Seen
from ..tables import charts, details, reading, showing
from ..tables.asking import scope_of
from ..tables.column import Place
from ..tables.details import Details
from ..tables.filters import BadFilter
from ..tables.lists import LISTS
from ..tables.table import Table

MOST = 200
"""Services a host's page shows; the list has all of them."""
OF_HOST = Table.of(
    "services",
    columns=("service_state", "service_description", "service_icons", "svc_plugin_output", "svc_state_age",
             "svc_check_age", "perfometer"),
    sort=("service_description",),
)  # fmt: skip


def pages(door: Door) -> Blueprint:
    """Return the pages of a door."""
    bp = Blueprint(f"{door.name}_details", __name__, url_prefix=door.base.rstrip("/"))

    @bp.get("/host")
    @requires(door.verb)
    def host() -> Any:
        """A host: `site` and `name`."""
        return _host(door)

    @bp.get("/service")
    @requires(door.verb)
    def service() -> Any:
        """A service: `site`, `host` and `service`."""
        return _service(door)

    return bp


def _host(door: Door) -> Any:
    seen, name = _site(_argument("name")), _argument("name")
    if not scope_of(seen).sees_host(name):
        return _services_of(door, seen, name)
    known = _seen_last(select(Host.seen_at).where(Host.name == name), Host, seen)
    db.session.rollback()  # nothing is held while the site is asked
    found = _ask(lambda: details.host(seen, name, OF_HOST.needs))
    if found.row is None:
        return _without(door, found, name, known)
    place = Place(door.base, now())
    rows = reading.in_order(OF_HOST, found.services)
    headings = [showing.Heading(column.title, column.role, "", "") for column in OF_HOST.shown]
    shown = showing.Shown(
        reading.Reading(rows, found.at), headings, showing.groups(OF_HOST, rows[:MOST], place), len(rows)
    )  # fmt: skip
    return render_template(
        "monitoring/host.html", door=door, monitoring_lists=LISTS, found=found, name=name, charts=charts,
        shown=shown, place=place, is_cut=len(rows) > MOST,
        services_url=place.address("services/", site=f"site:{seen.target.site_id}", host=f"={name}"),
    )  # fmt: skip


def _service(door: Door) -> Any:
    seen, host, name = _site(_argument("host")), _argument("host"), _argument("service")
    if not scope_of(seen).sees_service(host, name):
        abort(404)
    statement = select(Service.seen_at).where(Service.host_name == host, Service.description == name)
    known = _seen_last(statement, Service, seen)
    db.session.rollback()  # nothing is held while the site is asked
    found = _ask(lambda: details.service(seen, host, name))
    if found.row is None:
        return _without(door, found, name, known)
    place = Place(door.base, now())
    return render_template(
        "monitoring/service.html", door=door, monitoring_lists=LISTS, found=found, name=name, host=host, charts=charts,
        place=place, host_url=place.address("host", site=seen.target.site_id, name=host),
    )  # fmt: skip


def _site(host: str) -> Seen:
    """Return the site the address names, with what is seen of the host; 404 for one the reader does not see."""
    session, reader, wanted = db.session(), current_user._get_current_object(), _argument("site")
    found = sight.sites(session, reader, only=[f"site:{wanted}"], even_hidden=True)
    return scoping.of(session, reader, found, host=host)[0] if found else abort(404)


def _services_of(door: Door, seen: Seen, host: str) -> Any:
    """Lead from a host that is not seen to those of its services that are; 404 without any."""
    if not any(host == name for name, _description in scope_of(seen).services):
        abort(404)
    return redirect(Place(door.base, now()).address("services/", site=f"site:{seen.target.site_id}", host=f"={host}"))


def _argument(name: str) -> str:
    return request.args.get(name, "")[:300] or abort(404)


def _ask(ask: Any) -> Details:
    try:
        return ask()  # type: ignore[no-any-return]
    except BadFilter:
        abort(404)


def _seen_last(statement: Any, model: Any, seen: Seen) -> Any:
    """Return when the inventory saw it last; None for never."""
    return db.session.scalar(statement.where(model.seen_by(current_user), model.site_id == seen.target.site_id))


def _without(door: Door, found: Details, name: str, known: Any) -> Any:
    """Say that the site says nothing, or no longer has it; 404 unless it is known to be there."""
    silent = None if found.told.answer.is_online else reading.silent(found.told)
    if silent is None and known is None:
        abort(404)
    title = name if known else _("Not known")
    status = 200 if silent and known else 404
    return render_template("monitoring/gone.html", door=door, monitoring_lists=LISTS, found=found, title=title,
                           name=name, silent=silent, known=known), status  # fmt: skip


BLUEPRINTS = (pages(PROVIDER), pages(OWN))
