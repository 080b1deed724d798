"""Wording: permissions by section, in the order in which pages show them, and how answers to them read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..text import fold
from .permissions import PERMISSIONS, Permission
from .rights import VERBS

SECTIONS: dict[str, Any] = {
    "general": _l("General"),
    "action": _l("Commands on hosts and services"),
    "monitoring": _l("Monitoring"),
    "setup": _l("Setup"),
    "sites": _l("Sites"),
    "customers": _l("Customers"),
    "documents": _l("Documents"),
    "support": _l("Support"),
    "releases": _l("Releases and news"),
    "access": _l("Users and roles"),
    "audit": _l("History and mail"),
}
"""The sections of permissions, `section.name`, in their order."""


class Section(NamedTuple):
    """A section with its permissions."""

    name: str
    title: str
    permissions: list[Permission]


def sections(q: str = "") -> list[Section]:
    """Return the sections with those permissions whose title, help or name has every word of `q`; no empty ones."""
    words = fold(q).split()[:8]
    found = []
    for name, title in SECTIONS.items():
        inside = [one for one in PERMISSIONS.values() if section_of(one.name) == name and _has(one, words)]
        if inside:
            found.append(Section(name, str(title), inside))
    return found


def section_of(permission: str) -> str:
    """Return the name of a permission's section."""
    return permission.partition(".")[0]


def _has(permission: Permission, words: Iterable[str]) -> bool:
    text = fold(f"{permission.title} {permission.help} {permission.name}")
    return all(word in text for word in words)


def title_of(verb: str) -> str:
    """Return how a permission or a customer's verb is called; its name, where it no longer exists."""
    if verb in PERMISSIONS:
        return str(PERMISSIONS[verb].title)
    return str(VERBS.get(verb, verb))


def code_of(explicit: bool | None, default: bool) -> str:
    """Return one of the four answers, as history and exports keep it: yes, no, default (yes), default (no)."""
    if explicit is None:
        return "default (yes)" if default else "default (no)"
    return "yes" if explicit else "no"


def say(code: str) -> str:
    """Return an answer as the reader reads it; anything else stays."""
    said = {"yes": _("yes"), "no": _("no"), "default (yes)": _("default (yes)"), "default (no)": _("default (no)")}
    return str(said.get(code, code))
