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

SECTIONS = {"": "", "documents": _l("Documents"), "company": _l("Company"), "provider": _l("Provider")}


@dataclass(frozen=True)
class Entry:
    """A line of the menu: shown to who holds `verb` in that door (`staff`), at `path`; lower `order` stands first."""

    label: Any
    path: str
    verb: str
    section: str = ""
    staff: bool = False
    order: int = 50
    icon: str = ""
    name: str = ""
    short: Any = ""


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
    return [entry for entry in _entries if entry.staff == person.is_staff and entry.verb in person.verbs]


def badge(counts: dict[str, int]) -> None:
    """Let this request's menu show numbers of what waits, by the entry's name."""
    g.badges = {**g.get("badges", {}), **counts}


def menu() -> list[tuple[str, list[Shown]]]:
    """Return the sections of this request's menu."""
    if g.get("failing") or not current_user.is_authenticated:
        return []
    counts = g.get("badges", {})
    best = ""
    for entry in (allowed := entries_for(current_user)):
        if (request.path == entry.path or request.path.startswith(entry.path) and entry.path != "/") and len(
            entry.path
        ) > len(best):
            best = entry.path
    sections: dict[str, list[Shown]] = {}
    for entry in allowed:
        count = counts.get(entry.name, 0)
        sections.setdefault(entry.section, []).append(
            Shown(
                str(entry.label),
                entry.path,
                entry.icon,
                str(count) if count else "",
                entry.path == best,
                str(entry.short),
            )
        )
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
        return {"navigation": menu()}
