"""Filters: what narrows a table, as conditions that cores understand.

Text is words, all of which must occur; `~` before it makes it a regular expression, `=` an exact name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from .. import conditions
from ..livestatus.query import All, Condition, Is, Not
from ..livestatus.query import Any as OneOf

LONGEST, MOST_SITES = 200, 50
Where = Callable[[str], Condition]


class BadFilter(ValueError):
    """Say in a sentence for the reader why a filter cannot be used."""


@dataclass(frozen=True)
class Filter:
    """A way to narrow a table. `options` are its choices; without them it takes text, whose help is `hint`."""

    id: str
    title: Any
    where: Where
    options: Callable[[], Mapping[str, Any]] | None = None
    hint: Any = ""
    is_first: bool = False
    """Whether it stands in the line above the list, and not among the further ones."""

    def clean(self, value: str) -> str:
        """Return a value as it is used: a choice that was never offered, like text of blanks, is none."""
        value = " ".join(value.replace("\0", "").split())[:LONGEST]
        return value if self.options is None or value in self.options() else ""


def text(*columns: str) -> Where:
    """Return what turns text into a condition on any of `columns`; raises BadFilter for a bad regular expression."""

    def where(value: str) -> Condition:
        if value.startswith("="):
            return OneOf(*(Is(column, "=", value[1:]) for column in columns))
        if value.startswith("~"):
            try:
                re.compile(value[1:])
            except (re.error, RecursionError, OverflowError):
                raise BadFilter(_("“%(text)s” is not a regular expression.", text=value[1:])) from None
            return OneOf(*(Is(column, "~~", value[1:]) for column in columns))
        found = [OneOf(*(Is(column, "~~", re.escape(word)) for column in columns)) for word in value.split()]
        return found[0] if len(found) == 1 else All(*found)

    return where


def _member(column: str) -> Where:
    return lambda value: Is(column, ">=", value)


def _label(*columns: str) -> Where:
    def where(value: str) -> Condition:
        key, colon, word = value.partition(":")
        if not colon or not key.strip():
            raise BadFilter(_("Write a label as key:value."))
        quoted = " ".join("'" + part.strip().replace("'", "''") + "'" for part in (key, word))
        return OneOf(*(Is(column, "=", quoted) for column in columns))

    return where


def _flag(*columns: str) -> Where:
    def where(value: str) -> Condition:
        is_so = OneOf(*(Is(column, ">", 0) for column in columns))
        return is_so if value == "yes" else Not(is_so)

    return where


def _stale(value: str) -> Condition:
    return conditions.stale() if value == "yes" else Not(conditions.stale())


def _state_of(table: str) -> Where:
    return lambda value: conditions.of(table)[value]


def yes_or_no() -> dict[str, Any]:
    """Return the choices of a filter that is met or not."""
    return {"yes": _("yes"), "no": _("no")}


def _host_states() -> dict[str, Any]:
    return {
        "up": _("Up"), "down": _("Down"), "unreachable": _("Unreachable"), "pending": _("Pending"),
        "problem": _("All problems"), "unhandled": _("Unhandled problems"), "stale": _("Stale"),
    }  # fmt: skip


def _service_states() -> dict[str, Any]:
    return {
        "ok": _("OK"), "warn": _("Warning"), "crit": _("Critical"), "unknown": _("Unknown"), "pending": _("Pending"),
        "problem": _("All problems"), "unhandled": _("Unhandled problems"), "stale": _("Stale"),
    }  # fmt: skip


def _event_states() -> dict[str, Any]:
    return {"problem": _("All problems"), "unhandled": _("Unhandled problems")}


_AS_TEXT = _l("Words, or ~ and a regular expression, or = and the exact name")


def _by_id(*filters: Filter) -> dict[str, Filter]:
    return {filter.id: filter for filter in filters}


HOSTS = _by_id(
    Filter("q", _l("Host, alias or address"), text("name", "alias", "address"), hint=_AS_TEXT, is_first=True),
    Filter("state", _l("State"), _state_of("hosts"), _host_states, is_first=True),
    Filter("host", _l("Host"), text("name"), hint=_AS_TEXT),
    Filter("output", _l("Output"), text("plugin_output"), hint=_AS_TEXT),
    Filter("acknowledged", _l("Acknowledged"), _flag("acknowledged"), yes_or_no),
    Filter("downtime", _l("In downtime"), _flag("scheduled_downtime_depth"), yes_or_no),
    Filter("stale", _l("Stale"), _stale, yes_or_no),
    Filter("hostgroup", _l("Host group"), _member("groups"), hint=_l("The group’s ID")),
    Filter("contactgroup", _l("Contact group"), _member("contact_groups"), hint=_l("The group’s ID")),
    Filter("label", _l("Label"), _label("labels"), hint=_l("key:value")),
)
SERVICES = _by_id(
    Filter("q", _l("Host or service"), text("host_name", "description", "host_alias"), hint=_AS_TEXT, is_first=True),
    Filter("state", _l("State"), _state_of("services"), _service_states, is_first=True),
    Filter("host", _l("Host"), text("host_name"), hint=_AS_TEXT),
    Filter("service", _l("Service"), text("description"), hint=_AS_TEXT),
    Filter("output", _l("Output"), text("plugin_output"), hint=_AS_TEXT),
    Filter("acknowledged", _l("Acknowledged"), _flag("acknowledged"), yes_or_no),
    Filter(
        "downtime", _l("In downtime"), _flag("scheduled_downtime_depth", "host_scheduled_downtime_depth"), yes_or_no
    ),
    Filter("stale", _l("Stale"), _stale, yes_or_no),
    Filter("hostgroup", _l("Host group"), _member("host_groups"), hint=_l("The group’s ID")),
    Filter("servicegroup", _l("Service group"), _member("groups"), hint=_l("The group’s ID")),
    Filter("contactgroup", _l("Contact group"), _member("contact_groups"), hint=_l("The group’s ID")),
    Filter("label", _l("Label"), _label("labels", "host_labels"), hint=_l("key:value")),
)
GROUPS = _by_id(Filter("q", _l("Name or ID"), text("name", "alias"), hint=_AS_TEXT, is_first=True))
EVENTS = _by_id(
    Filter("q", _l("Host or text"), text("event_host", "event_text"), hint=_AS_TEXT, is_first=True),
    Filter("state", _l("State"), _state_of("eventconsoleevents"), _event_states, is_first=True),
    Filter("application", _l("Application"), text("event_application"), hint=_AS_TEXT),
)
CUSTOMERS: dict[str, Filter] = {}


def sites(values: Sequence[str]) -> tuple[str, ...]:
    """Return the values of the site filter: `site:<id>` and `customer:<id>`, each once."""
    found = dict.fromkeys(value[:LONGEST] for value in values if value)
    return tuple(found)[:MOST_SITES]
