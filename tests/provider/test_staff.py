"""Staff: nobody grants what they do not hold, nobody changes themselves, and somebody is always left."""

from __future__ import annotations

import threading
import uuid

import pytest
from sqlalchemy import select

from portal.access.permissions import PERMISSIONS
from portal.accounts import staff
from portal.accounts.users import User
from portal.database import db
from portal.errors import Refused
from tests import post as mailbox
from tests.browser import Browser
from tests.people.helpers import id_of, look
from tests.provider.helpers import make_colleague, make_role, post, send

NEW = "/provider/staff/new"


class Anybody:
    """An administrator who is not among the staff."""

    id, name, portal_role, customer_id, verbs = uuid.uuid4(), "Anybody", None, "provider", frozenset(PERMISSIONS)


def roles_of(app, username):
    with app.app_context():
        found = sorted(db.session.scalar(select(User).where(User.username == username)).role_ids)
        db.session.remove()
    return found


def test_the_list_names_roles_and_states_in_three_statements(as_, statements):
    page = as_("pat").get("/provider/staff/")
    rows = {row.find("a").text: row.text for row in page.html.select("tbody tr")}
    assert "Administrator" in rows["Pat Lindner"]
    assert "Guest user" in rows["Gil Moreau"]
    statements.clear()
    as_("pat").get("/provider/staff/")
    assert len(statements) == 3
    assert [link.text for link in as_("pat").get("/provider/staff/?q=moreau").html.select(".main a")] == ["Gil Moreau"]


def test_a_colleague_is_invited_by_mail_and_can_begin(app, as_):
    page = send(
        as_("pat"), NEW, "colleague", 302, name="Pia Quast", email="pia@provider.example", roles=["guest"]
    ).follow()
    assert page.html.h1.text == "Pia Quast"
    assert "Invited" in page
    link = mailbox.links_in(mailbox.to(mailbox.deliver(app), "pia@provider.example")[0])[0]
    Browser(app).get(link)


def test_a_colleague_needs_a_role_a_name_and_an_address(as_):
    page = send(as_("pat"), NEW, "colleague", 422, name="", email="no address")
    assert page.html.select_one("#name-error")
    assert page.html.select_one("#email-error")
    page = send(as_("pat"), NEW, "colleague", 422, name="Pia", email="pia@provider.example")
    assert "Choose at least one role." in page.html.select_one("#roles-error").text


def test_nobody_grants_a_permission_they_do_not_hold(app, as_):
    make_role(app, "deputy", "guest", access__users=True)
    make_colleague(app, "dee", "deputy")
    form = as_("dee").get(NEW).forms["colleague"]
    assert {box._value for box in form.fields["roles"]} == {"deputy", "guest"}
    post(as_("dee"), NEW, 403, name="Eve", email="eve@provider.example", roles="admin")
    gil = id_of(app, "gil")
    version = as_("dee").get(f"/provider/staff/{gil}").forms["roles-form"]["version"].value
    post(as_("dee"), f"/provider/staff/{gil}/roles", 403, roles="admin", version=version)
    assert roles_of(app, "gil") == ["guest"]


def test_roles_one_cannot_give_stay_when_others_change(app, as_):
    make_role(app, "deputy", "guest", access__users=True)
    make_colleague(app, "dee", "deputy")
    make_colleague(app, "max", "admin", "guest")
    max_ = id_of(app, "max")
    page = as_("dee").get(f"/provider/staff/{max_}")
    assert "Stays as it is: Administrator" in page
    send(as_("dee"), f"/provider/staff/{max_}", "roles-form", 302, roles=["deputy"])
    assert roles_of(app, "max") == ["admin", "deputy"]


def test_a_role_holds_from_the_next_click(app, as_):
    gil = as_("gil")
    gil.get("/provider/customers/new", status=403)
    send(as_("pat"), f"/provider/staff/{id_of(app, 'gil')}", "roles-form", 302, roles=["admin", "guest"])
    gil.get("/provider/customers/new")


def test_nobody_changes_their_own_roles_or_access(app, as_):
    pat = id_of(app, "pat")
    page = as_("pat").get(f"/provider/staff/{pat}")
    assert "roles-form" not in page.forms
    assert "Nobody changes their own" in page
    post(as_("pat"), f"/provider/staff/{pat}/disablement", 403)
    post(as_("pat"), f"/provider/staff/{pat}/roles", 403, roles="guest", version="1")


def test_disabling_signs_out_and_enabling_lets_in_again(app, as_):
    gil, id = as_("gil"), id_of(app, "gil")
    post(as_("pat"), f"/provider/staff/{id}/disablement", 302)
    assert "/login" in gil.get("/provider/", status=302).location
    assert look(app, "gil")["state"] == "disabled"
    post(as_("pat"), f"/provider/staff/{id}/enablement", 302)
    Browser(app).sign_in("gil").get("/provider/")


def test_the_last_who_manages_staff_can_be_neither_disabled_nor_stripped(app):
    id = uuid.UUID(id_of(app, "pat"))
    for deed in (
        lambda session, pat: staff.disable(session, pat, by=None),
        lambda session, pat: staff.give_roles(session, pat, ["guest"], by=Anybody()),
    ):
        with app.test_request_context():
            with pytest.raises(Refused, match="Somebody must be left"):
                deed(db.session(), db.session.get(User, id))
            db.session.remove()
    assert look(app, "pat")["state"] == "active"


def test_two_admins_who_disable_each_other_at_once_leave_one(app):
    make_colleague(app, "pia", "admin")
    ids = {"pat": id_of(app, "pia"), "pia": id_of(app, "pat")}
    browsers = {name: Browser(app).sign_in(name) for name in ids}
    tokens = {
        name: browser.get("/provider/").html.find("input", {"name": "csrf_token"})["value"]
        for name, browser in browsers.items()
    }
    gate = threading.Barrier(2)

    def disable(name):
        gate.wait()
        browsers[name].post(f"/provider/staff/{ids[name]}/disablement", {"csrf_token": tokens[name]}, status="*")

    threads = [threading.Thread(target=disable, args=[name]) for name in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted([look(app, "pat")["state"], look(app, "pia")["state"]]) == ["active", "disabled"]


def test_an_invitation_is_sent_again_and_cancelled(app, as_):
    send(as_("pat"), NEW, "colleague", 302, name="Pia", email="pia@provider.example", roles=["guest"])
    pia = id_of(app, "pia@provider.example")
    old = mailbox.links_in(mailbox.to(mailbox.deliver(app), "pia@provider.example")[0])[0]
    post(as_("pat"), f"/provider/staff/{pia}/invitation", 302)
    new = mailbox.links_in(mailbox.to(mailbox.deliver(app), "pia@provider.example")[-1])[0]
    Browser(app).get(new)
    Browser(app).get(old, status=410)
    post(as_("pat"), f"/provider/staff/{pia}/invitation/cancellation", 302)
    Browser(app).get(new, status=410)
    as_("pat").get(f"/provider/staff/{pia}", status=404)


def test_the_second_of_two_editors_is_told(app, as_):
    gil = f"/provider/staff/{id_of(app, 'gil')}"
    late = Browser(app).sign_in("pat").get(gil).forms["roles-form"]
    send(as_("pat"), gil, "roles-form", 302, roles=["guest", "user"])
    late["roles"] = ["admin"]
    page = late.submit(status=409)
    assert "Somebody else changed this meanwhile" in page
    assert page.html.select_one(".compare .differs")
    assert roles_of(app, "gil") == ["guest", "user"]


def test_customers_people_are_no_staff(app, as_):
    as_("pat").get(f"/provider/staff/{id_of(app, 'ada')}", status=404)
    post(as_("pat"), f"/provider/staff/{id_of(app, 'ada')}/disablement", 404)
