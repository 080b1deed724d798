"""Users of sites: who is shown, whose sites get them, their contact groups, and what is refused."""

from __future__ import annotations

import csv
import io

from tests.people.helpers import id_of, look
from tests.provider.helpers import make_colleague, make_role, post, send
from tests.setup.people import changes, connect, contact_group, join, profile

LIST = "/provider/setup/users/"


def _page(app, username: str) -> str:
    return f"{LIST}{id_of(app, username)}"


def _shown(page) -> list[str]:
    return [row.find(class_="second").text for row in page.html.select("tbody tr")]


def _row(page, username: str) -> list[str]:
    (row,) = (row for row in page.html.select("tbody tr") if row.find(class_="second").text == username)
    return [cell.text.strip() for cell in row.find_all("td")]


def test_every_account_is_listed_with_customer_groups_and_sites_in_four_statements(app, as_, statements):
    connect(app, "acme_north", "acme")
    connect(app, "acme_south", "acme")
    contact_group(app, "linux", "acme")
    join(app, "ada", "linux")
    page = as_("pat").get(LIST + "?customer=acme")
    assert _row(page, "ada")[3:] == ["Linux", "No", "2"]
    assert set(_shown(page)) == {"ada", "alan", "abe", "uma", "ugo", "dot"}
    statements.clear()
    as_("pat").get(LIST)
    assert len(statements) == 4, statements


def test_the_list_is_filtered_by_customer_group_and_words(app, as_):
    contact_group(app, "linux", "acme")
    join(app, "ada", "linux")
    assert _shown(as_("pat").get(LIST + "?group=linux")) == ["ada"]
    assert set(_shown(as_("pat").get(LIST + "?customer=provider"))) == {"pat", "gil"}
    assert "Nobody found" in as_("pat").get(LIST + "?customer=global")
    assert _shown(as_("pat").get(LIST + "?q=BEA")) == ["bea"]
    assert "Nobody found" in as_("pat").get(LIST + "?q=%00&customer=%00nobody")


def test_the_export_holds_all_rows_of_the_filter_and_no_hash(app, as_):
    answer = as_("pat").get("/provider/setup/users.csv?customer=beta")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row[0] for row in rows[1:]} == {"bea", "ben", "bob"}
    assert {row[3] for row in rows[1:]} == {"beta"}
    assert "argon2" not in answer.text


def test_a_guest_sees_and_cannot_change_and_a_customer_sees_nothing(app, as_):
    ada = _page(app, "ada")
    page = as_("gil").get(ada)
    assert "What sites get" in page
    assert not page.html.find("a", href=f"{ada}/edit")
    for path in (f"{ada}/edit", f"{ada}/site-password"):
        as_("gil").get(path, status=403)
    for path in (LIST, "/provider/setup/users.csv", ada, f"{ada}/edit"):
        as_("ada").get(path, status=404)


def test_contact_groups_are_chosen_and_wait_for_activation(app, as_):
    contact_group(app, "linux", "acme")
    contact_group(app, "ours", "provider")
    page = as_("pat").get(_page(app, "ada") + "/edit")
    assert "activation will refuse" in page.html.find("label", string="Ours").find_next("p").text
    assert "activation will refuse" not in page.html.find("label", string="Linux").find_next("p").text
    form = page.forms["release"]
    form["groups"] = ["linux"]
    page = form.submit(status=302).follow()
    assert "Linux" in page.html.find("h2", string="Contact groups").find_parent("section").text
    assert "Pat Lindner (you) put" in page
    assert profile(app, "acme", "ada")["contact_groups"] == ["linux"]
    (change,) = changes(app, act="changed")
    assert (change.scope, change.key) == ("customer:acme", "ada")
    assert change.data == {"contact_groups": ["Everything", "Linux"]}


def test_a_group_of_elsewhere_is_marked_and_its_name_goes_to_no_site(app, as_):
    contact_group(app, "secret_beta", "beta")
    send(as_("pat"), _page(app, "ada") + "/edit", "release", 302, groups=["secret_beta"])
    assert "activation will refuse" in as_("pat").get(_page(app, "ada"))
    assert profile(app, "acme", "ada")["contact_groups"] == []


def test_a_group_of_elsewhere_is_not_named_in_the_history_of_the_persons_company(app, as_):
    contact_group(app, "linux", "acme")
    contact_group(app, "secret_beta", "beta")
    send(as_("pat"), _page(app, "ada") + "/edit", "release", 302, groups=["linux", "secret_beta"])
    send(as_("pat"), _page(app, "ada") + "/edit", "release", 302, groups=["linux"])
    history = as_("ada").get("/history/")
    assert "into the contact groups one of another company, Linux" in history
    assert "out of the contact groups one of another company" in history
    assert "beta" not in history.text


def test_two_who_choose_groups_at_once_see_both_versions(app, as_):
    contact_group(app, "linux", "acme")
    contact_group(app, "windows", "acme")
    first, second = (as_("pat").get(_page(app, "ada") + "/edit").forms["release"] for _turn in range(2))
    first["groups"] = ["linux"]
    first.submit(status=302)
    second["groups"] = ["windows"]
    page = second.submit(status=409)
    assert "Somebody else changed this meanwhile" in page
    assert profile(app, "acme", "ada")["contact_groups"] == ["linux"]


def test_a_group_nobody_offered_is_forged(app, as_):
    form = as_("pat").get(_page(app, "ada") + "/edit").forms["release"]
    post(as_("pat"), _page(app, "ada") + "/edit", 403, groups="nothing", version=form["version"].value)


def test_global_is_asked_twice_and_says_which_sites_are_reached(app, as_):
    connect(app, "acme_north", "acme")
    connect(app, "beta_one", "beta")
    page = send(as_("pat"), _page(app, "gil") + "/edit", "release", 200, customer="global")
    assert "own views, own graphs, bookmarks" in page
    assert "acme_north" in page
    assert "beta_one" in page
    assert look(app, "gil")["customer"] == "provider"
    page = page.forms["confirm"].submit(status=302).follow()
    assert look(app, "gil")["customer"] is None
    assert "Global: this person is on the sites of all customers" in page
    assert [(change.scope, change.act) for change in changes(app)] == [
        ("customer:provider", "removed"), ("global", "moved"),
    ]  # fmt: skip
    assert profile(app, None, "gil")["roles"] == ["guest"]
    send(as_("pat"), _page(app, "gil") + "/edit", "release", 302, customer="provider")
    assert look(app, "gil")["customer"] == "provider"


def test_nobody_becomes_global_by_themselves_or_in_a_customers_hands(app, as_):
    for username in ("pat", "ada"):
        form = as_("pat").get(_page(app, username) + "/edit").forms["release"]
        assert "customer" not in form.fields
        fields = {"customer": "global", "confirmed": "global", "version": form["version"].value}
        post(as_("pat"), _page(app, username) + "/edit", 403, **fields)
    version = as_("pat").get(_page(app, "gil") + "/edit").forms["release"]["version"].value
    post(as_("pat"), _page(app, "gil") + "/edit", 403, customer="acme", version=version)
    assert {look(app, username)["customer"] for username in ("pat", "gil")} == {"provider"}


def test_global_needs_whoever_manages_staff_and_holds_as_much(app, as_):
    make_role(app, "setter", "guest", setup__edit=True, general__edit_profile=True)
    make_role(app, "deputy", "guest", setup__edit=True, access__users=True)
    make_colleague(app, "sid", "setter")
    make_colleague(app, "dee", "deputy")
    for actor, person in (("sid", "gil"), ("dee", "pat")):
        form = as_(actor).get(_page(app, person) + "/edit").forms["release"]
        assert "customer" not in form.fields
        fields = {"customer": "global", "confirmed": "global", "version": form["version"].value}
        post(as_(actor), _page(app, person) + "/edit", 403, **fields)
        as_(actor).get(_page(app, person) + "/site-password", status=403)
    send(as_("dee"), _page(app, "gil") + "/edit", "release", 200, customer="global").forms["confirm"].submit(status=302)
    assert look(app, "gil")["customer"] is None
