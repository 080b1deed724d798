"""The account itself: what a program's credential stands for."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from flask_login import current_user

from ...access.guard import signed_in

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
