"""Sentences of licensing in the history; never a password."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..audit.sentences import Words, add


def _words(w: Words) -> Words:
    return {**w, **{name: w["data"].get(name, "") for name in ("file", "label", "number", "title")}}


add(
    "licensing",
    _l("Licences and downloads"),
    {
        "credential.generated": lambda w: _("%(actor)s generated the licensing credential %(label)s", **_words(w)),
        "credential.revoked": lambda w: _("%(actor)s revoked the licensing credential %(label)s", **_words(w)),
        "credential.rotated": lambda w: _("%(actor)s changed the password of the credential %(label)s", **_words(w)),
        "download.link_made": lambda w: _("%(actor)s made a download link for %(file)s", **_words(w)),
        "news.changed": lambda w: _("%(actor)s changed the news “%(title)s”", **_words(w)),
        "news.mailed": lambda w: _("%(actor)s sent the news “%(title)s” by mail", **_words(w)),
        "news.withdrawn": lambda w: _("%(actor)s withdrew the news “%(title)s”", **_words(w)),
        "news.written": lambda w: _("%(actor)s wrote the news “%(title)s”", **_words(w)),
        "release.changed": lambda w: _("%(actor)s changed the release %(number)s", **_words(w)),
        "release.discarded": lambda w: _("%(actor)s discarded the draft of the release %(number)s", **_words(w)),
        "release.drafted": lambda w: _("%(actor)s drafted the release %(number)s", **_words(w)),
        "release.marked": lambda w: _("%(actor)s changed the mark of the release %(number)s", **_words(w)),
        "release.package_added": lambda w: _("%(actor)s added %(file)s to the release %(number)s", **_words(w)),
        "release.package_moved": lambda w: _("%(actor)s changed what %(file)s of %(number)s is for", **_words(w)),
        "release.package_removed": lambda w: _("%(actor)s removed %(file)s from the release %(number)s", **_words(w)),
        "release.published": lambda w: _("%(actor)s published the release %(number)s", **_words(w)),
        "release.withdrawn": lambda w: _("%(actor)s withdrew the release %(number)s", **_words(w)),
        "usage.reported": lambda w: (
            _("A site reported licence usage of %(title)s with the credential %(label)s", **_words(w))
            if w["data"].get("label")
            else _("%(actor)s uploaded a licence usage report of %(title)s", **_words(w))
        ),
        "verification.given": lambda w: _("%(actor)s had the licence %(title)s verified offline", **_words(w)),
    },
)
