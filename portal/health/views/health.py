"""Is it alive, is it ready, how is it doing."""

from __future__ import annotations

import secrets
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request

from portal.access.guard import public

from .. import checks

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """Say that this process answers; asks nothing else."""
    return Response("alive\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def ready() -> Any:
    """Say whether the portal can do its work: 200, or 503 with the check that failed."""
    results = {name: check() for name, check in checks.CHECKS.items()}
    answer = jsonify(ready=all(results.values()), **results)
    return answer if all(results.values()) else (answer, 503)


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Show a few gauges to this machine, or to whoever has the token; nobody else learns that they exist."""
    if not (_is_local() or _has_token()):
        abort(404)
    lines: list[str] = []
    for name, (sentence, value) in checks.figures().items():
        lines += [f"# HELP {name} {sentence}", f"# TYPE {name} gauge", f"{name} {value}"]
    return Response("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _is_local() -> bool:
    """Tell whether the request comes from this machine and not through a proxy on it."""
    if any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    token = current_app.config["METRICS_TOKEN"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and secrets.compare_digest(given.encode(), token.encode())
