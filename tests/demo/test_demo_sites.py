"""The demo's sites and setup: believable, activated once, and dead with a reason where no core runs."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.users import User
from portal.customers.sites import Site
from portal.database import db
from portal.demo import sites
from portal.monitoring import poller
from portal.monitoring.livestatus.answers import SiteState, Target
from portal.setup.distribution.activation import Activation
from portal.setup.distribution.snapshots import Snapshot
from portal.setup.users import groups


def of(app: Flask, site_id: str) -> Target:
    with app.app_context():
        return Target(site_id, sites.address(site_id))


class TestSites:
    def test_every_site_has_a_snapshot_and_changes_wait(self, documents, as_):
        with documents.app_context():
            assert db.session.scalar(select(func.count()).select_from(Site)) == 4
            assert db.session.scalar(select(func.count()).select_from(Activation)) == 1
            assert db.session.scalar(select(func.count()).select_from(Snapshot)) >= 4
            db.session.remove()
        page = as_("pat").get("/provider/changes/")
        assert "Presses" in page.text
        assert "Database of the shop" in page.text

    def test_super_users_are_contacts_of_everything_beside_their_own_groups(self, documents):
        with documents.test_request_context():
            people = {user.username: user for user in db.session.scalars(select(User))}
            held = {name: {group.key for group in groups.held(db.session(), people[name])} for name in ("ada", "gus")}
            db.session.remove()
        assert held == {"ada": {"acme-everything", "acme-operations"}, "gus": {"gamma-everything"}}

    def test_one_rule_says_too_much(self, documents, as_):
        page = as_("pat").get("/provider/setup/leaks/")
        assert "2 leaks" in page.text
        assert len(page.html.find_all("a", string="Shop database at night")) == 2

    @pytest.mark.parametrize(
        ("is_installed", "sentence"),
        [(False, "apt-get install --no-install-recommends icinga2-bin icinga2-common"), (True, "serve --demo")],
    )
    def test_a_silent_site_of_the_demo_says_what_it_lacks(self, app, monkeypatch, is_installed, sentence):
        monkeypatch.setattr(sites, "_is_installed", lambda: is_installed)
        monkeypatch.setitem(app.config, "SITE_SOCKETS", str(app.config["DATA"]))
        with app.test_request_context():
            (answer,) = poller.ask([of(app, "central")])
            assert answer.state is SiteState.DEAD
            assert sentence in answer.reason
            assert poller.known(of(app, "central")).reason == answer.reason
            (other,) = poller.ask([Target("central", f"unix:{app.config['DATA']}/elsewhere")])
            assert sentence not in other.reason
        poller.close()
