"""Rollback: the setup of an earlier snapshot again, as far as the site may have it, with people as they are now."""

from __future__ import annotations

import pytest

from portal.accounts.users import User
from portal.database import db
from portal.errors import Refused
from portal.setup import sites
from portal.setup.distribution import rollback
from portal.setup.distribution.snapshots import Snapshot
from tests.factories.certificates import certificate
from tests.setup import sites as at
from tests.setup.people import join
from tests.setup.sites import count


@pytest.fixture
def activated(app):
    at.connect(app, "acme-1", "beta-1")
    at.add(app, "host-groups", "linux", "acme", title="First")
    at.activate(app)
    return app


def back(app, number: int, site: str = "acme-1") -> None:
    with at.setup(app) as (session, pat):
        rollback.roll_back(session, at.site(session, site), number, by=pat)


def titles(app, site: str = "acme-1") -> list[str]:
    elements = at.given(app, site)["customer:acme"]["elements"]
    return [one["title"] for one in elements.get("host-groups", ())]


def test_what_was_edited_added_and_deleted_is_undone_on_the_site_and_pending_again(activated, as_):
    at.rename(activated, "host-groups", "linux", "Second")
    at.add(activated, "host-groups", "added", "acme")
    at.activate(activated)
    at.delete(activated, "host-groups", "linux")
    at.activate(activated)
    assert titles(activated) == ["ADDED"]
    back(activated, 1)
    manifest = at.last(activated, "acme-1")
    assert (manifest["number"], manifest["kind"], manifest["of_number"]) == (4, "rollback", 1)
    assert titles(activated) == ["First"]
    page = as_("pat").get("/provider/changes/sites/acme-1")
    pending = page.html.find("h2", string="Pending changes").find_parent("section").text
    assert "Second" in pending
    assert "Created" in pending
    assert "Deleted" in pending
    at.activate(activated, "acme-1")
    assert titles(activated) == ["ADDED"]


def test_what_another_customer_has_now_is_left_out_with_whatever_names_it(activated):
    at.add(activated, "passwords", "pw", "acme", secret="theirs now")
    at.add(activated, "rule-packs", "open", "")
    at.add(activated, "rules", "rule", "acme", pack="open", body={"password": "pw"})
    at.activate(activated)
    at.delete(activated, "rules", "rule")
    at.move(activated, "passwords", "pw", "beta")
    at.activate(activated)
    back(activated, 2)
    given = at.given(activated, "acme-1")
    assert at.ids(given, "passwords") == at.ids(given, "rules") == at.ids(given, "rule-packs") == []
    assert at.ids(given, "host-groups") == ["linux"]
    assert "theirs now" not in str(given)
    with activated.app_context():
        snapshot = db.session.query(Snapshot).filter_by(site_id="acme-1", number=4).one()
        db.session.remove()
    assert sorted(kind for kind, _key, _title in snapshot.left_out) == ["passwords", "rule-packs", "rules"]


def test_an_id_that_was_given_away_since_is_not_brought_back(activated):
    at.delete(activated, "host-groups", "linux")
    at.add(activated, "host-groups", "linux", "beta", title="Of beta")
    at.activate(activated)
    back(activated, 1)
    assert titles(activated) == []


def test_the_preview_says_what_is_left_out_and_what_becomes_pending(activated, as_):
    at.add(activated, "host-groups", "windows", "acme")
    at.activate(activated)
    at.move(activated, "host-groups", "linux", "beta")
    at.activate(activated)
    page = as_("pat").get("/provider/changes/sites/acme-1").click(href="snapshots/1/rollback")
    left_out = page.html.find("h2", string="What is left out").find_parent("section").text
    assert "First" in left_out
    assert "WINDOWS" not in left_out
    assert "WINDOWS" in page
    page = next(form for form in page.forms.values() if form.action.endswith("/rollback")).submit(status=302).follow()
    assert "Snapshot 4 waits for the site" in page
    assert count(activated, Snapshot) == 6


def test_a_snapshot_of_another_customers_time_is_never_published_again(activated, as_):
    with at.setup(activated) as (session, pat):
        sites.move(session, at.site(session, "acme-1"), "beta", by=pat)
    with pytest.raises(Refused, match="another customer"):
        back(activated, 1)
    at.activate(activated)
    with pytest.raises(Refused, match="another customer"):
        back(activated, 1)
    assert "another customer" in as_("pat").get("/provider/changes/sites/acme-1/snapshots/1/rollback")
    as_("pat").get("/provider/changes/sites/acme-1/snapshots/99/rollback", status=404)


def test_after_a_site_came_back_its_own_earlier_ones_can_be_used(activated):
    with at.setup(activated) as (session, pat):
        sites.trust(session, at.site(session, "acme-1"), certificate("Acme Root"), by=pat)
    at.activate(activated)
    for customer in ("beta", "acme"):
        with at.setup(activated) as (session, pat):
            sites.move(session, at.site(session, "acme-1"), customer, by=pat)
        at.activate(activated)
    back(activated, 2)
    given = at.given(activated, "acme-1")
    assert titles(activated) == ["First"]
    assert given["site:acme-1"]["trusted_certificate_authorities"] == []  # trust that ended does not come back


def test_people_are_as_they_are_now(activated):
    at.add(activated, "contact-groups", "later", "acme")
    join(activated, "ada", "later")
    at.activate(activated)
    with at.setup(activated) as (session, _pat):
        session.query(User).filter_by(username="uma").one().delete(by=None)
    back(activated, 1)
    people = at.people(at.given(activated, "acme-1"))
    assert "uma" not in people
    assert people["ada"]["contact_groups"] == []  # the earlier setup does not have the group


def test_what_the_site_has_already_is_no_way_back(activated):
    with pytest.raises(Refused, match="has now"):
        back(activated, 1)
    with pytest.raises(Refused, match="no such snapshot"):
        back(activated, 7)
