"""Elements: everything that may be done to a piece of setup. Each deed is recorded and waits as a pending change."""

from __future__ import annotations

import json
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..audit.models import record
from ..customers.elements import Element, Release
from ..customers.models import PROVIDER, Customer
from ..database import now
from ..errors import Refused
from ..seals import seal
from ..text import sort_key
from . import keys, packs, references
from .changes import note, of_element
from .kind import Body, ElementKind
from .kinds import KINDS
from .releases import PACKS, To, chosen

MOST_BYTES = 64 * 1024
Differences = dict[str, Any]
"""What a deed changed: field → [old, new]; of a secret None, for neither is ever told."""


def find(session: Session, slug: str, key: str) -> Element | None:
    """Return the live element of a kind with a key."""
    return session.scalar(
        select(Element).where(Element.kind == slug, Element.key == key, Element.archived_at.is_(None))
    )


def create(
    session: Session, slug: str, *, key: str, title: str, customer: str | None = PROVIDER, body: Body | None = None,
    secret: str | None = None, enabled: bool = True, pack: Element | str | None = None, position: int = 0,
    to: To | None = None, by: Any,
) -> Element:  # fmt: skip
    """Add an element, released to a customer's ID, `global`, or "" for an unassigned pack; general kinds take None.

    A rule in a pack that has a customer takes that one, whatever was said; `to` is what the portal itself says, of
    kinds too that nobody else may release so. Raises `Refused`, naming the field.
    """
    kind, key = KINDS[slug], key.strip()
    keys.check(kind, key)
    found = packs.named(session, pack) if slug == packs.RULES else None
    to = to or packs.prescribed(found) or chosen(session, kind, customer)
    element = Element(
        kind=slug, key=key, release=to.release, customer_id=to.customer_id, body=_body(kind, body or {}, found),
        pack_id=found.id if found else None, position=position, is_enabled=enabled, **_titled(title),
        sealed=seal(secret) if secret else None,
    )  # fmt: skip
    taken = Refused(_("This ID is taken: there is already one like it among %(kind)s.", kind=kind.title), field="id")
    if find(session, slug, key) is not None:
        raise taken
    try:
        with session.begin_nested():
            session.add(element)
    except IntegrityError:
        raise taken from None
    references.keep(session, kind, element)
    _tell(session, element, "created", by=by, scopes=packs.scopes(session, element))
    return element


def change(
    session: Session, element: Element, *, by: Any, title: str | None = None, body: Body | None = None,
    secret: str | None = None, enabled: bool | None = None, pack: Element | str | None = None,
    position: int | None = None,
) -> Differences:  # fmt: skip
    """Set what is given, `body` as a whole; return what differs. A `secret` of "" is forgotten, of None kept.

    A rule that goes to another pack takes that one's customer; in a pack without one it keeps what it had.
    """
    kind, found = KINDS[element.kind], None
    if element.kind == packs.RULES and pack is not None:
        found = packs.named(session, pack)
    before = _state(element)
    if title is not None:
        for name, value in _titled(title).items():
            setattr(element, name, value)
    if body is not None or found is not None:
        old_pack = {"pack": element.body["pack"]} if "pack" in element.body else {}
        element.body = {**_body(kind, element.body if body is None else body, None), **old_pack}
    if found is not None:
        element.pack_id, element.body = found.id, {**element.body, "pack": found.key}
    element.is_enabled = element.is_enabled if enabled is None else enabled
    element.position = element.position if position is None else position
    after = _state(element)
    differences: Differences = {
        name: [before.get(name), after.get(name)] for name in {**before, **after} if before.get(name) != after.get(name)
    }
    if secret or secret == "" and element.sealed:
        element.sealed = seal(secret) if secret else None
        differences[kind.secret] = None
    if differences:
        session.flush()
        references.keep(session, kind, element)
        tag = ("disabled", "enabled")[element.is_enabled] if [*differences] == ["enabled"] else "changed"
        _tell(session, element, tag, by=by, scopes=packs.scopes(session, element), data=differences)
    prescribed = packs.prescribed(found)
    if prescribed:
        _move(session, element, prescribed, by=by)
    return differences


def release(session: Session, element: Element, customer: str | None, *, by: Any) -> None:
    """Release an element to another customer: removed from one, moved to the other, as two changes.

    The rules of a pack that gets a customer lose their own; those of one that loses it keep what they had.
    """
    kind = KINDS[element.kind]
    if kind.is_general:
        raise Refused(_("This goes to every site and has no customer."))
    pack = packs.held(session, element.pack_id) if element.pack_id else None
    _hold(session, element)
    if packs.prescribed(pack):
        raise Refused(_("The rule pack sets this rule’s customer."), field="customer")
    to = chosen(session, kind, customer, kept=To(element.release, element.customer_id).choice)
    rules = packs.rules(session, element) if element.kind == PACKS and to.release != Release.UNASSIGNED else []
    _move(session, element, to, by=by)
    for rule in rules:
        _move(session, rule, to, by=by)


def delete(session: Session, element: Element, *, by: Any) -> None:
    """Archive an element; raise `InUse` while others refer to it."""
    _hold(session, element)
    users = references.referrers(session, element)
    if users:
        raise references.InUse(users)
    scopes = packs.scopes(session, element)
    element.archived_at = now()
    references.forget(session, element)
    _tell(session, element, "deleted", by=by, scopes=scopes)


def enable(session: Session, element: Element, *, by: Any) -> None:
    """Let sites use the element again."""
    change(session, element, enabled=True, by=by)


def disable(session: Session, element: Element, *, by: Any) -> None:
    """Keep the element, and let no site use it."""
    change(session, element, enabled=False, by=by)


def _move(session: Session, element: Element, to: To, *, by: Any) -> None:
    was = To(element.release, element.customer_id)
    if was == to:
        return
    left = packs.scopes(session, element)
    element.release, element.customer_id = to
    session.flush()
    reached = packs.scopes(session, element)
    named = of_element(element)
    for scope in sorted(left - reached):
        note(session, scope, **named, act="removed", by=by)
    for scope in sorted(left & reached):
        note(session, scope, **named, act="changed", by=by, data={"customer": [was.choice, to.choice]})
    for scope in sorted(reached - left):
        note(session, scope, **named, act="moved", by=by)
    for tag, side in (("element.removed", was), ("element.moved", to)):
        if side.release != Release.UNASSIGNED:
            _record(session, element, tag, by=by, to=side)


def _tell(
    session: Session, element: Element, act: str, *, by: Any, scopes: set[str], data: Differences | None = None
) -> None:
    """Note a change for each scope, and record it in the history."""
    noted = act if act in ("created", "deleted") else "changed"
    for scope in sorted(scopes):
        note(session, scope, **of_element(element), act=noted, by=by, data=data)
    more = {"changed": data} if data else {}
    _record(session, element, f"element.{act}", by=by, to=To(element.release, element.customer_id), **more)


def _record(session: Session, element: Element, tag: str, *, by: Any, to: To, **more: Any) -> None:
    """Record an event that names no customer but the one in whose history it stands."""
    name = session.get_one(Customer, to.customer_id).name if to.customer_id else ""
    record(
        session, tag, by=by, customer_id=to.customer_id, record_id=element.id,
        **of_element(element), release=str(to.release), customer=name, **more,
    )  # fmt: skip


def _titled(title: str) -> dict[str, str]:
    title = " ".join(title.split())
    if not title:
        raise Refused(_("Give a title."), field="title")
    return {"title": title, "title_key": sort_key(title)}


def _body(kind: ElementKind, body: Body, pack: Element | None) -> dict[str, Any]:
    if kind.secret in body:
        raise ValueError(f"{kind.secret} belongs sealed, not into the body")
    found = {**body, "pack": pack.key} if pack else dict(body)
    if len(json.dumps(found)) > MOST_BYTES:
        raise Refused(_("This is too large: at most %(number)d KiB in all.", number=MOST_BYTES // 1024))
    return found


def _state(element: Element) -> dict[str, Any]:
    return {"title": element.title, "enabled": element.is_enabled, "position": element.position, **element.body}


def _hold(session: Session, element: Element) -> None:
    """Let nobody refer to the element, or put a rule into it, until the transaction ends."""
    session.execute(select(Element.id).where(Element.id == element.id).with_for_update())
