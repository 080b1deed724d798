"""Users only: a site password, a profile, and all that takes access away, published without an activation.

Such a snapshot has what the site's last one has, but for people as they are now. New people, groups and roles wait;
people who are gone, and elements that are no longer this customer's, are left out.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from ...accounts.users import User
from ...audit.models import record
from ...contacts.allocation import delivery
from ...contacts.memberships import CONTACT_GROUPS
from ...customers.elements import Release
from ...customers.sites import Site
from .. import changes
from ..changes import Change
from ..users.profiles import AT_ONCE, profiles
from . import activation, building, earlier, parts, pending, snapshots
from .building import Kept
from .parts import GLOBAL_USERS, Part
from .snapshots import Kind, Snapshot
from .standing import SiteStanding

Profiles = Mapping[str, dict[str, Any]]
"""Profiles by the person's id."""
LISTS = ("roles", "contact_groups")


def publish_users(session: Session, customer_id: str | None, *, by: Any) -> int:
    """Publish the users of a customer (None: the Global ones) to all their sites; return to how many.

    Sites that have no snapshot as their present customer's get their users with the first activation.
    """
    concerned = Site.archived_at.is_(None)
    number = changes.hold(session, concerned if customer_id is None else concerned & (Site.customer_id == customer_id))
    parts.retire(session, [f"users:{customer_id}" if customer_id else GLOBAL_USERS])
    bases = _bases(session, customer_id)
    if not bases:
        return 0
    kept = _parts(session, {sha256 for base in bases for sha256 in base.hashes})
    publication = _Publication(session, number, customer_id, kept)
    made = [snapshot for base in bases if (snapshot := publication.snapshot(base, by=by)) is not None]
    parts.keep(session, publication.made)
    session.add_all(made)
    activation.publish(session, made)
    if made:
        record(session, "setup.users_published", by=by, customer_id=customer_id, sites=len(made))
    return len(made)


def _bases(session: Session, customer_id: str | None) -> Sequence[Snapshot]:
    """Return the last snapshots of the sites that get these users, each made for the site's present customer."""
    last = pending.with_standing(select(SiteStanding.site_id, SiteStanding.number).select_from(Site)).where(
        pending.may_have(), SiteStanding.customer_id == Site.customer_id
    )
    if customer_id is not None:
        last = last.where(Site.customer_id == customer_id)
    statement = select(Snapshot).where(tuple_(Snapshot.site_id, Snapshot.number).in_(last))
    return session.scalars(statement.order_by(Snapshot.site_id)).all()


def _parts(session: Session, hashes: set[str]) -> dict[str, Kept]:
    columns = Part.name, Part.sha256, Part.size, Part.as_of, Part.stamp
    return {
        row.sha256: Kept(*row)
        for some in building.sliced(hashes)
        for row in session.execute(select(*columns).where(Part.sha256.in_(some)))
    }


def _lost(session: Session, kept: Collection[Kept]) -> dict[tuple[str, bool], int]:
    """Return when something last left each scope, elements and people (True) apart, since the oldest part was made."""
    since = min((part.as_of for part in kept if not part.name.startswith("site:")), default=0)
    is_person = (Change.kind == pending.USERS).label("is_person")
    left = select(Change.scope, is_person, func.max(Change.number)).where(
        Change.act.in_(("removed", "deleted")), Change.number > since
    )
    found = session.execute(left.group_by(Change.scope, is_person))
    return {(scope, bool(is_person)): number or 0 for scope, is_person, number in found}


class _Publication:
    """One publication: what sites have in common is made once."""

    def __init__(self, session: Session, number: int, customer_id: str | None, kept: dict[str, Kept]) -> None:
        self.session, self.number, self.kept = session, number, kept
        self.name = f"users:{customer_id}" if customer_id else GLOBAL_USERS
        self.lost = _lost(session, kept.values())
        self.made: list[Part] = []
        self.derived: dict[tuple[str, tuple[str, ...]], list[Part | Kept]] = {}
        self.groups: dict[tuple[str, tuple[str, ...]], set[str]] = {}
        """Where something has left: the contact groups that are still there."""
        self.people: dict[tuple[str, str], Part | Kept] = {}
        self.everybody = {one["id"]: one for one in profiles(session, None)}
        self.own: dict[str, Profiles] = {}
        self.moved: dict[str, set[str]] = {}
        self.read: dict[str, dict[str, Any]] = {}

    def snapshot(self, base: Snapshot, *, by: Any) -> Snapshot | None:
        """Return a site's new snapshot; None when it would be the same."""
        shared = tuple(sha256 for sha256 in base.hashes if not self.kept[sha256].name.startswith("site:"))
        key = base.customer_id, shared
        if key not in self.derived:
            self.derived[key] = self._derive(base.customer_id, [self.kept[sha256] for sha256 in shared])
        groups = self.groups.get(key)
        own = [self._confined(self.kept[sha256], groups) for sha256 in base.hashes if sha256 not in shared]
        of = [*self.derived[key][:3], *own, *self.derived[key][3:]]
        if [part.sha256 for part in of] == base.hashes:
            return None
        return snapshots.make(
            site_id=base.site_id, customer_id=base.customer_id, number=base.number + 1, kind=Kind.USERS,
            through=base.through, of=of, by=by,
        )  # fmt: skip

    def _derive(self, customer_id: str, before: list[Kept]) -> list[Part | Kept]:
        """Return the parts of a customer's site; those of the elements as they are, unless something has left."""
        setup = [part for part in before if not parts.is_of_users(part.name)]
        people = [part for part in before if parts.is_of_users(part.name)]
        if not any(self.lost.get((part.name, False), 0) > part.as_of for part in setup):
            return [*setup, *(self._present(part, customer_id) for part in people)]
        old = {part.name: self._content(part) for part in setup}
        new, _out = earlier.permitted(self.session, old, customer_id)
        groups = earlier.ids(new, CONTACT_GROUPS)
        self.groups[customer_id, tuple(part.sha256 for part in before)] = groups
        found = [self._replaced(part, new[part.name]) for part in setup]
        for part in people:
            users = earlier.within(self._merged(part, customer_id), groups)
            found.append(self._replaced(part, {**self._content(part), "users": users}))
        return found

    def _confined(self, part: Kept, groups: set[str] | None) -> Part | Kept:
        """Return a site's own part without contact groups that are not there any more."""
        content = self._content(part) if groups is not None else {}
        if groups is None or "contacts" not in content:
            return part
        return self._replaced(part, {**content, "contacts": delivery.within(content["contacts"], groups)})

    def _present(self, part: Kept, customer_id: str) -> Part | Kept:
        """Return people as they are now: those this publication is about, and where somebody is gone."""
        scope = Release.GLOBAL if part.name == GLOBAL_USERS else f"customer:{customer_id}"
        if part.name != self.name and self.lost.get((scope, True), 0) <= part.as_of:
            return part
        stays = part.name == GLOBAL_USERS and customer_id not in self._moved_to(part)
        key = part.sha256, "" if stays else customer_id
        if key not in self.people:
            users = self._merged(part, customer_id)
            self.people[key] = self._replaced(part, {**self._content(part), "users": users})
        return self.people[key]

    def _moved_to(self, part: Kept) -> set[str]:
        """Return the customers to whom people of a part that were Global belong now."""
        if part.sha256 not in self.moved:
            gone = [uuid.UUID(one["id"]) for one in self._content(part)["users"] if one["id"] not in self.everybody]
            found = self.session.scalars(select(User.customer_id).where(User.id.in_(gone)))
            self.moved[part.sha256] = {id for id in found if id}
        return self.moved[part.sha256]

    def _merged(self, part: Kept, customer_id: str) -> list[dict[str, Any]]:
        now = {**self.everybody}
        if part.name != GLOBAL_USERS or customer_id in self._moved_to(part):
            if customer_id not in self.own:
                self.own[customer_id] = {one["id"]: one for one in profiles(self.session, customer_id)}
            now |= self.own[customer_id]
        return [merged(one, now[one["id"]]) for one in self._content(part)["users"] if one["id"] in now]

    def _content(self, part: Kept) -> dict[str, Any]:
        if part.sha256 not in self.read:
            self.read[part.sha256] = parts.loaded(parts.read(self.session, [part.sha256])[part.sha256])
        return self.read[part.sha256]

    def _replaced(self, part: Kept, new: dict[str, Any]) -> Part | Kept:
        """Return a part with this content: the same one where it is the same."""
        if new == self._content(part):
            return part
        content = {name: value for name, value in new.items() if name not in ("name", "nonce")}
        made = parts.make(part.name, content, as_of=self.number, is_current=False)
        self.made.append(made)
        return made


def merged(old: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Return a profile as it is now, but for what waits: of roles and groups, those the person had and still has."""
    kept = {name: value for name, value in old.items() if name not in AT_ONCE}
    kept |= {name: [one for one in old[name] if one in now[name]] for name in LISTS}
    return kept | {name: now[name] for name in AT_ONCE if name in now}
