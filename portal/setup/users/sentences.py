"""Sentences of users as sites know them in the history."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ...audit.sentences import TOPICS, Words, add


def _groups(w: Words) -> str:
    other = str(_("one of another company"))
    words = {**w, **{name: ", ".join(title or other for title in w["data"][name]) for name in ("added", "taken")}}
    if not words["taken"]:
        return str(_("%(actor)s put %(subject)s into the contact groups %(added)s", **words))
    if not words["added"]:
        return str(_("%(actor)s took %(subject)s out of the contact groups %(taken)s", **words))
    return str(_("%(actor)s put %(subject)s into the contact groups %(added)s and out of %(taken)s", **words))


add(
    "security",
    TOPICS["security"],
    {
        "site_password.set": lambda w: (
            _("%(actor)s set their own site password", **w)
            if w["own"]
            else _("%(actor)s set the site password of %(subject)s", **w)
        ),
        "site_password.removed": lambda w: (
            _("%(actor)s removed their own site password", **w)
            if w["own"]
            else _("%(actor)s removed the site password of %(subject)s", **w)
        ),
    },
)
add(
    "setup",
    _l("Sites and setup"),
    {
        "user.groups_changed": _groups,
        "user.made_global": lambda w: _("%(actor)s made %(subject)s Global: released to the sites of all", **w),
        "user.made_own": lambda w: _("%(actor)s made %(subject)s the provider’s own: no longer Global", **w),
    },
)
