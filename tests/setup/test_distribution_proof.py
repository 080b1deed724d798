"""The proof: no sequence of edits, moves, packs, activations and rollbacks puts what is one customer's into another's.

Hypothesis chooses what is done in which order; `world.World.check` looks at every snapshot that comes of it.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from portal.accounts.users import User
from portal.customers.elements import Element
from portal.customers.sites import Site
from portal.database import db
from portal.setup import elements
from portal.setup.distribution.snapshots import Snapshot
from portal.setup.distribution.standing import SiteStanding
from tests.factories.certificates import certificate
from tests.setup.people import Administrator
from tests.setup.world import CUSTOMERS, RELEASED, World

EXAMPLES, STEPS = 20 * max(1, int(os.environ.get("ATTACK", "0")) // 10), 50
GENERAL = ("host-tags", "time-periods", "notification-rules")
customers = st.sampled_from(CUSTOMERS)
picks = st.integers(0, 10_000)


def machine(app: Any, house: Any, tally: Counter[str]) -> type[RuleBasedStateMachine]:
    """Return the machine for one portal, which is put back to its first day for every example."""
    authorities = [certificate(f"Authority {number}") for number in range(8)]

    class Distribution(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            house.reset()
            self.world, self.trusted = World(app, tally), 0

        def one(self, statement: Any, pick: int) -> Any:
            """Return one of the rows' ids, or None when there is none."""
            with app.app_context():
                found = db.session.scalars(statement).all()
                db.session.remove()
            return found[pick % len(found)] if found else None

        def with_one(self, model: Any, statement: Any, pick: int, deed: Any) -> None:
            id = self.one(statement, pick)
            if id is not None:
                self.world.do(lambda session: deed(session, session.get_one(model, id)))

        @initialize()
        def begin(self) -> None:
            for customer in CUSTOMERS:
                self.world.do(lambda session, customer=customer: self.world.furnish(session, customer))
            self.activate()
            for customer in CUSTOMERS:
                self.world.do(lambda session, customer=customer: self.world.person(session, customer))
            self.edit(0)
            self.activate()

        @rule(customer=customers)
        def connect(self, customer: str) -> None:
            self.world.do(lambda session: self.world.connect(session, customer))

        @rule(kind=st.sampled_from(RELEASED), customer=st.sampled_from((*CUSTOMERS, "global", "")), pick=picks)
        def create(self, kind: str, customer: str, pick: int) -> None:
            group = self.one(keys("contact-groups"), pick) if pick % 7 == 0 else ""
            self.world.do(lambda session: self.world.create(session, kind, customer, group or "", ""))

        @rule(customer=st.sampled_from((*CUSTOMERS, "global")), pick=picks)
        def create_rule(self, customer: str, pick: int) -> None:
            pack = self.one(keys("rule-packs"), pick)
            group = self.one(keys("contact-groups"), pick) if pick % 5 == 0 else ""
            if pack:
                self.world.do(lambda session: self.world.create(session, "rules", customer, group or "", pack))

        @rule(customer=st.sampled_from((*CUSTOMERS, "global")), pick=picks)
        def allocate(self, customer: str, pick: int) -> None:
            group = self.one(keys("contact-groups"), pick)
            self.world.do(lambda session: self.world.create(session, "contact-rules", customer, group or "", ""))
            self.world.work()

        @rule(kind=st.sampled_from(GENERAL))
        def create_general(self, kind: str) -> None:
            self.world.do(lambda session: self.world.create(session, kind, None, "", ""))

        @rule(pick=picks)
        def edit(self, pick: int) -> None:
            self.with_one(Element, live(), pick, self.world.edit)

        @rule(pick=picks, customer=st.sampled_from((*CUSTOMERS, "global", "")))
        def release(self, pick: int, customer: str) -> None:
            self.with_one(Element, live(), pick, lambda session, found: elements.release(
                session, found, customer, by=Administrator()))  # fmt: skip

        @rule(pick=picks, customer=customers, whose=customers)
        def give_away_a_group_that_others_name(self, pick: int, customer: str, whose: str) -> None:
            self.with_one(Element, live().where(Element.kind == "contact-groups"), pick, lambda session, found:
                elements.release(session, found, customer, by=Administrator()))  # fmt: skip
            self.publish(whose)

        @rule(pick=picks, other=picks)
        def move_rule(self, pick: int, other: int) -> None:
            pack = self.one(keys("rule-packs"), other)
            self.with_one(Element, live().where(Element.kind == "rules"), pick, lambda session, found: elements.change(
                session, found, pack=pack, by=Administrator()))  # fmt: skip

        @rule(pick=picks)
        def delete(self, pick: int) -> None:
            self.with_one(Element, live(), pick, lambda session, found: elements.delete(
                session, found, by=Administrator()))  # fmt: skip

        @rule(customer=customers)
        def person(self, customer: str) -> None:
            self.world.do(lambda session: self.world.person(session, customer))

        @rule(pick=picks, deed=st.sampled_from(("password", "rename_person", "disable", "enable", "delete")))
        def change_person(self, pick: int, deed: str) -> None:
            def act(session: Any, user: User) -> None:
                getattr(self.world, deed)(session, user) if hasattr(self.world, deed) else getattr(user, deed)(by=None)

            self.with_one(User, marked_people(), pick, act)
            self.world.work()

        @rule(pick=picks, customer=customers)
        def move_person(self, pick: int, customer: str) -> None:
            self.with_one(
                User, marked_people(), pick, lambda session, user: self.world.move_person(session, user, customer)
            )

        @rule(pick=picks, other=picks)
        def join(self, pick: int, other: int) -> None:
            key = self.one(keys("contact-groups"), other)
            self.with_one(User, marked_people(), pick, lambda session, user: self.world.choose_groups(
                session, user, {key} if key else set()))  # fmt: skip

        @rule()
        def mend(self) -> None:
            """Do what whoever is refused an activation does: give everything that is named to whoever names it."""
            self.world.mend()

        @rule(pick=picks)
        def leave_groups(self, pick: int) -> None:
            self.with_one(
                User, marked_people(), pick, lambda session, user: self.world.choose_groups(session, user, set())
            )

        @rule(pick=picks)
        def trust(self, pick: int) -> None:
            if self.trusted < len(authorities):
                pem = authorities[self.trusted]
                self.trusted += 1
                self.with_one(Site, select(Site.id), pick, lambda session, site: self.world.trust(session, site, pem))

        @rule(pick=picks, customer=customers)
        def move_site(self, pick: int, customer: str) -> None:
            self.with_one(
                Site, select(Site.id), pick, lambda session, site: self.world.move_site(session, site, customer)
            )

        @rule()
        def activate(self) -> None:
            self.world.activate(None)

        @rule(pick=picks)
        def activate_one(self, pick: int) -> None:
            self.world.activate([self.one(select(Site.id), pick)])

        @rule(customer=st.sampled_from((*CUSTOMERS, None)))
        def publish(self, customer: str | None) -> None:
            self.world.do(lambda session: self.world.publish(session, customer))
            self.world.work()

        @precondition(lambda self: self.world.checked)
        @rule(pick=picks)
        def roll_back(self, pick: int) -> None:
            self.with_one(Snapshot, earlier(), pick, self.world.back)
            self.world.check()

        @rule()
        def work(self) -> None:
            self.world.work()

        @invariant()
        def nothing_foreign(self) -> None:
            self.world.check()

    return Distribution


def live() -> Any:
    return select(Element.id).where(Element.archived_at.is_(None)).order_by(Element.id)


def keys(kind: str) -> Any:
    return select(Element.key).where(Element.kind == kind, Element.archived_at.is_(None)).order_by(Element.id)


def earlier() -> Any:
    """Select the snapshots that a site of the same customer had before its present one."""
    present = (SiteStanding.customer_id == Snapshot.customer_id) & (SiteStanding.number > Snapshot.number)
    joined = select(Snapshot.id).join(SiteStanding, SiteStanding.site_id == Snapshot.site_id)
    return joined.where(present).order_by(Snapshot.id)


def marked_people() -> Any:
    return select(User.id).where(User.username.startswith("mk"), User.archived_at.is_(None)).order_by(User.id)


def test_nothing_of_one_customer_ever_reaches_another(app, house, monkeypatch):
    monkeypatch.setitem(app.config, "GLOBAL_KINDS", " ".join(RELEASED))
    tally: Counter[str] = Counter()
    examples = EXAMPLES if house.server is None else EXAMPLES // 2  # the same rules, at eight times the cost
    run_state_machine_as_test(
        machine(app, house, tally),
        settings=settings(
            max_examples=examples, stateful_step_count=STEPS, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    tried = [tally[what] for what in ("full", "users", "rollback", "contacts")]
    assert min(tried) >= examples // 5, f"too little was tried: {tally}"
