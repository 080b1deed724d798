"""DESIGN.md, section 2, the People table, cell by cell: by the page and by a forged POST."""

from __future__ import annotations

import pytest

from portal.access.rights import PortalRole
from tests.people.helpers import forge, form_at, id_of, look, make, version_of

DEEDS = ("disablement", "enablement", "deletion")
ACME = ("ada", "alan", "abe", "uma", "ugo", "dot")
ABOVE = {
    "ada": {"alan", "abe", "uma", "ugo", "dot"},
    "alan": {"uma", "ugo", "dot"},
    "abe": {"uma", "ugo", "dot"},
}
"""Who stands above whom: everything the table allows; whatever is not here is a no."""


@pytest.mark.parametrize("target", ACME)
@pytest.mark.parametrize("actor", ["ada", "alan", "abe"])
def test_a_leader_sees_every_colleague_and_edits_those_below(app, as_, actor, target):
    browser, id = as_(actor), id_of(app, target)
    page = browser.get(f"/users/{id}")
    allowed = target in ABOVE[actor]
    assert page.html.h1.text == look(app, target)["name"]
    assert (f"/users/{id}/edit" in page) is allowed
    for deed in ("disablement", "deletion"):
        drawn = f"/users/{id}/{deed}" in page
        assert drawn is (allowed and not (target == "dot" and deed == "disablement")), deed
    if allowed:
        assert browser.get(f"/users/{id}/edit").html.h1.text.startswith("Edit ")
    elif actor == target:
        assert browser.get(f"/users/{id}/edit", status=302).location.endswith("/profile")
    else:
        browser.get(f"/users/{id}/edit", status=403)


@pytest.mark.parametrize("deed", [*DEEDS, "edit", "invitation", "invitation/cancellation"])
@pytest.mark.parametrize("target", ACME)
@pytest.mark.parametrize("actor", ["ada", "alan"])
def test_a_forged_post_meets_the_same_policy(app, as_, actor, target, deed):
    before = look(app, target)
    fields = {**before, "name": "Renamed", "rights": [], "version": version_of(app, target)} if deed == "edit" else {}
    if actor == "alan" and deed == "edit":
        fields["role"] = "user"
    allowed = target in ABOVE[actor]
    # Somebody who has accepted an invitation cannot be invited again: a broken rule, not a forbidden act.
    ok = (409 if "invitation" in deed else 302) if allowed else 403
    forge(as_(actor), f"/users/{id_of(app, target)}/{deed}", ok, **fields)
    if not allowed:
        assert look(app, target) == before
    elif deed == "edit":
        assert look(app, target)["name"] == "Renamed"


@pytest.mark.parametrize("target", ["ada", "alan", "ugo", "uma", "bob"])
def test_a_user_knows_no_colleague(app, as_, target):
    browser, id = as_("uma"), id_of(app, target)
    for address in ("/users/", "/users.csv", "/users/new", "/users/invite-many", f"/users/{id}", f"/users/{id}/edit"):
        browser.get(address, status=404)
    for deed in (*DEEDS, "edit", "invitation", "invitation/cancellation"):
        forge(browser, f"/users/{id}/{deed}", 404, name="X", email="x@acme.example", role="user")
    assert "/users/" not in browser.get("/profile").text


@pytest.mark.parametrize("actor", ["ada", "alan"])
@pytest.mark.parametrize("target", ["bea", "ben", "bob", "gus", "pat"])
def test_other_companies_people_do_not_exist(app, as_, actor, target):
    browser, id, before = as_(actor), id_of(app, target), look(app, target)
    browser.get(f"/users/{id}", status=404)
    browser.get(f"/users/{id}/edit", status=404)
    for deed in (*DEEDS, "edit", "invitation", "invitation/cancellation"):
        forge(browser, f"/users/{id}/{deed}", 404, name="X", email="x@acme.example", role="user", version="1")
    assert look(app, target) == before
    assert before["name"] not in browser.get("/users/")


@pytest.mark.parametrize("staff", ["pat", "gil"])
def test_staff_have_no_customers_door(app, as_, staff):
    browser, id = as_(staff), id_of(app, "uma")
    for address in (
        "/users/",
        "/users.csv",
        "/users/new",
        f"/users/{id}",
        "/super-user-requests/",
        "/company",
        "/history/",
    ):
        browser.get(address, status=404)


def test_strangers_are_sent_to_the_door(app, browser):
    for address in ("/users/", f"/users/{id_of(app, 'uma')}", "/company", "/history/", "/super-user-requests/new"):
        assert "/login?next=" in browser.get(address, status=302).location


def test_the_super_user_may_give_admin_and_an_admin_only_user(app, as_):
    uma = id_of(app, "uma")
    assert [option for option, *_ in form_at(as_("ada").get(f"/users/{uma}/edit"))["role"].options] == ["admin", "user"]
    assert [option for option, *_ in form_at(as_("alan").get(f"/users/{uma}/edit"))["role"].options] == ["user"]
    assert [option for option, *_ in form_at(as_("ada").get("/users/new"))["role"].options] == ["admin", "user"]
    assert [option for option, *_ in form_at(as_("alan").get("/users/new"))["role"].options] == ["user"]


@pytest.mark.parametrize(
    ("actor", "role"), [("ada", "super_user"), ("alan", "admin"), ("alan", "super_user"), ("ada", "root")]
)
def test_a_forged_role_is_refused(app, as_, actor, role):
    browser, ugo = as_(actor), id_of(app, "ugo")
    page = form_at(browser.get(f"/users/{ugo}/edit"))
    fields = dict(page.submit_fields())
    forge(browser, f"/users/{ugo}/edit", 403, **{**fields, "role": role})
    assert look(app, "ugo")["role"] == "user"
    forge(browser, "/users/new", 403, name="New One", email="new@acme.example", role=role)
    assert "New One" not in browser.get("/users/")


def test_ada_makes_ugo_admin_and_gives_rights(app, as_):
    browser, ugo = as_("ada"), id_of(app, "ugo")
    open_browser = as_("ugo")
    form = form_at(browser.get(f"/users/{ugo}/edit"))
    form["role"] = "admin"
    form.set("rights", True, index=1)
    page = form.submit(status=302).follow()
    assert "Ugo Evans is saved. They were signed out everywhere." in page
    assert look(app, "ugo") | {"role": "admin", "rights": {"request_support"}} == look(app, "ugo")
    assert "/login" in open_browser.get("/profile", status=302).location
    assert "Ada Arnold (you) gave Ugo Evans the right Request Support" in page
    assert "Ada Arnold (you) made Ugo Evans Admin" in page


def test_rights_stay_when_the_role_changes_and_an_admin_gives_a_right_they_lack(app, as_):
    form = form_at(as_("ada").get(f"/users/{id_of(app, 'uma')}/edit"))
    form["role"] = "admin"
    form.submit(status=302)
    assert look(app, "uma")["rights"] == {"download_license", "request_support"}
    form = form_at(as_("abe").get(f"/users/{id_of(app, 'ugo')}/edit"))
    form.set("rights", True, index=0)
    form.submit(status=302)
    assert look(app, "ugo")["rights"] == {"download_license"}


def test_changing_only_rights_signs_nobody_out(app, as_):
    open_browser = as_("uma")
    form = form_at(as_("ada").get(f"/users/{id_of(app, 'uma')}/edit"))
    form.set("rights", False, index=0)
    form.submit(status=302)
    open_browser.get("/profile")


def test_a_disabled_person_is_signed_out_at_the_next_click_and_back_when_enabled(app, as_):
    ada, uma, id = as_("ada"), as_("uma"), id_of(app, "uma")
    uma.get("/profile")
    form_at(ada.get(f"/users/{id}"), f"/users/{id}/disablement").submit(status=302)
    assert "/login" in uma.get("/profile", status=302).location
    page = ada.get(f"/users/{id}")
    assert "Disabled" in page
    form_at(page, f"/users/{id}/enablement").submit(status=302)
    assert look(app, "uma")["state"] == "active"
    assert look(app, "uma")["rights"] == {"download_license", "request_support"}
    uma.sign_in("uma")
    uma.get("/profile")


def test_a_deleted_person_leaves_a_name_in_history_and_a_free_address(app, as_):
    ada, id = as_("ada"), id_of(app, "ugo")
    page = ada.get(f"/users/{id}")
    assert "the account is gone for good" in page
    form_at(page, f"/users/{id}/deletion").submit(status=302)
    ada.get(f"/users/{id}", status=404)
    assert "Ugo Evans" not in ada.get("/users/").html.select_one("table.list").text
    history = ada.get("/history/")
    assert "Ada Arnold (you) deleted Ugo Evans" in history
    assert "ugo.evans@" not in history
    form = form_at(ada.get("/users/new"))
    form["name"], form["email"], form["role"] = "Ugo Again", "ugo.evans@acme.example", "user"
    form.submit(status=302)


def test_nobody_deletes_or_disables_the_super_user_or_themselves(app, as_):
    make(app, "sue", role=PortalRole.ADMIN)
    for actor in ("ada", "sue"):
        for deed in DEEDS:
            forge(as_(actor), f"/users/{id_of(app, 'ada')}/{deed}", 403)
            forge(as_(actor), f"/users/{id_of(app, actor)}/{deed}", 403)
    assert look(app, "ada")["state"] == "active"
