"""Words: how states and spans of time are said, on pages as words, in exports by the codes that Checkmk uses."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l


class State(NamedTuple):
    """A state: its code in exports, its word, the tone of its badge, and how bad it is, for sorting."""

    code: str
    word: Any
    tone: str
    weight: int


PENDING = State("PEND", _l("Pending"), "neutral", 1)
HOST = {
    0: State("UP", _l("Up"), "good", 0),
    1: State("DOWN", _l("Down"), "bad", 4),
    2: State("UNREACH", _l("Unreachable"), "warn", 3),
}
SERVICE = {
    0: State("OK", _l("OK"), "good", 0),
    1: State("WARN", _l("Warning"), "warn", 2),
    2: State("CRIT", _l("Critical"), "bad", 4),
    3: State("UNKN", _l("Unknown"), "info", 3),
}
STRANGE = State("?", _l("Not known"), "neutral", 1)
"""For numbers that stand for no state."""


def host_state(state: Any, has_been_checked: Any) -> State:
    """Return the state of a host."""
    return _state(HOST, state, has_been_checked)


def service_state(state: Any, has_been_checked: Any) -> State:
    """Return the state of a service."""
    return _state(SERVICE, state, has_been_checked)


def _state(states: dict[int, State], state: Any, has_been_checked: Any) -> State:
    if has_been_checked is not None and not has_been_checked:
        return PENDING
    return states.get(state, STRANGE) if isinstance(state, int) else STRANGE


def span(seconds: float) -> str:
    """Return a span of time as Checkmk says ages: "30 sec", "119 min", "47 h", "12 days"."""
    seconds = max(0, int(seconds))
    if seconds < 60:
        return str(_("%(number)d sec", number=seconds))
    if seconds < 120 * 60:
        return str(_("%(number)d min", number=seconds // 60))
    if seconds < 48 * 3600:
        return str(_("%(number)d h", number=seconds // 3600))
    return str(_("%(number)d days", number=seconds // 86400))
