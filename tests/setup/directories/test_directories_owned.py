"""What a directory says of its people is read, and nowhere entered; what it does not say stays staff's to decide."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.accounts import letters, staff
from portal.accounts.session_rows import SessionRow
from portal.accounts.tokens import Token
from portal.accounts.users import User
from portal.contacts import memberships
from portal.database import db
from portal.errors import Refused
from portal.setup import elements
from portal.setup.users import groups
from tests.browser import Browser
from tests.factories.directory import BASE
from tests.factories.elements import as_pat
from tests.people.helpers import form_at, look
from tests.programs import with_token
from tests.provider.helpers import post, send

LENA = f"cn=Lena Linden,ou=people,{BASE}"
OWNED = "The company’s directory says so: they are changed there."


def held(company):
    with company.app.test_request_context():
        return [group.key for group in memberships.groups_of(db.session(), company.user("lena").id)]


def test_colleagues_and_staff_change_rights_and_neither_name_nor_address(company, as_):
    company.connect()
    company.read()
    id = company.user("lena").id
    for who, page in (("ada", f"/users/{id}/edit"), ("pat", f"/provider/customers/acme/people/{id}/edit")):
        shown = as_(who).get(page)
        assert OWNED in shown
        assert not shown.html.select("main input[name=name], main input[name=email]")
    form = form_at(as_("ada").get(f"/users/{id}/edit"))
    form.set("rights", True, index=0)
    form.submit(status=302)
    assert look(company.app, "lena") == look(company.app, "lena") | {
        "name": "Lena Linden", "email": "lena@directory.example", "rights": {"download_license"},
    }  # fmt: skip


def test_a_program_is_refused_what_the_directory_says_and_nobody_asked_to_confirm_it(company):
    company.connect(pager_attribute="mobile")
    company.read()
    id = company.user("lena").id
    pat = with_token(company.app, "pat")
    found = pat.get(f"/api/v1/users/{id}")
    for change in ({"name": "Another"}, {"email": "x@else.example"}, {"pager": "+49 1"}):
        pat.patch_json(f"/api/v1/users/{id}", change, headers={"If-Match": found.headers["ETag"]}, status=422)
    with company.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Token).where(Token.user_id == id)) == 0
    with as_pat(company.app) as (session, by), pytest.raises(Refused, match="The directory"):
        letters.ask_email(session, session.get(User, id), "x@else.example", by=by)


def test_people_without_an_address_get_rights_too(company, slapd, as_):
    slapd.add(
        f"cn=Otto,ou=people,{BASE}", objectClass="inetOrgPerson", uid="otto", sn="Otto", cn="Otto", userPassword="o"
    )  # fmt: skip
    company.connect()
    company.read()
    page = f"/provider/customers/acme/people/{company.user('otto').id}/edit"
    send(as_("pat"), page, "person", 302, rights=["download_license"])
    assert look(company.app, "otto")["rights"] == {"download_license"}


def test_they_are_not_offered_to_another_customer(company, as_):
    company.connect()
    company.read()
    assert "move" not in as_("pat").get(f"/provider/customers/acme/people/{company.user('lena').id}").forms


def test_roles_that_a_directory_maps_are_given_nowhere_else(company, slapd, as_):
    operators = slapd.group("operators", LENA)
    company.connect(customer="provider", role_groups=[f"{operators} -> guest"])
    company.read()
    id = company.user("lena").id
    page = as_("pat").get(f"/provider/staff/{id}")
    assert "The directory decides on these roles." in page
    assert "roles-form" not in page.forms
    version = company.user("lena").version
    forged = post(as_("pat"), f"/provider/staff/{id}/roles", 422, roles="admin", version=version)
    assert "The directory decides on these roles." in forged
    assert company.user("lena").role_ids == {"user", "guest"}
    many = post(as_("pat"), "/provider/access/users/many", 200, act="give_role", role="admin", ids=id)
    assert "The directory decides on these roles." in many.html.select_one("#wont").text


def test_a_contact_group_that_a_directory_maps_is_shown_and_kept(company, slapd, as_):
    with as_pat(company.app) as (session, pat):
        for key in ("linux", "windows"):
            elements.create(session, "contact-groups", key=key, title=key.capitalize(), customer="acme", by=pat)
        session.commit()
    company.connect(contact_groups=[f"{slapd.group('linux', LENA)} -> linux"])
    company.read()
    id = company.user("lena").id
    edit = f"/provider/access/users/{id}/edit"
    page = as_("pat").get(edit)
    assert "Contact groups of the directory" in page
    form = page.forms["account"]
    assert [field.value for field in form.fields["groups"]] == [""] * len(form.fields["groups"])
    form.fields["groups"][0].value = "windows"
    form.submit(status=302)
    assert held(company) == ["linux", "windows"]
    sites = as_("pat").get(f"/provider/setup/users/{id}/edit").forms["release"]
    assert "linux" not in [box._value for box in sites.fields["groups"]]
    for box in sites.fields["groups"]:
        box.checked = False
    sites.submit(status=302)
    assert held(company) == ["linux"]
    many = post(as_("pat"), "/provider/access/users/many", 200, act="leave", group="linux", ids=id)
    assert "The directory decides who is in the contact group “linux”." in many.html.select_one("#wont").text
    with as_pat(company.app) as (session, pat):
        lena = session.scalar(select(User).where(User.username == "lena"))
        with pytest.raises(Refused, match="The directory decides"):
            groups.choose(session, lena, set(), by=pat)


def test_the_api_calls_them_active(company):
    company.connect()
    company.read()
    (lena,) = with_token(company.app, "pat").get("/api/v1/users?q=lena").json["items"]
    assert lena["state"] == "active"


def test_who_was_deleted_here_is_not_made_again_and_the_reading_says_so(company, as_, browser):
    company.connect()
    company.read()
    post(as_("pat"), f"/provider/access/users/{company.user('lena').id}/deletion", 302)
    run = company.read()
    assert (run.created, run.odd, company.user("lena")) == (0, 1, None)
    assert run.examples == [[LENA, "Its account was deleted here, and is not made again."]]
    form = browser.get("/login").forms["login"]
    form["username"], form["password"] = "lena", "lenas password"
    assert "is not right" in form.submit(status=422)


def test_the_accounts_of_a_deleted_connection_stay_closed_until_staff_give_them_a_password(company, as_, browser):
    company.connect()
    company.read()
    browser.sign_in("lena", "lenas password")
    with as_pat(company.app) as (session, pat):
        elements.delete(session, elements.find(session, "ldap-connections", "office"), by=pat)
        session.commit()
    lena = company.user("lena")
    assert (lena.directory_id, lena.state) == (None, "invited")
    with company.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SessionRow).where(SessionRow.user_id == lena.id)) == 0
    form = as_("pat").get(f"/provider/access/users/{lena.id}/edit").forms["account"]
    form["name"], form["password"] = "Lena Own", "otter piano lantern cloud"
    form.submit(status=302)
    Browser(company.app).sign_in("lena", "otter piano lantern cloud")


def test_a_directorys_people_are_not_counted_on_to_manage_staff(company, slapd):
    admins = slapd.group("admins", LENA)
    company.connect(customer="provider", role_groups=[f"{admins} -> admin"])
    company.read()
    with as_pat(company.app) as (session, _pat):
        only_local = session.scalar(select(User).where(User.username == "pat"))
        only_local.disable(by=None)
        with pytest.raises(Refused, match="Somebody must be left"):
            staff.keep_one(session)


def test_their_password_is_not_offered_to_be_changed_here(company, browser):
    company.connect()
    company.read()
    page = browser.sign_in("lena", "lenas password").get("/profile/security")
    assert "kept by your company’s directory" in page
    assert "/profile/password" not in page
