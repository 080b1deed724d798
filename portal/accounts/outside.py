"""Outside: passwords that the portal does not keep, checked by whoever registered for that."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

Check = Callable[[str, str, Any], uuid.UUID | None]
_checks: list[Check] = []


class Unreachable(Exception):
    """Say that whoever keeps the password did not answer."""


def register(check: Check) -> None:
    """Have `check(typed, password, account)` called for people without a password of the portal's own.

    `account` is None for a name that nobody has yet. It returns the id of whoever may come in, made on the spot if need
    be; raises `Unreachable`.
    """
    if check not in _checks:
        _checks.append(check)


def check(typed: str, password: str, account: Any) -> uuid.UUID | None:
    """Return whose password it is; raises `Unreachable` when nobody knew and somebody was silent."""
    silent = False
    for one in _checks:
        try:
            if found := one(typed, password, account):
                return found
        except Unreachable:
            silent = True
    if silent:
        raise Unreachable
    return None
