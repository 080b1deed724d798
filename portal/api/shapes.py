"""Shapes: what an object of the description has, field by field, as people read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from .checking import spelled

Schemas = Mapping[str, Mapping[str, Any]]
ROLES = ("New", "Changed", "Whole")
"""What a name in the description begins with that says of an object what it is to be."""


@dataclass(frozen=True)
class Part:
    """A field, with those of an object in it after a dot.

    `set` says when a program may say it: "always", "new" when the object is made, "" never.
    """

    name: str
    type: str
    bounds: str
    help: str
    needed: bool
    set: str
    is_shown: bool


@dataclass(frozen=True)
class Shape:
    """An object under its name in the description."""

    name: str
    parts: tuple[Part, ...]


def stem(name: str, schemas: Schemas) -> str:
    """Return the name of the object that a schema is about: `NewUsers`, `UsersPage` → `Users`."""
    if name.endswith("Page") and name.removesuffix("Page") in schemas:
        return name.removesuffix("Page")
    found = next((name.removeprefix(role) for role in ROLES if name.startswith(role)), name)
    return found if found in schemas else name


def of(name: str, schemas: Schemas) -> Shape:
    """Return the shape of an object from all that the description says of it."""
    shown = _fields(schemas[name])
    new, changed = (_fields(schemas.get(f"{role}{name}", {})) for role in ("New", "Changed"))
    needed = _required(schemas.get(f"New{name}") or schemas.get(f"Whole{name}") or {})
    alone = not (new or changed)
    takes = alone and schemas[name].get("additionalProperties") is False
    parts = []
    for path, schema in {**shown, **new, **changed}.items():
        top = re.split(r"[.\[]", path)[0]
        parts.append(
            Part(
                path, kind(schema), bounds(schema), str(schema.get("description", "")),
                top in (_required(schemas[name]) if takes else needed) and path == top,
                "always" if takes or top in changed else "new" if top in new else "", top in shown,
            )
        )  # fmt: skip
    return Shape(name, tuple(parts))


def _required(schema: Mapping[str, Any]) -> set[str]:
    return set(schema.get("required", ()))


def _fields(schema: Mapping[str, Any], before: str = "") -> dict[str, Mapping[str, Any]]:
    """Return the fields of an object and of those within it, by path; what several schemas say, together."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, field in schema.get("properties", {}).items():
        found[before + name] = field
        found |= _fields(field, f"{before}{name}.")
        found |= _fields(field.get("items", {}), f"{before}{name}[].")
    for part in schema.get("allOf", ()):
        found |= _fields(part, before)
    return found


def kind(schema: Mapping[str, Any]) -> str:
    """Return the type of a value in the words of JSON: `string (uuid) | null`, `array of string`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "oneOf" in schema:
        return " | ".join(kind(one) for one in schema["oneOf"])
    if "const" in schema:
        return repr(schema["const"]).replace("'", '"')
    types = schema.get("type", "string" if "enum" in schema else "any")
    return " | ".join(_word(one, schema) for one in ([types] if isinstance(types, str) else types))


def _word(type: str, schema: Mapping[str, Any]) -> str:
    if type == "array":
        return f"array of {kind(schema.get('items', {}))}"
    if type == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind(schema['additionalProperties'])}"
    return f"{type} ({schema['format']})" if type == "string" and "format" in schema else type


def bounds(schema: Mapping[str, Any]) -> str:
    """Return in words what a value has to keep to."""
    return "; ".join(_bounds(schema)) + ("." if any(True for _one in _bounds(schema)) else "")


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    values = schema.get("enum") or schema.get("items", {}).get("enum")
    if values:
        yield _("One of %(values)s", values=", ".join(map(spelled, values)))
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        yield _("From %(low)d to %(high)d", low=low, high=high)
    elif low is not None:
        yield _("%(low)d or more", low=low)
    for name in ("minLength", "maxLength"):
        if schema.get(name, 0) > (1 if name == "minLength" else 0):
            number = schema[name]
            yield (
                ngettext("At least %(num)d character", "At least %(num)d characters", number)
                if name == "minLength"
                else ngettext("At most %(num)d character", "At most %(num)d characters", number)
            )
    if "maxItems" in schema:
        yield ngettext("At most %(num)d item", "At most %(num)d items", schema["maxItems"])
    if "default" in schema and schema["default"] != "":
        yield _("%(value)s where it is left out", value=spelled(schema["default"]).lower())
