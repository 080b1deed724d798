"""Rights that are not offered: in no form, filter or column; forged ones refused; sleeping ones untouched."""

from __future__ import annotations

import uuid

import pytest

from portal.access.rights import PortalRole, Right
from portal.accounts.users import User
from portal.database import db
from tests.people.helpers import forge, form_at, id_of, look, make

BOTH = (Right.DOWNLOAD_LICENSE, Right.REQUEST_SUPPORT)
PAGES = ("/users/", "/users/new", "/users/invite-many", "/users.csv", "/history/", "/history.csv", "/company")


@pytest.mark.parametrize("actor", ["bea", "ben"])
def test_in_beta_request_support_appears_nowhere(app, as_, actor):
    bob = id_of(app, "bob")
    for address in (*PAGES, f"/users/{bob}", f"/users/{bob}/edit"):
        page = as_(actor).get(address)
        assert "Request Support" not in page.text, address
        assert "request_support" not in page.text, address


@pytest.mark.parametrize("actor", ["bea", "ben"])
def test_in_beta_a_forged_grant_is_refused(app, as_, actor):
    browser, bob = as_(actor), id_of(app, "bob")
    fields = dict(form_at(browser.get(f"/users/{bob}/edit")).submit_fields())
    forge(browser, f"/users/{bob}/edit", 403, **{**fields, "rights": ["download_license", "request_support"]})
    assert look(app, "bob")["rights"] == {"download_license"}
    new = {"name": "N", "email": "nina@beta.example", "role": "user", "rights": "request_support"}
    forge(browser, "/users/new", 403, **new)
    forge(browser, "/users/invite-many", 403, people="N <nina@beta.example>", role="user", rights="request_support")
    assert "nina@beta.example" not in browser.get("/users/")


def test_in_beta_a_filter_by_a_right_not_offered_falls_back(as_):
    assert "Bob Jensen" in as_("bea").get("/users/?right=request_support")


def test_a_sleeping_right_survives_a_save(app, as_):
    make(app, "gwen", customer="gamma", rights=BOTH)
    id = id_of(app, "gwen")
    page = as_("gus").get(f"/users/{id}/edit")
    assert "Request Support" not in page
    form = form_at(page)
    form.set("rights", False)
    form["name"] = "Gwen Gray"
    form.submit(status=302)
    assert look(app, "gwen")["rights"] == {"request_support"}
    assert look(app, "gus")["rights"] == {"download_license", "request_support"}


def test_staff_editing_gus_leave_his_sleeping_right(app):
    with app.app_context():
        gus = db.session.get_one(User, uuid.UUID(id_of(app, "gus")))
        gus.grant_rights([], offered=[Right.DOWNLOAD_LICENSE], by=None)
        db.session.commit()
        db.session.remove()
    assert look(app, "gus")["rights"] == {"request_support"}


def test_acme_shows_a_column_a_filter_and_a_box_for_each_right(app, as_):
    page = as_("ada").get("/users/")
    heads = [th.get_text(" ", strip=True) for th in page.html.select("table.list th")]
    assert heads[2:4] == ["Download & License", "Request Support"]
    found = as_("ada").get("/users/?right=request_support").html.select("table.list .main a")
    assert [a.text for a in found] == ["Ada Arnold", "Alan Becker", "Uma Dietrich"]
    assert "May open support tickets and answer in them" in as_("ada").get("/users/new")


def test_an_admin_of_gamma_may_not_wake_a_right(app, as_):
    make(app, "gil2", customer="gamma", role=PortalRole.ADMIN)
    make(app, "gina", customer="gamma")
    fields = dict(form_at(as_("gil2").get(f"/users/{id_of(app, 'gina')}/edit")).submit_fields())
    forge(as_("gil2"), f"/users/{id_of(app, 'gina')}/edit", 403, **{**fields, "rights": "request_support"})
    assert look(app, "gina")["rights"] == set()
