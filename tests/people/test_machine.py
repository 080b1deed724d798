"""Any order of any deeds by anybody leaves the rules of the house standing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from portal.access import policy
from portal.access.rights import RANK, PortalRole, Right
from portal.accounts import invitations
from portal.accounts.hand_over import OldBecomes, super_user_of
from portal.accounts.requests import RequestState, SuperUserRequest
from portal.accounts.users import User, offered_rights
from portal.audit.models import Event
from portal.customers.models import Customer
from portal.database import db
from portal.errors import Forged, Refused

CUSTOMERS = ("acme", "beta")
DEEDS_BY_RANK = ("user.role_changed", "user.disabled", "user.enabled", "user.deleted", "user.right_granted")
some = st.integers(0, 30)
roles = st.sampled_from([*PortalRole])
rights = st.sets(st.sampled_from([*Right]))


@dataclass(frozen=True)
class Actor:
    """A person as a request sees them: what they are now, with the verbs that follow."""

    id: uuid.UUID
    name: str
    customer_id: str | None
    portal_role: PortalRole | None
    verbs: frozenset[str]
    address: str = ""


class Company(RuleBasedStateMachine):
    """Two companies in which everybody tries everything."""

    house: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.house.reset()
        self.context = self.house.app.test_request_context()
        self.context.push()
        self.session = db.session()
        self.seen: set[uuid.UUID] = set(self.session.scalars(select(Event.id)))
        self.number = 0

    def teardown(self) -> None:
        db.session.remove()
        self.context.pop()

    def people(self) -> list[User]:
        return list(self.session.scalars(select(User).where(User.portal_role.is_not(None)).order_by(User.id)))

    def someone(self, number: int) -> User:
        people = [user for user in self.people() if user.archived_at is None]
        return people[number % len(people)]

    def actor(self, number: int) -> Actor:
        user = self.someone(number)
        verbs = policy.verbs_of(portal_role=user.portal_role, rights=user.rights, permissions=frozenset())
        return Actor(user.id, user.name, user.customer_id, user.portal_role, verbs)

    def attempt(self, actor: Actor | User, target: User | None, act: Any) -> None:
        """Do it; when it is allowed, whoever did it must have stood above the other."""
        before = (actor.portal_role, target.portal_role, target.customer_id) if target is not None else None
        try:
            act()
            self.session.commit()
        except (Forged, Refused):
            self.session.rollback()
            return
        told = list(self.session.scalars(select(Event).where(Event.id.not_in(self.seen))))
        self.seen |= {event.id for event in told}
        if before and any(event.tag in DEEDS_BY_RANK for event in told):
            mine, theirs, customer = before
            assert actor.customer_id == customer
            assert RANK[mine] > RANK[theirs]

    @rule(actor=some, whom=some, role=roles)
    def give_role(self, actor: int, whom: int, role: PortalRole) -> None:
        who, user = self.actor(actor), self.someone(whom)
        self.attempt(who, user, lambda: user.give_role(role, by=who))

    @rule(actor=some, whom=some, wanted=rights)
    def give_rights(self, actor: int, whom: int, wanted: set[Right]) -> None:
        who, user = self.actor(actor), self.someone(whom)
        offered = offered_rights(self.session, who.customer_id)
        self.attempt(who, user, lambda: user.grant_rights(wanted, offered=offered, by=who))

    @rule(actor=some, whom=some, deed=st.sampled_from(["disable", "enable", "delete", "withdraw_invitation"]))
    def do(self, actor: int, whom: int, deed: str) -> None:
        who, user = self.actor(actor), self.someone(whom)
        self.attempt(who, user, lambda: getattr(user, deed)(by=who))

    @rule(actor=some, customer=st.sampled_from(CUSTOMERS), role=roles, wanted=rights, accepts=st.booleans())
    def invite(self, actor: int, customer: str, role: PortalRole, wanted: set[Right], accepts: bool) -> None:
        who = self.actor(actor)
        self.number += 1

        def act() -> None:
            user = invitations.invite(
                self.session, name=f"N{self.number}", email=f"n{self.number}@x.example",
                customer_id=customer, role=role, rights=wanted, offered=offered_rights(self.session, customer), by=who,
            )  # fmt: skip
            assert role in policy.assignable_roles(who)
            assert customer == who.customer_id
            user.password_hash = "x" if accepts else None

        self.attempt(who, None, act)

    @rule(actor=some, whom=some)
    def ask(self, actor: int, whom: int) -> None:
        who, user = self.actor(actor), self.someone(whom)
        if "super_user.ask" in who.verbs:
            company = self.session.get_one(Customer, who.customer_id)
            self.attempt(
                who, None,
                lambda: SuperUserRequest.raise_(self.session, customer=company, nominee=user, reason="So", by=who),
            )  # fmt: skip

    @rule(becomes=st.sampled_from([*OldBecomes]))
    def approve(self, becomes: OldBecomes) -> None:
        pat = self.session.scalar(select(User).where(User.username == "pat"))
        open_ones = select(SuperUserRequest).where(SuperUserRequest.state == RequestState.OPEN)
        for wish in self.session.scalars(open_ones).all():
            self.attempt(pat, None, lambda wish=wish: wish.approve(self.session, old_becomes=becomes, by=pat))

    @invariant()
    def each_company_has_one_super_user_who_is_there(self) -> None:
        for customer in CUSTOMERS:
            user = super_user_of(self.session, customer)
            assert user is not None
            assert user.archived_at is None
            assert user.password_hash

    @invariant()
    def nobody_holds_a_right_that_was_never_offered(self) -> None:
        assert not [u for u in self.people() if u.customer_id == "beta" and Right.REQUEST_SUPPORT in u.rights]


def test_the_rules_stand_whatever_people_try(house):
    Company.house = house
    machine = Company.TestCase
    machine.settings = settings(
        max_examples=12, stateful_step_count=25, deadline=None, database=None, derandomize=True,
        suppress_health_check=[*HealthCheck],
    )  # fmt: skip
    machine().runTest()
