"""The description of the collections: made from them, so that it says what they do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from . import pages
from .collection import LINES, Collection, Deed, Field, Filter
from .collections import COLLECTIONS
from .credentials import ACCOUNTS
from .idempotency import LONGEST

TEXT: dict[str, Any] = {"type": "string"}
READING = {401: "NoAccount", 404: "NotThere", 406: "NotAcceptable", 429: "Throttled", 503: "Busy"}
WRITING = {**READING, 403: "NotAllowed", 409: "Conflict", 413: "BodyTooLarge", 415: "NoJson", 422: "Invalid"}
MATCHING = {412: "Late", 428: "NoVersion"}
TAG = {"ETag": {"description": "The version of the object.", "schema": TEXT}}
IF_MATCH = {
    "name": "If-Match", "in": "header", "required": True, "schema": TEXT,
    "description": "The ETag with which the object was read; `*` for whichever there is.",
}  # fmt: skip
IF_NONE_MATCH = {"name": "If-None-Match", "in": "header", "schema": TEXT, "description": "The ETag one has."}
LINK = {"Link": {"description": "The address of the next page, rel=next.", "schema": TEXT}}
KEY = {
    "name": "Idempotency-Key", "in": "header", "schema": {**TEXT, "maxLength": LONGEST},
    "description": "Sent again with the same body within a day, it gets the first answer and does nothing.",
}  # fmt: skip


def _plain(schema: Any) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != LINES}


def members(fields: Iterable[Field], *, shown: bool, required: Iterable[str] = ()) -> dict[str, Any]:
    """Return the schema of an object with these fields; nothing else is taken."""
    properties = {
        field.name: _plain(field.schema) | ({"description": field.help} if field.help else {}) for field in fields
    }
    found: dict[str, Any] = {"type": "object", "properties": properties}
    names = list(required)
    return found | ({"required": names} if names else {}) | ({} if shown else {"additionalProperties": False})


def ref(name: str) -> dict[str, str]:
    """Return the reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def content(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a body of JSON."""
    return {"application/json": {"schema": schema}}


def refusals(statuses: dict[int, str]) -> dict[str, Any]:
    """Return answers that say no."""
    return {str(status): {"$ref": f"#/components/responses/{name}"} for status, name in sorted(statuses.items())}


def _parameters(item: str) -> list[dict[str, Any]]:
    found = []
    for converter, name in re.findall(r"<(?:(\w+):)?(\w+)>", item):
        schema = {"type": "string", "format": "uuid"} if converter == "uuid" else {"type": "string", "minLength": 1}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _path(rule: str) -> str:
    return "/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def _operation(collection: Collection, name: str, summary: str, **more: Any) -> dict[str, Any]:
    return {
        "operationId": name, "summary": summary, "tags": [collection.title], "security": ACCOUNTS,
        "x-permissions": list(collection.reads), **more,
    }  # fmt: skip


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": content(schema)}


def query(filters: Iterable[Filter]) -> list[dict[str, Any]]:
    """Return the parameters of a list."""
    own = [{"name": one.name, "in": "query", "description": one.help, "schema": _plain(one.schema)} for one in filters]
    return [
        *own,
        {"name": "limit", "in": "query", "description": "How many at most.", "schema": dict(pages.LIMIT)},
        {"name": "cursor", "in": "query", "description": "Of `next`.", "schema": dict(pages.CURSOR)},
    ]


def _list(collection: Collection) -> dict[str, Any]:
    listed = {
        "description": "A page, with the address of the next one.",
        "content": content(ref(f"{collection.name}Page")),
        "headers": LINK,
    }
    responses = {"200": listed, **refusals({**READING, 422: "Invalid"})}
    summary = f"List {collection.title.lower()}"
    return _operation(
        collection, f"list{collection.name}", summary, description=collection.help or summary,
        parameters=query(collection.filters), responses=responses,
    )  # fmt: skip


def _one(collection: Collection, description: str) -> dict[str, Any]:
    return {"description": description, "content": content(ref(collection.name)), "headers": TAG}


def _made(collection: Collection) -> dict[str, Any]:
    location = {"Location": {"description": "The address of what was made.", "schema": TEXT}}
    made = {**_one(collection, "It is made."), "headers": {**TAG, **location}}
    return _operation(
        collection, f"create{collection.name}", f"Make {_a(collection.noun)}", parameters=[KEY],
        requestBody=_body(ref(f"New{collection.name}")), responses={"201": made, **refusals(WRITING)},
    )  # fmt: skip


def _item(collection: Collection) -> dict[str, Any]:
    name, noun = collection.name, collection.noun
    where = _parameters(collection.item)
    at: dict[str, Any] = {
        "get": _operation(
            collection, f"read{name}", f"Read {_a(noun)}", parameters=[*where, IF_NONE_MATCH],
            responses={
                "200": _one(collection, "What it is."),
                "304": {"description": "The version one has is the present one."},
                **refusals(READING),
            },
        ),
    }  # fmt: skip
    changed = {"200": _one(collection, "What it is now."), **refusals({**WRITING, **MATCHING})}
    if collection.change:
        at["put"] = _operation(
            collection, f"replace{name}", f"Replace {_a(noun)}", parameters=[*where, IF_MATCH],
            requestBody=_body(ref(f"Whole{name}")), responses=changed,
        )  # fmt: skip
        at["patch"] = _operation(
            collection, f"change{name}", f"Change {_a(noun)}", parameters=[*where, IF_MATCH],
            requestBody=_body(ref(f"Changed{name}")), responses=changed,
        )  # fmt: skip
    if collection.delete:
        gone = {"204": {"description": "It is gone."}}
        refused = {status: name for status, name in {**WRITING, **MATCHING}.items() if status not in (413, 415)}
        at["delete"] = _operation(
            collection, f"delete{name}", f"Delete {_a(noun)}", parameters=[*where, IF_MATCH],
            responses={**gone, **refusals(refused)},
        )  # fmt: skip
    return at


def _deed(collection: Collection, deed: Deed) -> dict[str, Any]:
    name = f"{collection.name}{deed.name.capitalize()}"
    made = {"description": "It is done.", "content": content(ref(name))}
    done = _operation(
        collection, f"create{name}", deed.summary, parameters=[*_parameters(collection.item), KEY],
        requestBody=_body(ref(f"New{name}")), responses={"201": made, **refusals(WRITING)},
    )  # fmt: skip
    return {"post": done}


def _schemas(collection: Collection) -> dict[str, Any]:
    name = collection.name
    found = {name: members(collection.shown_fields, shown=True, required=["id"] if _has_id(collection) else [])}
    if collection.is_listed:
        items = {"type": "array", "maxItems": 200, "items": ref(name)}
        following = {"type": ["string", "null"], "description": "The address of the next page; null after the last."}
        found[f"{name}Page"] = {
            "type": "object", "required": ["items", "next"], "properties": {"items": items, "next": following},
        }  # fmt: skip
    if collection.create:
        fields = collection.taken(is_new=True)
        found[f"New{name}"] = members(fields, shown=False, required=_needed(fields))
    if collection.change:
        fields = collection.taken(is_new=False)
        found[f"Changed{name}"] = members(fields, shown=False)
        found[f"Whole{name}"] = members(fields, shown=True, required=_needed(fields))
    for deed in collection.deeds:
        own = f"{name}{deed.name.capitalize()}"
        found[own] = members(deed.shown, shown=True, required=[field.name for field in deed.shown])
        found[f"New{own}"] = members(deed.fields, shown=False, required=_needed(deed.fields))
    return found


def _needed(fields: Iterable[Field]) -> list[str]:
    return [field.name for field in fields if field.needed]


def _has_id(collection: Collection) -> bool:
    return any(field.name == "id" for field in collection.fields)


def paths() -> dict[str, Any]:
    """Return the addresses of all collections."""
    found: dict[str, Any] = {}
    for collection in COLLECTIONS:
        if collection.is_listed:
            listed = {"get": _list(collection)} | ({"post": _made(collection)} if collection.create else {})
            found[_path(collection.path)] = listed
        if collection.item:
            rule = f"{collection.path}/{collection.item}"
            found[_path(rule)] = _item(collection)
            found |= {_path(f"{rule}/{deed.name}"): _deed(collection, deed) for deed in collection.deeds}
    return found


def schemas() -> dict[str, Any]:
    """Return the shapes of all objects."""
    return {name: schema for collection in COLLECTIONS for name, schema in _schemas(collection).items()}


def _problem(description: str, schema: str = "Problem", **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): {"description": text, "schema": TEXT} for name, text in headers.items()}
    found = {"description": description, "content": {"application/problem+json": {"schema": ref(schema)}}}
    return found | ({"headers": named} if named else {})


RESPONSES = {
    "NotThere": _problem("There is nothing of this name, as far as the account may know."),
    "NotAcceptable": _problem("The answer would be JSON, which the Accept header does not take."),
    "Busy": _problem("Come again.", Retry_After="Seconds to wait."),
    "NotAllowed": _problem("The account may see this, and not do that to it."),
    "Conflict": _problem("A rule of the house forbids it, or somebody else is doing it; `detail` says which."),
    "BodyTooLarge": _problem("The body is too large."),
    "NoJson": _problem("The body is no JSON, or compressed."),
    "Invalid": _problem("What was sent does not hold.", "Invalid"),
    "Late": _problem("Somebody else changed it meanwhile: both versions.", "Late", ETag="The present version."),
    "NoVersion": _problem("If-Match is missing."),
}
SCHEMAS: dict[str, Any] = {
    "Invalid": {
        "allOf": [
            ref("Problem"),
            {
                "properties": {
                    "errors": {
                        "type": "object", "description": "Sentences, by field.",
                        "additionalProperties": {"type": "array", "items": TEXT},
                    }
                }
            },
        ]
    },
    "Late": {
        "allOf": [
            ref("Problem"),
            {
                "required": ["current", "sent"],
                "properties": {
                    "current": {"type": "object", "description": "What it is."},
                    "sent": {"type": "object", "description": "What was to become of it."},
                },
            },
        ]
    },
}  # fmt: skip
