"""Sentences of sites and setup in the history."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from ..audit.sentences import Words, add
from .differences import Wording
from .kinds import KINDS


def _site(w: Words) -> Words:
    return {**w, **{name: w["data"].get(name, "") for name in ("site", "name")}}


def _numbered(w: Words) -> Words:
    return {**w, **{name: w["data"].get(name, "") for name in ("site", "number", "of")}}


def _element(w: Words) -> Words:
    data, kind = w["data"], KINDS.get(w["data"]["kind"])
    released = data.get("customer") or _("Global")
    return {**w, "title": data["title"], "kind": kind.title if kind else data["kind"], "customer": released}


def _leak(w: Words) -> Words:
    kind = KINDS.get(w["data"]["kind"])
    return {**w, "kind": kind.title if kind else _("Global users")}


def _changed(w: Words) -> str:
    words = _element(w)
    wording = Wording(words["data"]["kind"])
    names = dict.fromkeys(wording.label(name) for name in words["data"].get("changed", ()))
    return str(_("%(actor)s changed “%(title)s” (%(kind)s): %(fields)s", **words, fields=", ".join(names)))


add(
    "setup",
    _l("Sites and setup"),
    {
        "directory.read": lambda w: _(
            "The directory %(title)s was read: %(created)s accounts made, %(updated)s changed, %(disabled)s disabled",
            **{**w, **{name: w["data"].get(name, "") for name in ("title", "created", "updated", "disabled")}},
        ),
        "site.changed": lambda w: _("%(actor)s changed the connection of the site %(site)s", **_site(w)),
        "site.created": lambda w: _("%(actor)s connected the site %(site)s", **_site(w)),
        "site.distrusted": lambda w: _("%(actor)s let the site %(site)s no longer trust %(name)s", **_site(w)),
        "site.moved": lambda w: (
            _("%(actor)s moved the site %(site)s here from another customer", **_site(w))
            if w["data"].get("arrived")
            else _("%(actor)s moved the site %(site)s to another customer", **_site(w))
        ),
        "site.removed": lambda w: _("%(actor)s removed the site %(site)s", **_site(w)),
        "site.settings": lambda w: _("%(actor)s changed the global settings of the site %(site)s", **_site(w)),
        "element.changed": _changed,
        "element.created": lambda w: _("%(actor)s created “%(title)s” (%(kind)s)", **_element(w)),
        "element.deleted": lambda w: _("%(actor)s deleted “%(title)s” (%(kind)s)", **_element(w)),
        "element.disabled": lambda w: _("%(actor)s disabled “%(title)s” (%(kind)s)", **_element(w)),
        "element.enabled": lambda w: _("%(actor)s enabled “%(title)s” (%(kind)s)", **_element(w)),
        "element.moved": lambda w: _("%(actor)s released “%(title)s” (%(kind)s) to %(customer)s", **_element(w)),
        "element.removed": lambda w: _("%(actor)s took “%(title)s” (%(kind)s) away from %(customer)s", **_element(w)),
        "leak.accepted": lambda w: _(
            "%(actor)s accepted a leak (%(kind)s): %(reason)s", **_leak(w), reason=w["data"]["reason"]
        ),
        "leak.reopened": lambda w: _("%(actor)s opened an accepted leak again (%(kind)s)", **_leak(w)),
        "site.token": lambda w: _("%(actor)s made a new token for the site %(site)s", **_site(w)),
        "setup.activated": lambda w: ngettext(
            "%(actor)s activated the setup of %(num)d site",
            "%(actor)s activated the setup of %(num)d sites",
            w["data"]["sites"],
            actor=w["actor"],
        ),
        "setup.exported": lambda w: _("%(actor)s downloaded snapshot %(number)s of the site %(site)s", **_numbered(w)),
        "setup.rolled_back": lambda w: _("%(actor)s rolled the site %(site)s back to snapshot %(of)s", **_numbered(w)),
        "setup.users_published": lambda w: ngettext(
            "%(actor)s had users published to %(num)d site, without an activation",
            "%(actor)s had users published to %(num)d sites, without an activation",
            w["data"]["sites"],
            actor=w["actor"],
        ),
        "site.trusted": lambda w: _("%(actor)s let the site %(site)s trust %(name)s", **_site(w)),
    },
)
