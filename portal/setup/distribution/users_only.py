"""Users only: a site password, a profile, and all that takes access away, published without an activation.

Such a snapshot has what the site's last one has, but for people as they are now. New people, groups and roles wait;
people who are gone, and elements that are no longer this customer's, are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, select, tuple_
from sqlalchemy.orm import Session

from ...audit.models import record
from ...contacts.memberships import CONTACT_GROUPS
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
    number = changes.hold(session)
    parts.retire(session, [f"users:{customer_id}" if customer_id else GLOBAL_USERS])
    bases = _bases(session, customer_id)
    if not bases:
        return 0
    kept = _parts(session, {sha256 for base in bases for sha256 in base.hashes})
    publication = _Publication(session, number, customer_id, kept, _lost(session, kept.values()))
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


def _lost(session: Session, kept: Any) -> dict[str, int]:
    """Return when something last left each scope, of those that are older than that."""
    since = min((part.as_of for part in kept if not parts.is_of_users(part.name)), default=0)
    left = and_(Change.act.in_(("removed", "deleted")), Change.kind != pending.USERS, Change.number > since)
    found = session.execute(select(Change.scope, func.max(Change.number)).where(left).group_by(Change.scope))
    return {scope: number or 0 for scope, number in found}


class _Publication:
    """One publication: what sites have in common is made once."""

    def __init__(
        self, session: Session, number: int, customer_id: str | None, kept: dict[str, Kept], lost: dict[str, int]
    ) -> None:
        self.session, self.number, self.customer_id, self.kept, self.lost = session, number, customer_id, kept, lost
        self.made: list[Part] = []
        self.derived: dict[tuple[str, tuple[str, ...]], list[Part | Kept]] = {}
        self.everybody = {one["id"]: one for one in profiles(session, None)}
        self.own: dict[str, Profiles] = {}

    def snapshot(self, base: Snapshot, *, by: Any) -> Snapshot | None:
        """Return a site's new snapshot; None when it would be the same."""
        shared = tuple(sha256 for sha256 in base.hashes if not self.kept[sha256].name.startswith("site:"))
        own = [self.kept[sha256] for sha256 in base.hashes if sha256 not in shared]
        key = base.customer_id, shared
        if key not in self.derived:
            self.derived[key] = self._derive(base.customer_id, shared)
        of = [*self.derived[key][:3], *own, *self.derived[key][3:]]
        if [part.sha256 for part in of] == base.hashes:
            return None
        return snapshots.make(
            site_id=base.site_id, customer_id=base.customer_id, number=base.number + 1, kind=Kind.USERS,
            through=base.through, of=of, by=by,
        )  # fmt: skip

    def _derive(self, customer_id: str, hashes: tuple[str, ...]) -> list[Part | Kept]:
        before = [self.kept[sha256] for sha256 in hashes]
        setup = [part for part in before if not parts.is_of_users(part.name)]
        people = [part for part in before if parts.is_of_users(part.name)]
        is_dirty = any(self.lost.get(part.name, 0) > part.as_of for part in setup)
        read = _read(self.session, setup if is_dirty else [])
        permitted, _out = earlier.permitted(self.session, read, customer_id)
        groups = earlier.ids(permitted, CONTACT_GROUPS)
        found: list[Part | Kept] = [self._replaced(part, read, permitted) for part in setup]
        old = _read(self.session, people)
        now = self._present(old, customer_id)
        for part in people:
            users = [merged(one, now[one["id"]]) for one in old[part.name]["users"] if one["id"] in now]
            if is_dirty:
                users = earlier.within(users, groups)
            found.append(self._replaced(part, old, {part.name: {**old[part.name], "users": users}}))
        return found

    def _present(self, old: earlier.Contents, customer_id: str) -> Profiles:
        """Return who may be on the customer's sites now, as they are now."""
        ids = {one["id"] for content in old.values() for one in content["users"]}
        if self.customer_id is None and ids <= self.everybody.keys():
            return self.everybody
        if customer_id not in self.own:
            self.own[customer_id] = {one["id"]: one for one in profiles(self.session, customer_id)}
        return {**self.everybody, **self.own[customer_id]}

    def _replaced(self, part: Kept, old: earlier.Contents, new: earlier.Contents) -> Part | Kept:
        if part.name not in new or new[part.name] == old[part.name]:
            return part
        content = {name: value for name, value in new[part.name].items() if name not in ("name", "nonce")}
        made = parts.make(part.name, content, as_of=self.number, is_current=False)
        self.made.append(made)
        return made


def merged(old: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Return a profile as it is now, but for what waits: of roles and groups, those the person had and still has."""
    kept = {name: value for name, value in old.items() if name not in AT_ONCE}
    kept |= {name: [one for one in old[name] if one in now[name]] for name in LISTS}
    return kept | {name: now[name] for name in AT_ONCE if name in now}


def _read(session: Session, of: Sequence[Kept]) -> dict[str, dict[str, Any]]:
    texts = parts.read(session, [part.sha256 for part in of])
    return {part.name: parts.loaded(texts[part.sha256]) for part in of}
