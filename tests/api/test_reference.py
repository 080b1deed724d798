"""The pages for developers and the index of collections say of the API what is so for who asks."""

from __future__ import annotations

import re

import pytest

from portal.api import description
from tests.api.client import Checked
from tests.browser import Browser


@pytest.fixture
def as_page(app):
    def sign_in(username: str) -> Browser:
        browser = Browser(app)
        browser.sign_in(username)
        return browser

    return sign_in


def subjects(page, id: str) -> list[str]:
    return [link.get_text() for link in page.html.select(f"#{id} .subjects a")]


def test_what_is_open_to_the_reader_stands_first_and_the_rest_below(as_page):
    page = as_page("uma").get("/developers/")
    yours, others = subjects(page, "subjects"), subjects(page, "others")
    assert {"Account", "Licenses", "Subscriptions"} <= set(yours)
    assert {"Users", "Roles", "Passwords", "Site configuration", "Licence reporting"} <= set(others)
    assert not set(yours) & set(others)
    assert "Roles" in subjects(as_page("pat").get("/developers/"), "subjects")


def test_nobody_is_shown_a_way_to_sign_in_that_is_not_theirs(as_page):
    customer, staff, guest = (as_page(who).get("/developers/") for who in ("uma", "pat", "gil"))
    assert "Bearer $TOKEN" in customer.html.select_one("#sign-in").get_text()
    assert "automation" not in customer.html.select_one("#sign-in").get_text()
    assert len(staff.html.select("#sign-in pre")) == 3
    assert "$TOKEN" not in guest.html.select_one("#sign-in").get_text()


def test_every_operation_stands_under_a_subject_with_its_fields_and_answers(app, as_page):
    with app.test_request_context():
        said = description.openapi()
    pat, found = as_page("pat"), {}
    start = pat.get("/developers/")
    for link in start.html.select(".subjects a[href^='/developers/']"):
        page = pat.get(link["href"])
        for card in page.html.select(".operation"):
            found[card["id"]] = card
            for target in card.select("a[href^='#']"):
                assert page.html.select_one(f"[id='{target['href'][1:]}']"), f"{card['id']} leads nowhere"
    operations = {one["operationId"]: one for methods in said["paths"].values() for one in methods.values()}
    assert set(found) == set(operations)
    for name, operation in operations.items():
        text = found[name].get_text()
        assert all(status in text for status in operation["responses"])
        assert all(re.search(rf"\b{one['name']}\b", text) for one in operation.get("parameters", ()))


def test_a_field_says_its_type_its_bounds_and_when_it_can_be_set(as_page):
    rows = {
        row.select_one("code").get_text(): re.sub(r"\s+", " ", row.get_text(" "))
        for row in as_page("pat").get("/developers/tickets").html.select("#Tickets tbody tr")
    }
    assert "string (uuid)" in rows["id"]
    assert re.search(r"needed .* At most", rows["subject"])
    assert re.fullmatch(r" ?created_at string \(date-time\).*", rows["created_at"])
    assert "messages[].at" in rows


def test_nothing_and_no_text_are_told_apart_from_the_names_beside_them(as_page):
    assert 'One of "", light, dark.' in as_page("uma").get("/developers/account").html.get_text()
    assert "null where it is left out" in as_page("pat").get("/developers/licenses")


def test_scripts_made_for_checkmk_are_led_to_their_views_where_there_is_monitoring(app, as_page):
    assert "check_mk/view.py" in as_page("pat").get("/developers/")
    assert "check_mk/view.py" not in as_page("bob").get("/developers/")


def test_what_one_may_not_do_is_marked(as_page):
    page = as_page("gil").get("/developers/users")
    marked = {card["id"] for card in page.html.select(".operation") if "Not with your account" in card.get_text()}
    assert marked >= {"createUsers", "changeUsers", "deleteUsers"}
    assert "listUsers" not in marked


def test_there_is_no_page_for_a_subject_there_is_not(as_page):
    as_page("uma").get("/developers/nothing", status=404)


def test_profile_and_tokens_lead_to_the_reference(as_page):
    uma = as_page("uma")
    assert uma.get("/profile/tokens").html.select_one("a[href='/developers/']")
    assert uma.get("/profile").html.select_one("a[href='/developers/']")


def test_the_index_lists_what_the_account_can_open_and_no_more(app):
    for who, there, missing in (
        ("uma", {"licenses", "documents/subscriptions", "tickets"}, {"users", "roles", "passwords"}),
        ("bob", {"licenses"}, {"hosts", "services", "users", "tickets"}),
        ("pat", {"users", "roles", "passwords", "customers", "documents/invoices"}, set()),
    ):
        program = Checked.of(app, who)
        answer = program.read("").json
        found = {one["name"]: one for one in answer["collections"]}
        assert there <= set(found)
        assert not missing & set(found)
        for one in found.values():
            assert program.read(one["url"].partition("/api/v1/")[2]).json["items"] is not None


def test_the_index_says_where_the_account_may_make_something(app):
    def methods(who: str) -> dict[str, list[str]]:
        return {one["name"]: one["methods"] for one in Checked.of(app, who).read("").json["collections"]}

    assert methods("pat")["sites"] == ["GET", "POST"]
    assert methods("ada")["customers"] == ["GET"]
    assert methods("gil")["users"] == ["GET"]
