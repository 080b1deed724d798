"""The description of the rows of a view."""

from __future__ import annotations

from typing import Any

from .credentials import ACCOUNTS
from .operations import LINK, READING, content, query, ref, refusals
from .tables import PARAMETERS

TEXT: dict[str, Any] = {"type": "string"}
ID = {"name": "id", "in": "path", "required": True, "schema": {**TEXT, "minLength": 1},
      "description": "The id of a view, or the name of one of the portal's lists or of Checkmk's views."}  # fmt: skip
FORMS = {
    **content({"anyOf": [ref("ViewRows"), {"type": "array", "items": {"type": "array", "items": TEXT}}]}),
    "text/csv": {}, "text/plain": {},
}  # fmt: skip
PATHS = {
    "/api/v1/views/{id}": {
        "get": {
            "operationId": "readView",
            "summary": "Read the rows of a view",
            "tags": ["Views"],
            "security": ACCOUNTS,
            "parameters": [ID, *query(PARAMETERS)],
            "responses": {
                "200": {
                    "description": "A page of rows, or all of them in another form.",
                    "content": FORMS,
                    "headers": LINK,
                },
                **refusals({**READING, 403: "NotAllowed", 422: "Invalid"}),
            },
        }
    }
}
SCHEMAS: dict[str, Any] = {
    "ViewRows": {
        "type": "object",
        "required": ["id", "name", "columns", "items", "next", "as_of", "silent"],
        "properties": {
            "id": TEXT,
            "name": TEXT,
            "columns": {"type": "array", "items": TEXT, "description": "The ids of the columns, in order."},
            "items": {
                "type": "array",
                "maxItems": 200,
                "description": "A row each: what people read, by column.",
                "items": {"type": "object", "additionalProperties": TEXT},
            },
            "next": {"type": ["string", "null"], "description": "The address of the next page; null after the last."},
            "as_of": {"type": "string", "format": "date-time"},
            "silent": {
                "type": "array",
                "description": "Sites that did not answer, and whose rows are missing.",
                "items": {
                    "type": "object", "required": ["site", "reason"], "properties": {"site": TEXT, "reason": TEXT},
                },
            },
        },
    }
}  # fmt: skip
