"""Roles on their pages: the seed's "User management", sections 6.2 to 6.4, and who may change what."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import update

from portal.access.permissions import PERMISSIONS
from portal.access.roles import Role, RoleAnswer
from portal.accounts.users import User
from portal.database import db, now
from tests.browser import Browser
from tests.people.helpers import id_of
from tests.provider.helpers import make_colleague, make_role, post, send

ROLES = "/provider/access/roles/"


def answers(app, role_id):
    with app.app_context():
        role = db.session.get(Role, role_id)
        found = role.explicit if role else None
        db.session.remove()
    return found


def grants(app, role_id, permission):
    with app.app_context():
        found = db.session.get(Role, role_id).grants(permission)
        db.session.remove()
    return found


def clone(browser, source, id, alias, status=302):
    return send(browser, ROLES + source, "clone", status, id=id, alias=alias)


def save(browser, role_id, status=302, **fields):
    return send(browser, ROLES + role_id, "role", status, **{name.replace("__", "."): v for name, v in fields.items()})


def test_the_list_names_type_source_modifications_and_users(app, as_, statements):
    make_role(app, "night", "user", general__act=False, audit__read=True)
    make_colleague(app, "nia", "night", "guest")
    rows = {
        row.select_one(".main .second").text: row.text.split() for row in as_("pat").get(ROLES).html.select("tbody tr")
    }
    assert list(rows) == ["admin", "user", "guest", "night"]
    assert rows["night"] == ["Night", "night", "Own", "Normal", "monitoring", "user", "2", "1"]
    assert rows["guest"][-2:] == ["0", "2"]
    statements.clear()
    as_("pat").get(ROLES)
    assert len(statements) == 4  # who asks, roles, their answers, how many have each


def test_there_is_no_button_for_a_new_role(as_):
    """6.3: "It might come as a surprise that there is no button for creating a new role."."""
    page = as_("pat").get(ROLES)
    assert not page.html.select("main .button")
    as_("pat").get(ROLES + "new", status=404)


def test_every_permission_offers_yes_no_and_its_default(as_):
    """6.2: "for every permission there are three possible selections: yes, no and default (yes), or respectively
    default(no). All values are initially set to default."."""
    page = as_("pat").get(ROLES + "user")
    selects = {select["name"]: select for select in page.html.select("#role select")}
    assert set(selects) == {f"permission.{name}" for name in PERMISSIONS}
    for name, select in selects.items():
        default = (
            "default (yes)" if "user" in PERMISSIONS[name.removeprefix("permission.")].defaults else "default (no)"
        )
        assert [option.text for option in select.select("option")] == [default, "yes", "no"]
        assert select.select_one("option[selected]").text == default
    assert not page.html.select("#role .badge")


def test_what_is_changed_from_the_default_is_marked(app, as_):
    """6.2: "you can very quickly identify where a Checkmk varies from standard."."""
    save(as_("pat"), "user", permission__audit__read="yes", permission__general__act="no")
    assert answers(app, "user") == {"audit.read": True, "general.act": False}
    page = as_("pat").get(ROLES + "user")
    marked = [row.select_one("label").text for row in page.html.select("#role tr") if row.select_one(".badge")]
    assert marked == ["Perform commands", "Read the history"]
    only = as_("pat").get(ROLES + "user?shown=changed")
    assert [label.text for label in only.html.select("#role label")] == marked
    save(as_("pat"), "user", permission__audit__read="default", permission__general__act="default")
    assert answers(app, "user") == {}
    assert "Every permission is at its default." in as_("pat").get(ROLES + "user?shown=changed")


def test_permissions_are_searched_by_title_help_and_name_without_scripts(as_):
    def found(q):
        return [one["name"] for one in as_("pat").get(ROLES + f"user?q={q}").html.select("#role select")]

    assert found("action.down") == ["permission.action.downtimes"]
    assert found("Schedule+DOWNTIMES") == ["permission.action.downtimes"]
    assert found("out+of+work") == ["permission.action.downtimes"]
    assert found("nothing+like+it") == []


def test_saving_what_a_search_shows_leaves_the_rest(app, as_):
    save(as_("pat"), "user", permission__audit__read="yes")
    form = as_("pat").get(ROLES + "user?q=downtimes").forms["role"]
    form["permission.action.downtimes"] = "no"
    form.submit(status=302)
    assert answers(app, "user") == {"audit.read": True, "action.downtimes": False}


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


def test_who_may_only_see_sees_no_control_and_changes_nothing(as_):
    page = as_("gil").get(ROLES + "user")
    assert not page.html.select("main form[method=post], #role select")
    assert "default (yes)" in page
    for path in ("user", "user/clone", "user/deletion"):
        post(as_("gil"), ROLES + path, 403)
    for path in ("", "user", "matrix", "matrix.csv"):
        as_("ada").get(ROLES + path, status=404)


def test_a_forged_answer_or_an_unknown_permission_is_refused(as_):
    version = as_("pat").get(ROLES + "user").forms["role"]["version"].value
    for fields in ({"permission.audit.read": "maybe"}, {"permission.wato.edit": "yes"}, {"permission.": "yes"}):
        post(as_("pat"), ROLES + "user", 403, version=version, **fields)
    post(as_("pat"), ROLES + "none", 404, version="1")


def test_what_no_longer_exists_is_shown_ignored_and_removed(app, as_):
    make_role(app, "old", "user", wato__edit=True)
    page = as_("pat").get(ROLES + "old")
    assert "no longer exists" in page
    page.forms["role"].submit(status=302)
    assert answers(app, "old") == {"wato.edit": True}
    save(as_("pat"), "old", permission__wato__edit="default")
    assert answers(app, "old") == {}
    assert "no longer exists" not in as_("pat").get(ROLES + "old")


def test_a_change_holds_from_the_next_request_of_whoever_has_the_role(app, as_):
    gil = as_("gil")
    gil.get("/provider/customers/new", status=403)
    save(as_("pat"), "guest", permission__customers__edit="yes")
    gil.get("/provider/customers/new")
    save(as_("pat"), "guest", permission__customers__edit="default")
    gil.get("/provider/customers/new", status=403)


def test_the_second_of_two_editors_is_told_and_keeps_what_they_entered(app, as_):
    late = Browser(app).sign_in("pat").get(ROLES + "user").forms["role"]
    save(as_("pat"), "user", permission__audit__read="yes")
    late["permission.audit.read"] = "no"
    late["permission.general.act"] = "no"
    page = late.submit(status=409)
    assert "Somebody else changed this meanwhile" in page
    rows = [[cell.text for cell in row.select("th, td")] for row in page.html.select(".compare tbody tr")]
    assert [row[1:] for row in rows] == [["no", "default (yes)"], ["no", "yes"]]  # as they stand on the page
    assert page.forms["role"]["permission.general.act"].value == "no"
    assert answers(app, "user") == {"audit.read": True}
    page.forms["role"].submit(status=302)
    assert answers(app, "user") == {"audit.read": False, "general.act": False}


def test_history_tells_before_and_after(app, as_):
    clone(as_("pat"), "user", "night", "Night")
    save(as_("pat"), "night", permission__audit__read="yes", permission__general__act="no", alias="Nights")
    text = " ".join(as_("pat").get("/provider/history/").html.text.split())
    assert "cloned the role Normal monitoring user as Night" in text
    for change in (
        "Alias: Night → Nights", "Read the history: default (no) → yes", "Perform commands: default (yes) → no"
    ):  # fmt: skip
        assert change in text


def test_the_matrix_tells_explicit_answers_from_defaults(app, as_):
    """6.4: "in which you can also see the positions in which explicit permissions have been set ... or removed"."""
    make_role(app, "night", "user", audit__read=True, general__act=False)
    page = as_("pat").get(ROLES + "matrix")
    assert [cell.text for cell in page.html.select("thead th")][-1] == "Night"
    cells = {row.th.select_one(".second").text: row.select("td") for row in page.html.select("tr[data-row]")}
    assert set(cells) == set(PERMISSIONS)

    def said(permission):
        return [cell.select_one(".unseen").text for cell in cells[permission]]

    assert said("audit.read") == ["default (yes)", "default (no)", "default (yes)", "yes, set in the role itself"]
    assert said("general.act") == ["default (yes)", "default (yes)", "default (no)", "no, set in the role itself"]
    assert said("access.roles")[0] == "yes"
    marks = {cell.select_one("[aria-hidden]").text for row in cells.values() for cell in row}
    assert marks == {"✓", "–", "✓ yes", "✕ no"}  # told apart without colour


def test_the_matrix_costs_as_many_statements_with_many_roles(app, as_, statements):
    for number in range(5):
        make_role(app, f"role{number}", f"role{number - 1}" if number else "user", audit__read=True)
    as_("pat").get(ROLES + "matrix")
    statements.clear()
    as_("pat").get(ROLES + "matrix")
    assert len(statements) == 3
    statements.clear()
    as_("pat").get(ROLES + "role4")
    assert len(statements) == 4


def test_the_matrix_as_a_file(app, as_):
    make_role(app, "night", "user", audit__read=True)
    rows = list(csv.reader(io.StringIO(as_("gil").get(ROLES + "matrix.csv").body.decode("utf-8-sig"))))
    assert rows[0] == ["Section", "Permission", "Title", "admin", "user", "guest", "night"]
    assert len(rows) == len(PERMISSIONS) + 1
    told = {row[1]: row[3:] for row in rows[1:]}
    assert told["audit.read"] == ["default (yes)", "default (no)", "default (yes)", "yes"]


def test_the_menu_leads_to_roles_matrix_and_reasons(as_):
    links = {link["href"] for link in as_("gil").get(ROLES).html.select("#menu a")}
    assert {ROLES, ROLES + "matrix", "/provider/access/why"} <= links
    assert as_("gil").get(ROLES + "matrix").html.select_one("#menu [aria-current]").text == "Role matrix"
