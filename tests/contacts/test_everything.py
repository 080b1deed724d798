"""Everything: the group that is responsible for all hosts, of the portal and of each customer (seed, 2.4 and 3.2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, select

from portal.accounts import hand_over
from portal.accounts.users import User
from portal.contacts.memberships import Membership
from portal.customers.elements import Element
from portal.customers.models import Customer
from portal.customers.uses import InUse
from portal.database import db
from portal.jobs import work_once
from portal.setup import elements, everything
from portal.setup.references import ReferenceRow
from tests.browser import Browser
from tests.contacts.allocation_world import Inventory
from tests.factories.elements import as_pat


def members(app: Flask, key: str) -> set[str]:
    """Return who is in a contact group."""
    with app.app_context():
        joined = select(User.username).join(Membership, Membership.user_id == User.id)
        found = set(
            db.session.scalars(joined.join(Element, Element.id == Membership.group_id).where(Element.key == key))
        )
        db.session.remove()
    return found


def test_a_new_portal_has_it_with_its_rule(app: Flask) -> None:
    """2.4: "the contact group Everything is automatically generated"; 3.2: "a predefined rule … assigns all"."""
    with as_pat(app) as (session, _pat):
        group, rule = (elements.find(session, kind, "all") for kind in ("contact-groups", "contact-rules"))
        assert group is not None
        assert rule is not None
        assert (group.title, group.release, rule.release) == ("Everything", "global", "global")
        assert rule.body["groups"] == ["all"]
        assert not any(
            rule.body[name] for name in ("folder", "hosts", "services", "labels", "tags", "sites", "customers")
        )


def test_its_name_can_be_changed_like_any_groups(app: Flask) -> None:
    """3.1: "the alias is a display name that can be changed at any later time"."""
    pat = Browser(app).sign_in("pat")
    path = "/provider/setup/contact-groups/all/edit"
    form = next(one for one in pat.get(path).forms.values() if "title" in one.fields)
    form["title"] = "Everybody"
    form.submit(status=302)
    form = next(one for one in pat.get(path).forms.values() if "title" in one.fields)
    assert (form["title"].value, form["customer"].value) == ("Everybody", "global")


@pytest.mark.parametrize(("customer", "person"), [("acme", "ada"), ("beta", "bea"), ("gamma", "gus")])
def test_a_customers_super_user_is_in_its_own(app: Flask, customer: str, person: str) -> None:
    assert members(app, f"{customer}-everything") == {person}


def test_it_is_over_the_customers_own_sites_alone(app: Flask) -> None:
    keys = {"all", "acme-everything", "beta-everything"}
    with as_pat(app) as (session, _pat):
        rules = [
            (one.key, one.body, one.customer_id)
            for one in session.scalars(select(Element).where(Element.kind == "contact-rules", Element.key.in_(keys)))
        ]
    inventory = Inventory(app)
    for key, body, customer in rules:
        inventory.group(key, customer)
        inventory.give("contact-rules", f"{key}-rule", customer, **body)
    inventory.site("harbour", "acme")
    inventory.site("plant", "beta")
    inventory.host("web1", services=["CPU load"])
    inventory.host("press1", site="plant", customer="beta")
    inventory.compute()
    hosts, services = inventory.kept()
    assert hosts == {("harbour", "web1"): {"all", "acme-everything"}, ("plant", "press1"): {"all", "beta-everything"}}
    assert services["harbour", "web1", "CPU load"][0] == {"all", "acme-everything"}


def test_a_new_customer_gets_its_own_and_its_first_super_user_joins(app: Flask, as_: Callable[[str], Browser]) -> None:
    form = as_("pat").get("/provider/customers/new").forms["customer"]
    form["id"], form["name"] = "delta", "Delta Works"
    form.submit(status=302)
    with as_pat(app) as (session, pat):
        customer = session.get_one(Customer, "delta")
        person = hand_over.invite_super_user(
            session, customer, name="Dora", email="dora@delta.example", rights=[], by=pat
        )
        username = person.username
    assert members(app, "delta-everything") == {username}


def test_who_is_made_super_user_joins_and_who_was_leaves(app: Flask) -> None:
    with as_pat(app) as (session, pat):
        people = {name: session.scalars(select(User).where(User.username == name)).one() for name in ("ada", "alan")}
        people["ada"].last_sign_in_at = None
        hand_over.appoint(session, session.get_one(Customer, "acme"), people["alan"], by=pat)
    assert members(app, "acme-everything") == {"alan"}


def test_a_portal_from_before_gets_all_of_it_at_its_next_start_and_once(app: Flask) -> None:
    with as_pat(app) as (session, _pat):
        for model in (Membership, ReferenceRow):
            session.execute(delete(model))
        session.execute(delete(Element).where(Element.kind.in_(("contact-groups", "contact-rules"))))
    for _start in range(2):
        with as_pat(app) as (session, _pat):
            everything.found(session)
    assert members(app, "acme-everything") == {"ada"}
    with as_pat(app) as (session, pat):
        for kind in ("contact-rules", "contact-groups"):
            element = elements.find(session, kind, "all")
            assert element is not None
            elements.delete(session, element, by=pat)
        everything.found(session)
        assert elements.find(session, "contact-groups", "all") is None, "what somebody deleted stays deleted"


def test_it_holds_no_customer_back_and_goes_with_it(app: Flask) -> None:
    with as_pat(app) as (session, pat):
        Customer.create(session, id="delta", name="Delta", by=pat)
    with as_pat(app) as (session, pat):
        session.get_one(Customer, "delta").delete(session, by=pat)
        assert everything.of(session, "delta") is None
    with as_pat(app) as (session, pat), pytest.raises(InUse):
        session.get_one(Customer, "acme").delete(session, by=pat)


def test_a_rule_that_is_edited_is_computed_by_the_worker(app: Flask) -> None:
    inventory = Inventory(app)
    inventory.site("harbour", "acme")
    inventory.host("web1")
    inventory.group("linux")
    with as_pat(app) as (session, pat):
        for key in ("one", "two"):
            body = {**everything._RULE, "groups": ["linux"], "hosts": [key if key == "one" else "~web"]}
            elements.create(session, "contact-rules", key=key, title=key, customer="global", body=body, by=pat)
    work_once(app)
    assert inventory.kept()[0] == {("harbour", "web1"): {"linux"}}
