"""Accepting an invitation: choose a password, and you are in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from ...access.guard import public
from ..tokens import Purpose
from . import links

bp = Blueprint("invitation", __name__)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
def accept(token: str) -> Any:
    """Let the invited person choose a password."""
    found = links.opened(token, Purpose.INVITATION)
    return links.choose_password(found, template="accounts/invitation.html", tag="password.chosen")
