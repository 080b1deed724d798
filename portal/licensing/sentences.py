"""Sentences of licensing in the history; never a password."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..audit.sentences import Words, add


def _words(w: Words) -> Words:
    return {**w, **{name: w["data"].get(name, "") for name in ("label", "title", "number")}}


add(
    "licensing",
    _l("Licences and downloads"),
    {
        "credential.generated": lambda w: _("%(actor)s generated the licensing credential %(label)s", **_words(w)),
        "credential.revoked": lambda w: _("%(actor)s revoked the licensing credential %(label)s", **_words(w)),
        "credential.rotated": lambda w: _("%(actor)s changed the password of the credential %(label)s", **_words(w)),
    },
)
