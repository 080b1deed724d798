"""A world to prove the separation of customers in: every deed on setup, and whose each marked thing is at each moment.

Everything made carries a marker of its own in its ID, title, text and secret. `check` looks for markers in every
snapshot published since the last look, and compares those of activations with a plain computation of its own.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import signing
from portal.access.rights import PortalRole
from portal.accounts.users import User
from portal.contacts.inventory import Host
from portal.contacts.memberships import Membership
from portal.customers.elements import Element
from portal.customers.models import Customer
from portal.customers.sites import Site
from portal.database import db, now
from portal.errors import Refused
from portal.jobs import work_once
from portal.seals import unseal
from portal.setup import elements, everything, sites
from portal.setup.distribution import activation, checks, rollback, snapshots
from portal.setup.distribution.snapshots import Snapshot
from portal.setup.kinds import KINDS
from portal.setup.users import groups, passwords, release
from portal.setup.users.publishing import ask
from tests.setup.people import Administrator

CUSTOMERS = ("acme", "beta", "provider")
RELEASED = (
    "ldap-connections", "passwords", "contact-groups", "host-groups", "service-groups", "rule-packs", "bi-aggregations",
)  # fmt: skip
SHARED = {"global", "general", "unassigned"}


class World:
    """The portal and what its tests know of it."""

    def __init__(self, app: Flask, tally: Counter[str]) -> None:
        self.app, self.count, self.checked, self.tally = app, 0, set[Any](), tally
        self.marks: dict[str, set[str]] = {}
        """By what carries them: an element's or person's id, a customer, a site's CA."""
        self.cas: dict[str, str] = {}

    def mark(self, of: Any) -> str:
        """Return a new marker and remember what carries it."""
        self.count += 1
        marker = f"mk{self.count:04}z"
        self.marks.setdefault(str(of), set()).add(marker)
        return marker

    def do(self, deed: Any) -> Any:
        """Do a deed and commit it; one that a rule of the house forbids has no effect."""
        with self.app.app_context():
            session = db.session()
            try:
                found = deed(session)
                session.commit()
                return found
            except Refused:
                self.tally["refused"] += 1
                session.rollback()
            finally:
                db.session.remove()

    # Deeds

    def connect(self, session: Session, customer: str) -> None:
        """Connect a site, with a host that contact groups are given to."""
        self.count += 1
        id = f"s{self.count}"
        sites.connect(session, id=id, alias=id, customer_id=customer, livestatus="tcp:127.0.0.1:6557",
                      by=Administrator())  # fmt: skip
        session.flush()
        session.add(Host(site_id=id, customer_id=customer, name="web1", name_key="web1", seen_at=now()))

    def furnish(self, session: Session, customer: str) -> None:
        """Give a customer a site, people, and one of everything; and an unassigned pack a rule of theirs."""
        self.connect(session, customer)
        self.person(session, customer)
        for kind in RELEASED:
            self.create(session, kind, customer, "", "")
        if elements.find(session, "rule-packs", "open") is None:
            elements.create(session, "rule-packs", key="open", title="Open", customer="", by=Administrator())
        group = select(Element.key).where(Element.kind == "contact-groups", Element.customer_id == customer)
        marked = session.scalars(group.where(~everything.is_own())).one()
        self.create(session, "rules", customer, marked, "open")
        self.create(session, "contact-rules", customer, marked, "")

    def mend(self) -> None:
        """Delete whatever refers to what is not released to its sites, and take people out of such groups."""
        with self.app.app_context():
            session = db.session()
            found = checks.find(session, CUSTOMERS).problems
            db.session.remove()
        for problem in found:
            self.do(lambda session, problem=problem: self._mend(session, problem))

    def _mend(self, session: Session, problem: checks.Problem) -> None:
        if problem.kind == "users":
            groups.choose(session, session.get_one(User, uuid.UUID(problem.key)), set(), by=Administrator())
        elif found := elements.find(session, problem.kind, problem.key):
            elements.delete(session, found, by=Administrator())

    def create(self, session: Session, kind: str, customer: str | None, reference: str, pack: str) -> None:
        """Add an element with markers, which may refer to a contact group or password, and lie in a pack."""
        made = f"new{self.count}"
        body: dict[str, Any] = {"comment": self.mark(made)}
        if reference and kind in ("rules", "bi-aggregations", "notification-rules"):
            body["contact_groups"] = [reference]
        if kind == "contact-rules":
            body |= {"assign": "hosts", "groups": [reference] if reference else []}
        secret = self.mark(made) if KINDS[kind].secret else None
        marks = self.marks.pop(made)
        key = f"k{self.count}{min(marks)}"
        found = elements.create(
            session, kind, key=key, title=f"T {min(marks)}", customer=customer, body=body, secret=secret,
            pack=pack or None, by=Administrator(),
        )  # fmt: skip
        self.marks[str(found.id)] = marks

    def edit(self, session: Session, found: Element) -> None:
        marker = self.mark(found.id)
        secret = self.mark(found.id) if KINDS[found.kind].secret else None
        body = {**found.body, "comment": marker}
        elements.change(session, found, title=f"T {marker}", body=body, secret=secret, by=Administrator())

    def person(self, session: Session, customer: str) -> None:
        self.count += 1
        marker = f"mk{self.count:04}z"
        role = None if customer == "provider" else PortalRole.USER
        user = User.create(
            session, name=f"N {marker}", email=f"{marker}@x.example", customer_id=customer, portal_role=role,
            roles=["guest"], username=marker, by=None,
        )  # fmt: skip
        user.password_hash = f"portal-hash-of-{marker}"
        self.marks[str(user.id)] = {marker}

    def password(self, session: Session, user: User) -> None:
        hash = "$2y$12$" + self.mark(user.id).ljust(53, "A")
        passwords.put(session, user, hash, by=Administrator())

    def rename_person(self, session: Session, user: User) -> None:
        user.rename(f"N {self.mark(user.id)}", by=None)

    def move_person(self, session: Session, user: User, customer: str) -> None:
        """Move somebody: a customer's person to another customer, the provider's own between provider and Global."""
        if user.is_staff:
            release.release(session, user, "provider" if user.customer_id is None else None, by=Administrator())
        elif customer != user.customer_id and customer != "provider":
            user.move(session.get_one(Customer, customer), by=None)

    def choose_groups(self, session: Session, user: User, keys: set[str]) -> None:
        groups.choose(session, user, keys, by=Administrator())

    def trust(self, session: Session, site: Site, pem: str) -> None:
        """Trust an authority; its owner is the site's customer of now."""
        self.cas[pem.split("\n")[3]] = site.customer_id
        sites.trust(session, site, pem, by=Administrator())

    def move_site(self, session: Session, site: Site, customer: str) -> None:
        sites.move(session, site, customer, by=Administrator())

    def publish(self, session: Session, customer: str | None) -> None:
        ask(session, customer, by=Administrator())

    def activate(self, only: list[str] | None) -> None:
        with self.app.app_context():
            try:
                activation.activate(only, by=Administrator())
            except Refused:
                self.tally["activation refused"] += 1
        self.check()

    def back(self, session: Session, snapshot: Snapshot) -> None:
        rollback.roll_back(session, session.get_one(Site, snapshot.site_id), snapshot.number, by=Administrator())

    def work(self) -> None:
        work_once(self.app)
        self.check()

    # What must hold

    def check(self) -> None:
        """Look through every snapshot made since the last look: nothing foreign, and all that belongs."""
        with self.app.app_context():
            session = db.session()
            made = session.scalars(select(Snapshot).where(Snapshot.id.not_in(self.checked))).all()
            if made:
                owners = self._owners(session)
                hashes = set(session.scalars(select(User.password_hash).where(User.password_hash.is_not(None))))
            for snapshot in made:
                text = snapshots.document(session, snapshot).decode()
                mine = {snapshot.customer_id, *SHARED}
                foreign = {mark for mark, owner in owners.items() if owner not in mine and mark in text}
                assert not foreign, f"{snapshot.site_id} of {snapshot.customer_id} ({snapshot.kind}) got {foreign}"
                assert not any(hash in text for hash in hashes)
                parts = snapshots.verify(text.encode(), signing.public())
                if snapshot.kind == "full":
                    self._is_exact(session, snapshot.customer_id, parts)
                self.checked.add(snapshot.id)
                self.tally[snapshot.kind] += 1
                self.tally["contacts"] += '"hosts":{"web1":0}' in text
                self.tally["left out"] += len(snapshot.left_out)
            db.session.remove()

    def _owners(self, session: Session) -> dict[str, str]:
        """Return whose each marker is now."""
        owners: dict[str, str] = {}
        for found in session.scalars(select(Element)):
            for mark in self.marks.get(str(found.id), ()):
                owners[mark] = found.customer_id or found.release
        for user in session.scalars(select(User)):
            for mark in self.marks.get(str(user.id), ()):
                owners[mark] = "nobody" if user.archived_at else user.customer_id or "global"
        owners |= {customer.name: customer.id for customer in session.scalars(select(Customer))}
        return owners | self.cas

    def _is_exact(self, session: Session, customer: str, parts: dict[str, Any]) -> None:
        """Compare with what a plain reading of all rows says the site is to have."""
        live = session.scalars(select(Element).where(Element.archived_at.is_(None))).all()
        mine = [one for one in live if one.release in ("general", "global") or one.customer_id == customer]
        packs = {one.pack_id for one in mine}
        mine += [one for one in live if one.release == "unassigned" and one.id in packs]
        expected = {}
        for one in mine:
            secret = unseal(one.sealed) if one.sealed else None
            expected[one.kind, one.key] = json.dumps(KINDS[one.kind].delivered(one, secret), sort_keys=True)
        found = {}
        for part in parts.values():
            for kind, some in part.get("elements", {}).items():
                for one in some:
                    found[kind, one["id"]] = json.dumps(one, sort_keys=True)
        assert found == expected
        users = session.scalars(
            select(User).where(User.archived_at.is_(None), (User.customer_id == customer) | User.customer_id.is_(None))
        )
        wanted = {user.username: (user.name, self._groups(session, user)) for user in users}
        given = {
            one["username"]: (one["name"], set(one["contact_groups"]))
            for part in parts.values() for one in part.get("users", ())
        }  # fmt: skip
        assert given == wanted

    @staticmethod
    def _groups(session: Session, user: User) -> set[str]:
        joined = select(Element).join(Membership, Membership.group_id == Element.id)
        found = session.scalars(joined.where(Membership.user_id == user.id, Element.archived_at.is_(None)))
        return {one.key for one in found}
