"""Reasons: which contact groups are responsible for a host or a service, why each, and who that makes contacts.

What rules, folders and assignments say now, whether or not the job that puts it into the inventory has run since.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...accounts.users import User
from ...contacts.allocation.deciding import Decider, Gift
from ...contacts.allocation.matching import Facts
from ...contacts.allocation.reading import ASSIGNMENTS, FOLDERS, Group, sources
from ...contacts.memberships import Membership

MOST_MEMBERS = 20


@dataclass(frozen=True)
class Reason:
    """Why a group is responsible: a sentence, and the element that says so."""

    sentence: str
    kind: str
    key: str


@dataclass
class Responsible:
    """A group that is responsible, why, and the first of its members."""

    group: Group
    reasons: list[Reason] = field(default_factory=list)
    members: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """Who is responsible for one host or service; `is_inherited`: a service has just what its host has."""

    groups: list[Responsible]
    is_inherited: bool = False


class Reasons:
    """Why hosts and services have their groups. One statement for all that are asked."""

    def __init__(self, session: Session) -> None:
        self._decider = Decider(sources(session))

    def host(self, facts: Facts) -> Found:
        """Return who is responsible for a host."""
        return Found(self._sum(self._decider.gifts(facts), facts))

    def service(self, facts: Facts, description: str) -> Found:
        """Return who is responsible for a service: who was given it explicitly, else who is for its host."""
        gifts = [gift for gift in self._decider.service_gifts(facts) if gift.reaches(description)]
        own = self._sum(gifts, facts)
        return Found(own) if own else Found(self.host(facts).groups, is_inherited=True)

    def _sum(self, gifts: Iterable[Gift], facts: Facts) -> list[Responsible]:
        found: dict[uuid.UUID, Responsible] = {}
        for gift in gifts:
            for group in self._decider.granted(gift, facts):
                reason = Reason(say(gift, facts), gift.source.kind, gift.source.key)
                found.setdefault(group.id, Responsible(group)).reasons.append(reason)
        return sorted(found.values(), key=lambda one: (one.group.title.casefold(), one.group.key))


def say(gift: Gift, facts: Facts) -> str:
    """Return why a gift reaches a host, in words."""
    source = gift.source
    if source.kind == ASSIGNMENTS:
        return str(_("assigned to the service itself") if gift.description else _("assigned to the host itself"))
    if source.kind != FOLDERS:
        return str(_("rule “%(title)s”", title=source.title))
    path = source.body.get("path") or "/"
    if path == facts.folder:
        return str(_("folder %(path)s", path=path))
    return str(_("folder %(path)s, with all its subfolders", path=path))


def with_members(session: Session, found: Found) -> Found:
    """Fill in the first members of each group, by name. One statement."""
    by_id = {one.group.id: one for one in found.groups}
    place = func.row_number().over(partition_by=Membership.group_id, order_by=(User.name_key, User.id)).label("place")
    ranked = (
        select(Membership.group_id, User.id, User.name, User.customer_id, place)
        .join(User, User.id == Membership.user_id)
        .where(Membership.group_id.in_(by_id), User.archived_at.is_(None))
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.place <= MOST_MEMBERS + 1).order_by(ranked.c.place))
    for row in rows:
        by_id[row.group_id].members.append(row)
    return found
