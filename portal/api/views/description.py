"""The API's own description."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from ...access.guard import public
from .. import description

bp = Blueprint("api_description", __name__)


@bp.get("/api/v1/openapi.json")
@public
def openapi() -> Response:
    """Describe every address of the API (OpenAPI 3.1)."""
    answer = jsonify(description.openapi())
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
