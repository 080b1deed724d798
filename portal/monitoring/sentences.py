"""Sentences of monitoring in the history."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..audit.sentences import Words, add


def _view(w: Words) -> Words:
    return {**w, "name": w["data"].get("name", "")}


add(
    "monitoring",
    _l("Monitoring"),
    {
        "view.shared": lambda w: _("%(actor)s shared the view %(name)s", **_view(w)),
        "view.withdrawn": lambda w: _("%(actor)s shares the view %(name)s no longer", **_view(w)),
    },
)
