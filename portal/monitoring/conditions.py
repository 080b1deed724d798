"""Conditions: what counts as down, a problem, unhandled or stale; numbers and the lists they lead to agree on it.

A problem is handled once somebody acknowledged it or while it is in downtime. What was never checked is pending and
has no state. A service whose host is down is a problem, but the host's: nobody has to look at it by itself.
"""

from __future__ import annotations

from flask import current_app

from .livestatus.query import All, Condition, Is

CHECKED, PENDING = Is("has_been_checked", "=", 1), Is("has_been_checked", "=", 0)
NOT_OK = All(CHECKED, Is("state", "!=", 0))
OPEN = (Is("acknowledged", "=", 0), Is("scheduled_downtime_depth", "=", 0))
EVENT_IS_OPEN = Is("event_phase", "=", "open")
STATES = {
    "hosts": ("up", "down", "unreachable"),
    "services": ("ok", "warn", "crit", "unknown"),
}
"""The words for Livestatus' states, which are numbers from 0 on."""


def stale() -> Condition:
    """Return that a host or service was not checked for longer than it should (setting STALENESS)."""
    return Is("staleness", ">=", f"{current_app.config['STALENESS']:g}")


def of(table: str) -> dict[str, Condition]:
    """Return every condition that hosts, services or events (`eventconsoleevents`) are counted by."""
    if table == "eventconsoleevents":
        problem = Is("event_state", "!=", 0)
        return {"all": Is("event_id", ">=", 0), "problem": problem, "unhandled": All(problem, EVENT_IS_OPEN)}
    of_host = (Is("host_scheduled_downtime_depth", "=", 0), Is("host_state", "=", 0)) if table == "services" else ()
    return {
        "all": Is("state", ">=", 0),
        **{word: All(CHECKED, Is("state", "=", state)) for state, word in enumerate(STATES[table])},
        "pending": PENDING,
        "problem": NOT_OK,
        "unhandled": All(*NOT_OK.conditions, *OPEN, *of_host),
        "stale": stale(),
    }
