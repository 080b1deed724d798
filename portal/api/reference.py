"""The reference for developers: the API's description, by subject, as far as it is open to who reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from ..access.guard import SIGNED_IN, access_of, admits
from . import description, shapes
from .credentials import ACCOUNTS
from .shapes import Schemas, Shape

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Parameter:
    """What an address or a header says."""

    name: str
    place: str
    type: str
    bounds: str
    help: str
    needed: bool


@dataclass(frozen=True)
class Operation:
    """A method at an address. `sends` and `gets` name shapes; `answers` are pairs of a status and a sentence."""

    id: str
    method: str
    path: str
    summary: str
    help: str
    permissions: tuple[str, ...]
    is_open: bool
    parameters: tuple[Parameter, ...]
    sends: str
    gets: str
    is_page: bool
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Section:
    """A subject: its operations, and the objects these are about.

    `credential`: "account" where programs act for an account, else the sort of secret that opens it.
    """

    title: str
    help: str
    operations: tuple[Operation, ...]
    shapes: tuple[Shape, ...]
    credential: str

    @property
    def slug(self) -> str:
        """Return its part of an address: `Contact groups` → `contact-groups`."""
        return re.sub(r"[^a-z]+", "-", self.title.lower())

    @property
    def is_open(self) -> bool:
        """Tell whether the reader may do any of it."""
        return any(one.is_open for one in self.operations)

    @property
    def paths(self) -> list[str]:
        """Return the addresses, once each."""
        return list(dict.fromkeys(one.path for one in self.operations))


def path_of(rule: str) -> str:
    """Return an address as OpenAPI writes it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def endpoints(app: Flask) -> Mapping[tuple[str, str], str]:
    """Return the endpoints of the API by address and method."""
    found: dict[tuple[str, str], str] = app.extensions.setdefault("api_endpoints", {})
    if not found:
        for rule in app.url_map.iter_rules():
            if rule.rule.startswith("/api/"):
                found |= {(path_of(rule.rule), method): rule.endpoint for method in rule.methods or ()}
    return found


def sections() -> list[Section]:
    """Return all subjects: those the reader may use, those for other accounts, those with secrets of their own."""
    said = description.openapi()
    by_tag: dict[str, list[tuple[str, str, Mapping[str, Any]]]] = {}
    for path, methods in said["paths"].items():
        for method in (one for one in METHODS if one in methods):
            by_tag.setdefault(methods[method]["tags"][0], []).append((method, path, methods[method]))
    helps = {tag["name"]: tag.get("description", "") for tag in said["tags"]}
    found = [_section(tag, helps[tag], by_tag[tag], said["components"]) for tag in helps]
    return sorted(found, key=lambda one: (not one.is_open, one.credential != "account"))


def problem() -> Shape:
    """Return the shape of errors."""
    schemas = description.openapi()["components"]["schemas"]
    return Shape("Problem", (*shapes.of("Problem", schemas).parts, *shapes.of("Invalid", schemas).parts))


def _section(
    title: str, help: str, found: list[tuple[str, str, Mapping[str, Any]]], components: Mapping[str, Any]
) -> Section:
    schemas: Schemas = components["schemas"]
    operations = tuple(_operation(method, path, one, components) for method, path, one in found)
    names = dict.fromkeys(name for one in operations for name in (one.gets, one.sends) if name)
    secrets = {name for _method, _path, one in found for way in one["security"] for name in way}
    credential = "account" if secrets & {name for way in ACCOUNTS for name in way} else next(iter(secrets), "")
    return Section(title, help, operations, tuple(shapes.of(name, schemas) for name in names), credential)


def _operation(method: str, path: str, said: Mapping[str, Any], components: Mapping[str, Any]) -> Operation:
    schemas, responses = components["schemas"], components["responses"]
    endpoint = endpoints(current_app)[path, method.upper()]
    declared = access_of(current_app, endpoint)
    sends = _schema_name(said.get("requestBody", {}))
    gets = next((_schema_name(answer) for status, answer in said["responses"].items() if status < "300"), "")
    return Operation(
        id=said["operationId"], method=method.upper(), path=path, summary=said["summary"],
        help="" if said.get("description") in (None, said["summary"]) else said["description"],
        permissions=declared if isinstance(declared, tuple) else (),
        is_open=(declared == SIGNED_IN or isinstance(declared, tuple)) and admits(endpoint),
        parameters=tuple(_parameter(one) for one in said.get("parameters", ()) if not _says_itself(one)),
        sends=shapes.stem(sends, schemas), gets=shapes.stem(gets, schemas), is_page=gets.endswith("Page"),
        answers=tuple(_answers(said["responses"], responses)),
    )  # fmt: skip


def _says_itself(parameter: Mapping[str, Any]) -> bool:
    """Tell whether a parameter is a name in the address of which nothing else is said."""
    return parameter["in"] == "path" and not parameter.get("description")


def _parameter(said: Mapping[str, Any]) -> Parameter:
    schema = said["schema"]
    return Parameter(
        said["name"], said["in"], shapes.kind(schema), shapes.bounds(schema), said.get("description", ""),
        said.get("required", False),
    )  # fmt: skip


def _schema_name(body: Mapping[str, Any]) -> str:
    """Return the name of the object that a body of JSON is; "" for other bodies."""
    said = body.get("content", {}).get("application/json", {}).get("schema", {})
    said = said.get("anyOf", [said])[0]
    return str(said.get("$ref", "")).rpartition("/")[2]


def _answers(said: Mapping[str, Any], responses: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for status, answer in said.items():
        if "$ref" in answer:
            answer = responses[answer["$ref"].rpartition("/")[2]]
        yield status, answer["description"]
