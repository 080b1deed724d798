"""Who is responsible for what, put straight into the tables that visibility asks: no rules are worked through."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from portal.accounts.users import User, UserRole
from portal.contacts.inventory import Host, Service
from portal.contacts.memberships import CONTACT_GROUPS, Membership
from portal.contacts.sets import ContactSet, ContactSetGroup
from portal.customers.elements import Element, Release
from portal.customers.sites import Site
from portal.database import db, now
from portal.text import sort_key

Groups = Iterable[str]


def see_all(*usernames: str) -> None:
    """Let people see all of their company's hosts and services: their role is `admin`. Commits."""
    for id in db.session.scalars(select(User.id).where(User.username.in_(usernames))):
        db.session.add(UserRole(user_id=id, role_id="admin"))
    db.session.commit()


def group(key: str, *members: str, customer: str | None = "acme") -> uuid.UUID:
    """Add a contact group with these people in it."""
    found = db.session.scalar(select(Element).where(Element.kind == CONTACT_GROUPS, Element.key == key))
    if found is None:
        release = Release.CUSTOMER if customer else Release.GLOBAL
        found = Element(
            kind=CONTACT_GROUPS, key=key, title=key, title_key=sort_key(key), customer_id=customer, release=release
        )
        db.session.add(found)
        db.session.flush()
    people = db.session.scalars(select(User.id).where(User.username.in_(members)))
    db.session.add_all(Membership(user_id=id, group_id=found.id) for id in people)
    db.session.flush()
    return found.id


class Allocation:
    """Sets of groups, each made once, for hosts and services of the inventory."""

    def __init__(self) -> None:
        self.sets: dict[Any, uuid.UUID] = {}

    def host(self, site: str, name: str, *groups: str, **values: Any) -> None:
        """Add a host whose contacts are these groups."""
        values = {"state": 0, "services": [0, 0, 0, 0, 0], "seen_at": now(), **values}
        db.session.add(
            Host(
                site_id=site, customer_id=_customer(site), name=name, name_key=sort_key(name),
                contact_set_id=self._of_host(groups), **values,
            )
        )  # fmt: skip

    def service(
        self, site: str, host: str, name: str, own: Groups | None = None, *, of_host: Groups = (), **values: Any
    ) -> None:
        """Add a service with groups of its own, or those of its host, which are `of_host`."""
        of_host = tuple(sorted(of_host))
        set_id = self._of_services(of_host, None if own is None else tuple(sorted(own)))
        values = {"state": 0, "seen_at": now(), **values}
        db.session.add(
            Service(
                site_id=site, customer_id=_customer(site), host_name=host, description=name,
                name_key=sort_key(f"{host} {name}"), contact_set_id=set_id, **values,
            )
        )  # fmt: skip

    def sets_for(self, *groups: str) -> tuple[uuid.UUID, uuid.UUID]:
        """Return the sets of hosts and of their services for whose contacts are these groups."""
        return self._of_host(groups), self._of_services(tuple(sorted(groups)), None)

    def _of_host(self, groups: Groups) -> uuid.UUID:
        groups = tuple(sorted(groups))
        return self._made(groups, dict.fromkeys(groups, False))

    def _of_services(self, of_host: tuple[str, ...], own: tuple[str, ...] | None) -> uuid.UUID:
        held = dict.fromkeys(of_host, own is not None) | dict.fromkeys(own or (), False)
        host_set = self._of_host(of_host)
        return self._made(("services", of_host, own), held, host_set_id=host_set, has_own=own is not None)

    def _made(self, key: Any, held: Mapping[str, bool], **values: Any) -> uuid.UUID:
        if key not in self.sets:
            made = ContactSet(**values)
            db.session.add(made)
            db.session.flush()
            self.sets[key] = made.id
            for name, is_of_host in held.items():
                db.session.add(ContactSetGroup(set_id=made.id, group_id=group(name), is_of_host=is_of_host))
            db.session.flush()
        return self.sets[key]


def _customer(site: str) -> str:
    return db.session.get_one(Site, site).customer_id
