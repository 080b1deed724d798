"""Navigation: features register their entries; each is shown only to who may open it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup

from ..i18n import locale

MOST_KEPT = 500
SECTIONS = {"": "", "documents": _l("Documents"), "company": _l("Company"), "access": _l("Access")}


@dataclass(frozen=True)
class Entry:
    """A line of the menu: shown to who holds `verb` in that door (`staff`), at `path`; lower `order` stands first.

    Who holds `unless` finds the page under another line.
    """

    label: Any
    path: str
    verb: str
    section: str = ""
    staff: bool = False
    order: int = 50
    icon: str = ""
    name: str = ""
    short: Any = ""
    unless: str = ""


@dataclass(frozen=True)
class Shown:
    """An entry as one request sees it."""

    label: str
    url: str
    icon: str
    badge: str
    active: bool
    short: str


_entries: list[Entry] = []


def add(*entries: Entry) -> None:
    """Put entries into the menu, once each."""
    for entry in entries:
        if entry not in _entries:
            _entries.append(entry)
    _entries.sort(key=lambda entry: (list(SECTIONS).index(entry.section), entry.order))


def entries_for(person: Any) -> list[Entry]:
    """Return the entries a person may open, in order."""
    return [
        entry
        for entry in _entries
        if entry.staff == person.is_staff and entry.verb in person.verbs and entry.unless not in person.verbs
    ]


def badge(counts: dict[str, int]) -> None:
    """Let this request's menu show numbers of what waits, by the entry's name."""
    g.badges = {**g.get("badges", {}), **counts}


def menu() -> tuple[Markup, Markup]:
    """Return the side menu and the bar of a phone for this request.

    What they depend on is little and returns all day, so they are rendered once for each and kept.
    """
    if g.get("failing") or not current_user.is_authenticated:
        return Markup(""), Markup("")
    person, counts = current_user._get_current_object(), g.get("badges", {})
    allowed = entries_for(person)
    key = (person.is_staff, person.verbs, locale(), _present(allowed), tuple(sorted(counts.items())))
    kept = current_app.extensions.setdefault("menus", {})
    if key not in kept:
        if len(kept) > MOST_KEPT:
            kept.clear()
        drawn: Any = current_app.jinja_env.get_template("layouts/menu.html").module
        sections = _sections(allowed, key[3], counts)
        kept[key] = drawn.side(sections), drawn.bar(sections)
    return kept[key]  # type: ignore[no-any-return]


def _present(allowed: list[Entry]) -> str:
    """Return the path of the entry this request is under: the longest that fits."""
    fitting = [
        entry.path
        for entry in allowed
        if request.path == entry.path or entry.path != "/" and request.path.startswith(entry.path)
    ]
    return max(fitting, key=len, default="")


def _sections(allowed: list[Entry], present: str, counts: dict[str, int]) -> list[tuple[str, list[Shown]]]:
    sections: dict[str, list[Shown]] = {}
    for entry in allowed:
        badge = str(counts.get(entry.name) or "")
        shown = Shown(str(entry.label), entry.path, entry.icon, badge, entry.path == present, str(entry.short))
        sections.setdefault(entry.section, []).append(shown)
    return [(str(SECTIONS[name]), shown) for name, shown in sections.items()]


@cache
def _fingerprint(path: str, modified: float) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a static file, which changes when the file does."""
    kept = current_app.extensions.setdefault("assets", {})
    if name not in kept or current_app.debug:
        path = Path(current_app.static_folder or "") / name
        kept[name] = f"/static/{name}?v={_fingerprint(str(path), path.stat().st_mtime)}"
    return str(kept[name])


def init_app(app: Flask) -> None:
    """Give templates the menu and the assets."""
    app.jinja_env.globals.update(asset=asset)

    @app.context_processor
    def frame() -> dict[str, Any]:
        side, bar = menu()
        return {"side_menu": side, "bar_menu": bar}
