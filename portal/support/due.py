"""Due: how long until staff should have answered, or how late they are, as people say it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from .targets import NOTHING_DUE

SOON = timedelta(hours=1)


class Due(NamedTuple):
    """What is said of a moment by which something is due, and the tone in which."""

    at: datetime
    text: str
    tone: str

    @property
    def is_late(self) -> bool:
        """Tell whether it has passed."""
        return self.tone == "bad"


def say(at: datetime, moment: datetime) -> Due | None:
    """Return how far it is at `moment`: "in 40 min", "2 h late"; None when nothing is due."""
    if at == NOTHING_DUE:
        return None
    away = at - moment
    if away < timedelta():
        return Due(at, _("%(time)s late", time=_length(-away)), "bad")
    return Due(at, _("in %(time)s", time=_length(away)), "warn" if away <= SOON else "neutral")


def _length(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 60:
        return str(_("%(number)d min", number=minutes))
    if minutes < 48 * 60:
        return str(_("%(number)d h", number=minutes // 60))
    return str(ngettext("%(num)d day", "%(num)d days", minutes // (24 * 60)))


def met(due_at: datetime, answered_at: datetime | None, moment: datetime) -> tuple[str, str]:
    """Return word and tone of how a first answer stands against when it was due."""
    if due_at == NOTHING_DUE:
        return (_("Nothing was due") if answered_at is None else _("Given; nothing was due")), "neutral"
    if answered_at is not None:
        return (_("Met"), "good") if answered_at <= due_at else (_("Missed"), "bad")
    return (_("Missed"), "bad") if due_at < moment else (_("Not given yet"), "info")
