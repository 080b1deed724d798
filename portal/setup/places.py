"""Places: the IDs of folder permissions and assignments, one for each place, so that no place has two."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

FOLDERS, ASSIGNMENTS = "folders", "assignments"


def folder_key(customer: str, path: str) -> str:
    """Return the ID of the permission of a folder: on a customer's sites, or on all for `global`."""
    return _key("folder", customer, path)


def assignment_key(site_id: str, host: str, service: str = "") -> str:
    """Return the ID of the assignment of a host, or of one of its services."""
    return _key("service" if service else "host", site_id, host, service)


def _key(word: str, *parts: str) -> str:
    return f"{word}_{blake2b(chr(0).join(parts).encode(), digest_size=16).hexdigest()}"


def assignment_title(body: Any) -> str:
    """Return what an assignment is called: the host, and the service after a middle dot."""
    return " · ".join(part for part in (body["host"], body["service"]) if part)[:200]
