"""Users only: what of people does not wait for an activation, and what does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from portal.access.rights import PortalRole
from portal.accounts.users import User
from portal.customers.models import Customer
from portal.database import db
from portal.jobs import work_once
from portal.setup import sites
from portal.setup.distribution import parts
from portal.setup.distribution.parts import Part
from portal.setup.users import groups, passwords
from tests.setup import sites as at
from tests.setup.people import Administrator, contact_group, join, make_global

HASH = "$2y$12$" + "a" * 53


@pytest.fixture
def activated(app):
    at.connect(app, "acme-1", "acme-2", "beta-1", "provider-1")
    contact_group(app, "ours", "acme")
    join(app, "ada", "ours")
    at.activate(app)
    return app


def do(app, username: str, deed: Any) -> None:
    """Do something to somebody, and what follows from it."""
    with at.setup(app) as (session, _pat):
        deed(session, session.scalars(select(User).where(User.username == username)).one())
    work_once(app)


def numbers(app) -> list[int]:
    return [at.last(app, site)["number"] for site in ("acme-1", "acme-2", "beta-1", "provider-1")]


class TestAtOnce:
    def test_a_site_password(self, activated):
        do(activated, "ada", lambda session, ada: passwords.put(session, ada, HASH, by=ada))
        assert numbers(activated) == [2, 2, 1, 1]
        assert at.last(activated, "acme-1")["kind"] == "users"
        assert at.people(at.given(activated, "acme-1"))["ada"]["site_password"] == HASH
        do(activated, "ada", lambda session, ada: passwords.remove(session, ada, by=ada))
        assert "site_password" not in at.people(at.given(activated, "acme-2"))["ada"]

    def test_a_name(self, activated):
        do(activated, "ada", lambda _session, ada: ada.rename("Ada Newname", by=ada))
        assert at.people(at.given(activated, "acme-1"))["ada"]["name"] == "Ada Newname"

    def test_whoever_is_disabled(self, activated):
        do(activated, "uma", lambda _session, uma: uma.disable(by=None))
        assert at.people(at.given(activated, "acme-1"))["uma"]["is_disabled"] is True

    def test_whoever_is_deleted_or_moved_away(self, activated):
        do(activated, "uma", lambda _session, uma: uma.delete(by=None))
        beta = "beta"
        do(activated, "ugo", lambda session, ugo: ugo.move(session.get_one(Customer, beta), by=None))
        assert not {"uma", "ugo"} & at.people(at.given(activated, "acme-1")).keys()
        assert "ugo" not in at.people(at.given(activated, "beta-1"))
        at.activate(activated)
        assert "ugo" in at.people(at.given(activated, "beta-1"))

    def test_a_global_user_on_all_sites(self, activated):
        make_global(activated, "gil")
        work_once(activated)
        assert "gil" in at.people(at.given(activated, "provider-1"))  # until then as before
        at.activate(activated)
        do(activated, "gil", lambda session, gil: passwords.put(session, gil, HASH, by=gil))
        assert {at.people(at.given(activated, site))["gil"]["site_password"] for site in ("acme-1", "beta-1")} == {HASH}

    def test_groups_taken_away_go_too(self, activated):
        do(activated, "ada", lambda session, ada: groups.choose(session, ada, set(), by=Administrator()))
        do(activated, "ada", lambda _session, ada: ada.rename("Ada Newname", by=ada))
        assert at.people(at.given(activated, "acme-1"))["ada"]["contact_groups"] == []


class TestWaits:
    def test_a_new_person(self, activated):
        with at.setup(activated) as (session, _pat):
            User.create(
                session, name="Nia", email="nia@acme.example", customer_id="acme", portal_role=PortalRole.USER,
                username="nia", by=None,
            )  # fmt: skip
        do(activated, "ada", lambda _session, ada: ada.rename("Ada Newname", by=ada))
        assert "nia" not in at.people(at.given(activated, "acme-1"))
        at.activate(activated)
        assert "nia" in at.people(at.given(activated, "acme-1"))

    def test_a_new_group_and_new_setup(self, activated):
        contact_group(activated, "more", "acme")
        at.add(activated, "host-groups", "linux", "acme")
        do(activated, "ada", lambda session, ada: groups.choose(session, ada, {"ours", "more"}, by=Administrator()))
        do(activated, "ada", lambda _session, ada: ada.rename("Ada Newname", by=ada))
        assert at.people(at.given(activated, "acme-1"))["ada"]["contact_groups"] == ["ours"]
        assert at.ids(at.given(activated, "acme-1"), "host-groups") == []
        at.activate(activated)
        assert at.people(at.given(activated, "acme-1"))["ada"]["contact_groups"] == ["more", "ours"]

    def test_what_was_published_at_once_is_not_pending(self, activated, as_):
        do(activated, "ada", lambda _session, ada: ada.rename("Ada Newname", by=ada))
        assert "No site waits" in as_("pat").get("/provider/changes/")

    def test_sites_without_a_snapshot_of_their_own(self, activated):
        at.connect(activated, "acme-3")
        with at.setup(activated) as (session, pat):
            sites.move(session, at.site(session, "acme-2"), "beta", by=pat)
        do(activated, "ada", lambda _session, ada: ada.rename("Ada Newname", by=ada))
        assert at.last(activated, "acme-3") == {}
        assert at.last(activated, "acme-2")["number"] == 1
        assert at.last(activated, "acme-1")["number"] == 2


class TestWhatElseIsInIt:
    def test_the_setup_of_the_last_snapshot(self, activated):
        at.add(activated, "host-groups", "linux", "acme")
        at.activate(activated)
        at.rename(activated, "host-groups", "linux", "Renamed")
        do(activated, "ada", lambda _session, ada: ada.rename("Ada Newname", by=ada))
        given = at.given(activated, "acme-1")["customer:acme"]["elements"]["host-groups"]
        assert given[0]["title"] == "LINUX"
        assert [part["name"] for part in at.last(activated, "acme-1")["parts"]] == parts.names_of("acme-1", "acme")

    def test_nothing_that_is_another_customers_now(self, activated):
        at.add(activated, "passwords", "pw", "acme", secret="now of beta")
        at.add(activated, "rule-packs", "pack", "acme")
        at.add(activated, "rules", "rule", "acme", pack="pack", body={"password": "pw"})
        at.activate(activated)
        at.move(activated, "passwords", "pw", "beta")
        do(activated, "ada", lambda _session, ada: ada.rename("Ada Newname", by=ada))
        given = at.given(activated, "acme-1")
        assert at.ids(given, "passwords") == at.ids(given, "rules") == []
        assert at.ids(given, "rule-packs") == ["pack"]
        assert "now of beta" not in str(given)

    def test_a_second_publication_of_the_same_is_none(self, activated):
        do(activated, "ada", lambda _session, ada: ada.rename("Ada Newname", by=ada))
        do(activated, "ada", lambda session, ada: passwords.remove(session, ada, by=ada))
        assert at.last(activated, "acme-1")["number"] == 2

    def test_the_next_activation_has_them_too(self, activated):
        do(activated, "ada", lambda _session, ada: ada.rename("Ada Newname", by=ada))
        at.add(activated, "host-groups", "linux", "acme")
        at.activate(activated)
        assert at.last(activated, "acme-1")["kind"] == "full"
        assert at.people(at.given(activated, "acme-1"))["ada"]["name"] == "Ada Newname"
        with activated.app_context():
            names = db.session.scalars(select(Part.name).where(Part.is_current)).all()
            db.session.remove()
        assert len(names) == len(set(names))


def test_the_page_says_which_sites_have_not_fetched_them(activated, as_):
    do(activated, "ada", lambda _session, ada: ada.rename("Ada Newname", by=ada))
    page = as_("pat").get("/provider/changes/")
    (card,) = (card for card in page.html.find_all("section") if "Users that have not arrived yet" in card.text)
    assert [link.text for link in card.find_all("a")] == ["Acme-1", "Acme-2"]
