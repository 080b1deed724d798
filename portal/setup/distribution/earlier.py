"""Earlier: what of contents published before a site may still have. Nothing that is another customer's now.

An element that was deleted since is judged by whose it was last; whatever names one that is left out goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...customers.elements import Element, Release
from ..kinds import KINDS
from ..packs import RULES
from ..releases import PACKS
from . import building

Named = tuple[str, str]
"""Kind and ID of an element."""
Contents = Mapping[str, dict[str, Any]]
"""The content of parts, by the part's name."""


def permitted(session: Session, contents: Contents, customer_id: str) -> tuple[dict[str, dict[str, Any]], set[Named]]:
    """Return contents without what a site of this customer may not have now, and what was left out."""
    there = {(kind, element["id"]): element for _part, kind, element in _elements(contents)}
    owners = _owners(session, there)
    out = {named for named in there if not _may_have(owners.get(named), customer_id)}
    while more := _following(there, owners, out):
        out |= more
    return {name: _without(content, out) for name, content in contents.items()}, out


def ids(contents: Contents, kind: str) -> set[str]:
    """Return the IDs of the elements of a kind."""
    return {one["id"] for content in contents.values() for one in content.get("elements", {}).get(kind, ())}


def within(people: list[dict[str, Any]], groups: set[str]) -> list[dict[str, Any]]:
    """Return profiles without contact groups that are not among these."""
    return [{**one, "contact_groups": [key for key in one["contact_groups"] if key in groups]} for one in people]


def _elements(contents: Contents) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, content in contents.items():
        for kind, elements in content.get("elements", {}).items():
            for element in elements:
                yield name, kind, element


def _owners(session: Session, named: Mapping[Named, Any]) -> dict[Named, tuple[str, str | None]]:
    """Return release and customer of elements: of the live one with that ID, else of the last there was."""
    found: dict[Named, tuple[str, str | None]] = {}
    columns = Element.kind, Element.key, Element.release, Element.customer_id, Element.archived_at
    for some in building.sliced({key for _kind, key in named}):
        rows = session.execute(select(*columns).where(Element.key.in_(some)).order_by(Element.archived_at)).all()
        for row in sorted(rows, key=lambda row: row.archived_at is None):
            found[row.kind, row.key] = row.release, row.customer_id
    return found


def _may_have(owner: tuple[str, str | None] | None, customer_id: str) -> bool:
    if owner is None:
        return False
    release, owned_by = owner
    return owned_by == customer_id if release == Release.CUSTOMER else True


def _following(
    there: Mapping[Named, dict[str, Any]], owners: Mapping[Named, tuple[str, str | None]], out: set[Named]
) -> set[Named]:
    """Return what has to go because of what goes: whatever names it, rules without pack, packs without rules."""
    kept = {named: element for named, element in there.items() if named not in out}
    peopled = {element.get("pack") for (kind, _key), element in kept.items() if kind == RULES}
    found = set[Named]()
    for named, element in kept.items():
        kind, key = named
        references = {(one.kind, one.key) for one in KINDS[kind].references(element)} if kind in KINDS else set()
        lost = not references.isdisjoint(out) or kind == RULES and (PACKS, element.get("pack")) in out
        is_empty = kind == PACKS and owners[named][0] == Release.UNASSIGNED and key not in peopled
        if lost or is_empty:
            found.add(named)
    return found


def _without(content: dict[str, Any], out: set[Named]) -> dict[str, Any]:
    """Return the same object when nothing goes."""
    kinds = content.get("elements", {})
    if not any((kind, element["id"]) in out for kind, elements in kinds.items() for element in elements):
        return content
    left = {kind: [one for one in elements if (kind, one["id"]) not in out] for kind, elements in kinds.items()}
    return {**content, "elements": {kind: elements for kind, elements in left.items() if elements}}
