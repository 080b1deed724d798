"""Uma acknowledges a problem and plans a downtime on the pages, and the core has it; a screen shows one page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.e2e.acting import eventually, press, said, secret_of
from tests.e2e.chromium import PHONE, Visitor
from tests.e2e.inspection import inspect
from tests.e2e.portal import Portal
from tests.factories.core import Core

Enter = Callable[..., Visitor]
CERTIFICATE = "/monitoring/service?site=acme_hamburg&host=shop-web-01&service=Certificate+shop.acme.example"
WEB = "/monitoring/host?site=acme_hamburg&name=shop-web-02"
ACKNOWLEDGED = """GET services
Filter: host_name = shop-web-01
Filter: description = Certificate shop.acme.example
Columns: acknowledged acknowledgement_type"""
COMMENTS = """GET comments
Filter: host_name = shop-web-01
Columns: author comment"""
DOWNTIMES = """GET downtimes
Filter: host_name = shop-web-02
Columns: author comment start_time end_time"""


@pytest.fixture(scope="module")
def changeable(acting: Portal) -> Portal:
    return acting


def test_an_acknowledgement_on_the_page_is_one_in_the_core(enter: Enter, hamburg: Core):
    uma = enter("uma")
    page = uma.open(CERTIFICATE)
    assert hamburg.rows(ACKNOWLEDGED) == [[0, 0]]
    page.get_by_role("link", name="Acknowledge").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Certificate shop.acme.example")
    inspect(uma)
    page.get_by_label("Comment", exact=True).fill("The new one is ordered.")
    press(page, "Acknowledge")
    expect(said(page)).to_be_visible()
    assert hamburg.rows(ACKNOWLEDGED) == [[1, 2]]
    assert hamburg.rows(COMMENTS) == [["uma", "The new one is ordered."]]
    eventually(page, lambda: "The new one is ordered." in page.locator("#live").inner_text())
    inspect(uma)
    uma.open("/monitoring/problems/?state=unhandled")
    expect(page.locator("#live")).not_to_contain_text("Certificate shop.acme.example")

    page = uma.open(CERTIFICATE)
    press(page, "Remove the acknowledgement")
    assert hamburg.rows(ACKNOWLEDGED) == [[0, 0]]


def test_a_downtime_begins_and_is_cancelled(enter: Enter, hamburg: Core):
    uma = enter("uma")
    page = uma.open(WEB)
    page.get_by_role("link", name="Downtimes").click()
    begin = datetime.now(ZoneInfo("Europe/Berlin")).replace(second=0, microsecond=0)
    page.get_by_label("Comment", exact=True).fill("New disks")
    page.get_by_label("From").fill(begin.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Until").fill((begin + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"))
    press(page, "Schedule")
    expect(said(page)).to_be_visible()
    (downtime,) = hamburg.rows(DOWNTIMES)
    assert downtime == ["uma", "New disks", begin.timestamp(), begin.timestamp() + 3 * 3600]
    uma.open(WEB)
    page.get_by_role("link", name="Downtimes").click()
    expect(page.locator("td.main")).to_have_text("New disks")
    inspect(uma)
    press(page, "Cancel")
    assert hamburg.rows(DOWNTIMES) == []
    uma.open(WEB.replace("web-02", "db-01"), 404)
    uma.open(WEB.replace("/host?", "/host/downtimes?").replace("web-02", "db-01"), 404)


def test_a_kiosk_link_shows_one_page_until_it_is_revoked(enter: Enter, window: Any, acting: Portal):
    uma = enter("uma")
    page = uma.open("/monitoring/hosts/")
    page.get_by_role("link", name="Show on a screen").click()
    page.get_by_label("Name").fill("Wall of the web team")
    press(page, "Make the link")
    address = secret_of(page).removeprefix(acting.address)
    assert address.startswith("/kiosk/")
    inspect(uma)

    screen = enter()
    shown = screen.open(address)
    expect(shown.locator("main")).to_contain_text("shop-web-01")
    expect(shown.locator("main")).not_to_contain_text("mail-01")
    expect(shown.get_by_role("navigation", name="Main menu")).to_have_count(0)
    assert [link.inner_text() for link in shown.get_by_role("link").all()] == ["Refresh"]
    inspect(screen)
    assert screen.context.cookies() == []
    assert screen.open("/monitoring/hosts/").url.endswith("/login?next=/monitoring/hosts/")

    uma.open("/profile/kiosk-links")
    page.locator("summary", has_text="Revoke").first.click()
    press(page, "Revoke it")
    screen.open(address, 410)
    expect(screen.page.locator("main")).not_to_contain_text("shop-web-01")
    screen.page.set_viewport_size(PHONE)
    inspect(screen)
