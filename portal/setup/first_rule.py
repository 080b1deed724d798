"""The first notification rule: it tells all contacts of what is affected (seed "User management", section 5).

A new portal has it. It is like any other: who changed or deleted it keeps that.
"""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ..customers.elements import Element
from . import elements
from .forms.notification_rules import NOTIFY, USUAL_EVENTS

RULES, KEY, POSITION = "notification-rules", "all_contacts", 10
TITLE = "Tell all contacts of what is affected"


def found(session: Session) -> None:
    """Add the rule to a portal that never had any; commits nothing."""
    if session.scalar(select(exists().where(Element.kind == RULES))):
        return
    body = {
        "comment": "", "effect": NOTIFY, "events": list(USUAL_EVENTS), "hosts": [], "services": [], "host_tags": [],
        "host_groups": [], "service_groups": [], "of_contact_groups": [], "sites": [], "customers": [], "period": "",
        "all_contacts": True, "contact_groups": [], "users": [], "emails": [], "fallback_contacts": False,
        "method": "mail", "script": "", "bulk_minutes": 0, "allow_own": True,
    }  # fmt: skip
    elements.create(
        session, RULES, key=KEY, title=TITLE, customer=None, body=body, position=POSITION, by=None,
    )  # fmt: skip
