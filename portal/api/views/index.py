"""Where a program begins: the collections that are open to its account."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from ...access.guard import admits, signed_in
from ..collections import COLLECTIONS
from ..reference import endpoints
from .collections import acceptable

bp = Blueprint("api_index", __name__)
BASE = "/api/v1/"


@bp.get(BASE, strict_slashes=False)
@signed_in
def show() -> Response:
    """List the collections, each with its address and what the account may do there."""
    acceptable()
    host, known = current_app.config["BASE_URL"].rstrip("/"), endpoints(current_app)
    found = []
    for collection in (one for one in COLLECTIONS if one.is_listed):
        path = f"{BASE}{collection.path}"
        methods = [name for name in ("GET", "POST") if (path, name) in known and admits(known[path, name])]
        if methods:
            found.append(
                {"name": collection.path, "title": collection.title, "url": f"{host}{path}", "methods": methods}
            )
    return jsonify(collections=found, account=f"{host}{BASE}account", description=f"{host}{BASE}openapi.json")
