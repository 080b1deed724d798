"""Settings for all sites: each that differs from its default is an element, so that it travels as all others do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..customers.elements import Element
from . import elements
from .global_settings import SETTINGS, Setting
from .kinds.global_settings import SLUG


def kept(session: Session) -> dict[str, Element]:
    """Return the elements of the settings that somebody has changed, by name."""
    found = select(Element).where(Element.kind == SLUG, Element.archived_at.is_(None))
    return {element.key: element for element in session.scalars(found) if element.key in SETTINGS}


def values(held: Mapping[str, Element]) -> dict[str, Any]:
    """Return the value of every known setting."""
    return {
        name: held[name].body.get("value") if name in held else default_of(setting)
        for name, setting in SETTINGS.items()
    }  # fmt: skip


def default_of(setting: Setting) -> Any:
    """Return a setting's default as it would be kept."""
    return list(setting.default) if isinstance(setting.default, tuple) else setting.default


def stamp(held: Mapping[str, Element]) -> str:
    """Return what changes whenever any of them does: what a form was opened with."""
    return " ".join(f"{name}:{element.id.hex}:{element.version}" for name, element in sorted(held.items()))


def choose(session: Session, wanted: Mapping[str, Any], *, by: Any) -> int:
    """Set these values, read and checked, for all sites; return how many that changed. A default is no element."""
    held, changed = kept(session), 0
    for name, value in wanted.items():
        element, is_default = held.get(name), value == default_of(SETTINGS[name])
        if element is None and not is_default:
            with force_locale("en"):
                title = str(SETTINGS[name].title)
            elements.create(session, SLUG, key=name, title=title, customer=None, body={"value": value}, by=by)
        elif element is not None and is_default:
            elements.delete(session, element, by=by)
        elif element is not None and element.body.get("value") != value:
            elements.change(session, element, body={"value": value}, by=by)
        else:
            continue
        changed += 1
    return changed
