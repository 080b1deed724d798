"""Own roles and built-in ones: the seed's "User management", sections 6.1 and 6.3, and what nobody can do to them."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from portal.access.permissions import PERMISSIONS
from portal.access.roles import RoleAnswer
from portal.accounts.users import User
from portal.database import db, now
from tests.browser import Browser
from tests.people.helpers import id_of
from tests.provider.helpers import make_colleague, make_role, post
from tests.provider.roles import ROLES, answers, clone, grants, save


def test_a_clone_keeps_the_connection_to_its_source(app, as_):
    """6.3: "The new role is not simply a copy, but retains a connection to the source role"."""
    pat = as_("pat")
    save(pat, "user", permission__audit__read="yes")
    page = clone(pat, "user", "night", "Night shift").follow()
    assert page.html.h1.text == "Night shift"
    assert answers(app, "night") == {}  # nothing is copied …
    assert grants(app, "night", "audit.read")  # … and everything inherited
    clone(pat, "night", "deep-night", "Deep night")
    save(pat, "user", permission__audit__read="no")
    assert not grants(app, "deep-night", "audit.read")
    way = pat.get(ROLES + "deep-night").html.select(".facts a")
    assert [link.text for link in way] == ["Night shift", "Normal monitoring user"]


def test_a_clone_is_offered_a_free_id_and_a_name(app, as_):
    form = as_("pat").get(ROLES + "user").forms["clone"]
    assert (form["id"].value, form["alias"].value) == ("userx", "Normal monitoring user (copy)")
    form.submit(status=302)
    assert as_("pat").get(ROLES + "user").forms["clone"]["id"].value == "userxx"


@pytest.mark.parametrize("id", ["", "two words", "ümlaut", "a/b", "x" * 81, "matrix", "admin", "a.b", "a\n"])
def test_an_id_that_does_not_hold_is_told_beside_its_field(app, as_, id):
    page = clone(as_("pat"), "user", id, "Some name", status=422 if id.strip() != "a" else 302)
    if id.strip() != "a":
        assert page.html.select_one("#clone-id-error")
        assert page.forms["clone"]["alias"].value == "Some name"
        assert page.html.select_one("details.clone")["open"] == ""


def test_an_alias_is_used_once(app, as_):
    clone(as_("pat"), "user", "night", "Night")
    page = clone(as_("pat"), "user", "other", " night ", status=422)
    assert "This alias is already used in the role night." in page.html.select_one("#clone-alias-error").text
    clone(as_("pat"), "user", "other", "Guest user", status=422)
    clone(as_("pat"), "user", "other", "Other")
    page = save(as_("pat"), "other", 422, alias="NIGHT")
    assert "This alias is already used in the role night." in page.html.select_one("#alias-error").text


def test_id_alias_and_source_of_an_own_role_can_be_changed(app, as_):
    make_role(app, "night", "user", audit__read=True)
    make_role(app, "deep", "night")
    make_colleague(app, "nia", "night", "guest")
    nia = Browser(app).sign_in("nia")
    nia.get("/provider/history/")
    page = save(as_("pat"), "night", id="late", alias="Late shift", based_on="guest").follow()
    assert page.html.h1.text == "Late shift"
    as_("pat").get(ROLES + "night", status=404)
    assert answers(app, "late") == {"audit.read": True}
    assert grants(app, "deep", "customers.read")  # it follows the role under its new name, and that one guest
    nia.get("/provider/history/")  # whoever had the role has it still
    assert "Late shift" in as_("pat").get(f"/provider/staff/{id_of(app, 'nia')}")


def test_a_circle_of_sources_is_neither_offered_nor_taken(app, as_):
    make_role(app, "night", "user")
    make_role(app, "deep", "night")
    form = as_("pat").get(ROLES + "night").forms["role"]
    assert {value for value, *_rest in form["based_on"].options} == {"admin", "guest", "user"}
    version = form["version"].value
    for source in ("deep", "night", "nobody"):
        post(as_("pat"), ROLES + "night", 403, version=version, id="night", alias="Night", based_on=source)


def test_built_in_roles_are_customised_and_never_deleted_or_renamed(app, as_):
    """6.1: three predefined roles, "which are never deleted, but which may be customised as required"."""
    for id in ("admin", "user", "guest"):
        page = as_("pat").get(ROLES + id)
        assert "Delete" not in page.html.select_one("main").text
        assert "id" not in page.forms["role"].fields
        assert "You cannot delete the builtin roles!" in post(as_("pat"), f"{ROLES}{id}/deletion", 409)
    post(as_("pat"), ROLES + "user", 302, version=as_("pat").get(ROLES + "user").forms["role"]["version"].value,
         id="other", alias="Other", based_on="admin")  # fmt: skip
    assert as_("pat").get(ROLES + "user").html.h1.text == "Normal monitoring user"


def test_a_role_in_use_is_not_deleted(app, as_):
    make_role(app, "night", "user")
    make_role(app, "deep", "night")
    make_colleague(app, "nia", "deep")
    for id in ("night", "deep"):
        assert "Delete" not in as_("pat").get(ROLES + id).html.select_one("main").text
        page = post(as_("pat"), f"{ROLES}{id}/deletion", 409)
        assert f"You cannot delete roles, that are still in use ({id})!" in page


def test_a_role_nobody_has_is_deleted(app, as_):
    clone(as_("pat"), "user", "night", "Night")
    assert "It does not come back." in as_("pat").get(ROLES + "night")
    post(as_("pat"), f"{ROLES}night/deletion", 302)
    as_("pat").get(ROLES + "night", status=404)
    assert "deleted the role Night" in as_("pat").get("/provider/history/")


def test_administrators_keep_what_lets_them_in_whatever_is_set(app, as_):
    page = as_("pat").get(ROLES + "admin")
    assert "permission.access.roles" not in page.forms["role"].fields
    assert page.html.text.count("always yes") == sum(name.startswith("access.") for name in PERMISSIONS) + 1
    version = page.forms["role"]["version"].value
    for name in ("general.use", "access.users", "access.roles", "access.read"):
        post(as_("pat"), ROLES + "admin", 403, version=version, **{f"permission.{name}": "no"})
    make_role(app, "odd", "user")
    with app.app_context():  # even what an import would write changes nothing
        db.session.add(RoleAnswer(role_id="admin", permission="access.roles", granted=False))
        db.session.commit()
        db.session.remove()
    as_("pat").get(ROLES)
    save(as_("pat"), "odd", permission__audit__read="yes")


def test_nobody_takes_the_care_of_roles_from_themselves(app, as_):
    make_role(app, "keeper", "guest", access__roles=True, access__users=True)
    make_colleague(app, "kim", "keeper")
    page = save(as_("kim"), "keeper", 409, permission__access__roles="default")
    assert "You would take the management of roles from yourself." in page
    assert answers(app, "keeper") == {"access.users": True, "access.roles": True}


def test_somebody_is_always_left_who_manages_staff(app, as_):
    make_role(app, "keeper", "guest", access__roles=True, access__users=True)
    make_colleague(app, "kim", "keeper")
    with app.app_context():
        db.session.execute(update(User).where(User.username == "pat").values(disabled_at=now()))
        db.session.commit()
        db.session.remove()
    page = save(as_("kim"), "keeper", 409, permission__access__users="no")
    assert "Somebody must be left who manages staff." in page
    assert answers(app, "keeper") == {"access.roles": True, "access.users": True}


def test_nobody_grants_through_a_role_what_they_do_not_hold(app, as_):
    make_role(app, "keeper", "guest", access__roles=True)
    make_role(app, "night", "guest", setup__read=False)
    make_colleague(app, "kim", "keeper")
    kim = as_("kim")
    page = kim.get(ROLES + "night")
    offered = {option.text for option in page.html.select('select[name="permission.setup.edit"] option')}
    assert offered == {"default (no)", "no"}
    version = page.forms["role"]["version"].value
    basics = {"version": version, "id": "night", "alias": "Night"}
    post(kim, ROLES + "night", 403, based_on="guest", **basics, **{"permission.setup.edit": "yes"})
    post(kim, ROLES + "night", 403, based_on="admin", **basics)
    assert not kim.get(ROLES + "admin").html.select("details.clone")
    assert "Nobody grants what they do not hold themselves" in post(kim, ROLES + "admin/clone", 409, id="x", alias="X")
    save(kim, "night", permission__setup__read="yes")  # what one holds, one may
    clone(kim, "night", "late", "Late")


def test_who_looks_only_at_their_own_still_passes_on_what_their_roles_grant(app, as_):
    with app.app_context():
        db.session.execute(update(User).where(User.username == "pat").values(sees_only_own=True))
        db.session.commit()
        db.session.remove()
    clone(as_("pat"), "guest", "screen", "Screen")
    save(as_("pat"), "user", permission__general__see_all="yes")
    assert answers(app, "user") == {"general.see_all": True}
