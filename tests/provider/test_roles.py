"""Roles on their pages: the seed's "User management", sections 6.2 and 6.4, and what is told of changes."""

from __future__ import annotations

import csv
import io

from portal.access.permissions import PERMISSIONS
from tests.browser import Browser
from tests.provider.helpers import make_colleague, make_role, post
from tests.provider.roles import ROLES, answers, clone, save


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
    assert len(statements) == 5


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
