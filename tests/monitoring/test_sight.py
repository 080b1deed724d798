"""Sight: whose sites somebody sees, and which they have hidden for themselves."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.sessions import reader_of
from portal.accounts.users import User
from portal.customers.models import Customer
from portal.customers.sites import Site
from portal.database import db, now
from portal.monitoring import hiding, sight

ALL = ["Acme Hamburg", "Acme Lab", "Beta Zurich", "Central"]


@pytest.fixture(autouse=True)
def _sites(app):
    with app.app_context():
        for id, alias, customer in (
            ("acme_lab", "Acme Lab", "acme"),
            ("acme_hamburg", "Acme Hamburg", "acme"),
            ("beta_zurich", "Beta Zurich", "beta"),
            ("central", "Central", "provider"),
        ):
            Site.create(db.session, id=id, alias=alias, customer_id=customer, livestatus="tcp:192.0.2.1:6557", by=None)
        db.session.commit()
        yield
        db.session.rollback()


def reader(username: str):
    found = reader_of(db.session(), db.session.scalars(select(User.id).where(User.username == username)).one())
    assert found
    return found


def seen(username: str, **more) -> list[str]:
    return [site.alias for site in sight.sites(db.session(), reader(username), **more)]


class TestSight:
    def test_staff_see_all_sites_by_alias_and_a_customer_its_own(self):
        assert seen("pat") == seen("gil") == ALL
        assert seen("ada") == seen("ugo") == ["Acme Hamburg", "Acme Lab"]
        assert seen("gus") == []

    def test_the_site_filter_takes_sites_and_customers_and_nothing_else(self):
        assert seen("pat", only=["customer:acme"]) == ["Acme Hamburg", "Acme Lab"]
        assert seen("pat", only=["customer:acme", "site:central"]) == ["Acme Hamburg", "Acme Lab", "Central"]
        assert seen("pat", only=["customer:nobody", "acme_lab", "site:"]) == []
        assert seen("ada", only=["customer:beta", "site:beta_zurich"]) == []

    def test_hiding_is_for_oneself_and_can_be_undone(self):
        pat = reader("pat")
        hiding.hide(db.session(), ["acme", "beta", "acme"], by=pat.id)
        hiding.hide(db.session(), ["acme"], by=pat.id)
        db.session.flush()
        assert seen("pat") == ["Central"]
        assert seen("pat", even_hidden=True) == seen("gil") == ALL
        assert sight.hidden(db.session(), pat) == {"acme", "beta"}
        hiding.show(db.session(), ["acme", "gamma"], by=pat.id)
        assert seen("pat") == ["Acme Hamburg", "Acme Lab", "Central"]

    def test_archived_sites_and_those_of_archived_customers_are_gone(self):
        db.session.get_one(Site, "acme_lab").archived_at = now()
        db.session.get_one(Customer, "beta").archived_at = now()
        db.session.flush()
        assert seen("pat") == ["Acme Hamburg", "Central"]

    def test_a_target_says_all_the_poller_needs(self):
        site = db.session.get_one(Site, "acme_lab")
        site.timeout, site.status_site_id, site.status_host, site.is_disabled = 1500, "central", "gate", True
        db.session.flush()
        [found] = sight.sites(db.session(), reader("ada"), only=["site:acme_lab"])
        assert (found.target.timeout, found.target.status_site_id, found.target.status_host) == (1.5, "central", "gate")
        assert found.target.is_disabled
        [central] = sight.sites(db.session(), reader("pat"), only=["site:central"])
        assert found.target.status_site == central.target
        db.session.get_one(Site, "central").archived_at = now()
        db.session.flush()
        assert sight.sites(db.session(), reader("ada"), only=["site:acme_lab"])[0].target.status_site is None
        assert (found.customer_id, found.customer_name) == ("acme", "Acme GmbH")
