"""A program that holds every answer it gets to the description: its status, its type, its headers, its shape."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker

from portal.api import description
from tests.programs import Program, with_token

BASE = "/api/v1/"


class Checked(Program):
    """A program of somebody of the cast, with a token, or with another header."""

    def __init__(self, app: Flask, authorization: str) -> None:
        super().__init__(app, authorization)
        self.portal = app
        with app.test_request_context():
            self.said = description.openapi()

    @classmethod
    def of(cls, app: Flask, username: str) -> Checked:
        """Return the program of one of the cast."""
        return cls(app, with_token(app, username).extra_environ["HTTP_AUTHORIZATION"])

    def do_request(self, req: Any, *args: Any, **kwargs: Any) -> Any:
        """Do the request and hold the answer to the description."""
        response = super().do_request(req, *args, **kwargs)
        if response.request.method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            self.check(response)
        return response

    def check(self, response: Any) -> None:
        """Assert that the description has this answer, where it has the address."""
        path = quote(response.request.environ["PATH_INFO"].encode("latin-1"))
        operation = self.operation(response.request.method.lower(), path)
        if operation is None:
            assert response.status_int in (404, 405), f"{path} is not described"
            return
        where = f"{response.request.method} {path}: {response.status_int}"
        assert str(response.status_int) in operation["responses"], f"{where} is not described"
        answer = self.found(operation["responses"][str(response.status_int)])
        if response.status_int in (204, 304):
            assert not response.body, where
            return
        assert response.content_type in answer["content"], f"{where}: {response.content_type}"
        schema = answer["content"][response.content_type].get("schema", {})
        whole = {**schema, "components": self.said["components"]}
        for error in Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(response.json):
            raise AssertionError(f"{where}: {error.json_path} {error.message}")

    def operation(self, method: str, path: str) -> Any:
        """Return what the description says of a method at a path; the most literal address that fits."""
        fitting = [
            (template.count("{"), operations[method])
            for template, operations in self.said["paths"].items()
            if method in operations and re.fullmatch(_pattern(template.rstrip("/")), path.rstrip("/"))
        ]
        return min(fitting, key=lambda pair: pair[0])[1] if fitting else None

    def found(self, part: Any) -> Any:
        """Return what a reference stands for."""
        return self.said["components"]["responses"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part

    def read(self, path: str, status: int = 200, **headers: str) -> Any:
        """Return what stands at a path below /api/v1/."""
        return self.get(BASE + path, headers=_named(headers), status=status)

    def send(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        """Send a body as JSON; text and bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
        sent = {"Content-Type": "application/json", **_named(headers)}
        if method == "DELETE":
            return self.request(BASE + path, method=method, headers=_named(headers), status=status)
        return self.request(BASE + path, method=method, body=raw, headers=sent, status=status)

    def make(self, path: str, status: int = 201, /, **body: Any) -> Any:
        """Make something."""
        return self.send("POST", path, body, status)

    def change(self, path: str, status: int = 200, /, **body: Any) -> Any:
        """Read an object and change it in the version that was read."""
        return self.send("PATCH", path, body, status, If_Match=self.read(path).headers["ETag"])

    def remove(self, path: str, status: int = 204) -> Any:
        """Read an object and delete it in the version that was read."""
        return self.send("DELETE", path, None, status, If_Match=self.read(path).headers["ETag"])


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _pattern(template: str) -> str:
    parts = re.split(r"(\{\w+\})", template)
    return "".join({"{service}": ".+"}.get(part, "[^/]+") if part[:1] == "{" else re.escape(part) for part in parts)
