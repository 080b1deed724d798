"""Sentences of sites and setup in the history."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..audit.sentences import Words, add


def _site(w: Words) -> Words:
    return {**w, "site": w["data"].get("site", "")}


add(
    "setup",
    _l("Sites and setup"),
    {
        "site.created": lambda w: _("%(actor)s connected the site %(site)s", **_site(w)),
        "site.token": lambda w: _("%(actor)s made a new token for the site %(site)s", **_site(w)),
    },
)
