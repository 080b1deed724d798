"""The description of what a program learns about itself, and of the credentials that stand for accounts."""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
TAGS = ["Account"]
ACCOUNTS: list[dict[str, list[str]]] = [{"machineAccount": []}, {"machineBearer": []}, {"accessToken": []}]
"""What opens every address that is used under an account's own policy."""

SECURITY = {
    "machineAccount": {
        "type": "http",
        "scheme": "basic",
        "description": "The name and the secret of a machine account.",
    },
    "machineBearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The same as `Bearer <name> <secret>`: both as they are, with a blank between them.",
    },
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token that a person made at /profile/tokens; it acts as that person until its end date.",
    },
}
ACCOUNT = {
    "operationId": "readAccount",
    "tags": TAGS,
    "summary": "Learn which account the credential stands for, and what it may do",
    "security": ACCOUNTS,
    "responses": {
        "200": {
            "description": "The account.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Account"}}},
        },
        "401": {"$ref": "#/components/responses/NoAccount"},
        "429": {"$ref": "#/components/responses/Throttled"},
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
PATHS = {"/api/v1/": {"get": INDEX}, "/api/v1/account": {"get": ACCOUNT}, "/api/v1/downtime": {"get": COMMAND}}
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
        "required": ["username", "name", "customer", "is_machine", "permissions"],
        "properties": {
            "username": TEXT,
            "name": TEXT,
            "customer": {"type": ["string", "null"], "description": "The ID of the customer; null: Global."},
            "is_machine": {"type": "boolean"},
            "permissions": {"type": "array", "items": TEXT},
        },
    },
}
