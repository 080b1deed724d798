"""A host goes down, then its whole site: what the provider and the company see of it, at the next refresh."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from portal.demo import cores
from tests.e2e.chromium import Visitor
from tests.e2e.portal import Portal, copy_beside
from tests.factories.core import Core

SOON = 15_000


@pytest.fixture(scope="module")
def core() -> Iterator[Core]:
    with Core("acme") as running:
        yield running


@pytest.fixture(scope="module")
def watched(portal: Portal, places: Any, core: Core, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A copy of the portal whose site in Hamburg is a core that the test has in its hand."""
    with copy_beside(portal, core, tmp_path_factory.mktemp("watched") / "data") as live:
        yield live


@pytest.fixture
def enter(window: Browser, watched: Portal) -> Iterator[Any]:
    windows: list[Visitor] = []

    def visitor(username: str) -> Visitor:
        windows.append(Visitor(window, watched.address).sign_in(username))
        return windows[-1]

    yield visitor
    noticed = [what for one in windows for what in one.noticed]
    for one in windows:
        one.close()
    assert noticed == []


def watch(visitor: Visitor, address: str) -> Visitor:
    """Open a page of monitoring and let it look every second instead of twice a minute."""
    page = visitor.open(address)
    page.evaluate("document.querySelector('[data-refresh]').dataset.refresh = 1; window.isTheSame = true")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Resume").click()
    return visitor


def cells(visitor: Visitor, customer: str) -> Locator:
    return visitor.page.locator(f'.customers tr[data-key="{customer}"] td')


def down(visitor: Visitor, customer: str) -> Locator:
    return cells(visitor, customer).nth(1)


def snapin(visitor: Visitor, customer: str) -> Locator:
    return visitor.page.locator(f'#snapin li[data-key="{customer}"]')


def test_a_host_goes_down_then_its_site_and_everybody_sees_it_at_the_next_refresh(enter, core):
    pat, gil, ada = enter("pat"), enter("gil"), enter("ada")
    hosts = watch(enter("pat"), "/provider/monitoring/hosts/?site=customer:acme")
    watch(pat, "/provider/monitoring/"), watch(gil, "/provider/monitoring/"), watch(ada, "/monitoring/")
    unhandled = ada.page.locator('.overview tr[data-key="hosts"] td').nth(2)
    for customer in ("acme", "beta", "provider"):
        expect(cells(pat, customer).first).not_to_have_text("–", timeout=SOON)
    before = {customer: cells(pat, customer).all_inner_texts() for customer in ("beta", "provider")}
    expect(down(pat, "acme")).to_have_text("1")
    expect(unhandled).to_have_text("2")
    expect(gil.page.get_by_role("button", name="Hide Acme GmbH")).to_have_count(0)
    pat.page.locator("#snapin-acme summary").click()
    pat.page.get_by_role("link", name="Acme GmbH").focus()

    cores.say(core.folder, f"COMMAND [{int(time.time())}] PROCESS_HOST_CHECK_RESULT;shop-web-02;1;CRITICAL - gone\n")

    for visitor in (pat, gil):
        expect(down(visitor, "acme")).to_have_text("2", timeout=SOON)
        expect(snapin(visitor, "acme")).to_contain_text("2 hosts down")
    expect(unhandled).to_have_text("3", timeout=SOON)
    row = hosts.page.locator("tbody tr").filter(has_text="shop-web-02")
    expect(row).to_contain_text("Down", timeout=SOON)
    expect(row).to_contain_text("CRITICAL - gone")
    assert pat.page.evaluate("window.isTheSame && document.activeElement.textContent") == "Acme GmbH"
    assert pat.page.locator("#snapin-acme").get_attribute("open") is not None
    for customer in ("beta", "provider"):
        expect(cells(pat, customer)).to_have_text(before[customer], timeout=SOON)

    core.stop()

    for visitor in (pat, gil):
        expect(snapin(visitor, "acme")).to_contain_text("Dead: 1 of 2", timeout=SOON)
        expect(visitor.page.locator('.customers tr[data-key="acme"]')).to_contain_text("Incomplete")
        expect(cells(visitor, "acme")).to_have_text(["–"] * 9)
        expect(cells(visitor, "beta")).to_have_text(before["beta"], timeout=SOON)
        expect(snapin(visitor, "beta")).to_contain_text("Online")
    expect(ada.page.locator("main")).to_contain_text("It does not answer at the moment", timeout=SOON)
    expect(hosts.page.locator(".silent")).to_contain_text("Acme Hamburg", timeout=SOON)

    core.start()

    expect(snapin(pat, "acme")).not_to_contain_text("Dead", timeout=60_000)
    expect(unhandled).to_have_text("2", timeout=60_000)


def test_a_page_that_outlives_its_session_says_so_and_asks_no_more(enter):
    ada = watch(enter("ada"), "/monitoring/")
    ada.context.clear_cookies()
    expect(ada.page.get_by_role("status").filter(has_text="You are signed out")).to_be_visible(timeout=SOON)
    expect(ada.page.get_by_role("heading", name="Your sites")).to_be_visible()


def test_one_click_hides_a_customer_and_shows_it_again_without_loading_the_page(enter):
    pat = watch(enter("pat"), "/provider/monitoring/")
    pat.page.get_by_role("button", name="Hide Beta AG").click()
    expect(pat.page.locator('.customers tr[data-key="beta"]')).to_have_count(0)
    assert pat.page.evaluate("document.activeElement.textContent") == "Show"
    pat.page.keyboard.press("Enter")
    expect(pat.page.locator('.customers tr[data-key="beta"]')).to_have_count(1)
    assert pat.page.evaluate("window.isTheSame")
