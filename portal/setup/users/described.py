"""Described: custom attributes of users, and what a change of them means to the sites that get some of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from ...accounts.attributes import CustomAttribute
from ...customers.elements import Release
from ..changes import note

KIND = "attributes"


def create(session: Session, *, id: str, by: Any, **values: Any) -> CustomAttribute:
    """Add an attribute."""
    found = CustomAttribute.create(session, id=id, by=by, **values)
    _note(session, found, "created", by=by)
    return found


def change(session: Session, attribute: CustomAttribute, *, by: Any, **values: Any) -> None:
    """Change all but its ID; sites are concerned where they had it or get it now."""
    before = attribute.is_notified
    attribute.change(session, by=by, **values)
    _note(session, attribute, "changed", by=by, concerns=before or attribute.is_notified)


def delete(session: Session, attribute: CustomAttribute, *, by: Any) -> None:
    """Delete it with everybody's value."""
    attribute.delete(session, by=by)
    _note(session, attribute, "deleted", by=by)


def _note(session: Session, attribute: CustomAttribute, act: str, *, by: Any, concerns: bool | None = None) -> None:
    if attribute.is_notified if concerns is None else concerns:
        note(session, Release.GENERAL, kind=KIND, key=attribute.id, title=attribute.title, act=act, by=by)
