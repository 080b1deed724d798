"""What programs say when they acknowledge, schedule a downtime or write a comment, and its description."""

from __future__ import annotations

from typing import Any

from ..monitoring.acts import ACKNOWLEDGE, COMMENT_LENGTH, SCHEDULE, SEES, WRITE
from .collection import FLAG, Field
from .credentials import ACCOUNTS
from .operations import KEY, WRITING

TEXT: dict[str, Any] = {"type": "string"}
HELP = {"Acts": "What is said to the monitoring of a host or a service reaches its site at once."}
COMMENT = Field("comment", {**TEXT, "minLength": 1, "maxLength": COMMENT_LENGTH}, "Why.", "always", needed=True)
ACKNOWLEDGEMENT = (
    COMMENT,
    Field("sticky", {**FLAG, "default": True}, "Until it is well again, not only until its state changes.", "always"),
    Field("notify", {**FLAG, "default": True}, "Tell its contacts.", "always"),
    Field("persistent", {**FLAG, "default": False}, "Keep the comment when the problem is over.", "always"),
)
DOWNTIME = (
    COMMENT,
    Field("start", {**TEXT, "format": "date-time"}, "From when; left out: now.", "always"),
    Field("end", {**TEXT, "format": "date-time"}, "Until when.", "always"),
    Field(
        "minutes",
        {"type": "integer", "minimum": 1, "maximum": 366 * 24 * 60},
        "In place of the end: for how long; with neither, two hours.",
        "always",
    ),
)
WRITTEN = (COMMENT,)
ANSWERS = {
    str(status): {"$ref": f"#/components/responses/{name}"} for status, name in sorted(WRITING.items()) if status != 406
}


def _members(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [field.name for field in fields if field.needed],
        "additionalProperties": False,
        "properties": {field.name: {**field.schema, "description": field.help} for field in fields},
    }


def _operation(name: str, of: str, summary: str, verbs: tuple[str, ...], body: str = "") -> dict[str, Any]:
    names = ("site", "host", "service") if of == "Service" else ("site", "host")
    where: list[Any] = [
        {"name": each, "in": "path", "required": True, "schema": {**TEXT, "minLength": 1, "maxLength": 300}}
        for each in names
    ]
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{body}"}}}
    standing = {"application/json": {"schema": {"$ref": "#/components/schemas/Standing"}}}
    answers = {status: answer for status, answer in ANSWERS.items() if body or status not in ("413", "415")}
    return {
        "operationId": f"{name}{of}", "summary": f"{summary} a {of.lower()}", "tags": list(HELP),
        "security": ACCOUNTS, "x-permissions": [*sorted(SEES), *verbs], "parameters": [*where, KEY],
        **({"requestBody": {"required": True, "content": content}} if body else {}),
        "responses": {"200": {"description": "How it stands now.", "content": standing}, **answers},
    }  # fmt: skip


def _paths() -> dict[str, Any]:
    found = {}
    for of, base in (("Host", ""), ("Service", "/services/{service}")):
        found[f"/api/v1/hosts/{{site}}/{{host}}{base}/acknowledgement"] = {
            "post": _operation("acknowledge", of, "Acknowledge the problem of", ACKNOWLEDGE, "Acknowledgement"),
            "delete": _operation("unacknowledge", of, "Take back the acknowledgement of", ACKNOWLEDGE),
        }
        found[f"/api/v1/hosts/{{site}}/{{host}}{base}/downtimes"] = {
            "post": _operation("scheduleDowntime", of, "Schedule a downtime of", SCHEDULE, "Downtime"),
            "delete": _operation("cancelDowntimes", of, "Cancel all downtimes of", SCHEDULE),
        }
        found[f"/api/v1/hosts/{{site}}/{{host}}{base}/comments"] = {
            "post": _operation("writeComment", of, "Write a comment on", WRITE, "Comment"),
        }
    return found


PATHS = _paths()
SCHEMAS: dict[str, Any] = {
    "Acknowledgement": _members(ACKNOWLEDGEMENT),
    "Downtime": _members(DOWNTIME),
    "Comment": _members(WRITTEN),
    "Standing": {
        "type": "object",
        "required": ["site", "host", "service", "is_acknowledged", "downtimes", "comments"],
        "properties": {
            "site": TEXT,
            "host": TEXT,
            "service": {"type": ["string", "null"]},
            "is_acknowledged": FLAG,
            "downtimes": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "author", "comment", "start", "end"],
                    "properties": {
                        "id": {"type": "integer"},
                        "author": TEXT,
                        "comment": TEXT,
                        "start": {"type": ["string", "null"], "format": "date-time"},
                        "end": {"type": ["string", "null"], "format": "date-time"},
                    },
                },
            },
            "comments": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["id", "author", "comment", "at"],
                    "properties": {
                        "id": {"type": "integer"},
                        "author": TEXT,
                        "comment": TEXT,
                        "at": {"type": ["string", "null"], "format": "date-time"},
                    },
                },
            },
        },
    },
}
