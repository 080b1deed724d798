"""Packs: Event Console rules take the customer of their pack; in a pack without one each has its own (seed, 5.3)."""

from __future__ import annotations

import uuid

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..customers.elements import Element, Release
from ..errors import Refused
from .global_settings import is_kept_back
from .releases import PACKS, To

RULES, SETTINGS = "rules", "global-settings"
MOST_SHOWN = 200


def named(session: Session, pack: Element | str | None) -> Element:
    """Return the pack by its key, held so that its customer stays until the transaction ends; raise `Refused`."""
    key = pack.key if isinstance(pack, Element) else (pack or "").strip()
    if not key:
        raise Refused(_("Choose a rule pack."), field="pack")
    found = session.scalar(
        select(Element)
        .where(Element.kind == PACKS, Element.key == key, Element.archived_at.is_(None))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Refused(_("Rule pack missing: “%(id)s”", id=key), field="pack")
    return found


def held(session: Session, id: uuid.UUID) -> Element:
    """Return a rule's pack, held so that its customer stays until the transaction ends: before the rule itself."""
    return session.scalars(
        select(Element).where(Element.id == id).with_for_update(read=True).execution_options(populate_existing=True)
    ).one()


def rules(session: Session, pack: Element, *, limit: int | None = None) -> list[Element]:
    """Return the rules of a pack, in order."""
    return list(
        session.scalars(
            select(Element)
            .where(Element.pack_id == pack.id, Element.archived_at.is_(None))
            .order_by(Element.position, Element.title_key, Element.id)
            .limit(limit)
        )
    )


def next_position(session: Session, slug: str, pack: Element | None) -> int:
    """Return a position behind all others of a kind, of rules behind those of their pack."""
    last = select(func.max(Element.position)).where(Element.kind == slug, Element.archived_at.is_(None))
    return (session.scalar(last.where(Element.pack_id == pack.id) if pack else last) or 0) + 10


def prescribed(pack: Element | None) -> To | None:
    """Return what a pack prescribes to its rules; None where each says so itself."""
    if pack is None or pack.release == Release.UNASSIGNED:
        return None
    return To(pack.release, pack.customer_id)


def scopes(session: Session, element: Element) -> set[str]:
    """Return whose sites a change of an element touches: of an unassigned pack, those its rules go to."""
    if element.kind == SETTINGS and is_kept_back(element.key):
        return set()
    if element.release != Release.UNASSIGNED:
        return {element.scope}
    found = session.execute(
        select(Element.release, Element.customer_id)
        .where(Element.pack_id == element.id, Element.archived_at.is_(None))
        .distinct()
    )
    return {f"customer:{customer}" if customer else release for release, customer in found}


def affected(session: Session, pack: Element, to: To) -> list[Element]:
    """Return the rules whose own customer ends when the pack is released: those that have another one now."""
    if pack.release != Release.UNASSIGNED or to.release == Release.UNASSIGNED:
        return []
    return [rule for rule in rules(session, pack) if (rule.release, rule.customer_id) != tuple(to)]
