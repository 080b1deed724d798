"""Screens: how a request says that it shows a page by a kiosk link, on whose behalf and at which address."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from flask import has_request_context, request
from markupsafe import Markup, escape

NOTE = "portal.kiosk"
"""The key of the note in a request's environment; no client can put one there."""

LINK = re.compile(r'(<a\b[^>]*?)\s+href="([^"]*)"')


@dataclass(frozen=True)
class Shown:
    """Whose link it is that a request came by, and its address."""

    user_id: uuid.UUID
    address: str


def shown() -> Shown | None:
    """Return by which link this request came; None for all others."""
    return request.environ.get(NOTE) if has_request_context() else None


def address() -> str:
    """Return the address of the link this request came by; "" for none."""
    link = shown()
    return link.address if link else ""


def still(html: str) -> Markup:
    """Return the content of a page with links that lead nowhere, but for the one that loads it anew."""
    here = str(escape(address()))
    return Markup(LINK.sub(lambda link: link[0] if link[2] == here else link[1], html))  # noqa: S704 - was markup before
