"""Changes: what a form about a person does to them, by a colleague or by staff, and what else comes of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..access.rights import PortalRole, Right
from ..accounts import chronicle, letters
from ..accounts.users import User
from ..audit.models import Event
from .forms import PersonForm


def apply(session: Session, user: User, form: PersonForm, *, offered: Collection[Right], by: Any) -> list[str]:
    """Do what the form asks for; return sentences on what else came of it."""
    effects = []
    role, email = user.portal_role, user.email
    if "name" in form:
        user.rename(form.name.data or "", by=by)
    user.grant_rights(form.chosen_rights, offered=offered, by=by)
    if "role" in form:
        user.give_role(PortalRole(form.role.data), by=by)
    waits = "email" in form and letters.ask_email(session, user, form.email.data or "", by=by)
    if waits:
        effects.append(
            _("Mail goes to %(old)s until %(new)s is confirmed.", old=email, new=form.email.data)
            if email
            else _("Mail goes to %(new)s once it is confirmed.", new=form.email.data)
        )
    if waits or role != user.portal_role:
        effects.append(_("They were signed out everywhere."))
    return effects


def conflict(
    session: Session, user: User, form: PersonForm, *, offered: Collection[Right], reader: Any
) -> dict[str, Any]:
    """Return both versions side by side, and what happened last, for a page whose form came too late."""
    about = (Event.customer_id == user.customer_id) & (Event.subject_id == user.id)
    return {
        "rows": form.compare(user, offered),
        "entries": chronicle.latest(session, about, reader=reader, limit=3),
    }
