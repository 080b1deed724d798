"""The description of what a program learns about the account it acts for, and of its settings."""

from __future__ import annotations

from typing import Any

from .collections.personal import OWN
from .credentials import ACCOUNTS
from .operations import IF_MATCH, IF_NONE_MATCH, MATCHING, TAG, WRITING, content, members, ref, refusals

TEXT: dict[str, Any] = {"type": "string"}
TAGS = ["Account"]
ACCOUNT = {
    "operationId": "readAccount",
    "tags": TAGS,
    "summary": "Learn which account the credential stands for, and what it may do",
    "security": ACCOUNTS,
    "parameters": [IF_NONE_MATCH],
    "responses": {
        "200": {"description": "The account.", "content": content(ref("Account")), "headers": TAG},
        "304": {"description": "The version one has is the present one."},
        **refusals({401: "NoAccount", 406: "NotAcceptable", 429: "Throttled"}),
    },
}
SETTINGS = {
    "operationId": "changeAccount",
    "tags": TAGS,
    "summary": "Change the account's own settings",
    "security": ACCOUNTS,
    "parameters": [IF_MATCH],
    "requestBody": {"required": True, "content": content(ref("ChangedAccount"))},
    "responses": {
        "200": {"description": "What it is now.", "content": content(ref("Account")), "headers": TAG},
        **refusals({status: name for status, name in {**WRITING, **MATCHING}.items() if status != 404}),
    },
}
INDEX = {
    "operationId": "listCollections",
    "tags": TAGS,
    "summary": "Learn which collections are open to the account",
    "security": ACCOUNTS,
    "responses": {
        "200": {
            "description": "The collections.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Index"}}},
        },
        "401": {"$ref": "#/components/responses/NoAccount"},
        "406": {"$ref": "#/components/responses/NotAcceptable"},
        "429": {"$ref": "#/components/responses/Throttled"},
    },
}
COMMAND = {
    "operationId": "downtimeCommand",
    "tags": TAGS,
    "summary": "The command with which machine accounts set and remove downtimes",
    "security": [],
    "responses": {"200": {"description": "Python 3.9.", "content": {"text/x-python": {"schema": TEXT}}}},
}
PATHS = {
    "/api/v1/": {"get": INDEX},
    "/api/v1/account": {"get": ACCOUNT, "patch": SETTINGS},
    "/api/v1/downtime": {"get": COMMAND},
}
RESPONSES = {
    "NoAccount": {
        "description": "No credential, or one that opens nothing.",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "headers": {"WWW-Authenticate": {"description": "Basic", "schema": TEXT}},
    },
}
SCHEMAS: dict[str, Any] = {
    "Index": {
        "type": "object",
        "required": ["collections", "account", "description"],
        "properties": {
            "collections": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "title", "url", "methods"],
                    "properties": {
                        "name": TEXT,
                        "title": TEXT,
                        "url": {**TEXT, "description": "The address of its list."},
                        "methods": {
                            "type": "array",
                            "description": "What the account may do there.",
                            "items": {"enum": ["GET", "POST"]},
                        },
                    },
                },
            },
            "account": {**TEXT, "description": "The address that tells of the account."},
            "description": {**TEXT, "description": "The address of this description."},
        },
    },
    "Account": {
        "type": "object",
        "required": ["username", "name", "customer", "is_machine", "permissions", *(field.name for field in OWN)],
        "properties": {
            "username": TEXT,
            "name": TEXT,
            "customer": {"type": ["string", "null"], "description": "The ID of the customer; null: Global."},
            "is_machine": {"type": "boolean"},
            "permissions": {"type": "array", "items": TEXT},
            **members(OWN, shown=True)["properties"],
        },
    },
    "ChangedAccount": members(OWN, shown=False),
}
