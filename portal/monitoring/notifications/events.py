"""Events: what notifications are about, and the host or service that it happened to."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

HOST_STATES = ("up", "down", "unreachable")
SERVICE_STATES = ("ok", "warn", "crit", "unknown")
ACKNOWLEDGEMENT, DOWNTIME_START, DOWNTIME_END = "acknowledgement", "downtime_start", "downtime_end"
OTHERS = (ACKNOWLEDGEMENT, DOWNTIME_START, DOWNTIME_END)
RECOVERIES = ("up", "ok")
TYPES = {"acknowledgement": "ACKNOWLEDGEMENT", "downtime_start": "DOWNTIMESTART", "downtime_end": "DOWNTIMEEND"}
"""What scripts are told as the type, as Checkmk's are; all others are PROBLEM or RECOVERY."""
WORDS: dict[str, Any] = {
    "up": _l("Up"), "down": _l("Down"), "unreachable": _l("Unreachable"), "ok": _l("OK"), "warn": _l("Warning"),
    "crit": _l("Critical"), "unknown": _l("Unknown"), ACKNOWLEDGEMENT: _l("Acknowledged"),
    DOWNTIME_START: _l("In downtime"), DOWNTIME_END: _l("Downtime over"),
}  # fmt: skip
TONES = {"up": "good", "ok": "good", "down": "bad", "crit": "bad", "warn": "warn", "unreachable": "warn"}


def of_state(state: int, *, is_host: bool) -> str:
    """Return the event of getting into a state; a number that stands for none counts as unknown."""
    states = HOST_STATES if is_host else SERVICE_STATES
    return states[state] if 0 <= state < len(states) else states[-1]


def type_of(event: str) -> str:
    """Return the word scripts are given for the type of an event."""
    return TYPES.get(event, "RECOVERY" if event in RECOVERIES else "PROBLEM")


def possible(*, is_host: bool) -> tuple[str, ...]:
    """Return the events that can happen to a host, or to a service."""
    return (*(HOST_STATES if is_host else SERVICE_STATES), *OTHERS)


@dataclass(frozen=True)
class Affected:
    """A host or, with `service`, a service, with what rules ask about it and the contact groups responsible for it.

    `host_only` are groups responsible for its host alone: they see it, where the provider is not strict, and are not
    told of it (seed, 4.2).
    """

    site_id: str
    customer_id: str
    host: str
    service: str = ""
    site: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    host_groups: frozenset[str] = frozenset()
    service_groups: frozenset[str] = frozenset()
    contact_groups: frozenset[str] = frozenset()
    host_only: frozenset[str] = frozenset()

    @property
    def is_host(self) -> bool:
        """Tell whether it is a host."""
        return not self.service


@dataclass(frozen=True)
class Happened:
    """An event: its code, since when it is so, what the check says, and the open time periods at that moment."""

    code: str
    at: datetime
    output: str = ""
    periods: frozenset[str] = frozenset()
    told: frozenset[str] | None = None
    """Of a recovery: who was told of the problem; None where that is not asked."""


@dataclass(frozen=True)
class Person:
    """Somebody who may be told, as far as that decides it."""

    id: uuid.UUID
    username: str
    name: str
    email: str = ""
    pager: str = ""
    language: str = ""
    time_zone: str = ""
    customer_id: str | None = None
    is_staff: bool = False
    is_fallback: bool = False
    is_muted: bool = False
    sees_all: bool = False
    sites: frozenset[str] | None = None
    """The IDs of the sites somebody who sees all was narrowed to; None: all."""
    attributes: Mapping[str, str] = field(default_factory=dict)

    def may_hear_of(self, affected: Affected) -> bool:
        """Tell whether a host or service is of a site that is open to their door: a customer's people, their own."""
        return self.is_staff or self.customer_id == affected.customer_id

    def sees(self, affected: Affected) -> bool:
        """Tell whether a host or service is shown to somebody who need be no contact for it."""
        return self.sees_all and (self.sites is None or affected.site_id in self.sites)
