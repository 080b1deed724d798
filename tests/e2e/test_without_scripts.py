"""The main journeys in a browser that runs no scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import PHONE

EVIDENCE = {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"Ada leaves in May."}


@pytest.fixture
def plain(enter):
    """Open windows without scripts."""
    return lambda username="", **wishes: enter(username, scripts=False, **wishes)


def said(page):
    """Return what the portal said after the last act."""
    return page.locator("main > .message.good").inner_text()


def test_sign_in_change_the_language_sign_out(plain):
    page = plain("ben").page
    assert page.locator(".person .username").inner_text() == "ben"
    page.locator(".person summary").click()
    page.get_by_role("link", name="Profile").click()
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Save").click()
    assert page.locator("html").get_attribute("lang") == "de"
    expect(page.locator("nav.side").get_by_role("link", name="Rechnungen")).to_be_visible()
    page.get_by_label("Sprache").select_option("en")
    page.get_by_role("button", name="Speichern").click()
    page.locator(".person summary").click()
    page.locator(".person").get_by_role("button", name="Sign out").click()
    assert "/login" in page.url
    page.goto("/users/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_invite_give_rights_disable_and_enable(plain):
    page = plain("ada").page
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("link", name="Invite someone").click()
    page.get_by_label("Name", exact=True).fill("Nora Olsen")
    page.get_by_label("E-mail").fill("nora@acme.example")
    page.get_by_role("radio", name="User").check()
    page.get_by_role("checkbox", name="Download").check()
    page.get_by_role("button", name="Send the invitation").click()
    assert "Nora Olsen is on its way" in said(page)
    page.goto("/users/?q=ugo")
    page.get_by_role("link", name="Edit Ugo Evans").click()
    page.get_by_role("checkbox", name="Request").check()
    page.get_by_role("button", name="Save").click()
    assert said(page).startswith("Ugo Evans is saved.")
    page.locator("summary", has_text="Disable").click()
    expect(page.get_by_text("is signed out everywhere at once")).to_be_visible()
    page.get_by_role("button", name="Disable Ugo Evans").click()
    expect(page.get_by_text("Ugo Evans cannot sign in")).to_be_visible()
    page.get_by_role("button", name="Enable", exact=True).click()
    expect(page.locator("summary", has_text="Disable")).to_be_visible()


def test_ask_for_a_super_user_and_decide(plain):
    page = plain("bea").page
    page.goto("/super-user-requests/")
    page.get_by_role("link", name="Ask for another super user").first.click()
    page.get_by_label("Who should become").fill(page.locator("datalist option").first.get_attribute("value"))
    page.get_by_label("Why?").fill("Bea moves to another company.")
    page.get_by_label("Evidence").set_input_files(EVIDENCE)
    page.get_by_role("button", name="Send the request").click()
    assert "The request is with the provider" in said(page)
    expect(page.get_by_role("link", name="letter.txt")).to_be_visible()
    staff = plain("pat").page
    staff.goto("/provider/requests/")
    staff.get_by_role("link", name="Ben Ivers").click()
    with staff.expect_download() as download:
        staff.get_by_role("link", name="letter.txt").click()
    assert download.value.path().read_bytes() == EVIDENCE["buffer"]
    staff.get_by_role("radio", name="User, disabled").check()
    staff.get_by_role("button", name="Approve the request").click()
    assert "Ben Ivers is the super user now" in said(staff)


def test_clone_a_role_add_a_user_and_check_a_contact_rule(plain):
    page = plain("pat").page
    page.goto("/provider/access/roles/guest")
    page.locator("summary", has_text="Clone").click()
    page.get_by_label("ID", exact=True).fill("plain")
    page.get_by_label("Alias").last.fill("Plain")
    page.get_by_role("button", name="Clone the role").click()
    page.get_by_label("Schedule downtimes").select_option("yes")
    page.get_by_role("button", name="Save").click()
    page.goto("/provider/access/users/new")
    page.get_by_label("Username").fill("paula")
    page.get_by_label("Full name").fill("Paula Plain")
    page.get_by_role("radio", name="Normal user login with password").check()
    page.get_by_role("button", name="Throw the dice").click()
    assert len(page.get_by_label("Password (optional)").input_value()) >= 15
    page.get_by_role("checkbox", name="Plain").check()
    page.locator("form .acts").get_by_role("button", name="Save").click()
    assert said(page) == "Paula Plain is added."
    page.goto("/provider/setup/contact-rules/new?group=acme-web&customer=acme")
    page.get_by_label("Hosts (optional)").fill("~mail-")
    page.get_by_label("ID").fill("mails")
    page.get_by_label("Title").fill("Mail servers")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#preview")).to_contain_text("gets Web team of Acme")


def test_filter_sort_and_page_a_list(plain):
    page = plain("ada").page
    page.goto("/documents/invoices/?per_page=5")
    all_of_them = page.locator(".count").inner_text()
    first = page.locator("td.main a").first.inner_text()
    page.get_by_role("link", name="Next").click()
    assert page.locator("td.main a").first.inner_text() != first
    page.get_by_role("link", name="Previous").click()
    assert page.locator("td.main a").first.inner_text() == first
    page.get_by_label("State").select_option(label="Overdue")
    page.get_by_role("button", name="Show", exact=True).click()
    states = page.locator("td.side .badge").all_inner_texts()
    assert states
    assert all("verdue" in state for state in states)
    assert page.locator(".count").inner_text() != all_of_them
    page.get_by_role("columnheader", name="Total").get_by_role("link").click()
    assert "sort=" in page.url
    assert "state=overdue" in page.url


def test_open_a_pdf(plain):
    page = plain("ada").page
    page.goto("/documents/invoices/")
    page.locator("td.main a").first.click()
    answer = page.request.get(page.get_by_role("link", name="PDF").get_attribute("href"))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")


def test_the_menu_of_a_phone(plain):
    page = plain("ada", viewport=PHONE).page
    bar = page.get_by_role("navigation", name="Most used")
    bar.get_by_role("link", name="More").click()
    menu = page.get_by_role("navigation", name="Main menu")
    menu.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="History", level=1)).to_be_visible()
    expect(menu).not_to_be_visible()
    bar.get_by_role("link", name="More").click()
    menu.get_by_role("link", name="Close the menu").click()
    expect(menu).not_to_be_visible()
