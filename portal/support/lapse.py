"""Lapse: why somebody with the right may read old tickets but open and answer none, and whom to ask."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _

from ..access import reasons
from ..access.rights import PortalRole
from ..accounts.hand_over import super_user_of
from ..database import db


def why(person: Any) -> str:
    """Return the sentences for somebody whose right sleeps because nothing that runs includes support."""
    company = person.customer_name
    said = _("No running subscription of %(company)s includes support, so nothing new can be opened or answered.",
             company=company)  # fmt: skip
    return f"{said} {_whom_to_ask(person)}"


def _whom_to_ask(person: Any) -> str:
    contact = current_app.config["SUPPORT_CONTACT"]
    if person.portal_role != PortalRole.SUPER_USER:
        super_user = super_user_of(db.session(), person.customer_id)
        if super_user is not None:
            return str(_("Ask %(name)s, who is responsible for the portal at your company, to renew it.",
                         name=super_user.name))  # fmt: skip
    if contact:
        return str(_("To have support again, write to %(contact)s.", contact=contact))
    return str(_("To have support again, ask your contact at the provider."))


reasons.add("tickets.write", why)
