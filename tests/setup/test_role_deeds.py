"""What deeds on roles mean beyond their pages: to sites, to each other, and to accounts at the same time."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from portal.access.roles import Role
from portal.accounts.signed_in import reader_of
from portal.accounts.users import User, UserRole
from portal.database import db, now
from portal.errors import Forged, Refused
from portal.setup import roles
from portal.setup.changes import Change
from tests.browser import Browser
from tests.factories.elements import element
from tests.provider.helpers import make_role, post
from tests.setup import sites as at

ROLES = "/provider/access/roles/"


def act(app, deed):
    """Do a deed as pat, in a transaction of its own."""
    with at.setup(app) as (session, pat):
        deed(session, reader_of(session, pat.id))


def told(app):
    with app.app_context():
        rows = db.session.scalars(select(Change).where(Change.kind == "roles").order_by(Change.number)).all()
        db.session.remove()
    return [(one.scope, one.act, one.key, one.data) for one in rows]


def test_what_sites_notice_of_a_role_waits_for_all_of_them(app):
    act(app, lambda session, pat: roles.clone(session, roles.hold(session, "user"), id="night", alias="Night", by=pat))
    act(app, lambda session, pat: roles.change(
        session, roles.hold(session, "night"), answers={"general.see_all": True, "audit.read": True}, by=pat
    ))  # fmt: skip
    differing = {"general.see_all": ["default (no)", "yes"], "audit.read": ["default (no)", "yes"]}
    assert told(app) == [
        ("general", "created", "night", {}),
        ("general", "changed", "night", differing),
    ]
    act(app, lambda session, pat: roles.delete(session, roles.hold(session, "night"), by=pat))
    assert told(app)[-1] == ("general", "deleted", "night", {})


def test_what_no_site_notices_leaves_nothing_waiting(app):
    act(app, lambda session, pat: roles.change(
        session, roles.hold(session, "user"), answers={"audit.read": True, "general.act": True}, by=pat
    ))  # fmt: skip
    assert told(app) == []


def test_waiting_changes_of_roles_read_as_they_do_on_their_page(app, as_):
    at.connect(app, "acme-1")
    at.activate(app)
    act(app, lambda session, pat: roles.change(
        session, roles.hold(session, "user"), answers={"general.see_all": True}, by=pat
    ))  # fmt: skip
    page = as_("pat").get("/provider/changes/sites/acme-1")
    assert "See all host and services: default (no) → yes" in " ".join(page.html.text.split())


def test_another_id_reaches_the_sites_of_whoever_has_the_role(app):
    make_role(app, "night", "user")
    with at.setup(app) as (session, _pat):
        for username in ("uma", "gil"):
            user = session.scalars(select(User).where(User.username == username)).one()
            session.add(UserRole(user_id=user.id, role_id="night"))
    act(app, lambda session, pat: roles.rename(session, roles.hold(session, "night"), "late", by=pat))
    assert {one[0] for one in told(app)} == {"general", "customer:acme", "customer:provider"}
    with at.setup(app) as (session, _pat):
        assert sorted(session.scalars(select(User.username).join(UserRole).where(UserRole.role_id == "late"))) == [
            "gil", "uma",
        ]  # fmt: skip


def test_a_role_that_a_directory_gives_keeps_its_id_and_stays(app, as_):
    make_role(app, "night", "user")
    body = {"role_groups": ["cn=ops,dc=example -> night"]}
    with at.setup(app) as (session, pat):
        found = element(session, "ldap-connections", customer="acme", by=pat)
        found.body = {**found.body, **body}
    for deed in (
        lambda session, pat: roles.rename(session, roles.hold(session, "night"), "late", by=pat),
        lambda session, pat: roles.delete(session, roles.hold(session, "night"), by=pat),
    ):
        with pytest.raises(Refused):
            act(app, deed)
    assert "Delete" not in as_("pat").get("/provider/access/roles/night").html.select_one("main").text


def test_who_does_not_manage_roles_does_nothing_to_them(app):
    make_role(app, "night", "user")
    with at.setup(app) as (session, _pat):
        gil = session.scalars(select(User).where(User.username == "gil")).one()
        reader = type("Gil", (), {"id": gil.id, "verbs": frozenset({"access.read"}), "role_ids": ("guest",)})()
    for deed in (
        lambda session, _pat: roles.clone(session, roles.hold(session, "user"), id="x", alias="X", by=reader),
        lambda session, _pat: roles.change(
            session, roles.hold(session, "user"), answers={"audit.read": False}, by=reader
        ),
        lambda session, _pat: roles.rename(session, roles.hold(session, "night"), "late", by=reader),
        lambda session, _pat: roles.delete(session, roles.hold(session, "night"), by=reader),
    ):  # fmt: skip
        with pytest.raises(Forged):
            act(app, deed)


def test_two_who_clone_under_one_name_at_once_make_one_role(app):
    browsers = [Browser(app).sign_in("pat") for _one in range(2)]
    gate, got = threading.Barrier(2), []
    tokens = [browser.get(ROLES).html.find("input", {"name": "csrf_token"})["value"] for browser in browsers]

    def clone(number):
        gate.wait()
        fields = {"csrf_token": tokens[number], "id": f"night{number}", "alias": "Night"}
        got.append(browsers[number].post(f"{ROLES}user/clone", fields, status="*").status_int)

    threads = [threading.Thread(target=clone, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [302, 422]


def test_two_who_base_roles_on_each_other_at_once_close_no_circle(app):
    make_role(app, "one", "user")
    make_role(app, "two", "user")
    browsers = {id: Browser(app).sign_in("pat") for id in ("one", "two")}
    forms = {id: browser.get(ROLES + id).forms["role"] for id, browser in browsers.items()}
    gate, got = threading.Barrier(2), []

    def base(id, source):
        forms[id]["based_on"] = source
        gate.wait()
        got.append(forms[id].submit(status="*").status_int)

    threads = [threading.Thread(target=base, args=pair) for pair in (("one", "two"), ("two", "one"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [302, 403]
    with app.app_context():
        assert all(role.lineage()[-1].id == "user" for role in db.session.scalars(select(Role)) if not role.is_built_in)
        db.session.remove()


def test_a_deleted_persons_role_does_not_hold_it(app, as_):
    make_role(app, "night", "user")
    with at.setup(app) as (session, _pat):
        uma = session.scalars(select(User).where(User.username == "uma")).one()
        session.add(UserRole(user_id=uma.id, role_id="night"))
        uma.archived_at = now()
    post(as_("pat"), f"{ROLES}night/deletion", 302)
