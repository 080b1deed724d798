"""Activation: each site gets exactly what is released to it, all chosen sites or none, and one at a time."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from portal.accounts.users import User
from portal.audit.models import Event
from portal.customers.models import Customer
from portal.customers.sites import Site
from portal.database import db
from portal.errors import Refused
from portal.setup import elements, sites
from portal.setup.distribution import snapshots
from portal.setup.distribution.activation import Activation
from portal.setup.distribution.parts import Part
from portal.setup.distribution.snapshots import Snapshot
from tests.factories.certificates import certificate
from tests.setup import sites as at
from tests.setup.sites import count


@pytest.fixture
def connected(app):
    at.connect(app, "acme-1", "acme-2", "beta-1", "provider-1")
    return app


class TestWhatASiteGets:
    def test_its_customers_elements_and_what_is_for_all(self, connected):
        for customer in ("acme", "beta", "provider", "global"):
            at.add(connected, "passwords", f"pw-{customer}", customer, secret=f"secret of {customer}")
        at.add(connected, "time-periods", "always", None)
        at.activate(connected)
        for site, own in (("acme-1", "acme"), ("beta-1", "beta"), ("provider-1", "provider")):
            parts = at.given(connected, site)
            assert at.ids(parts, "passwords") == sorted(["pw-global", f"pw-{own}"])
            assert at.ids(parts, "time-periods") == ["always"]
            assert f"secret of {own}" in json.dumps(parts)

    def test_an_unassigned_pack_with_only_the_rules_released_to_it(self, connected):
        at.add(connected, "rule-packs", "open", "")
        at.add(connected, "rule-packs", "empty", "")
        at.add(connected, "rule-packs", "closed", "acme")
        for customer in ("acme", "beta"):
            at.add(connected, "rules", f"r-{customer}", customer, pack="open")
        at.add(connected, "rules", "inherited", "beta", pack="closed")
        at.activate(connected)
        acme, beta, own = (at.given(connected, site) for site in ("acme-1", "beta-1", "provider-1"))
        assert (at.ids(acme, "rule-packs"), at.ids(acme, "rules")) == (["closed", "open"], ["inherited", "r-acme"])
        assert (at.ids(beta, "rule-packs"), at.ids(beta, "rules")) == (["open"], ["r-beta"])
        assert (at.ids(own, "rule-packs"), at.ids(own, "rules")) == ([], [])

    def test_people_of_its_customer_and_never_the_portals_password_hash(self, connected):
        at.activate(connected)
        assert set(at.people(at.given(connected, "beta-1"))) == {"bea", "ben", "bob"}
        with connected.app_context():
            hashes = [hash for hash in db.session.scalars(select(User.password_hash)) if hash]
            documents = [snapshots.document(db.session(), one).decode() for one in db.session.scalars(select(Snapshot))]
            db.session.remove()
        assert hashes
        assert not [hash for hash in hashes for document in documents if hash in document or "argon2" in document]

    def test_its_own_settings_and_authorities_and_the_name_of_no_other_customer(self, connected):
        pem = certificate("Acme Root")
        with at.setup(connected) as (session, pat):
            sites.trust(session, at.site(session, "acme-1"), pem, by=pat)
            sites.set_settings(session, at.site(session, "acme-1"), {"user_idle_timeout": "7"}, by=pat)
        at.activate(connected)
        first, second = at.given(connected, "acme-1"), at.given(connected, "acme-2")
        assert first["site:acme-1"]["trusted_certificate_authorities"] == [pem]
        assert first["site:acme-1"]["settings"] == {"user_idle_timeout": 7}
        assert second["site:acme-2"]["trusted_certificate_authorities"] == []
        assert first["customer:acme"]["customer"] == {"id": "acme", "name": "Acme GmbH"}
        assert "Beta" not in json.dumps(first)
        assert "Acme Root" not in json.dumps(at.given(connected, "beta-1"))

    def test_the_provider_s_own_authorities_go_nowhere(self, connected):
        """The setting is a site's own or nobody's, whatever way a general one came into the portal."""
        at.add(connected, "global-settings", "trusted_certificate_authorities", None, body={"value": ["PEM of ours"]})
        at.add(connected, "global-settings", "log_level", None, body={"value": "debug"})
        at.activate(connected)
        for site in ("acme-1", "provider-1"):
            assert "PEM of ours" not in json.dumps(at.given(connected, site))
            assert at.ids(at.given(connected, site), "global-settings") == ["log_level"]

    def test_secrets_are_sealed_where_they_lie(self, app, house):
        at.connect(app, "acme-1")
        at.add(app, "passwords", "db", "acme", secret="PlantedSecret4711")
        at.activate(app)
        assert at.given(app, "acme-1")["customer:acme"]["elements"]["passwords"][0]["password"] == "PlantedSecret4711"
        with app.app_context():
            contents = db.session.scalars(select(Part.content)).all()
            db.session.remove()
        assert contents
        assert not any(b"PlantedSecret4711" in content for content in contents)
        assert not any(
            b"PlantedSecret4711" in path.read_bytes() for path in house.data.rglob("*") if path.is_file()
        )  # fmt: skip

    def test_what_nothing_changed_in_is_shared_and_kept_once(self, connected):
        at.activate(connected)
        before = count(connected, Part)
        at.add(connected, "host-groups", "linux", "acme")
        at.activate(connected)
        assert count(connected, Part) == before + 2  # acme's elements, and its users, who may be in its groups
        assert at.last(connected, "acme-1")["parts"][0] == at.last(connected, "beta-1")["parts"][0]
        assert at.last(connected, "acme-1")["parts"][2] == at.last(connected, "acme-2")["parts"][2]


class TestPending:
    def test_only_sites_that_a_change_touches_get_something_new(self, connected):
        at.activate(connected)
        at.add(connected, "host-groups", "linux", "acme")
        at.activate(connected)
        numbers = {site: at.last(connected, site)["number"] for site in ("acme-1", "acme-2", "beta-1", "provider-1")}
        assert numbers == {"acme-1": 2, "acme-2": 2, "beta-1": 1, "provider-1": 1}

    def test_chosen_sites_only(self, connected):
        at.activate(connected, "acme-2")
        assert at.last(connected, "acme-2")["number"] == 1
        assert at.last(connected, "acme-1") == {}

    def test_nothing_waits_twice(self, connected):
        at.activate(connected)
        with pytest.raises(Refused, match="Nothing waits"):
            at.activate(connected)

    def test_an_edition_that_is_not_managed_gets_none_and_an_unknown_one_does(self, connected):
        with at.setup(connected) as (session, _pat):
            sites.report(session, "acme-1", edition="cee", product_version="2.4.0")
            sites.report(session, "acme-2", edition="cme", product_version="2.4.0")
        at.activate(connected)
        assert at.last(connected, "acme-1") == {}
        assert at.last(connected, "acme-2")["number"] == at.last(connected, "beta-1")["number"] == 1
        with pytest.raises(Refused, match="managed services edition"):
            at.activate(connected, "acme-1")

    def test_a_disabled_site_still_gets_its_own(self, connected):
        with at.setup(connected) as (session, pat):
            sites.change(session, at.site(session, "acme-1"), is_disabled=True, by=pat)
        at.activate(connected, "acme-1")
        assert at.last(connected, "acme-1")["number"] == 1

    def test_a_customers_new_name_reaches_its_sites(self, connected):
        at.activate(connected)
        with at.setup(connected) as (session, pat):
            session.get_one(Customer, "acme").change(session, name="Acme SE", by=pat)
        at.activate(connected)
        assert at.given(connected, "acme-1")["customer:acme"]["customer"]["name"] == "Acme SE"
        assert at.last(connected, "beta-1")["number"] == 1

    def test_moved_from_one_to_the_other_is_two_changes(self, connected):
        at.add(connected, "host-groups", "linux", "acme")
        at.activate(connected)
        at.move(connected, "host-groups", "linux", "beta")
        at.activate(connected, "beta-1")
        assert at.ids(at.given(connected, "beta-1"), "host-groups") == ["linux"]
        assert at.ids(at.given(connected, "acme-1"), "host-groups") == ["linux"]  # a snapshot never changes
        at.activate(connected)
        assert at.ids(at.given(connected, "acme-1"), "host-groups") == []

    def test_who_activated_what_is_on_record(self, connected):
        id = at.activate(connected)
        with connected.app_context():
            found = db.session.get_one(Activation, id)
            event = db.session.scalars(select(Event).where(Event.tag == "setup.activated")).one()
            assert (found.state, found.sites, found.wanted) == ("done", 4, None)
            assert (event.record_id, event.actor_id, event.data["sites"]) == (id, found.by_id, 4)
            db.session.remove()

    def test_a_snapshot_never_changes(self, connected):
        at.activate(connected)
        with connected.app_context():
            db.session.scalars(select(Snapshot)).first().through = 0
            with pytest.raises(ValueError, match="never changes"):
                db.session.commit()
            db.session.remove()


class TestSites:
    def test_one_that_changed_hands_starts_anew(self, connected):
        with at.setup(connected) as (session, pat):
            sites.trust(session, at.site(session, "acme-1"), certificate("Acme Root"), by=pat)
            sites.set_settings(
                session, at.site(session, "acme-1"), {"http_proxy": "http://proxy.acme.example:1"}, by=pat
            )
        at.activate(connected)
        with at.setup(connected) as (session, pat):
            sites.move(session, at.site(session, "acme-1"), "beta", by=pat)
        at.activate(connected, "acme-1")
        text = json.dumps(at.given(connected, "acme-1"))
        assert at.last(connected, "acme-1")["customer"] == "beta"
        assert at.last(connected, "acme-1")["number"] == 2
        assert "acme.example" not in text
        assert at.given(connected, "acme-1")["site:acme-1"]["trusted_certificate_authorities"] == []


def test_elements_imported_without_a_customer_belong_to_the_provider(app):
    with at.setup(app) as (session, pat):
        found = elements.create(session, "host-groups", key="old", title="Old", by=pat)
        assert found.customer_id == "provider"
    at.connect(app, "acme-1", "provider-1")
    at.activate(app)
    assert at.ids(at.given(app, "provider-1"), "host-groups") == ["old"]
    assert at.ids(at.given(app, "acme-1"), "host-groups") == []
    with app.app_context():
        assert db.session.get_one(Site, "provider-1").customer_id == "provider"
        db.session.remove()
