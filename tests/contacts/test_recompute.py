"""Recomputing: whatever is edited in whatever order, the rows end up with what a plain computation says."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.contacts.allocation import moving
from portal.contacts.inventory import Host, Service
from portal.contacts.sets import ContactSet
from portal.database import db
from tests.contacts.allocation_world import Inventory

FOLDERS = ("/", "/linux", "/linux/db", "/windows")
SERVICES = ("CPU load", "Filesystem /", "Filesystem /var", "SAP one")
NAMES = ("web1", "web2", "db1", "db2")
GROUPS = {"all": None, "linux": None, "sap": None, "acme-web": "acme", "beta-web": "beta"}
SITES = {"harbour": "acme", "quay": "acme", "plant": "beta"}

some_groups = st.lists(st.sampled_from(sorted(GROUPS)), min_size=1, max_size=2, unique=True)
owners = st.sampled_from((None, None, "acme", "beta"))
flags = st.booleans()
rules = st.fixed_dictionaries(
    {"assign": st.sampled_from(("hosts", "services")), "groups": some_groups},
    optional={
        "folder": st.sampled_from(FOLDERS),
        "hosts": st.lists(st.sampled_from((*NAMES, "~web", "~.*1$")), min_size=1, max_size=2),
        "services": st.lists(st.sampled_from((*SERVICES, "~Filesystem", "~.*o")), min_size=1, max_size=2),
        "labels": st.sampled_from((["os:linux"], ["os:linux", "tier:one"])),
        "tags": st.just(["crit:prod"]),
        "sites": st.lists(st.sampled_from(sorted(SITES)), min_size=1, max_size=2),
        "customers": st.just(["beta"]),
    },
)
folders = st.fixed_dictionaries(
    {"path": st.sampled_from(FOLDERS), "groups": some_groups, "as_contacts": flags, "as_contacts_below": flags,
     "for_services": flags}
)  # fmt: skip
assignments = st.fixed_dictionaries(
    {"site": st.sampled_from(sorted(SITES)), "host": st.sampled_from(NAMES),
     "service": st.sampled_from(("", *SERVICES)), "groups": some_groups}
)  # fmt: skip
edits = st.one_of(
    st.tuples(st.just("contact-rules"), st.sampled_from("abcd"), owners, rules, flags),
    st.tuples(st.just("folders"), st.sampled_from("ef"), owners, folders, st.just(True)),
    st.tuples(st.just("assignments"), st.sampled_from("gh"), st.just("acme"), assignments, st.just(True)),
    st.tuples(st.just("delete"), st.sampled_from("abcdefgh")),
    st.tuples(st.just("new"), st.sampled_from(sorted(SITES)), st.sampled_from(FOLDERS), st.booleans()),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.lists(edits, min_size=1, max_size=3), min_size=1, max_size=5))
def test_many_edits_end_where_one_plain_computation_does(app: Flask, steps: list[list[Any]]) -> None:
    inventory = _inventory(app)
    count = 0
    for some in steps:
        whole = False
        for kind, *what in some:
            if kind == "delete":
                inventory.take(what[0])
                whole = True
            elif kind == "new":
                site, folder, is_known = what
                count += 1
                if is_known:
                    names = [f"Filesystem /{count}", f"New {count}"][: 1 + count % 2]
                    inventory.services("web1", names, site=site, customer=SITES[site])
                else:
                    inventory.host(
                        f"web-new-{count}", site=site, customer=SITES[site], folder=folder, services=SERVICES[:2]
                    )
            else:
                key, customer, body, is_enabled = what
                inventory.give(kind, key, customer, enabled=is_enabled, **body)
                whole = True
        inventory.compute(only_new=not whole)
        assert inventory.kept() == inventory.naive()


def _inventory(app: Flask) -> Inventory:
    inventory = Inventory(app)
    for site, customer in SITES.items():
        inventory.site(site, customer)
        for place, name in enumerate(NAMES):
            inventory.host(
                name, site=site, customer=customer, folder=FOLDERS[place], services=SERVICES,
                labels={"os": "linux", "tier": "one"} if place % 2 else {"os": "linux"},
                tags={"crit": "prod" if place else "test"},
            )  # fmt: skip
    for key, owner in GROUPS.items():
        inventory.group(key, owner)
    return inventory


def test_a_rule_for_all_hosts_rewrites_no_row_when_it_is_edited(app: Flask, statements: list[str]) -> None:
    inventory = _inventory(app)
    inventory.give("contact-rules", "a", groups=["all"])
    inventory.compute()
    inventory.give("contact-rules", "a", groups=["linux"])
    statements.clear()
    inventory.compute()
    rewritten = ("UPDATE inventory_", "INSERT INTO contact_sets", "INSERT INTO contact_plans")
    assert not [one for one in statements if one.startswith(rewritten)]
    assert inventory.kept() == inventory.naive()


def test_a_computation_that_was_cut_off_is_finished_by_the_next(app: Flask) -> None:
    inventory = _inventory(app)
    inventory.give("contact-rules", "a", groups=["all"])
    inventory.compute()
    inventory.give("contact-rules", "b", groups=["linux"], hosts=["~web"])
    inventory.give("contact-rules", "c", assign="services", groups=["sap"], services=["~SAP"])
    inventory.give("contact-rules", "a", groups=["linux"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moving, "MOMENT", 0.001)
        patch.setattr(moving, "edit", _die)
        with pytest.raises(KeyboardInterrupt):
            inventory.compute()
    assert inventory.kept() != inventory.naive()
    inventory.give("contact-rules", "c", assign="services", groups=["all"], services=["~SAP"])
    inventory.compute()
    assert inventory.kept() == inventory.naive()


def _die(_standing: Any) -> None:
    raise KeyboardInterrupt


def test_sets_that_hold_the_same_become_one_when_there_are_too_many(app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr("portal.contacts.allocation.standing.MOST_ALIKE", -4)
    inventory = _inventory(app)
    for name in NAMES:
        inventory.give("contact-rules", "a", groups=["all"], hosts=[name])
        inventory.compute()
    inventory.take("a")
    for _again in range(3):
        inventory.compute()
    assert inventory.kept() == inventory.naive()
    with app.app_context():
        used = {*db.session.scalars(select(Host.contact_set_id)), *db.session.scalars(select(Service.contact_set_id))}
        assert len(used) == 2
        assert set(db.session.scalars(select(ContactSet.id))) == used
        db.session.remove()


@pytest.mark.parametrize("model", [Host, Service, ContactSet])
def test_what_is_dropped_is_looked_for_by_index(model: Any) -> None:
    """Else each set and plan that goes costs a walk through all hosts, with every other writer waiting."""
    beginnings = {next(iter(index.columns)).name for index in model.__table__.indexes}
    pointing = {key.parent.name for key in model.__table__.foreign_keys if key.column.table.name.startswith("contact_")}
    assert pointing
    assert pointing <= beginnings
