"""Response targets by support tier and impact, and the business hours in which they count."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from ...access.guard import requires
from ...customers.subscriptions import TIERS, SupportTier, today
from ...database import db
from ...errors import Refused, Stale
from .. import calendar, targets
from ..forms.targets import TargetForm
from ..impact import DEFINITIONS, LABELS, TONES, Impact
from ..targets import DEFAULTS, Target

bp = Blueprint("response_targets", __name__, url_prefix="/provider/support/targets")
WHICH = "/<any(basic, advanced, premium):tier>/<any(critical, significant, limited, minimal):impact>/edit"
DAYS = (_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"))


@bp.get("/")
@requires("support.read")
def index() -> str:
    """What is promised to whom, the defaults beside it, and when support works."""
    hours = calendar.present()
    return render_template(
        "support/targets/index.html", promises=targets.all_of(db.session()), defaults=DEFAULTS, tiers=TIERS,
        impacts=LABELS, tones=TONES, say=targets.say_minutes,
        days=[(day, calendar.say_hours(hours.hours[at])) for at, day in enumerate(DAYS)],
        holidays=hours.next_holidays(today()), zone=current_app.config["TIME_ZONE"],
    )  # fmt: skip


@bp.route(WHICH, methods=["GET", "POST"])
@requires("support.read", act="support.manage")
def edit(tier: str, impact: str) -> Any:
    """Set what is promised to a tier for an impact, from now on."""
    session = db.session()
    target = Target.of(session, SupportTier(tier), Impact(impact))
    form, status, compared = TargetForm(), 200, []
    if form.validate_on_submit():
        try:
            form.check_version(target)
            target.set(session, form.promise, by=current_user)
            session.commit()
        except Refused as refused:
            session.rollback()
            status = form.refuse(refused)
            if isinstance(refused, Stale):
                compared, form.version.data = form.rows(target), str(target.version)
        else:
            flash(_("Saved. What is due already stays; from now on this counts."))
            return redirect("/provider/support/targets/")
    elif form.is_submitted():
        status = 422
    else:
        form.version.data = str(target.version)
        form.first.data, form.next.data = (
            targets.say_minutes(target.first_minutes), targets.say_minutes(target.next_minutes),
        )  # fmt: skip
        form.around_the_clock.data = target.around_the_clock
    default = DEFAULTS[SupportTier(tier), Impact(impact)]
    return render_template(
        "support/targets/edit.html", form=form, compared=compared, tier=TIERS[SupportTier(tier)],
        impact=LABELS[Impact(impact)], means=DEFINITIONS[Impact(impact)], default=default, say=targets.say_minutes,
    ), status  # fmt: skip
