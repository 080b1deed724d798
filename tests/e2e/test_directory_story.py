"""People of a real directory sign in with their passwords there; when it is dead, everybody else still comes in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.acting import eventually, names, press
from tests.e2e.chromium import Visitor
from tests.e2e.inspection import inspect
from tests.e2e.portal import Portal
from tests.factories.directory import ADMIN, BASE, PASSWORD, Slapd

Enter = Callable[..., Visitor]


@pytest.fixture(scope="module")
def changeable(acting: Portal) -> Portal:
    return acting


@pytest.fixture
def directory() -> Iterator[Slapd]:
    with Slapd() as running:
        running.begin()
        running.group("web", f"cn=Lena Linden,ou=people,{BASE}")
        yield running


def test_people_of_a_directory_sign_in_and_a_dead_one_locks_out_nobody_else(enter: Enter, directory: Slapd):
    pat = enter("pat")
    page = pat.open("/provider/setup/ldap-connections/new")
    for label, text in (
        ("ID", "office"), ("Title", "Directory of the office"), ("Customer", "acme"), ("Server", "127.0.0.1"),
        ("Port", str(directory.tls_port)), ("Trusted certificate authority (optional)", directory.ca),
        ("Bind DN (optional)", ADMIN), ("Bind password", PASSWORD), ("Base DN", f"ou=people,{BASE}"),
        ("User filter", "(objectClass=inetOrgPerson)"),
        ("Contact groups of groups (optional)", f"cn=web,ou=groups,{BASE} -> acme-web"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    press(page, "Add")
    pat.open("/provider/setup/ldap-connections/office/people")
    press(page, "Test the connection")
    expect(page.locator("#test")).to_contain_text("The directory answers, and shows 3 people")
    inspect(pat)
    press(page, "Read it now")
    eventually(page, lambda: "Max Moor" in page.locator("main").inner_text())
    assert names(page) == {"Lena Linden", "Max Moor", "Nora Nagel"}
    inspect(pat)
    page.get_by_role("link", name="Lena Linden").click()
    expect(page.get_by_role("main")).to_contain_text("Web team of Acme")

    lena = enter().sign_in("lena", "lenas password")
    lena.open("/monitoring/hosts/")
    eventually(lena.page, lambda: names(lena.page) == {"shop-web-01", "shop-web-02"})
    wrong = enter().open("/login")
    wrong.get_by_label("Username").fill("max")
    wrong.get_by_label("Password", exact=True).fill("not his password")
    press(wrong, "Sign in")
    assert "/login" in wrong.url

    directory.stop()
    wrong.get_by_label("Username").fill("max")
    wrong.get_by_label("Password", exact=True).fill("maxs password")
    press(wrong, "Sign in")
    assert "/login" in wrong.url
    expect(enter("ada").page.locator(".person .username")).to_have_text("ada")
