"""Sentences of support in the history: the reference only, never what a ticket says."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..audit.sentences import Words, add
from ..customers.subscriptions import TIERS
from .impact import LABELS
from .targets import say_minutes


def _target(w: Words) -> Words:
    data = w["data"]
    return {
        **w, "tier": TIERS[data["tier"]], "impact": LABELS[data["impact"]], "first": say_minutes(data["first"]),
        "next": say_minutes(data["next"]),
    }  # fmt: skip


def _canned(w: Words) -> Words:
    return {**w, "title": w["data"]["title"]}


def _words(w: Words) -> Words:
    return {**w, "reference": w["data"].get("reference", ""), "other": w["data"].get("into", "")}


def _corrected(w: Words) -> Words:
    data = w["data"]
    return {**_words(w), "before": LABELS[data["before"]], "after": LABELS[data["impact"]]}


add(
    "support",
    _l("Support"),
    {
        "canned_answer.archived": lambda w: _("%(actor)s archived the canned answer “%(title)s”", **_canned(w)),
        "canned_answer.changed": lambda w: _("%(actor)s changed the canned answer “%(title)s”", **_canned(w)),
        "canned_answer.restored": lambda w: _("%(actor)s brought the canned answer “%(title)s” back", **_canned(w)),
        "canned_answer.written": lambda w: _("%(actor)s wrote the canned answer “%(title)s”", **_canned(w)),
        "support_target.changed": lambda w: _(
            "%(actor)s set the response targets of support tier %(tier)s, impact %(impact)s: first %(first)s, "
            "next %(next)s",
            **_target(w),
        ),
        "ticket.answered": lambda w: _("%(actor)s answered in the ticket %(reference)s", **_words(w)),
        "ticket.assigned": lambda w: _("%(actor)s gave the ticket %(reference)s to %(subject)s", **_words(w)),
        "ticket.closed": lambda w: _("%(actor)s closed the ticket %(reference)s", **_words(w)),
        "ticket.default_shown_to": lambda w: _("%(actor)s chose who sees new tickets", **_words(w)),
        "ticket.entered": lambda w: _("%(actor)s opened the ticket %(reference)s for %(subject)s", **_words(w)),
        "ticket.impact_corrected": lambda w: _(
            "%(actor)s corrected the impact of the ticket %(reference)s from %(before)s to %(after)s", **_corrected(w)
        ),
        "ticket.merged": lambda w: _("%(actor)s merged the ticket %(reference)s into %(other)s", **_words(w)),
        "ticket.opened": lambda w: _("%(actor)s opened the ticket %(reference)s", **_words(w)),
        "ticket.rated": lambda w: _("%(actor)s said how content they are with the ticket %(reference)s", **_words(w)),
        "ticket.reopened": lambda w: _("%(actor)s reopened the ticket %(reference)s", **_words(w)),
        "ticket.shown_to": lambda w: _("%(actor)s changed who sees the ticket %(reference)s", **_words(w)),
        "ticket.solved": lambda w: _("%(actor)s marked the ticket %(reference)s as solved", **_words(w)),
        "ticket.unassigned": lambda w: _("%(actor)s put the ticket %(reference)s back into the queue", **_words(w)),
        "ticket.unwatched": lambda w: _("%(subject)s no longer follows the ticket %(reference)s", **_words(w)),
        "ticket.watched": lambda w: _("%(subject)s follows the ticket %(reference)s", **_words(w)),
    },
)
