"""Sentences of roles in the history: what was answered before and what since, permission by permission."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..access.roles import called
from ..access.wording import say, title_of
from ..audit.sentences import TOPICS, Words, add

FIELDS = {"id": _l("ID"), "alias": _l("Alias"), "based_on": _l("Based on")}
"""What a role is, beside its answers."""


def label_of(name: str) -> str:
    """Return how a field of a role or a permission is called."""
    return str(FIELDS[name]) if name in FIELDS else title_of(name)


def told(changes: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return label, before and after for each change."""
    return [(label_of(name), say(str(old or "")), say(str(new or ""))) for name, (old, new) in changes.items()]


def _words(w: Words) -> Words:
    said = "; ".join(f"{label}: {old or '–'} → {new or '–'}" for label, old, new in told(w["data"].get("changes", {})))
    return {**w, "role": called(w["data"]["alias"]), "changes": said, "source": called(w["data"].get("source", ""))}


add(
    "roles",
    TOPICS["roles"],
    {
        "role.changed": lambda w: _("%(actor)s changed the role %(role)s: %(changes)s", **_words(w)),
        "role.cloned": lambda w: _("%(actor)s cloned the role %(source)s as %(role)s", **_words(w)),
        "role.deleted": lambda w: _("%(actor)s deleted the role %(role)s", **_words(w)),
    },
)
