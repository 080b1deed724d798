"""What it costs to ask whether somebody may: a verb in a page and in a template, and what draws a button asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Blueprint, Flask, current_app
from flask_login import current_user
from jinja2 import Template

from bench.house import browser
from portal.access.guard import signed_in

LIMIT = 1.0
"""Microseconds."""
ROUNDS, TIMES = 15, 20_000

bp = Blueprint("asked", __name__, url_prefix="/bare")


@bp.get("/permissions")
@signed_in
def asked() -> dict[str, float]:
    """Ask many times over, within a real request of somebody signed in."""
    person, times = current_user._get_current_object(), range(TIMES)

    def rendered(condition: str) -> Callable[[], Any]:
        return lambda: _loop(condition).render(times=times, reader=person)

    opens: Any = current_app.jinja_env.globals["opens"]
    nothing = rendered("true")
    return {
        "in a page": _each(
            lambda: [None for _ in times if "setup.edit" in person.verbs], lambda: [None for _ in times if person]
        ),
        "in a template": _each(rendered("'setup.edit' in reader.verbs"), nothing),
        "for a button": _each(
            lambda: [None for _ in times if opens("provider_roles.edit")], lambda: [None for _ in times if person]
        ),
    }


@cache
def _loop(condition: str) -> Template:
    return current_app.jinja_env.from_string(f"{{% for _ in times %}}{{% if {condition} %}}{{% endif %}}{{% endfor %}}")


def measure(app: Flask) -> dict[str, float]:
    """Return for each way of asking the microseconds of one answer; the portal must not have answered yet."""
    app.register_blueprint(bp)
    found: dict[str, float] = browser(app, "pat").get("/bare/permissions").get_json()
    return found


def _each(act: Callable[[], Any], nothing: Callable[[], Any]) -> float:
    """Return the microseconds of one of `TIMES` answers, without those of the loop around them."""
    return max(_least(act) - _least(nothing), 0.0) / TIMES * 1_000_000


def _least(act: Callable[[], Any]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - start)
    return best
