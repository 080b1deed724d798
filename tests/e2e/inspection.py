"""What every page is held to: axe in both themes on desk and phone, no sideways scrolling, nothing noticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e.chromium import DESK, NARROW, PHONE, Visitor

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that depend on the theme."""
RUN = """async (wish) => (await axe.run(document, {...wish, resultTypes: ["violations"], preload: false}))
  .violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`))"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def inspect(visitor: Visitor) -> None:
    """Assert that the page a visitor is on is right for everybody."""
    page = visitor.page
    found = {}
    page.evaluate(AXE)
    for theme, other in (("light", "dark"), ("dark", "light")):
        size, name = (DESK, "desk") if theme == "light" else (PHONE, "phone")
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        found[f"{name}, {theme}"] = axe(page, {"type": "tag", "values": TAGS})
        page.emulate_media(color_scheme=other)
        found[f"{name}, {other}"] = axe(page, {"type": "rule", "values": COLOURS})
    if page.locator("main details").count():
        page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true; })")
        found["phone, light, all opened"] = axe(page, {"type": "tag", "values": TAGS})
    found |= sideways(page)
    page.set_viewport_size(DESK)
    report(visitor, found)


def glance(visitor: Visitor) -> None:
    """Assert the same on a phone alone: for pages that were inspected in another language."""
    page = visitor.page
    page.evaluate(AXE)
    page.set_viewport_size(PHONE)
    found = {"phone": axe(page, {"type": "tag", "values": TAGS})} | sideways(page)
    report(visitor, found)


def sideways(page: Page) -> dict[str, list[str]]:
    """Return by how much a page is broader than phones."""
    found = {}
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)
        over = page.evaluate(SIDEWAYS)
        found[f"{size['width']} px"] = [f"scrolls sideways by {over} px"] if over > 0 else []
    return found


def report(visitor: Visitor, found: dict[str, list[str]]) -> None:
    """Fail with all that was found, and what was noticed in the window."""
    found["noticed"] = visitor.noticed[:]
    visitor.noticed.clear()
    wrong = [f"{where}: {line}" for where, lines in found.items() for line in lines]
    assert not wrong, "\n".join([visitor.page.url, *wrong])


def axe(page: Page, rules: dict[str, Any]) -> list[str]:
    """Return what axe finds by these rules."""
    found: list[str] = page.evaluate(RUN, {"runOnly": rules})
    return found
