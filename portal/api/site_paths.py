"""The description of what sites ask for: their configuration, and where they say what became of it."""

from __future__ import annotations

from typing import Any

from ..setup.distribution.standing import REASON_LENGTH

TEXT: dict[str, Any] = {"type": "string"}
TAGS = ["Site configuration"]
BEARER: list[dict[str, list[str]]] = [{"siteToken": []}]
SITE = {
    "name": "site_id", "in": "path", "required": True, "description": "The site's ID.",
    "schema": {**TEXT, "maxLength": 64},
}  # fmt: skip
ETAG = {"ETag": {"description": "Changes exactly when the configuration does.", "schema": TEXT}}
SECURITY = {
    "siteToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of this site; made on the site's page at the provider.",
    }
}


def _answers(*names: tuple[int, str]) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/{name}"} for status, name in names}


def _schema(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}


def _problem(description: str, **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): {"description": text, "schema": TEXT} for name, text in headers.items()}
    return {"description": description, "content": {"application/problem+json": _schema("Problem")}, "headers": named}


CONFIGURATION = {
    "operationId": "fetchConfiguration",
    "tags": TAGS,
    "summary": "Fetch a site's configuration",
    "description": (
        "All of what was activated for the site, signed. The signature (Ed25519, base64) is over the bytes `portal: "
        "site configuration, 1`, a zero byte, and the manifest as canonical JSON: keys sorted, no blanks, UTF-8. The "
        "hash of a part is the SHA-256 of that part as canonical JSON."
    ),
    "security": BEARER,
    "parameters": [
        SITE,
        {"name": "If-None-Match", "in": "header", "description": "The ETag of what the site has.", "schema": TEXT},
    ],
    "responses": {
        "200": {
            "description": "The last snapshot.",
            "content": {"application/json": _schema("Configuration")},
            "headers": ETAG,
        },
        "304": {"description": "The site has the last snapshot already."},
        **_answers((401, "NoSite"), (404, "NothingActivated"), (409, "HeldBack"), (429, "ThrottledSite")),
    },
}
REPORT = {
    "operationId": "reportConfiguration",
    "tags": TAGS,
    "summary": "Say what became of a snapshot, and what the site runs",
    "security": BEARER,
    "parameters": [SITE],
    "requestBody": {"required": True, "content": {"application/json": _schema("SiteReport")}},
    "responses": {
        "204": {"description": "Kept."},
        **_answers((401, "NoSite"), (413, "TooLarge"), (415, "NoPlainFile"), (422, "Refused"), (429, "ThrottledSite")),
    },
}
SCRIPT = {
    "operationId": "fetchingScript",
    "tags": TAGS,
    "summary": "The program with which a site does both",
    "security": [],
    "responses": {"200": {"description": "Python 3.9.", "content": {"text/x-python": {"schema": TEXT}}}},
}
PATHS = {
    "/api/v1/sites/fetch_configuration.py": {"get": SCRIPT},
    "/api/v1/sites/{site_id}/configuration": {"get": CONFIGURATION},
    "/api/v1/sites/{site_id}/report": {"post": REPORT},
}
RESPONSES = {
    "NoSite": _problem("No token, or not the one of this site.", WWW_Authenticate="Bearer"),
    "NothingActivated": _problem("Nothing was activated for the site yet."),
    "HeldBack": _problem("The site changed hands since the last activation, or is of an edition that gets nothing."),
    "ThrottledSite": _problem("Too many wrong tokens from this address.", Retry_After="Seconds to wait."),
}
SCHEMAS: dict[str, Any] = {
    "Configuration": {
        "type": "object",
        "required": ["format", "key_id", "manifest", "parts", "signature"],
        "properties": {
            "format": {"const": 1},
            "key_id": TEXT,
            "manifest": {
                "type": "object",
                "required": ["format", "type", "site", "customer", "number", "kind", "of_number", "made_at", "parts"],
                "properties": {
                    "format": {"const": 1},
                    "type": {"const": "site configuration"},
                    "site": TEXT,
                    "customer": TEXT,
                    "number": {"type": "integer", "minimum": 1},
                    "kind": {"enum": ["full", "users", "rollback"]},
                    "of_number": {"type": ["integer", "null"]},
                    "made_at": {"type": "string", "format": "date-time"},
                    "parts": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["name", "sha256", "size"],
                            "properties": {"name": TEXT, "sha256": TEXT, "size": {"type": "integer"}},
                        },
                    },
                },
            },
            "parts": {"type": "object", "additionalProperties": {"type": "object"}},
            "signature": TEXT,
        },
    },
    "SiteReport": {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {
            "snapshot": {"type": "integer", "minimum": 1},
            "state": {"enum": ["applied", "failed"]},
            "reason": {**TEXT, "maxLength": REASON_LENGTH},
            "edition": {**TEXT, "maxLength": 20},
            "version": {**TEXT, "maxLength": 60},
        },
        "dependentRequired": {
            "snapshot": ["state"],
            "state": ["snapshot"],
            "reason": ["state"],
            "version": ["edition"],
        },
    },
}
