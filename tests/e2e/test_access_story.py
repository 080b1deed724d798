"""Pat lets people in and makes them responsible; they see what is theirs, and nothing else is there for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.acting import edit, eventually, names, press, said
from tests.e2e.chromium import Visitor
from tests.e2e.portal import Portal

Enter = Callable[..., Visitor]
FIRST, OWN = "a lantern for the first day", "eleven herons over the lock"
SHOP = {"shop-web-01", "shop-web-02"}
SERVICE = "/var/log"


@pytest.fixture(scope="module")
def changeable(acting: Portal) -> Portal:
    return acting


def test_pat_adds_a_colleague_who_is_let_in_later_and_chooses_a_password(enter: Enter, window, acting):
    pat = enter("pat")
    page = pat.open("/provider/access/users/")
    page.get_by_role("link", name="Add a user").click()
    assert page.locator("form h2").all_inner_texts() == [
        "Identity", "Security", "Contact groups", "Notifications", "Personal settings",
    ]  # fmt: skip
    page.get_by_label("Username").fill("wanda")
    page.get_by_label("Full name").fill("Wanda Wirth")
    page.get_by_label("E-mail address").fill("wanda@provider.example")
    page.get_by_role("radio", name="No sign-in for now").check()
    page.get_by_role("checkbox", name="Disable the login to this account").check()
    page.get_by_role("checkbox", name="Guest user").check()
    press(page, "Save")
    expect(said(page)).to_have_text("Wanda Wirth is added.")
    pat.open("/provider/mail/?q=wanda")
    expect(page.locator(".list tbody tr")).to_have_count(0)

    edit(pat, "wanda")
    page.get_by_role("checkbox", name="Disable the login to this account").uncheck()
    page.get_by_label("Password", exact=False).first.fill(FIRST)
    page.get_by_role("checkbox", name="Change password at next login or access").check()
    press(page, "Save")
    expect(said(page)).to_have_text("Wanda Wirth is saved.")

    wanda = enter().sign_in("wanda", FIRST)
    page = wanda.open("/provider/monitoring/")
    assert page.url.endswith("/profile/password")
    expect(page.locator("main")).to_contain_text("Choose a password of your own first.")
    page.get_by_label("Present password").fill(FIRST)
    page.get_by_label("New password", exact=True).fill(OWN)
    page.get_by_label("New password once more").fill(OWN)
    press(page, "Change the password")
    wanda.open("/provider/monitoring/")
    expect(page.get_by_role("heading", name="Monitoring", level=1)).to_be_visible()
    wanda.open("/provider/access/users/new", 403)


def test_a_clone_of_guest_acknowledges_and_the_portal_says_why(enter: Enter, places):
    pat = enter("pat")
    page = pat.open("/provider/access/roles/guest")
    page.locator("summary", has_text="Clone").click()
    page.get_by_label("ID", exact=True).fill("lookout")
    page.get_by_label("Alias").last.fill("Lookout")
    press(page, "Clone the role")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lookout")
    page.get_by_label("Acknowledge problems").select_option("yes")
    press(page, "Save")

    pat.open("/provider/access/roles/matrix")
    column = page.locator("thead th").all_inner_texts().index("Lookout")
    marks = {role: page.get_by_role("row", name="Acknowledge problems").locator(f'td[data-label="{role}"]')
             for role in ("Lookout", "Guest user")}  # fmt: skip
    assert column > 0
    expect(marks["Lookout"]).to_have_text("✓ yesyes, set in the role itself")
    expect(marks["Guest user"]).not_to_contain_text("yes")

    edit(pat, "sam")
    page.get_by_role("checkbox", name="Lookout").check()
    page.get_by_role("checkbox", name="Guest user").uncheck()
    press(page, "Save")
    pat.open("/provider/access/why")
    page.get_by_label("User").fill("sam")
    page.get_by_label("Permission").fill("action.acknowledge")
    press(page, "Show")
    expect(page.locator("main")).to_contain_text("May Sam Staff: Acknowledge problems?")
    expect(page.locator("main ul.plain")).to_have_text("Lookout: yes, set in the role itself.")
    pat.open("/provider/access/why?user=sam@provider.example&permission=monitoring.read")
    expect(page.locator("main ul.plain")).to_contain_text("Guest user")


def test_a_contact_sees_what_is_assigned_to_their_groups_and_nothing_else(enter: Enter):
    uma = enter("uma")
    uma.open("/monitoring/hosts/")
    assert names(uma.page) == SHOP
    uma.open("/monitoring/host?site=acme_hamburg&name=erp-db-01", 404)

    pat = enter("pat")
    page = pat.page
    pat.open("/provider/setup/contact-groups/new")
    page.get_by_label("ID").fill("acme-erp")
    page.get_by_label("Title").fill("ERP of Acme")
    page.get_by_label("Customer").fill("acme")
    press(page, "Add")
    pat.open("/provider/setup/contact-rules/new?group=acme-erp&customer=acme")
    page.get_by_label("ID").fill("erp")
    page.get_by_label("Title").fill("Hosts of the ERP")
    page.get_by_label("Hosts (optional)").fill("~erp-")
    press(page, "Check")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("It matches 1 host")
    expect(preview.locator("tbody tr")).to_contain_text("gets ERP of Acme")
    expect(preview.locator("tbody tr")).to_contain_text("erp-db-01")
    press(page, "Add")
    edit(pat, "uma")
    page.get_by_label("Contact groups 2").fill("acme-erp")
    press(page, "Save")

    uma.open("/monitoring/hosts/")
    eventually(uma.page, lambda: names(uma.page) == SHOP | {"erp-db-01"})
    uma.open("/monitoring/host?site=acme_hamburg&name=erp-db-01")
    for name in ("shop-db-01", "mail-01", "nothing-like-it"):
        uma.open(f"/monitoring/host?site=acme_hamburg&name={name}", 404)
    uma.open("/monitoring/")
    expect(uma.page.locator('.overview tr[data-key="hosts"] td').first).to_have_text("3")
    uma.open("/monitoring/hosts/?host=db-01")
    assert names(uma.page) == {"erp-db-01"}
    services = uma.page.request.get(f"{uma.address}/monitoring/services.json").json()
    assert "mail-01" not in str(services)
    assert "erp-db-01" in str(services)

    pat.open("/provider/setup/folders/sites/acme_hamburg/host?name=erp-db-01")
    expect(page.locator("main")).to_contain_text("Hosts of the ERP")
    ben = enter("ben")
    for address in ("/monitoring/", "/monitoring/hosts/", "/monitoring/services/"):
        ben.open(address)
        expect(ben.page.locator("main")).to_contain_text("You are a contact for no")
    ben.open("/monitoring/host?site=beta_zurich&name=mes-01", 404)


def strictness(pat: Visitor, choice: str) -> None:
    """Choose how strict visibility of services is."""
    page = pat.open("/provider/setup/global-settings/")
    page.get_by_label("Authorization settings: hosts").select_option(label=choice)
    press(page, "Save")


def services_of(page: Page, host: str) -> set[str]:
    page.goto("/monitoring/services/?host==" + host)
    return names(page)


def test_a_service_with_groups_of_its_own_is_hidden_where_the_provider_is_strict(enter: Enter):
    uma, pat = enter("uma"), enter("pat")
    page = pat.open("/provider/setup/folders/sites/acme_hamburg/service?host=shop-web-01&service=/var/log")
    page.get_by_label("Contact groups").first.fill("acme-operations")
    press(page, "Save")
    try:
        assert SERVICE in services_of(uma.page, "shop-web-01")
        strictness(pat, "Strict - Must be explicit contact of a service")
        eventually(uma.page, lambda: SERVICE not in names(uma.page))
        assert "PING" in names(uma.page)
        uma.open("/monitoring/service?site=acme_hamburg&host=shop-web-01&service=/var/log", 404)
        uma.open("/monitoring/service?site=acme_hamburg&host=shop-web-01&service=PING")
    finally:
        strictness(pat, "Loose - Visible if user is contact for the service or its host")
    assert SERVICE in services_of(uma.page, "shop-web-01")
