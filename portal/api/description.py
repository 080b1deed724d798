"""The description of the API (OpenAPI 3.1): every address with what it takes and answers. Tests hold it to the app."""

from __future__ import annotations

from typing import Any

from flask import current_app

from ..licensing.usage.reports import LARGEST, MOST_SAMPLES
from . import account_paths, act_paths, credentials, operations, site_paths, table_paths
from .collections import COLLECTIONS

TEXT: dict[str, Any] = {"type": "string"}
NAME = {"type": ["string", "null"], "maxLength": 100}
DAY = {"type": "string", "format": "date"}
COUNT = {"type": "integer", "minimum": 0}
REFUSALS = {
    401: "Unauthorized", 403: "SubscriptionEnded", 413: "TooLarge", 415: "NoPlainFile", 422: "Refused", 429: "Throttled"
}  # fmt: skip


def openapi() -> dict[str, Any]:
    """Return the whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{current_app.config['BRAND']}: API",
            "version": "1",
            "description": (
                "What programs ask the portal for, each under the policy of the account it acts for, and what "
                "monitoring sites do. Errors are problem details (RFC 9457). Times are UTC (ISO 8601), amounts decimal "
                "numbers as text. Lists come in pages: follow `next`. Who changes an object says with If-Match which "
                "version of it."
            ),
        },
        "servers": [{"url": current_app.config["BASE_URL"].rstrip("/")}],
        "tags": tags(),
        "paths": {
            **account_paths.PATHS,
            "/api/v1/licensing/usage": {"post": USAGE},
            "/api/v1/licensing/verification": {"get": VERIFICATION},
            "/api/v1/licensing/key": {"get": KEY},
            "/api/v1/licensing/key.pem": {"get": KEY_FILE},
            "/api/v1/key": {"get": KEY | OF_SITES},
            "/api/v1/key.pem": {"get": KEY_FILE | OF_SITES | FILE_OF_SITES},
            **site_paths.PATHS,
            **act_paths.PATHS,
            **operations.paths(),
            **table_paths.PATHS,
            "/api/v1/openapi.json": {"get": SELF},
        },
        "components": {
            "securitySchemes": {
                "licensingCredential": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "Licensing ID and password of a licensing credential; made under My Licenses.",
                },
                **site_paths.SECURITY,
                **credentials.SECURITY,
            },
            "schemas": {
                **SCHEMAS,
                **site_paths.SCHEMAS,
                **account_paths.SCHEMAS,
                **act_paths.SCHEMAS,
                **operations.SCHEMAS,
                **operations.schemas(),
                **table_paths.SCHEMAS,
            },
            "responses": {**RESPONSES, **site_paths.RESPONSES, **account_paths.RESPONSES, **operations.RESPONSES},
        },
    }


def tags() -> list[dict[str, str]]:
    """Return the subjects in their order, with a sentence on each."""
    collections: dict[str, str] = {}
    for one in COLLECTIONS:
        collections[one.title] = collections.get(one.title) or one.help
    helps = {
        account_paths.TAGS[0]: "Where a program begins: what its credential stands for, and what that may use.",
        **collections,
        **act_paths.HELP,
        LICENSING[0]: "What sites ask with a licensing credential.",
        site_paths.TAGS[0]: "What sites ask with their token.",
    }
    return [{"name": name} | ({"description": help} if help else {}) for name, help in helps.items()]


def _object(*optional: str, **properties: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(description: str, schema: dict[str, Any], media_type: str = "application/json") -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _refusals(*statuses: int) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/{REFUSALS[status]}"} for status in statuses}


def _problem(description: str, **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): {"description": text, "schema": TEXT} for name, text in headers.items()}
    return {**_json(description, _schema("Problem"), "application/problem+json"), "headers": named}


def _query(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": {**TEXT, "maxLength": 100}}


LICENSING = ["Licence reporting"]
BASIC: list[dict[str, list[str]]] = [{"licensingCredential": []}]
USAGE = {
    "operationId": "reportUsage",
    "tags": LICENSING,
    "summary": "Report licence usage",
    "description": "A report sent again changes nothing. It is kept as a whole or not at all.",
    "security": BASIC,
    "requestBody": {
        "required": True,
        "description": f"The file that Checkmk writes, JSON or rot47: up to {MOST_SAMPLES} samples, {LARGEST} bytes.",
        "content": {
            "application/json": {"schema": _schema("UsageReport")},
            "text/plain": {"schema": TEXT},
            "application/octet-stream": {},
        },
    },
    "responses": {
        "200": _json("The report is kept.", _schema("Kept")),
        **_refusals(401, 403, 413, 415, 422, 429),
    },
}
VERIFICATION = {
    "operationId": "verifyLicense",
    "tags": LICENSING,
    "summary": "Ask what is licensed",
    "security": BASIC,
    "parameters": [
        _query("request_id", "Any name for this question; the answer repeats it, so that none can be played back."),
        _query("instance_id", "The site that asks; the answer repeats it."),
    ],
    "responses": {
        "200": _json("What the subscription allows, signed. One line; to be kept byte by byte.", _schema("Response")),
        **_refusals(401, 403, 422, 429),
    },
}
KEY = {
    "operationId": "signingKey",
    "tags": LICENSING,
    "summary": "Learn the key that signs verifications",
    "security": [],
    "responses": {"200": _json("The public key.", _schema("Key"))},
}
KEY_FILE = {
    "operationId": "signingKeyFile",
    "tags": LICENSING,
    "summary": "The same key as a PEM file",
    "security": [],
    "responses": {"200": _json("The public key.", TEXT, "application/x-pem-file")},
}
OF_SITES = {"operationId": "siteSigningKey", "summary": "Learn the key that signs", "tags": site_paths.TAGS}
FILE_OF_SITES = {"operationId": "siteSigningKeyFile", "summary": KEY_FILE["summary"]}
SELF = {
    "operationId": "describe",
    "tags": account_paths.TAGS,
    "summary": "This description",
    "security": [],
    "responses": {"200": _json("OpenAPI 3.1.", {"type": "object"})},
}
RESPONSES = {
    "Unauthorized": _problem("No credential, or one that opens nothing.", WWW_Authenticate="Basic"),
    "SubscriptionEnded": _problem("The credential is right, but its subscription does not run today."),
    "TooLarge": _problem(f"The body has more than {LARGEST} bytes."),
    "NoPlainFile": _problem("The body is a form, compressed, or of a type no report has."),
    "Refused": _problem("What was sent does not hold; `detail` says where."),
    "Throttled": _problem("Too many wrong passwords from this address.", Retry_After="Seconds to wait."),
}
_MONTH = {
    "oneOf": [_object(**{"from": DAY, "until": DAY, "average_services": TEXT}), {"type": "null"}],
    "description": "A month of the subscription, both days included, with the average of its days in tenths.",
}
SCHEMAS = {
    "Problem": _object(
        "detail",
        type={**TEXT, "description": "`about:blank`: the status says of which sort it is."},
        title={**TEXT, "description": "What the status means."},
        status={"type": "integer", "description": "The status of the answer."},
        detail={**TEXT, "description": "A sentence for people: what does not hold, and where known, what to do."},
    ),
    "UsageReport": _object(
        VERSION={"enum": ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "2.0", "2.1", "3.0", "3.1"]},
        history={"type": "array", "maxItems": MOST_SAMPLES, "items": {"type": "object"}},
    ),
    "Kept": _object(samples=COUNT, new=COUNT, known=COUNT),
    "Response": _object(document=_schema("Verification"), key_id=TEXT, signature=TEXT),
    "Verification": _object(
        format={"const": 1},
        type={"const": "license verification"},
        issued_at={"type": "string", "format": "date-time"},
        request_id=NAME,
        instance_id=NAME,
        licensing_id=NAME,
        customer=_object(id=TEXT, name=TEXT),
        subscription=_object(
            id={"type": "string", "format": "uuid"},
            edition={"enum": ["cee", "cce", "cme"]},
            edition_name=TEXT,
            services={"type": ["integer", "null"], "description": "How many services; null: as many as you like."},
            support={"enum": ["basic", "advanced", "premium", None]},
            valid_from=DAY,
            valid_until=DAY,
            grace_until=DAY,
            state={"enum": ["running", "ending", "grace"]},
        ),
        usage=_object(last_month=_MONTH, first_exceeded=_MONTH),
    ),
    "Key": _object(algorithm={"const": "Ed25519"}, key_id=TEXT, pem=TEXT, raw=TEXT),
}
