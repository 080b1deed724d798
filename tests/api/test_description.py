"""The description of the API is that of the app: every address, every status, every reference."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from portal.access.guard import access_of
from tests.browser import Browser
from tests.factories.licensing import held

SECRETS = {"by secret: licensing credential": "licensingCredential", "by secret: site token": "siteToken"}
ACCOUNTS = ["machineAccount", "machineBearer", "accessToken"]


def path_of(rule: Any) -> str:
    """Return an address as OpenAPI writes it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


@pytest.fixture
def said(app: Flask) -> dict[str, Any]:
    answer = Browser(app).get("/api/v1/openapi.json")
    assert answer.content_type == "application/json"
    found: dict[str, Any] = answer.json
    return found


def test_it_describes_every_address_and_no_other(app, said):
    there = {
        (path_of(rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(path, method) for path, methods in said["paths"].items() for method in methods} == there


def test_it_says_who_may(app, said):
    for rule in app.url_map.iter_rules():
        for operation in said["paths"].get(path_of(rule), {}).values():
            declared = access_of(app, rule.endpoint)
            secrets = [] if declared == "public" else [SECRETS[declared]] if declared in SECRETS else ACCOUNTS
            assert operation["security"] == [{secret: []} for secret in secrets]
            assert ("401" in operation["responses"]) is (secrets != [])


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(part)


def test_every_reference_is_there_and_every_part_is_used(said):
    named = {node["$ref"] for node in nodes(said) if "$ref" in node}
    parts = said["components"]
    assert named == {f"#/components/{kind}/{name}" for kind in ("schemas", "responses") for name in parts[kind]}


def test_the_answers_have_the_members_it_says(app, said):
    one, schemas = held(app), said["components"]["schemas"]
    site = Browser(app)
    verified = site.get("/api/v1/licensing/verification", headers=one.header).json
    assert set(verified) == set(schemas["Response"]["required"])
    for name, part in (("Verification", verified["document"]), ("Key", site.get("/api/v1/licensing/key").json)):
        assert set(part) == set(schemas[name]["required"])
    for name in ("customer", "subscription", "usage"):
        assert set(verified["document"][name]) == set(schemas["Verification"]["properties"][name]["required"])
    empty = json.dumps({"VERSION": "3.1", "history": []})
    kept = site.post("/api/v1/licensing/usage", empty, {"Content-Type": "application/json", **one.header})
    assert set(kept.json) == set(schemas["Kept"]["required"])


def test_names_stand_for_one_operation_each(said):
    names = [operation["operationId"] for methods in said["paths"].values() for operation in methods.values()]
    assert len(names) == len(set(names))
    assert re.fullmatch(r"3\.1\.\d", said["openapi"])
