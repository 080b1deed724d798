"""The account itself: what a program's credential stands for, and a program to use one with."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, send_file
from flask_login import current_user

from ...access.guard import public, signed_in

bp = Blueprint("api_account", __name__)


@bp.get("/api/v1/account")
@signed_in
def show() -> Response:
    """Tell who the credential stands for, and everything they may do."""
    return jsonify(
        username=current_user.username,
        name=current_user.name,
        customer=current_user.customer_id,
        is_machine=current_user.is_machine,
        permissions=sorted(current_user.verbs),
    )


@bp.get("/api/v1/downtime")
@public
def downtime() -> Response:
    """Give the command that sets and removes downtimes."""
    path = Path(current_app.root_path).parent / "docs" / "downtime"
    return send_file(path, mimetype="text/x-python", as_attachment=True, max_age=3600)
