"""What deeds on people mean to sites: changes that wait, what is published at once, and what never leaves."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts.users import User
from portal.customers.models import Customer
from portal.database import db
from portal.setup.users.passwords import SitePassword
from portal.setup.users.profiles import profiles
from tests.people.helpers import forge, form_at, id_of
from tests.provider.helpers import post, send
from tests.setup.people import changes, connect, contact_group, groups, join, make_global, profile, published


@pytest.fixture
def sites(app, monkeypatch):
    connect(app, "acme_north", "acme")
    connect(app, "beta_one", "beta")
    published(app, monkeypatch)


def _told(app):
    return [(change.scope, change.act, change.key, change.data) for change in changes(app)]


def test_a_new_name_is_a_change_and_is_published_at_once(app, as_, sites, monkeypatch):
    send(as_("uma"), "/profile", "profile", 302, name="Uma Neu", language="de")
    assert _told(app) == [
        ("customer:acme", "changed", "uma", {"name": ["Uma Dietrich", "Uma Neu"]}),
        ("customer:acme", "changed", "uma", {"language": ["", "de"]}),
    ]
    assert published(app, monkeypatch) == ["acme"]
    assert profile(app, "acme", "uma")["language"] == "de"


def test_an_invitation_waits_and_its_end_does_not(app, as_, sites, monkeypatch):
    fields = {"name": "Ina New", "email": "ina@acme.example", "role": "user"}
    page = as_("ada").get("/users/new")
    form = form_at(page)
    for name, value in fields.items():
        form[name] = value
    page = form.submit(status=302).follow()
    assert _told(app) == [("customer:acme", "created", "ina@acme.example", {})]
    assert published(app, monkeypatch) == []
    forge(as_("ada"), f"/users/{id_of(app, 'ina@acme.example')}/invitation/cancellation", 302)
    assert _told(app)[1:] == [("customer:acme", "deleted", "ina@acme.example", {})]
    assert published(app, monkeypatch) == ["acme"]


def test_disabling_and_deleting_reach_the_sites_at_once(app, as_, sites, monkeypatch):
    contact_group(app, "linux", "acme")
    join(app, "ugo", "linux")
    uma, ugo = id_of(app, "uma"), id_of(app, "ugo")
    forge(as_("ada"), f"/users/{uma}/disablement", 302)
    forge(as_("ada"), f"/users/{ugo}/deletion", 302)
    assert _told(app) == [
        ("customer:acme", "changed", "uma", {"disabled": [False, True]}),
        ("customer:acme", "deleted", "ugo", {}),
    ]
    assert published(app, monkeypatch) == ["acme", "acme"]
    assert profile(app, "acme", "uma")["is_disabled"] is True
    with app.app_context():
        assert "ugo" not in [one["username"] for one in profiles(db.session(), "acme")]
        db.session.remove()


def test_who_moves_leaves_password_and_groups_behind(app, as_, sites, monkeypatch):
    contact_group(app, "linux", "acme")
    contact_group(app, "everywhere", "global")
    join(app, "ugo", "linux", "everywhere")
    with app.app_context():
        user = db.session.scalars(select(User).where(User.username == "ugo")).one()
        db.session.add(SitePassword(user_id=user.id, hash="$2y$04$nothing"))
        db.session.commit()
        db.session.remove()
    post(as_("pat"), f"/provider/customers/acme/people/{id_of(app, 'ugo')}/move", 302, customer="beta")
    assert _told(app) == [("customer:acme", "removed", "ugo", {}), ("customer:beta", "moved", "ugo", {})]
    assert published(app, monkeypatch) == ["acme"]
    moved = profile(app, "beta", "ugo")
    assert "site_password" not in moved
    assert moved["contact_groups"] == groups(app, "ugo") == ["everywhere"]


def test_rights_and_portal_roles_are_nothing_to_a_site(app, as_, sites, monkeypatch):
    page = as_("ada").get(f"/users/{id_of(app, 'ugo')}/edit")
    form = form_at(page)
    form["role"], form["rights"] = "admin", ["download_license"]
    form.submit(status=302)
    assert _told(app) == []
    assert published(app, monkeypatch) == []
    found = profile(app, "acme", "ugo")
    assert not {"role", "portal_role", "rights", "password_hash"} & set(found)


def test_monitoring_roles_of_staff_wait_for_activation(app, as_, sites, monkeypatch):
    page = f"/provider/staff/{id_of(app, 'gil')}"
    send(as_("pat"), page, "roles-form", 302, roles=["guest", "user"])
    assert _told(app) == [("customer:provider", "changed", "gil", {"roles": [["guest"], ["guest", "user"]]})]
    assert published(app, monkeypatch) == []


def test_a_customer_without_a_site_has_nothing_published(app, as_, sites, monkeypatch):
    send(as_("gus"), "/profile", "profile", 302, name="Gus Neu")
    assert [told[0] for told in _told(app)] == ["customer:gamma"]
    assert published(app, monkeypatch) == []


def test_profiles_of_one_customer_hold_nobody_of_another_in_three_statements(app, statements):
    make_global(app, "gil")
    with app.app_context():
        session = db.session()
        statements.clear()
        assert {one["username"] for one in profiles(session, "acme")} == {"ada", "alan", "abe", "uma", "ugo", "dot"}
        assert len(statements) == 3
        assert [one["username"] for one in profiles(session, "provider")] == ["pat"]
        assert [one["username"] for one in profiles(session, None)] == ["gil"]
        assert "argon2" not in str([profiles(session, whose.id) for whose in session.scalars(select(Customer))])
        db.session.remove()


def test_a_profile_names_no_group_that_reaches_less_far_than_the_person(app):
    contact_group(app, "linux", "acme")
    contact_group(app, "everywhere", "global")
    make_global(app, "gil")
    for username in ("gil", "bob", "ada"):
        join(app, username, "linux", "everywhere")
    assert profile(app, None, "gil")["contact_groups"] == ["everywhere"]
    assert profile(app, "beta", "bob")["contact_groups"] == ["everywhere"]
    assert profile(app, "acme", "ada")["contact_groups"] == ["everywhere", "linux"]
