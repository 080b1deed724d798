"""The key that signs what sites get, under an address that speaks of no licence."""

from __future__ import annotations

from flask import Blueprint

from . import licensing

bp = Blueprint("keys_api", __name__, url_prefix="/api/v1")
bp.get("/key")(licensing.key)
bp.get("/key.pem")(licensing.key_file)
