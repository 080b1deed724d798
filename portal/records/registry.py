"""The registry of kinds: features put theirs in, pages find them by slug."""

from __future__ import annotations

from .kind import Kind

KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add kinds, in the order in which menus name them."""
    for kind in kinds:
        KINDS[kind.slug] = kind
