"""Delivery: each site is told who is responsible for its own hosts, and no other customer's group."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.contacts.allocation import delivery
from portal.customers.sites import Site
from portal.database import db
from portal.setup.changes import Change
from portal.setup.distribution import building
from portal.setup.distribution.parts import opened
from tests.contacts.allocation_world import Inventory


@pytest.fixture
def inventory(app: Flask) -> Inventory:
    """A host of acme and one of beta; a group of each, and a Global one."""
    inventory = Inventory(app)
    inventory.site("harbour", "acme")
    inventory.site("plant", "beta")
    inventory.host("web1", services=["CPU load", "SAP one"])
    inventory.host("press1", site="plant", customer="beta", services=["Secret of beta"])
    inventory.group("all")
    inventory.group("acme-web", "acme")
    inventory.group("beta-plant", "beta")
    inventory.give("contact-rules", "a", groups=["all", "acme-web", "beta-plant"])
    inventory.give("contact-rules", "s", assign="services", groups=["all"], services=["~S"])
    inventory.compute()
    return inventory


def told(app: Flask, *sites: str) -> dict[str, Any]:
    """Return what sites are told."""
    with app.app_context():
        found = delivery.of_sites(db.session(), sites)
        db.session.remove()
    return found


def noted(app: Flask) -> list[tuple[str, str]]:
    """Return scope and act of the changes of groups that wait."""
    with app.app_context():
        rows = db.session.execute(select(Change.scope, Change.act).where(Change.kind == "contacts"))
        found = [(scope, act) for scope, act in rows.all()]
        db.session.remove()
    return found


def test_a_site_is_told_of_its_hosts_and_of_groups_it_may_know(app: Flask, inventory: Inventory) -> None:
    assert told(app, "harbour", "plant") == {
        "harbour": {
            "plans": [
                {
                    "contact_groups": ["acme-web", "all"], "service_contact_groups": None,
                    "services": {"SAP one": ["all"]},
                }
            ],
            "hosts": {"web1": 0},
        },
        "plant": {
            "plans": [
                {
                    "contact_groups": ["all", "beta-plant"], "service_contact_groups": None,
                    "services": {"Secret of beta": ["all"]},
                }
            ],
            "hosts": {"press1": 0},
        },
    }  # fmt: skip


def test_it_stands_in_the_sites_own_part(app: Flask, inventory: Inventory) -> None:
    with app.app_context():
        session = db.session()
        sites = session.execute(select(*building.own_columns()).where(Site.id == "harbour")).all()
        built = building.build(session, sites)
        content = next(part for part in built.made if part.name == "site:harbour").content
        text = opened(content).decode()
        db.session.remove()
    assert '"hosts":{"web1":0}' in text
    assert "beta" not in text
    assert "Secret" not in text


def test_another_result_waits_for_the_next_activation_of_that_site_alone(app: Flask, inventory: Inventory) -> None:
    assert sorted(noted(app)) == [("site:harbour", "changed"), ("site:plant", "changed")]
    inventory.compute()
    assert len(noted(app)) == 2, "the same result is no change"
    inventory.give("contact-rules", "more", "beta", groups=["beta-plant"])
    inventory.compute()
    assert len(noted(app)) == 2, "another rule that says the same is none either"
    inventory.give("contact-rules", "own", "acme", assign="services", groups=["acme-web"], services=["CPU load"])
    inventory.compute()
    assert noted(app)[2:] == [("site:harbour", "changed")]


def test_what_is_published_again_names_only_groups_that_are_still_there(app: Flask, inventory: Inventory) -> None:
    before = told(app, "harbour")["harbour"]
    plans = delivery.within(before, {"acme-web"})["plans"]
    assert plans == [{"contact_groups": ["acme-web"], "service_contact_groups": None, "services": {"SAP one": None}}]
