"""The states a page can be in: nothing there, nothing found, not right, too late, not for you, broken."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.access.rows import rows
from tests.e2e.chromium import PHONE, Visitor
from tests.e2e.failing import FAILURES, failing
from tests.e2e.inspection import AXE, TAGS, axe, inspect
from tests.e2e.places import pages

SEND = """([address, token]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: address });
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "csrf_token", value: token });
  form.append(field); document.body.append(form); form.submit(); }"""
NOTHING = "nothing-is-called-like-this"
LISTS = ("quotations", "sales-orders", "purchase-orders", "invoices", "projects", "tasks", "timesheets", "users")


def send(visitor, address, token=None):
    """Send an empty form from the page a visitor is on; return the status."""
    page = visitor.page
    token = token or page.locator("input[name=csrf_token]").first.get_attribute("value")
    with page.expect_navigation() as navigation:
        page.evaluate(SEND, [address, token])
    return navigation.value.status


@pytest.mark.parametrize(
    "address",
    ["/", "/users/", "/super-user-requests/", "/licenses/", "/history/", "/company", "/search",
     *(f"/documents/{kind}/" for kind in LISTS)],
)  # fmt: skip
def test_nothing_there_yet(looking, places, address):
    visitor = looking("hal")
    visitor.open(address)
    inspect(visitor)


@pytest.mark.parametrize(
    "part", ["", "/people/", "/subscriptions/", "/documents/", "/documents/invoices/", "/history/"]
)
def test_nothing_there_yet_for_staff(looking, places, part):
    visitor = looking("pat")
    visitor.open(f"/provider/customers/hollow{part}")
    inspect(visitor)


@pytest.mark.parametrize("part", ["", "/people/", "/invitation"])
def test_a_customer_without_people(looking, places, part):
    visitor = looking("pat")
    visitor.open(f"/provider/customers/bare{part}")
    inspect(visitor)


@pytest.mark.parametrize(
    ("person", "address"),
    [*(("ada", f"/documents/{kind}/") for kind in LISTS), ("ada", "/users/"), ("ada", "/search"), ("ada", "/history/"),
     *(("pat", f"/provider/{name}/") for name in ("customers", "mail", "history", "customers/acme/people"))],
)  # fmt: skip
def test_nothing_found(looking, places, person, address):
    visitor = looking(person)
    page = visitor.open(f"{address}?q={NOTHING}")
    assert page.locator(".list tbody tr").count() == 0
    inspect(visitor)


def refused(person):
    """Return the addresses at which an empty form of somebody does not hold."""
    if not person:
        return ["/login", "/password/forgot"]
    return [row.address.replace("acme/appointment", "bare/appointment") for row in rows()
            if row.method == "POST" and row.expected[person] == 422]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "address"), [(who, address) for who in ("ada", "pat", "") for address in refused(who)]
)
def test_a_form_that_does_not_hold(looking, places, person, address):
    visitor = looking(person)
    visitor.open("/profile" if person else "/login")
    assert send(visitor, address.format(**places.ids)) == 422
    assert visitor.page.locator("[data-focus]").first.evaluate("part => part === document.activeElement")
    inspect(visitor)


@pytest.mark.parametrize("person", ["ada", "uma", "pat"])
def test_not_found(looking, places, person):
    visitor = looking(person)
    visitor.open("/no/such/page", 404)
    inspect(visitor)


def test_not_allowed(looking, places):
    for row in pages("gil", (403,))[:2]:
        looking("gil").open(places.address(row), 403)
        inspect(looking("gil"))


def test_a_form_without_its_token(looking, places):
    visitor = looking("ada")
    visitor.open("/profile")
    assert send(visitor, "/profile", "forged") == 400
    inspect(visitor)


def test_an_address_of_a_deed(looking, places):
    visitor = looking("ada")
    visitor.open("/users/{ugo}/disablement".format(**places.ids), 405)
    inspect(visitor)


@pytest.mark.parametrize("person", ["", "ada"])
def test_a_dead_link(looking, places, person):
    dead = pages(person, (410,))
    assert len(dead) == 4
    for row in dead:
        looking(person).open(places.address(row), 410)
        inspect(looking(person))


def test_too_many_wrong_passwords(enter):
    visitor = enter(extra_http_headers={"X-Forwarded-For": "203.0.113.7"})
    statuses = []
    for _try in range(11):
        visitor.open("/login")
        visitor.page.get_by_label("Username").fill("nobody")
        visitor.page.get_by_label("Password", exact=True).fill("wrong")
        with visitor.page.expect_navigation() as navigation:
            visitor.page.get_by_role("button", name="Sign in").click()
        statuses.append(navigation.value.status)
    assert statuses == [422] * 10 + [429]
    inspect(visitor)


def test_the_second_of_two_editors(enter, places):
    address = "/users/{ugo}/edit".format(**places.ids)
    first, second = enter("ada"), enter("ada")
    first.open(address)
    second.open(address).get_by_label("Name").fill("Ugo Second")
    first.page.get_by_label("Name").fill("Ugo First")
    first.page.get_by_role("button", name="Save").click()
    first.page.wait_for_url("**/users/*")
    with second.page.expect_navigation() as navigation:
        second.page.get_by_role("button", name="Save").click()
    assert navigation.value.status == 409
    assert second.page.locator(".compare .differs td").all_inner_texts() == ["Ugo Second", "Ugo First"]
    assert second.page.get_by_label("Name").input_value() == "Ugo Second"
    assert second.page.locator(".summary").evaluate("part => part === document.activeElement")
    inspect(second)


def test_the_second_of_two_editors_of_a_company(enter):
    first, second = enter("pat"), enter("pat")
    for visitor, city in ((first, "Bremen"), (second, "Kiel")):
        visitor.open("/provider/customers/beta/edit").get_by_label("City").fill(city)
    first.page.get_by_role("button", name="Save").click()
    first.page.wait_for_url("**/customers/beta")
    with second.page.expect_navigation() as navigation:
        second.page.get_by_role("button", name="Save").click()
    assert navigation.value.status == 409
    assert second.page.locator(".compare .differs td").all_inner_texts() == ["Kiel", "Bremen"]
    inspect(second)


def test_a_rule_says_no(enter):
    visitor = enter("ada")
    page = visitor.open("/super-user-requests/new")
    page.get_by_label("Who should become").fill(page.locator("datalist option").first.get_attribute("value"))
    page.get_by_label("Why").fill("Twice is too much")
    with page.expect_navigation() as navigation:
        page.get_by_role("button", name="Send the request").click()
    assert navigation.value.status == 409
    assert page.get_by_label("Why").input_value() == "Twice is too much"
    inspect(visitor)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("person", ["ada", "pat"])
def test_the_open_menu_of_a_phone(looking, person, theme):
    page = looking(person).page
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme=theme)
    page.goto("about:blank")
    page.goto("/#menu")
    page.get_by_role("link", name="Close the menu").wait_for()
    page.evaluate(AXE)
    assert axe(page, {"type": "tag", "values": TAGS}) == []


@pytest.mark.parametrize("person", ["", "ada"])
def test_what_broke(window, portal, places, person):
    with failing(portal) as address:
        visitor = Visitor(window, address)
        if person:
            visitor.sign_in(person)
        for status in FAILURES:
            page = visitor.open(f"/fail/{status}", status)
            assert "Traceback" not in page.content()
            expect(page.get_by_role("link", name="Go to the start page")).to_be_visible()
            inspect(visitor)
        visitor.close()
