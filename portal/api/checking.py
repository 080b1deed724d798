"""Checking: whether a body is of the shape that the description gives it, and what is wrong with each field."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext as _

from .collection import LINES, Field, Schema
from .problems import Problem

_CONTROLS = r"\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069"
_LINE = re.compile(rf"[\x00-\x1f{_CONTROLS}]")
_LINES = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f{_CONTROLS}]")
TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "boolean": (bool,), "integer": (int,), "array": (list,), "object": (dict,), "null": (type(None),),
}  # fmt: skip


def check(fields: Iterable[Field], body: Mapping[str, Any], *, is_whole: bool) -> dict[str, Any]:
    """Return what a body says of these fields; raise Problem 422 with a sentence for each that does not hold.

    `is_whole`: what is needed has to be there, and what is left out gets its default.
    """
    known = {field.name: field for field in fields}
    errors = {name: [_("There is no such field to set.")] for name in body if name not in known}
    found = {}
    for name, field in known.items():
        if name in body:
            if sentence := wrong(field.schema, body[name]):
                errors[name] = [sentence]
            found[name] = body[name]
        elif is_whole and field.needed:
            errors[name] = [_("This is needed.")]
        elif is_whole and "default" in field.schema:
            found[name] = field.schema["default"]
    if errors:
        raise refusal(errors)
    return found


def refusal(errors: Mapping[str, list[str]]) -> Problem:
    """Return the problem that names what is wrong, by field."""
    return Problem(422, _("What was sent does not hold."), members={"errors": dict(errors)})


def wrong(schema: Schema, value: Any) -> str:
    """Return what is wrong with a value, in a sentence; "" for one that holds."""
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if not any(isinstance(value, TYPES[kind]) and (kind != "integer" or value is not True and value is not False)
               for kind in kinds):  # fmt: skip
        return str(_("This is to be of the type %(type)s.", type=" / ".join(kinds)))
    if "enum" in schema and value not in schema["enum"]:
        return str(_("Choose one of: %(values)s.", values=", ".join(map(spelled, schema["enum"]))))
    if isinstance(value, str):
        return _wrong_text(schema, value)
    if isinstance(value, list):
        return _wrong_list(schema, value)
    if isinstance(value, dict):
        return _wrong_object(schema, value)
    if isinstance(value, int) and not isinstance(value, bool):
        low, high = schema.get("minimum", -(2**31)), schema.get("maximum", 2**31 - 1)
        if not low <= value <= high:
            return str(_("Give a number from %(min)d to %(max)d.", min=low, max=high))
    return ""


def _wrong_text(schema: Schema, value: str) -> str:
    if len(value) > schema.get("maxLength", 64 * 1024):
        return str(_("At most %(max)d characters.", max=schema["maxLength"]))
    if len(value) < schema.get("minLength", 0):
        return str(
            _("Use at least %(number)d characters.", number=schema["minLength"]) if value else _("This is needed.")
        )
    if (_LINES if schema.get(LINES) else _LINE).search(value):
        return str(_("This holds characters that cannot be shown. Type it anew."))
    if "pattern" in schema and not re.search(schema["pattern"], value, re.ASCII):
        return str(_("This is not of the form that is described."))
    return "" if _is_of(schema.get("format", ""), value) else str(_("This is not of the form that is described."))


def spelled(value: Any) -> str:
    """Return a value as people read it among others."""
    return json.dumps(value) if value in ("", None) else str(value)


def _is_of(format: str, value: str) -> bool:
    try:
        if format == "uuid":
            return str(uuid.UUID(value)) == value.lower()
        if format == "date":
            return date.fromisoformat(value).isoformat() == value
        if format == "date-time":
            moment = datetime.fromisoformat(value)
            return moment.tzinfo is not None and moment.astimezone(UTC) is not None
    except (ValueError, OverflowError):  # the latter for what no calendar has in UTC
        return False
    return True


def _wrong_list(schema: Schema, value: list[Any]) -> str:
    if len(value) > schema.get("maxItems", 1000):
        return str(_("At most %(number)d.", number=schema.get("maxItems", 1000)))
    sentence = next(filter(None, (wrong(schema["items"], one) for one in value)), "")
    if not sentence and schema.get("uniqueItems") and len(set(map(str, value))) < len(value):
        return str(_("Name each one once."))
    return sentence


def _wrong_object(schema: Schema, value: dict[str, Any]) -> str:
    if len(value) > schema.get("maxProperties", 1000):
        return str(_("At most %(number)d.", number=schema["maxProperties"]))
    keys = schema.get("propertyNames", {"type": "string", "maxLength": 100})
    named = next(filter(None, (wrong({"type": "string", **keys}, key) for key in value)), "")
    return named or next(filter(None, (wrong(schema["additionalProperties"], one) for one in value.values())), "")
