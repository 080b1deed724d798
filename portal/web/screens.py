"""Screens: how a request says that it shows a page by a kiosk link, on whose behalf and at which address."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import has_request_context, request

NOTE = "portal.kiosk"
"""The key of the note in a request's environment; no client can put one there."""


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
