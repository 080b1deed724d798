"""What deeds do to elements: to whom they go, which changes wait, what stays in the history."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.audit.models import Event
from portal.customers.models import Customer
from portal.errors import Refused
from portal.setup import elements, packs
from portal.setup.changes import Change
from portal.setup.kinds import KINDS
from portal.setup.references import InUse, ReferenceRow
from tests.factories.elements import SECRET, as_pat
from tests.setup.desk import Desk


@pytest.fixture
def setup(app):
    with as_pat(app) as (session, pat):
        yield Desk(session, pat)
        session.rollback()


CUSTOMERS_KINDS = [slug for slug, kind in KINDS.items() if not kind.is_general]


@pytest.mark.parametrize("slug", CUSTOMERS_KINDS)
def test_an_element_waits_for_the_sites_of_its_customer_alone(setup, slug):
    setup.add("rule-packs", "pack", customer="")
    setup.changes()
    found = setup.add(slug, customer="acme")
    assert (found.release, found.customer_id) == ("customer", "acme")
    assert setup.changes() == [("customer:acme", "created", "one")]
    assert setup.events(found) == [("element.created", "acme")]


def test_a_move_is_two_changes_for_two_sets_of_sites(setup):
    found = setup.add("contact-groups", customer="acme")
    setup.changes()
    elements.release(setup.session, found, "beta", by=setup.pat)
    assert setup.changes() == [("customer:acme", "removed", "one"), ("customer:beta", "moved", "one")]
    assert setup.events(found) == [("element.created", "acme"), ("element.removed", "acme"), ("element.moved", "beta")]


def test_neither_customer_of_a_move_reads_of_the_other(setup):
    found = setup.add("contact-groups", customer="acme")
    elements.release(setup.session, found, "beta", by=setup.pat)
    setup.session.flush()
    told = {row.tag: str(row.data) for row in setup.session.scalars(select(Event).where(Event.record_id == found.id))}
    assert "beta" not in told["element.removed"].lower()
    assert "acme" not in told["element.moved"].lower()


def test_a_change_says_what_differs(setup):
    found = setup.add("passwords", body={"comment": "old"})
    setup.changes()
    differences = elements.change(
        setup.session, found, title="Other", body={**found.body, "comment": "new"}, by=setup.pat
    )
    assert differences == {"title": ["One", "Other"], "comment": ["old", "new"]}
    setup.session.commit()
    change = setup.session.scalars(select(Change).order_by(Change.number.desc())).first()
    assert (change.act, change.data) == ("changed", differences)


def test_a_save_without_a_difference_is_no_change(setup):
    found = setup.add("passwords")
    setup.changes()
    assert elements.change(setup.session, found, title="One", body=dict(found.body), by=setup.pat) == {}
    assert setup.changes() == []


def test_no_secret_stands_anywhere_in_the_clear(setup):
    found = setup.add("passwords", secret=SECRET)
    assert elements.change(setup.session, found, secret="another one", by=setup.pat) == {"password": None}
    setup.session.commit()
    kept = [str(vars(row)) for model in (Change, Event) for row in setup.session.scalars(select(model))]
    kept += [found.sealed, str(found.body)]
    assert not [text for text in kept if SECRET in text or "another one" in text]


def test_a_secret_in_a_body_is_a_mistake_of_the_code(setup):
    with pytest.raises(ValueError, match="sealed"):
        setup.add("passwords", body={"password": "plain"})


@pytest.mark.parametrize(
    "slug", [slug for slug in CUSTOMERS_KINDS if slug != "rules" and not KINDS[slug].is_global_by_default]
)
def test_global_needs_the_setting(setup, app, slug, monkeypatch):
    with pytest.raises(Refused, match="cannot be Global"):
        setup.add(slug, customer="global")
    monkeypatch.setitem(app.config, "GLOBAL_KINDS", slug)
    setup.changes()
    assert setup.add(slug, customer="global").release == "global"
    assert setup.changes() == [("global", "created", "one")]


def test_passwords_may_be_global(setup):
    assert setup.add("passwords", customer="global").scope == "global"


@pytest.mark.parametrize("customer", ["none", "", "Acme", "a b", "x" * 300, "acme'--"])
def test_an_unknown_customer_is_refused(setup, customer):
    with pytest.raises(Refused) as refusal:
        setup.add("contact-groups", customer=customer)
    assert refusal.value.field == "customer"


def test_an_archived_customer_gets_nothing_new_and_keeps_what_it_has(setup):
    found = setup.add("contact-groups", customer="gamma")
    other = setup.add("contact-groups", "two", customer="acme")
    setup.session.get_one(Customer, "gamma").archive(setup.session, by=setup.pat)
    elements.release(setup.session, found, "gamma", by=setup.pat)
    with pytest.raises(Refused, match="Customer missing"):
        elements.release(setup.session, other, "gamma", by=setup.pat)


@pytest.mark.parametrize("key", ["", "global", "GLOBAL", "new", "a b", "ä", "1up", "a.b", "a/b", "x" * 65, "a\nb"])
def test_an_id_that_does_not_hold_is_refused(setup, key):
    with pytest.raises(Refused) as refusal:
        setup.add("passwords", key or " ", title="One")
    assert refusal.value.field == "id"


@pytest.mark.parametrize("key", ["ops.night", "1st", "a-b_c"])
def test_groups_may_have_dots_and_begin_with_digits(setup, key):
    assert setup.add("host-groups", key).key == key


@pytest.mark.parametrize("key", [".", "..", "...", "Global", "a b"])
def test_a_group_has_no_id_an_address_cannot_hold(setup, key):
    with pytest.raises(Refused):
        setup.add("host-groups", key, title="One")


def test_an_id_is_unique_in_its_kind_and_free_again_after_deletion(setup):
    first = setup.add("contact-groups")
    setup.add("host-groups")
    with pytest.raises(Refused, match="taken"):
        setup.add("contact-groups")
    elements.delete(setup.session, first, by=setup.pat)
    assert setup.add("contact-groups").id != first.id


def test_what_is_referred_to_cannot_be_deleted(setup):
    group = setup.add("contact-groups", "ops", customer="acme")
    password = setup.add("passwords", "snmp", customer="acme", body={"owner": "ops"})
    with pytest.raises(InUse) as refusal:
        elements.delete(setup.session, group, by=setup.pat)
    assert [(one.kind, one.key) for one in refusal.value.referrers] == [("passwords", "snmp")]
    elements.change(setup.session, password, body={**password.body, "owner": ""}, by=setup.pat)
    setup.changes()
    elements.delete(setup.session, group, by=setup.pat)
    assert setup.changes() == [("customer:acme", "deleted", "ops")]


def test_a_deleted_element_uses_nothing_any_more(setup):
    group = setup.add("contact-groups", "ops")
    elements.delete(setup.session, setup.add("passwords", body={"owner": "ops"}), by=setup.pat)
    elements.delete(setup.session, group, by=setup.pat)
    assert not setup.session.scalars(select(ReferenceRow).where(ReferenceRow.key == "ops")).all()


def test_what_is_not_there_cannot_be_referred_to(setup):
    with pytest.raises(Refused, match="nobody"):
        setup.add("passwords", body={"owner": "nobody"})


def test_a_body_has_a_largest_size(setup):
    with pytest.raises(Refused, match="64 KiB"):
        setup.add("bi-aggregations", body={"nodes": ["x" * 200] * 400})


def test_switching_off_is_on_record(setup):
    found = setup.add("ldap-connections", customer="acme")
    setup.changes()
    elements.disable(setup.session, found, by=setup.pat)
    elements.disable(setup.session, found, by=setup.pat)
    assert setup.changes() == [("customer:acme", "changed", "one")]
    elements.enable(setup.session, found, by=setup.pat)
    assert [tag for tag, _customer in setup.events(found)] == ["element.created", "element.disabled", "element.enabled"]


def test_a_general_element_goes_to_all_and_has_no_customer(setup):
    found = elements.create(
        setup.session, "host-tags", key="criticality", title="Criticality", customer=None,
        body={"topic": "", "tags": [{"id": "prod", "title": "Production"}]}, by=setup.pat,
    )  # fmt: skip
    assert setup.changes() == [("general", "created", "criticality")]
    with pytest.raises(Refused, match="every site"):
        elements.release(setup.session, found, "acme", by=setup.pat)


def test_a_forgotten_secret_is_gone(setup):
    found = setup.add("ldap-connections")
    assert elements.change(setup.session, found, secret="", by=setup.pat) == {"bind_password": None}
    assert found.sealed is None
    assert elements.change(setup.session, found, secret="", by=setup.pat) == {}


def test_there_is_a_next_position(setup):
    assert packs.next_position(setup.session, "rule-packs", None) == 10
    pack = setup.add("rule-packs", "pack", customer="", position=30)
    assert packs.next_position(setup.session, "rule-packs", None) == 40
    assert packs.next_position(setup.session, "rules", pack) == 10
