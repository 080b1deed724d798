"""What several people at once notice: roles, rights and sessions change while their browsers are open."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import Visitor


def click(visitor: Visitor, name: str) -> None:
    """Follow an entry of the main menu."""
    visitor.page.get_by_role("navigation", name="Main menu").get_by_role("link", name=name, exact=True).click()


def open_person(visitor: Visitor, name: str) -> None:
    """Go to somebody's page through the list."""
    click(visitor, "People")
    visitor.page.get_by_role("link", name=name, exact=True).click()
    visitor.page.get_by_role("heading", name=name, level=1).wait_for()


def must_sign_in(visitor: Visitor) -> None:
    """Wait until the sign-in page stands there: a click comes back before its answer does."""
    expect(visitor.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_ada_makes_ugo_admin_gives_rights_and_disables_uma(enter):
    ada, ugo, uma = enter("ada"), enter("ugo"), enter("uma")
    open_person(ada, "Ugo Evans")
    ada.page.get_by_role("link", name="Edit", exact=True).click()
    ada.page.get_by_role("radio", name="Admin").check()
    ada.page.get_by_role("checkbox", name="Request").check()
    ada.page.get_by_role("button", name="Save").click()
    assert "Ugo Evans is saved" in ada.page.locator("main > .message.good").inner_text()
    click(ugo, "My Licenses")
    must_sign_in(ugo)
    ugo.sign_in("ugo")
    assert "Admin" in ugo.page.locator(".person .second").first.inner_text()
    open_person(ugo, "Uma Dietrich")
    expect(ugo.page.get_by_role("link", name="Edit", exact=True)).to_be_visible()

    open_person(ada, "Uma Dietrich")
    ada.page.locator("summary", has_text="Disable").click()
    ada.page.get_by_role("button", name="Disable Uma Dietrich").click()
    ada.page.get_by_text("Uma Dietrich cannot sign in").wait_for()
    click(uma, "My Licenses")
    must_sign_in(uma)
    uma.page.get_by_label("Username").fill("uma")
    uma.page.get_by_label("Password", exact=True).fill("portal-demo-2026")
    uma.page.get_by_role("button", name="Sign in").click()
    assert uma.page.locator(".summary").inner_text().endswith("The name or the password is not right.")

    click(ada, "History")
    told = ada.page.locator("main").inner_text()
    assert "Uma Dietrich" in told
    assert "Ugo Evans" in told


def test_alan_asks_and_pat_approves(enter, places):
    """An open request of alan's, naming himself, stands since the first day."""
    alan, ada, pat = enter("alan"), enter("ada"), enter("pat")
    alan.open("/super-user-requests/{request}".format(**places.ids))
    expect(alan.page.get_by_text("Open", exact=True)).to_be_visible()
    click(pat, "Requests")
    pat.page.get_by_role("link", name="Alan Becker").click()
    pat.page.get_by_role("radio", name="Admin").check()
    pat.page.get_by_role("button", name="Approve the request").click()
    pat.page.get_by_text("Alan Becker is the super user now").wait_for()
    for visitor, username, role in ((ada, "ada", "Admin"), (alan, "alan", "Super User")):
        visitor.page.reload()
        must_sign_in(visitor)
        visitor.sign_in(username)
        assert role in visitor.page.locator(".person .second").first.inner_text()
    open_person(ada, "Alan Becker")
    assert ada.page.get_by_role("link", name="Edit", exact=True).count() == 0
    open_person(alan, "Ada Arnold")
    expect(alan.page.get_by_role("link", name="Edit", exact=True)).to_be_visible()


@pytest.mark.parametrize("name", ["Ada Arnold", "Abe Castillo"])
def test_an_admin_is_offered_nothing_on_those_above_users(enter, name):
    alan = enter("abe") if name == "Ada Arnold" else enter("ugo")
    open_person(alan, name)
    assert alan.page.get_by_role("link", name="Edit", exact=True).count() == 0
    assert alan.page.locator("summary", has_text="Disable").count() == 0
