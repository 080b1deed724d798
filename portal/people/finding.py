"""Finding: how the pages get at the colleague an address names; who is not there, or not one's own, is a 404."""

from __future__ import annotations

import uuid

from flask import abort
from flask_login import current_user

from ..accounts.users import User
from ..database import db


def colleague(id: uuid.UUID) -> User:
    """Return a person of the reader's own company."""
    user = db.session.scalar(User.visible_to(current_user).where(User.id == id, User.portal_role.is_not(None)))
    if user is None:
        abort(404)
    return user
