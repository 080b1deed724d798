"""Global settings: what all sites are set to, on one page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ...access.guard import requires
from ...customers.elements import Release
from ...database import db
from ...errors import Refused, Stale
from .. import settings_for_all
from ..certificates import read_certificates
from ..forms import global_settings as forms
from ..global_settings import SETTINGS, Value
from ..kinds.global_settings import KIND, SLUG
from ..leaks import checking, report

bp = Blueprint("global_settings", __name__, url_prefix=f"/provider/setup/{SLUG}")


@bp.get("/")
@requires("setup.read")
def index() -> Any:
    """All settings and their values; those that differ from the default are marked."""
    return _page(None)


@bp.get("/<key>")
@bp.get("/<key>/edit")
@requires("setup.read")
def show(key: str) -> Any:
    """Lead to one setting: elements are linked by their name."""
    if key not in SETTINGS:
        abort(404)
    return redirect(f"{url_for('.index')}#{key}")


@bp.post("/")
@requires("setup.read", act="setup.edit")
def save() -> Any:
    """Set the values for all sites, or only look for leaks in them."""
    session, held = db.session(), settings_for_all.kept(db.session())
    form = forms.GlobalSettingsForm()
    wanted = form.read() if form.validate() else None
    if wanted is None:
        return _page(form), 422
    if checking.is_asked():
        return _page(form, leaks=_leaks(wanted))
    compared: list[Any] = []
    try:
        if form.version.data != settings_for_all.stamp(held):
            raise Stale(_("Somebody else changed this meanwhile. Compare both versions and save again."))
        changed = settings_for_all.choose(session, wanted, by=current_user)
        session.commit()
    except Refused as refused:
        session.rollback()
        status = form.refuse(refused)
        if isinstance(refused, Stale):
            form.version.data = settings_for_all.stamp(held)
            compared = _compared(wanted, settings_for_all.values(held))
        return _page(form, compared=compared), status
    flash(_("Saved. Sites get it with the next activation.") if changed else _("Nothing was changed."))
    checking.tell(session, SLUG)
    return redirect(url_for(".index"))


def _leaks(wanted: dict[str, Any]) -> list[report.Shown]:
    return report.of_drafts(
        db.session(),
        [
            report.Draft(SLUG, name, str(SETTINGS[name].title), {"value": value}, Release.GENERAL, None)
            for name, value in wanted.items()
            if value != settings_for_all.default_of(SETTINGS[name])
        ],
    )


def _compared(wanted: dict[str, Any], present: dict[str, Any]) -> list[tuple[Any, str, str]]:
    return [(one.title, one.say(wanted[name]), one.say(present[name])) for name, one in SETTINGS.items()]


def _page(form: Any, *, leaks: Any = None, compared: Any = ()) -> str:
    held = settings_for_all.kept(db.session())
    values = settings_for_all.values(held)
    authorities = [
        one for name, setting in SETTINGS.items() if setting.value is Value.CERTIFICATES and values[name]
        for one in read_certificates("\n".join(values[name]))
    ]  # fmt: skip
    return render_template(
        "setup/global_settings/index.html", kind=KIND, values=values, changed=held, authorities=authorities,
        form=form or forms.filled(values, settings_for_all.stamp(held)), is_asked=request.method == "POST",
        leaks=leaks, leaks_checked=leaks is not None, compared=compared, default_of=settings_for_all.default_of,
    )  # fmt: skip
