"""Personal settings and custom attributes of users, as staff who manage users read and set them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ...accounts.attributes import LONGEST, MOST
from ...accounts.personal import THEMES, Personal
from ...accounts.users import User
from ...i18n import LANGUAGES
from ..collection import FLAG, MOMENT, Body, Field, line, one_of

COLUMNS = (
    User.language, User.time_zone, User.theme, User.start_page, User.sees_only_own, User.is_muted, User.muted_from,
    User.muted_until, User.attributes,
)  # fmt: skip
MOMENTS = ("muted_from", "muted_until")
FIELDS = (
    Field("language", one_of(["", *LANGUAGES]), "Empty: as the portal. For staff alone.", "always"),
    Field("time_zone", line(64), "As in `Europe/Berlin`; empty: as the portal. For staff alone.", "always"),
    Field("theme", one_of(THEMES), "Empty: as the device. For staff alone.", "always"),
    Field("start_page", line(300), "An address within the portal. For staff alone.", "always"),
    Field("sees_only_own", FLAG, "Only what they are a contact for, though they may see all. For staff alone.",
          "always"),
    Field("is_muted", FLAG, "No notifications, between the two moments where they are given. For staff alone.",
          "always"),
    *(Field(name, MOMENT, "For staff alone.", "always") for name in MOMENTS),
    Field("attributes", {"type": "object", "maxProperties": MOST, "additionalProperties": line(LONGEST)},
          "Custom attributes by ID; said, all of them are. For staff alone.", "always"),
)  # fmt: skip
NAMES = tuple(field.name for field in FIELDS)


def shown(row: Any) -> dict[str, Any]:
    """Return the settings of a row that has `COLUMNS`."""
    found = {name: getattr(row, name) for name in NAMES}
    return found | {name: moment and moment.isoformat() for name, moment in found.items() if name in MOMENTS}


def wish(present: Personal, values: Body) -> Personal:
    """Return what the settings are to be; who is not muted is so at no time."""
    said: Mapping[str, Any] = {name: values[name] for name in NAMES if name in values and name != "attributes"}
    moments = {name: said[name] and datetime.fromisoformat(said[name]) for name in MOMENTS if name in said}
    found = replace(present, **{**said, **moments})
    return found if found.is_muted else replace(found, muted_from=None, muted_until=None)
