"""What a ticket's page on the desk says, for several tests."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.factories.tickets import look

FOLDER = "/provider/support/tickets/"
UMA = "uma.dietrich@acme.example"


def said(page: Any) -> list[tuple[str, str]]:
    """Return who said what on a page, in its order; a note's heading stands for who."""
    return [
        (one.h3.get_text(" ", strip=True), one.select_one(".written").get_text(" ", strip=True))
        for one in page.html.select("article.said")
    ]


def reference(app: Flask, id: str) -> str:
    """Return a ticket's reference."""
    return str(look(app, id)["reference"])
