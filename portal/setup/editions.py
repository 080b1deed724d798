"""Editions of monitoring sites: which there are, and which cannot be part of a managed environment."""

from __future__ import annotations

EDITIONS = {
    "cre": "Checkmk Raw",
    "community": "Checkmk Community",
    "cee": "Checkmk Enterprise",
    "pro": "Checkmk Pro",
    "cce": "Checkmk Cloud",
    "ultimate": "Checkmk Ultimate",
    "cse": "Checkmk SaaS",
    "cloud": "Checkmk Cloud (SaaS)",
    "cme": "Checkmk MSP",
    "ultimatemt": "Checkmk Ultimate with multi-tenancy",
}
"""Codes that sites report, the older and the newer of each."""
MANAGED = frozenset({"cme", "ultimatemt"})


def edition_name(code: str) -> str:
    """Return the name of a reported edition; an unknown code as it came, "" for none."""
    return EDITIONS.get(code.lower(), code)


def is_held_back(edition: str) -> bool:
    """Tell whether a site that reports this edition gets no snapshot: all must be of the managed services edition.

    One that reported none, or one that nobody knows, is not held back (seed "Managed services edition", 4).
    """
    return edition.lower() in EDITIONS.keys() - MANAGED
