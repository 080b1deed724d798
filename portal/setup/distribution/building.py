"""Building: the parts that sites are to get now. What nothing has changed in since it was made is taken as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...access.roles import stamp
from ...contacts.allocation import delivery
from ...contacts.memberships import CONTACT_GROUPS
from ...customers.elements import Release
from ...customers.models import Customer
from ...customers.sites import Site
from .. import changes
from ..changes import Change
from . import contents, parts
from .parts import GENERAL, GLOBAL, GLOBAL_USERS, Part, names_of

AT_ONCE = 5000
"""How many values one statement names at most."""


@dataclass(frozen=True)
class Kept:
    """A part that is in the database already."""

    name: str
    sha256: str
    size: int
    as_of: int
    stamp: str


@dataclass
class Built:
    """Parts by name, as of a change's number; `made` are those that are not in the database yet."""

    number: int
    parts: dict[str, Part | Kept] = field(default_factory=dict)
    made: list[Part] = field(default_factory=list)

    def of(self, site_id: str, customer_id: str) -> list[Part | Kept]:
        """Return the parts of a site, in order."""
        return [self.parts[name] for name in names_of(site_id, customer_id)]


def build(session: Session, sites: Sequence[Any]) -> Built:
    """Return what these sites (rows with the columns of `own_columns`) are to get now."""
    built = Built(changes.latest(session))  # read first: whatever is committed later has a higher number
    customers = {site.customer_id for site in sites}
    names = {name for site in sites for name in names_of(site.id, site.customer_id)}
    stamps = _stamps(session, sites, customers)
    built.parts.update(_fresh(session, names, stamps))
    for name, content in _missing(session, sites, customers, built.parts):
        part = parts.make(name, content, as_of=built.number, stamp=stamps.get(name, ""))
        built.parts[name] = part
        built.made.append(part)
    return built


def own_columns() -> tuple[Any, ...]:
    """Return the columns of a site that its own part is made from."""
    return Site.id, Site.alias, Site.gui_url, Site.customer_id, Site.settings, Site.trusted_cas, Site.version


def scopes_of(site_id: str, customer_id: str) -> set[str]:
    """Return whose changes touch a site."""
    return {Release.GENERAL, Release.GLOBAL, f"customer:{customer_id}", f"site:{site_id}"}


def holds(session: Session, built: Built) -> bool:
    """Tell, under the lock, whether the parts that were taken as they were are still current."""
    kept = [part.sha256 for part in built.parts.values() if isinstance(part, Kept)]
    current = 0
    for some in sliced(kept):
        found = select(func.count()).where(Part.sha256.in_(some), Part.is_current)
        current += session.scalar(found) or 0
    return current == len(kept)


def sliced(values: Collection[str]) -> Iterator[list[str]]:
    """Yield values in portions that one statement can name."""
    ordered = sorted(values)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def _stamps(session: Session, sites: Iterable[Any], customers: Collection[str]) -> dict[str, str]:
    """Return the versions of rows whose edits leave no change, by part."""
    found = {GENERAL: str(session.scalar(select(stamp())))}
    found |= {f"site:{site.id}": f"{site.version} {site.customer_id}" for site in sites}
    for some in sliced(customers):
        versions = session.execute(select(Customer.id, Customer.version).where(Customer.id.in_(some)))
        found |= {f"customer:{id}": str(version) for id, version in versions}
    return found


def _fresh(session: Session, names: Collection[str], stamps: dict[str, str]) -> dict[str, Part | Kept]:
    """Return the current parts in whose scopes nothing has happened since."""
    columns = Part.name, Part.sha256, Part.size, Part.as_of, Part.stamp
    current = [
        Kept(*row)
        for some in sliced(names)
        for row in session.execute(select(*columns).where(Part.name.in_(some), Part.is_current))
    ]
    if not current:
        return {}
    last: dict[tuple[str, bool], int] = {}
    since = min(part.as_of for part in current)
    seen = select(Change.scope, Change.kind, func.max(Change.number)).where(Change.number > since)
    for scope, kind, number in session.execute(seen.group_by(Change.scope, Change.kind)):
        for is_of_group in {False, kind == CONTACT_GROUPS}:
            last[scope, is_of_group] = max(number or 0, last.get((scope, is_of_group), 0))
    return {
        part.name: part
        for part in current
        if part.stamp == stamps.get(part.name, "")
        and all(last.get(watched, 0) <= part.as_of for watched in _watched(part.name))
    }


def _watched(name: str) -> list[tuple[str, bool]]:
    """Return whose changes end a part: scopes, and whether those of contact groups alone."""
    if name == GLOBAL_USERS:
        return [(Release.GLOBAL, False)]
    if name.startswith("users:"):
        return [(f"customer:{name.removeprefix('users:')}", False), (Release.GLOBAL, True)]
    return [(name, False)]


def _missing(
    session: Session, sites: Iterable[Any], customers: Collection[str], there: Collection[str]
) -> Iterator[tuple[str, contents.Content]]:
    """Yield name and content of every part that is not there."""
    if GENERAL not in there:
        yield GENERAL, contents.general(session)
    if GLOBAL not in there:
        yield GLOBAL, contents.of_all(session)
    if GLOBAL_USERS not in there:
        yield GLOBAL_USERS, contents.everybody(session)
    for some in sliced([id for id in customers if f"customer:{id}" not in there]):
        for id, content in contents.of_customers(session, some).items():
            yield f"customer:{id}", content
    for some in sliced([id for id in customers if f"users:{id}" not in there]):
        for id, content in contents.users_of(session, some).items():
            yield f"users:{id}", content
    missing = [site for site in sites if f"site:{site.id}" not in there]
    contacts = delivery.of_sites(session, [site.id for site in missing]) if missing else {}
    for site in missing:
        yield f"site:{site.id}", contents.own(site, contacts[site.id])
