"""Personal settings of users: those of one's own account, and with custom attributes as staff set them."""

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
OWN = (
    Field("language", one_of(["", *LANGUAGES]), "Empty: as the portal.", "always"),
    Field("time_zone", line(64), "As in `Europe/Berlin`; empty: as the portal.", "always"),
    Field("theme", one_of(THEMES), "Empty: as the device.", "always"),
    Field("start_page", line(300), "An address within the portal.", "always"),
    Field("sees_only_own", FLAG, "Only what the account is a contact for, though it may see all.", "always"),
    Field("is_muted", FLAG, "No notifications, between the two moments where they are given.", "always"),
    *(Field(name, MOMENT, taken="always") for name in MOMENTS),
)
"""What everybody may set who may edit their profile."""
FIELDS = (
    *(replace(field, help=f"{field.help} For staff alone.".lstrip()) for field in OWN),
    Field("attributes", {"type": "object", "maxProperties": MOST, "additionalProperties": line(LONGEST)},
          "Custom attributes by ID; said, all of them are. For staff alone.", "always"),
)  # fmt: skip
NAMES = tuple(field.name for field in FIELDS)


def shown(row: Any) -> dict[str, Any]:
    """Return the settings of a row that has `COLUMNS`."""
    return settings(row) | {"attributes": row.attributes}


def settings(row: Any) -> dict[str, Any]:
    """Return the settings of a row or a user, as JSON has them."""
    found = {field.name: getattr(row, field.name) for field in OWN}
    return found | {name: moment and moment.isoformat() for name, moment in found.items() if name in MOMENTS}


def wish(present: Personal, values: Body) -> Personal:
    """Return what the settings are to be; who is not muted is so at no time, and another moment is refused then."""
    said: Mapping[str, Any] = {name: values[name] for name in NAMES if name in values and name != "attributes"}
    moments = {name: said[name] and datetime.fromisoformat(said[name]) for name in MOMENTS if name in said}
    found = replace(present, **{**said, **moments})
    is_new = any(moment and moment != getattr(present, name) for name, moment in moments.items())
    return found if found.is_muted or is_new else replace(found, muted_from=None, muted_until=None)
