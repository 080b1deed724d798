"""Acknowledgements, downtimes and comments of one host or one service, in both doors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from ...access import reasons
from ...access.guard import requires
from ...database import db, now
from ...errors import Refused
from .. import acts
from ..acts import ACKNOWLEDGE, SCHEDULE, WRITE, Thing
from ..door import OWN, PROVIDER, Door
from ..forms.acts import AcknowledgeForm, CommentForm, DowntimeForm
from ..tables.column import Place
from ..tables.lists import LISTS
from ..tables.plain import plain

for verb in ("general.act", "action.acknowledge", "action.downtimes", "action.addcomment"):
    reasons.add(verb, lambda _person: _("Your roles let you look, and not act on hosts and services."))
USUAL = timedelta(hours=2)
"""How long a downtime is proposed to last."""


def pages(door: Door) -> Blueprint:
    """Return the pages of a door."""
    bp = Blueprint(f"{door.name}_acts", __name__, url_prefix=door.base.rstrip("/"))

    @bp.route("/host/acknowledgement", methods=["GET", "POST"], endpoint="acknowledge_host")
    @bp.route("/service/acknowledgement", methods=["GET", "POST"], endpoint="acknowledge_service")
    @requires(door.verb, acts=ACKNOWLEDGE)
    def acknowledge() -> Any:
        """Say of a problem that one knows of it."""
        return _acknowledge(door)

    @bp.post("/host/acknowledgement/removal", endpoint="unacknowledge_host")
    @bp.post("/service/acknowledgement/removal", endpoint="unacknowledge_service")
    @requires(door.verb, acts=ACKNOWLEDGE)
    def unacknowledge() -> Any:
        """Take that back."""
        thing = _thing()
        acts.remove_acknowledgement(db.session(), thing, by=current_user)
        db.session.commit()
        flash(_("The acknowledgement is removed."))
        return redirect(address(door, thing))

    @bp.route("/host/downtimes", methods=["GET", "POST"], endpoint="downtimes_host")
    @bp.route("/service/downtimes", methods=["GET", "POST"], endpoint="downtimes_service")
    @requires(door.verb, acts=SCHEDULE)
    def downtimes() -> Any:
        """See the downtimes, schedule one."""
        return _downtimes(door)

    @bp.post("/host/downtimes/cancellation", endpoint="cancel_host")
    @bp.post("/service/downtimes/cancellation", endpoint="cancel_service")
    @requires(door.verb, acts=SCHEDULE)
    def cancel() -> Any:
        """Cancel one downtime."""
        thing, wanted = _thing(), request.form.get("id", type=int)
        if wanted is None:
            abort(404)
        acts.cancel(db.session(), thing, by=current_user, id=wanted)
        db.session.commit()
        flash(_("The downtime is cancelled."))
        return redirect(address(door, thing))

    @bp.route("/host/comments", methods=["GET", "POST"], endpoint="comments_host")
    @bp.route("/service/comments", methods=["GET", "POST"], endpoint="comments_service")
    @requires(door.verb, acts=WRITE)
    def comments() -> Any:
        """See what was written on it, write more."""
        return _comments(door)

    @bp.post("/host/comments/removal", endpoint="erase_host")
    @bp.post("/service/comments/removal", endpoint="erase_service")
    @requires(door.verb, acts=WRITE)
    def erase() -> Any:
        """Remove one comment."""
        thing, wanted = _thing(), request.form.get("id", type=int)
        if wanted is None:
            abort(404)
        acts.erase(db.session(), thing, by=current_user, id=wanted)
        db.session.commit()
        flash(_("The comment is removed."))
        return redirect(address(door, thing))

    return bp


def _acknowledge(door: Door) -> Any:
    thing, form = _thing(), AcknowledgeForm()
    return _act(door, "acknowledgement", thing, form, _("The problem is acknowledged."), lambda: acts.acknowledge(
        db.session(), thing, by=current_user, comment=form.comment.data, sticky=form.sticky.data,
        notify=form.notify.data, persistent=form.persistent.data,
    ))  # fmt: skip


def _downtimes(door: Door) -> Any:
    first = now().replace(second=0, microsecond=0)
    thing, form = _thing(), DowntimeForm(data={"start": first, "end": first + USUAL})
    return _act(door, "downtimes", thing, form, _("The downtime is scheduled."), lambda: acts.schedule(
        db.session(), thing, by=current_user, comment=form.comment.data, start=cast(datetime, form.start.data),
        end=cast(datetime, form.end.data),
    ))  # fmt: skip


def _comments(door: Door) -> Any:
    thing, form = _thing(), CommentForm()
    return _act(door, "comments", thing, form, _("The comment is written."), lambda: acts.write(
        db.session(), thing, by=current_user, comment=form.comment.data,
    ))  # fmt: skip


def _act(door: Door, template: str, thing: Thing, form: Any, done: str, act: Callable[[], Thing]) -> Any:
    """Do what was sent and lead back with `done`; show the form, and in it what does not hold."""
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                act()
            except Refused as refusal:
                status = form.refuse(refusal)
            else:
                db.session.commit()
                flash(done)
                return redirect(address(door, thing))
    return _page(template, door, thing, form), status


def _page(template: str, door: Door, thing: Thing, form: Any) -> str:
    return render_template(
        f"monitoring/{template}.html", door=door, monitoring_lists=LISTS, thing=thing, form=form,
        plain=plain, at=_at(thing), back=address(door, thing),
    )  # fmt: skip


def _thing() -> Thing:
    """Return what the address names; 404 for what the reader does not see."""
    is_service = "/service/" in request.path
    names = ("site", "host", "service") if is_service else ("site", "name")
    words = [request.args.get(name, "")[:300] for name in names]
    if not all(words):
        abort(404)
    return acts.look(db.session(), current_user._get_current_object(), *words) or abort(404)


def _at(thing: Thing) -> dict[str, str]:
    """Return what names a host or service in an address."""
    site = thing.seen.target.site_id
    if thing.service:
        return {"site": site, "host": thing.host, "service": thing.service}
    return {"site": site, "name": thing.host}


def address(door: Door, thing: Thing) -> str:
    """Return the address of the page of a host or service."""
    return Place(door.base, now()).address("service" if thing.service else "host", **_at(thing))


BLUEPRINTS = (pages(PROVIDER), pages(OWN))
