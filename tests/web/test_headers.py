"""Every kind of answer carries the headers that keep browsers safe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from portal import create_app
from portal.access.guard import public
from portal.database import db
from portal.web.headers import ALWAYS, POLICY
from tests.browser import Browser

ANSWERS = {
    "a page": ("GET", "/login", 200),
    "a redirect": ("GET", "/", 302),
    "an address that is not": ("GET", "/users/nobody", 302),
    "a wrong method": ("POST", "/healthz", 405),
    "plain text": ("GET", "/healthz", 200),
    "JSON": ("GET", "/readyz", 200),
    "a static file": ("GET", "/static/portal.css", 200),
    "a static file that is not": ("GET", "/static/none.css", 404),
    "a refused form": ("POST", "/login", 400),
}


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS.values(), ids=ANSWERS)
def test_a_strangers_answer(app: Flask, method: str, path: str, status: int) -> None:
    answer = app.test_client().open(path, method=method, buffered=True)
    assert answer.status_code == status
    complete(answer)


@pytest.mark.parametrize(
    ("path", "status"), [("/users/", 200), ("/users/00000000-0000-0000-0000-000000000000", 404), ("/nowhere", 404)]
)
def test_the_answer_to_who_is_signed_in(as_: Callable[[str], Browser], path: str, status: int) -> None:
    answer = as_("ada").get(path, status=status)
    complete(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def complete(answer: object) -> None:
    headers = answer.headers  # type: ignore[attr-defined]
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers.get("Cache-Control")
    assert "Werkzeug" not in headers.get("Server", "")


@pytest.fixture
def strict(tmp_path: Path) -> Flask:
    """A portal as operators run it, behind https, with one page that fails."""
    app = create_app({"DATA": tmp_path, "BASE_URL": "https://portal.example", "DATABASE_URL": ""})

    @app.get("/failing")
    @public
    def failing() -> str:
        raise RuntimeError("the password is otter")

    with app.app_context():
        upgrade()
        db.engine.dispose()
    return app


def test_an_error_shows_no_trace_and_carries_the_headers(strict: Flask) -> None:
    answer = strict.test_client().get("/failing")
    assert answer.status_code == 500
    assert "otter" not in answer.text
    assert "Traceback" not in answer.text
    complete(answer)
    assert "RuntimeError" in (strict.config["DATA"] / "logs" / "portal.log").read_text()


def test_https_alone_promises_https(strict: Flask, app: Flask) -> None:
    secure = strict.test_client().get("/login", base_url="https://portal.example")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookie = secure.headers["Set-Cookie"]
    assert cookie.startswith("__Host-portal=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    plain = app.test_client().get("/login")
    assert "Strict-Transport-Security" not in plain.headers
    assert "Secure" not in plain.headers["Set-Cookie"].split("; ")


def test_static_files_are_kept_only_under_an_address_of_their_version(app: Flask) -> None:
    client = app.test_client()
    plain = client.get("/static/portal.css", buffered=True)
    assert plain.headers["Cache-Control"] == "no-cache"
    versioned = client.get("/static/portal.css?v=1", buffered=True)
    assert "max-age=31536000" in versioned.headers["Cache-Control"]


def test_the_policy_names_no_other_host() -> None:
    assert "http" not in POLICY
    assert "*" not in POLICY
