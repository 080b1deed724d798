"""What the last import leaves for staff to look at."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..i18n import say_moment
from ..web.waiting import Item, Source, add
from .models import OPEN, ErpRun, RunState


def last_trouble(session: Session, _reader: Any, _limit: int) -> list[Item]:
    """Return the last import when it did not end well, or refused records."""
    run = session.execute(
        select(ErpRun.id, ErpRun.state, ErpRun.findings, ErpRun.created_at)
        .where(ErpRun.state.not_in(OPEN))
        .order_by(ErpRun.id.desc())
        .limit(1)
    ).first()
    if run is None or (run.state == RunState.FINISHED and not run.findings):
        return []
    ended = run.state == RunState.FINISHED
    return [
        Item(
            ngettext("%(num)d record was refused", "%(num)d records were refused", run.findings)
            if ended
            else _("The last import did not end well"),
            f"/provider/imports/{run.id}",
            say_moment(run.created_at),
            _("To check") if ended else _("Failed"),
            "warn" if ended else "bad",
        )
    ]


SOURCE = Source(_l("Last ERP import"), "documents.read", last_trouble, "/provider/imports/", 60)


def register() -> None:
    """Add it to what waits."""
    add(SOURCE)
