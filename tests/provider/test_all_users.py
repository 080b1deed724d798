"""All users: the list staff have of them, and one act on many (seed "User management", 2.1)."""

from __future__ import annotations

import pytest

from tests.people.helpers import id_of, look
from tests.provider.helpers import make_colleague, make_role, post
from tests.setup.people import contact_group, groups

LIST = "/provider/access/users/"


def names(page):
    return [link.text for link in page.html.select("tbody .main a")]


def test_the_list_has_everybody_with_the_columns_in_a_fixed_number_of_statements(as_, statements):
    page = as_("pat").get(LIST)
    assert {"Ada Arnold", "Bea Hansen", "Gil Moreau", "Pat Lindner"} <= set(names(page))
    headings = [cell.text for cell in page.html.select("thead th")]
    for heading in ("Full name", "State", "Customer", "Roles", "Contact groups", "Authentication", "Authorized sites"):
        assert heading in headings
    row = next(row.text for row in page.html.select("tbody tr") if "Dot Gray" in row.text)
    for told in ("dot", "dot.gray@acme.example", "Disabled", "Acme GmbH", "Normal monitoring user", "Password", "All"):
        assert told in row
    assert "Last signed in just now" in " ".join(
        next(row.text for row in page.html.select("tbody tr") if "Pat Lindner" in row.text).split()
    )
    statements.clear()
    as_("pat").get(LIST)
    assert len(statements) == 6


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=hansen", ["Bea Hansen"]), ("customer=gamma", ["Gus Keller"]), ("role=guest", ["Gil Moreau"]),
        ("state=disabled", ["Dot Gray"]), ("kind=staff", ["Gil Moreau", "Pat Lindner"]), ("kind=machine", []),
        ("customer=beta&role=user&q=bob", ["Bob Jensen"]), ("state=invited", []), ("customer=global", []),
    ],
)  # fmt: skip
def test_the_list_is_searched_and_filtered(as_, query, found):
    assert names(as_("pat").get(f"{LIST}?{query}")) == found


def test_the_export_has_the_rows_of_the_filter(as_):
    lines = as_("pat").get("/provider/access/users.csv?customer=gamma").text.splitlines()
    assert len(lines) == 2
    assert "gus" in lines[1]
    assert "Gus Keller" in lines[1]


def test_who_reads_only_sees_all_and_changes_nothing(app, as_):
    page = as_("gil").get(LIST)
    assert "Add a user" not in page
    assert not page.html.select("input[name=ids]")
    shown = as_("gil").get(f"{LIST}{id_of(app, 'ada')}")
    assert "Edit" not in [link.text for link in shown.html.select("main a.button")]
    post(as_("gil"), f"{LIST}many", 403, act="disable", ids=id_of(app, "uma"))


def test_one_act_on_many_says_first_whom_it_concerns_and_why_not_the_others(app, as_):
    form = as_("pat").get(f"{LIST}?per_page=100").forms["many"]
    chosen = [id_of(app, name) for name in ("uma", "dot", "pat", "gil")]
    for box in form.fields["ids"]:
        box.checked = box._value in chosen
    form["act"] = "disable"
    page = form.submit(status=200)
    assert [item.text.split()[0] for item in page.html.select("#will li")] == ["Gil", "Uma"]
    wont = page.html.select_one("#wont").text
    assert "Is disabled already." in wont
    assert "You cannot lock your own account!" in wont
    assert look(app, "uma")["state"] == "active"
    done = page.forms["confirm"].submit(status=302).follow()
    assert "Done for 2 users." in done
    assert (look(app, "uma")["state"], look(app, "gil")["state"]) == ("disabled", "disabled")


def test_roles_are_given_to_and_taken_from_many(app, as_):
    ids = [id_of(app, name) for name in ("gil", "uma")]
    post(as_("pat"), f"{LIST}many", 302, act="give_role", role="user", ids=ids, confirmed="1")
    assert sorted(names(as_("pat").get(f"{LIST}?role=guest"))) == ["Gil Moreau"]
    page = post(as_("pat"), f"{LIST}many", 200, act="take_role", role="user", ids=ids)
    assert "Choose at least one role." in page.html.select_one("#wont").text
    assert "Gil Moreau" in page.html.select_one("#will").text


def test_many_are_put_into_a_contact_group_and_taken_out_again(app, as_):
    contact_group(app, "night", "acme")
    ids = [id_of(app, name) for name in ("uma", "ugo", "bea")]
    page = post(as_("pat"), f"{LIST}many", 200, act="join", group="night", ids=ids)
    assert "another customer’s" in page.html.select_one("#wont").text
    page.forms["confirm"].submit(status=302)
    assert (groups(app, "uma"), groups(app, "ugo"), groups(app, "bea")) == (["night"], ["night"], ["beta-everything"])
    page = post(as_("pat"), f"{LIST}many", 200, act="leave", group="night", ids=[*ids, id_of(app, "gil")])
    assert page.html.h1.text == "Take out of the contact group Night?"
    assert "Is not in this contact group." in page.html.select_one("#wont").text
    page.forms["confirm"].submit(status=302)
    assert (groups(app, "uma"), groups(app, "ugo")) == ([], [])


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"act": "disable"}, "Choose at least one user."),
        ({"act": "explode", "ids": "x"}, "Choose at least one user."),
        ({"act": "explode", "ids": "*"}, "Choose what is to be done."),
        ({"act": "join", "ids": "*"}, "no contact group"),
        ({"act": "leave", "group": "none", "ids": "*"}, "no contact group"),
        ({"act": "give_role", "role": "none", "ids": "*"}, "Choose a role."),
    ],
)  # fmt: skip
def test_an_act_that_makes_no_sense_is_refused(app, as_, fields, sentence):
    fields = {**fields, **({"ids": id_of(app, "uma")} if fields.get("ids") == "*" else {})}
    assert sentence in post(as_("pat"), f"{LIST}many", 409, **fields)


def test_whom_one_chose_stays_chosen_when_the_act_does_not_hold(app, as_):
    form = as_("pat").get(f"{LIST}?per_page=100").forms["many"]
    for box in form.fields["ids"]:
        box.checked = box._value == id_of(app, "uma")
    form["act"] = "give_role"
    page = form.submit(status=409)
    assert "Choose a role." in page
    again = page.forms["many"]
    assert again["act"].value == "give_role"
    again["role"] = "guest"
    asked = again.submit(status=200)
    assert "Uma Dietrich" in asked.html.select_one("#will").text


def test_who_managed_staff_last_is_not_deleted_by_many(app, as_):
    make_role(app, "deputy", "guest", access__users=True, customers__people=True)
    make_colleague(app, "dee", "deputy")
    page = post(as_("dee"), f"{LIST}many", 200, act="delete", ids=id_of(app, "pat"))
    assert "Somebody must be left" in page.html.select_one("#wont").text


def test_an_account_of_another_door_or_none_is_not_there(as_):
    as_("pat").get(f"{LIST}01900000-0000-7000-8000-000000000000", status=404)
    as_("ada").get(LIST, status=404)
