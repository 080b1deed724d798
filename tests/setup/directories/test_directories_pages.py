"""The pages of a directory: testing the connection, what became of reading it, and what its form refuses."""

from __future__ import annotations

from sqlalchemy import select

from portal import jobs
from portal.access.roles import Role, RoleAnswer
from portal.accounts.grants import UserRole
from portal.accounts.users import User
from portal.database import db
from portal.setup import elements
from portal.setup.directories import server
from tests.factories.directory import BASE
from tests.factories.elements import as_pat
from tests.provider.helpers import make_colleague, make_role

PAGE = "/provider/setup/ldap-connections/office/people"


def test_a_test_shows_whom_the_directory_would_bring_and_changes_nothing(company, as_):
    company.connect()
    page = as_("pat").get(PAGE).forms[1].submit()
    assert "The directory answers, and shows 3 people" in page.text
    assert "lena@directory.example" in page.text
    assert company.user("lena") is None


def test_a_test_of_a_dead_directory_says_why(company, slapd, as_):
    company.connect()
    page = as_("pat").get(PAGE)
    slapd.stop()
    found = page.forms[1].submit(expect_errors=True)
    assert found.status_int == 502
    assert "No connection to the directory" in found.text


def test_reading_it_now_is_a_job_and_the_page_says_what_came_of_it(company, as_):
    company.connect()
    pat = as_("pat")
    pat.get(PAGE).forms[2].submit()
    jobs.work_once(company.app)
    page = pat.get(PAGE)
    assert "Lena Linden" in page.text
    assert "<dt>Accounts made</dt><dd>3</dd>" in page.text.replace("\n", "")


def test_a_disabled_connection_says_so_and_is_not_read(company, as_):
    company.connect()
    with as_pat(company.app) as (session, pat):
        elements.disable(session, elements.find(session, "ldap-connections", "office"), by=pat)
        session.commit()
    page = as_("pat").get(PAGE)
    assert "This connection is disabled: nobody signs in by it" in page
    assert "Read it now" not in page


def test_gil_sees_the_people_and_neither_tests_nor_reads(company, as_):
    company.connect()
    page = as_("gil").get(PAGE)
    assert "Read it now" not in page.text
    assert "Test the connection" not in page.text


def test_a_portal_without_the_extra_says_how_to_get_it(company, as_, monkeypatch):
    company.connect()
    monkeypatch.setattr(server, "find_spec", lambda _name: None)
    assert "make ldap" in as_("pat").get(PAGE).text


def _new(browser, slapd, **fields):
    form = browser.get("/provider/setup/ldap-connections/new").forms["element"]
    given = {"id": "office", "title": "Office", "server": "127.0.0.1", "base_dn": f"ou=people,{BASE}", **fields}
    for name, value in given.items():
        form[name] = value
    return form.submit(expect_errors=True)


def test_nobody_lets_a_directory_give_roles_that_grant_more_than_they_hold(company, slapd, as_):
    with company.app.test_request_context():
        answers = [RoleAnswer(permission=name, granted=True) for name in ("setup.edit", "access.users")]
        db.session.add(Role(id="planner", alias="Planner", based_on_id="guest", answers=answers))
        db.session.flush()
        gil = db.session.scalar(select(User).where(User.username == "gil"))
        gil.roles = [UserRole(role_id="planner")]
        db.session.commit()
    gil = as_("gil")
    for field, value in (("default_roles", "admin"), ("role_groups", f"cn=all,{BASE} -> admin")):
        page = _new(gil, slapd, **{field: value})
        assert page.status_int == 422
        assert "The role “admin” grants more than you hold yourself." in page.text
    assert _new(gil, slapd, role_groups=f"cn=all,{BASE} -> guest").status_int == 302


def test_nobody_becomes_who_may_more_by_naming_a_server_of_their_own(company, slapd, as_):
    """Whoever runs the server decides which password is right: it takes as much as giving somebody a password."""
    make_role(company.app, "planner", "guest", setup__edit=True)
    of_setup = {"setup__read": True, "setup__edit": True}
    make_role(company.app, "deputy", "user", access__read=True, access__users=True, **of_setup)
    make_colleague(company.app, "pia", "planner")
    make_colleague(company.app, "dee", "deputy")
    assert "connects them" in _new(as_("pia"), slapd).text  # accounts of staff, made by who may make none
    assert "connects them" in _new(as_("dee"), slapd, customer="acme").text
    assert _new(as_("dee"), slapd, id="sites-only", customer="acme", in_portal=False).status_int == 302
    company.connect(customer="provider")
    company.read()
    edit = "/provider/setup/ldap-connections/office/edit"
    form = as_("dee").get(edit).forms["element"]
    form["server"] = "localhost"
    assert form.submit(expect_errors=True).status_int == 302
    with company.app.test_request_context():
        db.session.scalar(select(User).where(User.username == "lena")).give_roles(["admin"], by=None)
        db.session.commit()
    form = as_("dee").get(edit).forms["element"]
    form["server"] = "mallory.example"
    page = form.submit(expect_errors=True)
    assert page.status_int == 422
    assert "Only who manages these people, and may as much as they, connects them." in page.text
    form = as_("pat").get(edit).forms["element"]
    form["server"] = "127.0.0.1"
    assert form.submit(expect_errors=True).status_int == 302


def test_what_is_no_pair_is_said_beside_the_field_and_kept(company, slapd, as_):
    page = _new(as_("pat"), slapd, contact_groups="linux")
    assert page.status_int == 422
    assert "“linux” is no pair." in page.text
    assert page.forms["element"]["contact_groups"].value == "linux"
