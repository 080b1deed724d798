"""Verdict: in one sentence how a subscription's usage stands against its limit, and what follows from it."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import gettext as _

from ...i18n import format_date, format_number
from .evaluation import Evaluation, Month

CLOSE = 90
"""From this share of the limit on, in percent, a month is close to it."""


class Verdict(NamedTuple):
    """A word, a sentence and their tone."""

    word: str
    sentence: str
    tone: str


def period(month: Month) -> str:
    """Return from when to when a month is."""
    return f"{format_date(month.starts)} – {format_date(month.ends)}"


def judge(found: Evaluation) -> Verdict:
    """Say how usage stands; an excess, or one that is coming, before anything else."""
    last, first, limit = found.last, found.first_exceeded, found.limit
    if limit is None:
        return Verdict(str(_("Unlimited")), str(_("This licence has no limit that could be exceeded.")), "good")
    if first is not None and last is not None:
        return _exceeded(found, first, last)
    if found.current is not None and found.current.reaches(limit):
        return Verdict(
            str(_("About to exceed")),
            str(_("The month that runs (%(month)s) has %(average)s services on average so far and will exceed the "
                  "limit if it stays like this. Nothing is billed for it yet.",
                  month=period(found.current), average=format_number(found.current.average, 1))),
            "warn",
        )  # fmt: skip
    if last is None:
        return Verdict(
            str(_("No month complete")),
            str(_("Usage counts by the month. The first one with samples is not complete yet.")),
            "info",
        )
    sentence = str(_("The last complete month used %(share)s %% of the limit.", share=last.share(limit)))
    if last.share(limit) >= CLOSE:
        return Verdict(str(_("Close to the limit")), sentence, "warn")
    return Verdict(str(_("Below the limit")), sentence, "good")


def _exceeded(found: Evaluation, first: Month, last: Month) -> Verdict:
    since = [month for month in found.months if month.starts >= first.starts]
    if all(month.reaches(found.limit) for month in since):
        sentence = _("The limit has been exceeded since the month %(month)s: the excess will be billed.",
                     month=period(first))  # fmt: skip
    elif last.reaches(found.limit):
        sentence = _("The limit was first exceeded in the month %(month)s, and is again: the excess will be billed.",
                     month=period(first))  # fmt: skip
    else:
        sentence = _("The limit was first exceeded in the month %(month)s: that excess will be billed. The last "
                     "complete month lies below it again.", month=period(first))  # fmt: skip
        return Verdict(str(_("Was exceeded")), str(sentence), "warn")
    return Verdict(str(_("Exceeded")), str(sentence), "bad")
