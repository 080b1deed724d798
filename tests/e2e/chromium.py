"""A real browser, in which nothing goes unnoticed: errors, refused content, requests to elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.cast import PASSWORD

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 700}
LISTEN = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`));"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a screen."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "Chromium is missing: `make test` installs it, or set CHROMIUM to its path"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """One person's window: a page of its own, and what was noticed on it."""

    def __init__(self, browser: Browser, address: str, *, scripts: bool = True, **wishes: Any):
        self.address, self.noticed = address, list[str]()
        self.context = browser.new_context(
            base_url=address, java_script_enabled=scripts, reduced_motion="reduce",
            **{"viewport": DESK, "locale": "en-GB", "timezone_id": "Europe/Berlin", "color_scheme": "light"} | wishes,
        )  # fmt: skip
        self.context.set_default_timeout(20_000)
        self.context.add_init_script(LISTEN)
        self.context.on("request", self._asked)
        self.context.on("console", self._said)
        self.context.on("weberror", lambda error: self.noticed.append(f"script: {error.error}"))
        self.page: Page = self.context.new_page()

    def open(self, address: str, status: int = 200) -> Page:
        """Open an address and assert its status."""
        response = self.page.goto(address)
        assert response is not None
        assert response.status == status, f"{address}: {response.status}, not {status}"
        return self.page

    def sign_in(self, username: str, password: str = PASSWORD) -> Visitor:
        """Sign in through the page."""
        self.open("/login")
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/login" not in url)
        return self

    def close(self) -> None:
        """Close the window."""
        self.context.close()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:")):
            self.noticed.append(f"a request to elsewhere: {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        """Keep what a console shows as wrong, but for an error page's own status."""
        is_status = message.text.startswith("Failed to load resource") and message.location["url"] == self.page.url
        if message.type in ("error", "warning") and not is_status:
            self.noticed.append(f"console: {message.text}")
