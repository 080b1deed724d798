"""The keyboard alone: everything can be reached, is seen when it is, and nothing holds on to it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.e2e.chromium import PHONE

FOCUSED = """() => {
  const part = document.activeElement, style = getComputedStyle(part), box = part.getBoundingClientRect();
  const is_marked = part.matches(":focus-visible, input:is([type=date], [type=datetime-local]):focus-within")
    && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return { name: (part.innerText || part.value || part.getAttribute("aria-label") || part.name || "").trim(),
    tag: part.tagName, mark: part.dataset.seen,
    seen: part === document.body || (is_marked && box.bottom > 0 && box.top < innerHeight) }; }"""
"""Say what has the focus, and whether that is seen; in a date, the button that opens the calendar may have it."""

NUMBERED = """() => [...document.querySelectorAll("a[href], button, summary, input, select, textarea")]
  .filter((part) => part.offsetParent && !["hidden", "radio"].includes(part.type)
    && !part.closest("details:not([open]) > :not(summary), [aria-hidden=true]"))
  .map((part, at) => { part.dataset.seen = at; return at; })"""
"""Number what can have the focus, but for radio buttons, of which one stands for all; return the numbers."""


@pytest.fixture
def keys(enter):
    """Open a page of somebody's and give it; its focus stands before everything."""

    def opened(username, address, **wishes):
        return enter(username, **wishes).open(address)

    return opened


def focused(page):
    return page.evaluate(FOCUSED)


def tab_to(page, name, *, most=80):
    """Press Tab until something of this name has the focus, which must be seen at every step."""
    for _press in range(most):
        page.keyboard.press("Tab")
        here = focused(page)
        assert here["seen"], f"the focus is not seen on {here}"
        if here["name"].startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached")


@pytest.mark.parametrize(
    ("username", "address"),
    [("ada", "/"), ("ada", "/users/"), ("ada", "/users/new"), ("ada", "/documents/invoices/"), ("ada", "/profile"),
     ("ada", "/super-user-requests/new"), ("pat", "/provider/"), ("pat", "/provider/customers/acme"),
     ("pat", "/provider/access/users/new"), ("pat", "/provider/access/roles/guest"), ("ada", "/profile/tokens")],
)  # fmt: skip
def test_tab_goes_through_everything_and_out_again(keys, username, address):
    page = keys(username, address)
    there = page.evaluate(NUMBERED)
    reached = set()
    for _press in range(2 * len(there) + 30):
        page.keyboard.press("Tab")
        here = focused(page)
        assert here["seen"], f"the focus is not seen on {here}"
        if here["tag"] == "BODY":
            break
        reached.add(here["mark"])
    else:
        raise AssertionError("the focus never leaves the page")
    assert {str(at) for at in there} - reached == set()


def test_skip_link(keys):
    page = keys("ada", "/users/")
    page.keyboard.press("Tab")
    assert focused(page) == {"name": "Skip to the content", "tag": "A", "mark": None, "seen": True}
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_menu_and_a_form(keys):
    page = keys("ada", "/")
    tab_to(page, "People")
    page.keyboard.press("Enter")
    page.wait_for_url("**/users/")
    tab_to(page, "Invite someone")
    page.keyboard.press("Enter")
    page.wait_for_url("**/users/new")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Kay Board")
    page.keyboard.press("Tab")
    page.keyboard.type("kay@acme.example")
    page.keyboard.press("Enter")
    page.locator(".summary").wait_for()
    assert page.locator(".summary").evaluate("part => part === document.activeElement")
    tab_to(page, "Role")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator("input[type=radio]:checked").count() == 1
    tab_to(page, "Send the invitation")
    page.keyboard.press("Enter")
    page.get_by_text("kay@acme.example").first.wait_for()
    assert page.get_by_label("Name", exact=True).count() == 0


def test_the_person_menu(keys):
    page = keys("ada", "/")
    tab_to(page, "Ada Arnold")
    page.keyboard.press("Enter")
    tab_to(page, "Profile", most=1)
    tab_to(page, "Sign out", most=1)
    page.keyboard.press("Escape")
    assert page.locator(".person[open]").count() == 0
    assert focused(page)["tag"] == "SUMMARY"


def test_a_confirmation(keys, places):
    page = keys("ada", "/users/{ugo}".format(**places.ids))
    tab_to(page, "Disable")
    page.keyboard.press("Space")
    tab_to(page, "Disable Ugo Evans", most=1)
    tab_to(page, "Not now", most=1)
    page.keyboard.press("Enter")
    assert page.locator(".confirm[open]").count() == 0
    assert focused(page)["name"] == "Disable"
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.locator(".confirm[open]").count() == 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Ugo Evans cannot sign in").wait_for()


def test_filters_wait_for_the_button(keys):
    page = keys("ada", "/documents/invoices/")
    page.get_by_label("State").focus()
    page.keyboard.press("ArrowDown")
    assert "state=" not in page.url
    tab_to(page, "Show")
    page.keyboard.press("Enter")
    page.wait_for_url("**state=**")


def test_the_menu_of_a_phone(keys):
    page = keys("ada", "/", viewport=PHONE)
    tab_to(page, "More")
    page.keyboard.press("Enter")
    menu = page.get_by_role("navigation", name="Main menu")
    menu.wait_for()
    tab_to(page, "Close the menu", most=1)
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")


def test_shortcuts_can_be_switched_off(keys):
    page = keys("ada", "/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('[data-search]')")
    page.keyboard.press("Tab")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/users/")
    page.goto("/profile")
    page.get_by_label("Use keyboard shortcuts").uncheck()
    page.goto("/")
    for key in ("/", "g", "p"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement === document.body")
    assert urlsplit(page.url).path == "/"
