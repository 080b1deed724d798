"""Columns of events: what the Event Consoles of the sites have open or acknowledged."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from . import cells, words
from .column import by_id
from .common import OF_SITE


def _state(state: Any, _has_been_checked: Any) -> words.State:
    return words.service_state(state, 1)


COLUMNS = by_id(
    cells.state("event_state", _l("State"), ("event_state", "event_phase"), _state),
    cells.words("event_text", _l("Event"), "event_text", "main"),
    cells.words("event_host", _l("Host"), "event_host"),
    cells.words("event_application", _l("Application"), "event_application"),
    cells.words("event_rule_id", _l("Rule"), "event_rule_id"),
    cells.words("event_phase", _l("Phase"), "event_phase"),
    cells.words("event_contact", _l("Contact"), "event_contact"),
    cells.words("event_comment", _l("Comment"), "event_comment"),
    cells.number("event_count", _l("Number"), "event_count"),
    cells.number("event_id", _l("ID"), "event_id"),
    cells.age("event_first", _l("First"), "event_first"),
    cells.age("event_last", _l("Last"), "event_last"),
    *OF_SITE,
)
