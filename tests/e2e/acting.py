"""What people do on pages, in the words that stand there; and what programs ask."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.chromium import Visitor

PATIENCE = 30.0
"""Seconds the worker has for what a page announces."""


def press(page: Page, name: str) -> None:
    """Press a button of the page's own and wait for the next page."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def said(page: Page) -> Locator:
    """Return what the portal says after an act."""
    return page.locator("main > .message.good")


def secret_of(page: Page) -> str:
    """Return the secret that a page shows this once."""
    return page.locator(".secret output").inner_text().strip()


def edit(visitor: Visitor, username: str) -> Page:
    """Find somebody in the list of users as a person would, and open the form."""
    page = visitor.open(f"/provider/access/users/?q={username}")
    page.locator("td.main a").first.click()
    page.get_by_role("main").get_by_role("link", name="Edit", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Edit")
    return page


def eventually(page: Page, holds: Callable[[], bool]) -> None:
    """Load a page again until something holds on it; the worker has to do its part first."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, f"{page.url} never came to it:\n{page.locator('main').inner_text()}"
        page.wait_for_timeout(300)
        page.reload()


def names(page: Page, column: str = "td.main") -> set[str]:
    """Return what stands first in each row of a list."""
    return {text.strip().splitlines()[0] for text in page.locator(f".list tbody {column}").all_inner_texts()}


def curl(*words: str) -> tuple[int, str]:
    """Run curl as a script would; return status and body."""
    done = subprocess.run(["curl", "-sS", "-w", r"\n%{http_code}", *words], capture_output=True, text=True, check=True)
    body, _line, status = done.stdout.rpartition("\n")
    return int(status), body


def read(*words: str) -> Any:
    """Return the JSON that a script gets."""
    status, body = curl(*words)
    assert status == 200, body
    return json.loads(body)
