"""Rule packs: a customer of a pack counts for all its rules; in one without, each rule has its own (seed, 5.3)."""

from __future__ import annotations

import pytest

from portal.errors import Refused
from portal.setup import elements, packs
from portal.setup.releases import To
from tests.factories.elements import as_pat
from tests.setup.desk import Desk


@pytest.fixture
def setup(app):
    with as_pat(app) as (session, pat):
        yield Desk(session, pat)
        session.rollback()


def test_an_unassigned_pack_without_rules_goes_nowhere(setup):
    assert setup.pack().release == "unassigned"
    assert setup.changes() == []


def test_a_rule_takes_the_customer_of_its_pack_whatever_was_said(setup):
    rule = setup.rule("one", setup.pack(customer="acme"), customer="beta")
    assert rule.customer_id == "acme"
    with pytest.raises(Refused, match="rule pack"):
        setup.release(rule, "beta")
    assert rule.customer_id == "acme"


def test_a_rule_of_an_unassigned_pack_has_its_own(setup):
    pack = setup.pack()
    assert setup.rule("one", pack, "acme").customer_id == "acme"
    with pytest.raises(Refused, match="Choose a customer"):
        setup.rule("two", pack, "")


def test_a_rule_needs_a_pack(setup):
    for pack in (None, "", "none"):
        with pytest.raises(Refused) as refusal:
            setup.rule("one", pack)
        assert refusal.value.field == "pack"


def test_a_change_of_an_unassigned_pack_waits_where_its_rules_are(setup):
    pack = setup.pack()
    setup.rule("one", pack, "acme")
    setup.rule("two", pack, "beta")
    setup.changes()
    elements.change(setup.session, pack, title="Renamed", by=setup.pat)
    assert setup.changes() == [("customer:acme", "changed", "pack"), ("customer:beta", "changed", "pack")]


def test_giving_a_pack_a_customer_ends_what_its_rules_had(setup):
    pack = setup.pack()
    ours, theirs = setup.rule("ours", pack, "acme"), setup.rule("theirs", pack, "beta")
    setup.changes()
    assert packs.affected(setup.session, pack, To("customer", "acme")) == [theirs]
    setup.release(pack, "acme")
    assert (pack.customer_id, ours.customer_id, theirs.customer_id) == ("acme", "acme", "acme")
    assert setup.changes() == [
        ("customer:acme", "changed", "pack"),
        ("customer:acme", "moved", "theirs"),
        ("customer:beta", "removed", "pack"),
        ("customer:beta", "removed", "theirs"),
    ]


def test_taking_a_packs_customer_away_keeps_what_each_rule_had(setup):
    pack = setup.pack(customer="acme")
    rule = setup.rule("one", pack)
    setup.changes()
    setup.release(pack, "")
    assert (pack.release, rule.customer_id) == ("unassigned", "acme")
    assert setup.changes() == [("customer:acme", "changed", "pack")]
    setup.release(rule, "beta")
    assert setup.changes() == [("customer:acme", "removed", "one"), ("customer:beta", "moved", "one")]


def test_an_empty_pack_that_loses_its_customer_leaves_its_sites(setup):
    pack = setup.pack(customer="acme")
    setup.changes()
    setup.release(pack, "")
    assert setup.changes() == [("customer:acme", "removed", "pack")]


def test_a_pack_goes_from_customer_to_customer_with_its_rules(setup):
    pack = setup.pack(customer="acme")
    rule = setup.rule("one", pack)
    setup.changes()
    setup.release(pack, "beta")
    assert rule.customer_id == "beta"
    assert {(scope, act) for scope, act, _key in setup.changes()} == {
        ("customer:acme", "removed"),
        ("customer:beta", "moved"),
    }


def test_a_rule_that_moves_takes_the_new_packs_customer(setup):
    rule = setup.rule("one", setup.pack("mine", "acme"))
    theirs = setup.pack("theirs", "beta")
    setup.changes()
    elements.change(setup.session, rule, pack=theirs, by=setup.pat)
    assert (rule.pack_id, rule.body["pack"], rule.customer_id) == (theirs.id, "theirs", "beta")
    assert ("customer:beta", "moved", "one") in setup.changes()


def test_a_rule_that_moves_to_an_unassigned_pack_keeps_its_customer(setup):
    rule = setup.rule("one", setup.pack("mine", "acme"))
    elements.change(setup.session, rule, pack=setup.pack("free"), by=setup.pat)
    assert rule.customer_id == "acme"


def test_a_pack_with_rules_cannot_be_deleted(setup):
    pack = setup.pack()
    rule = setup.rule("one", pack)
    with pytest.raises(Refused, match="in use by One"):
        elements.delete(setup.session, pack, by=setup.pat)
    elements.delete(setup.session, rule, by=setup.pat)
    elements.delete(setup.session, pack, by=setup.pat)


def test_a_body_does_not_take_a_rule_out_of_its_pack(setup):
    rule = setup.rule("one", setup.pack())
    elements.change(setup.session, rule, body={**rule.body, "pack": "other", "match": "x"}, by=setup.pat)
    assert rule.body["pack"] == "pack"
