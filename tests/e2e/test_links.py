"""Pages that a mailed link opens: choosing a password, confirming an address, being somebody else."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.inspection import inspect

PASSWORD = "four quiet words at dusk"


def test_an_invited_person_chooses_a_password(enter, changeable):
    host = enter("bea").open("/users/new")
    host.get_by_label("Name").fill("Nina Faber")
    host.get_by_label("E-mail").fill("nina@beta.example")
    host.get_by_role("radio", name="User").check()
    host.get_by_role("button", name="Send the invitation").click()
    host.wait_for_url("**/users/*")
    link = changeable.link_mailed_to("nina@beta.example", "invitation")
    guest = enter()
    page = guest.open(link)
    inspect(guest)
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password once more").fill("other")
    with page.expect_navigation() as navigation:
        page.get_by_role("button", name="Set the password").click()
    assert navigation.value.status == 422
    inspect(guest)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password once more").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.wait_for_url(lambda url: "invitation" not in url)
    assert page.locator(".person .name").inner_text() == "Nina Faber"
    inspect(guest)
    guest.open(link, 410)


def test_a_forgotten_password(enter, changeable):
    guest = enter()
    page = guest.open("/password/forgot")
    page.get_by_label("Username").fill("ben")
    page.get_by_role("button", name="Send the link").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    inspect(guest)
    link = changeable.link_mailed_to("ben.ivers@beta.example", "password/reset")
    guest.open(link)
    inspect(guest)
    other = enter("bea")
    other.open(link, 409)
    expect(other.page.get_by_role("button", name="Sign out and open the link")).to_be_visible()
    inspect(other)


def test_a_new_address_is_confirmed(enter, changeable):
    visitor = enter("gus")
    page = visitor.open("/profile")
    page.get_by_label("E-mail").fill("gus@gamma.example")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Keep the present address").wait_for()
    inspect(visitor)
    visitor.open(changeable.link_mailed_to("gus@gamma.example", "email"))
    inspect(visitor)
    page.get_by_role("button", name="Confirm the address").click()
    page.wait_for_url(lambda url: "/email/" not in url)
    assert visitor.open("/profile").get_by_label("E-mail").input_value() == "gus@gamma.example"
