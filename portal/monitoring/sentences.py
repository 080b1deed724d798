"""Sentences of monitoring in the history."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..audit.sentences import Words, add

OF_THINGS = (
    "comment.removed", "comment.written", "downtime.cancelled", "downtime.scheduled", "problem.acknowledged",
    "problem.unacknowledged",
)  # fmt: skip
"""Tags of what was done to a host or a service, which the events name."""


def _thing(w: Words) -> Words:
    data = w["data"]
    name = " / ".join(filter(None, (data.get("host", ""), data.get("service", ""))))
    return {**w, "name": name, "comment": data.get("comment", "")}


def _view(w: Words) -> Words:
    return {**w, "name": w["data"].get("name", "")}


add(
    "monitoring",
    _l("Monitoring"),
    {
        "comment.removed": lambda w: _("%(actor)s removed a comment on %(name)s", **_thing(w)),
        "comment.written": lambda w: _("%(actor)s wrote on %(name)s: %(comment)s", **_thing(w)),
        "downtime.cancelled": lambda w: _("%(actor)s cancelled a downtime of %(name)s", **_thing(w)),
        "downtime.scheduled": lambda w: _("%(actor)s scheduled a downtime of %(name)s: %(comment)s", **_thing(w)),
        "problem.acknowledged": lambda w: _("%(actor)s acknowledged the problem of %(name)s: %(comment)s", **_thing(w)),
        "problem.unacknowledged": lambda w: _(
            "%(actor)s took back the acknowledgement of the problem of %(name)s", **_thing(w)
        ),
        "view.shared": lambda w: _("%(actor)s shared the view %(name)s", **_view(w)),
        "view.withdrawn": lambda w: _("%(actor)s shares the view %(name)s no longer", **_view(w)),
    },
)
