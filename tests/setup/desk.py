"""Pat's desk: deeds in her name, the changes since one looked last, and what the history holds."""

from __future__ import annotations

from sqlalchemy import select

from portal.audit.models import Event
from portal.setup import elements
from portal.setup.changes import Change
from tests.factories.elements import element


class Desk:
    """What a test of setup does within one context."""

    def __init__(self, session, pat):
        self.session, self.pat, self.seen = session, pat, 0
        self.changes()

    def add(self, kind, key="one", **values):
        """Add an element."""
        return element(self.session, kind, key, by=self.pat, **values)

    def pack(self, key="pack", customer=""):
        """Add a rule pack, unassigned unless a customer is named."""
        return self.add("rule-packs", key, customer=customer)

    def rule(self, key, pack, customer="provider"):
        """Add a rule to a pack."""
        return self.add("rules", key, pack=pack, customer=customer)

    def release(self, found, customer):
        """Release an element to another customer."""
        elements.release(self.session, found, customer, by=self.pat)

    def changes(self):
        """Commit; return scope, act and key of the changes since the last look."""
        self.session.commit()
        rows = self.session.scalars(select(Change).where(Change.number > self.seen).order_by(Change.number)).all()
        self.seen = max((row.number for row in rows), default=self.seen)
        return sorted((row.scope, row.act, row.key) for row in rows)

    def events(self, found):
        """Return tag and customer of what happened to an element."""
        self.session.flush()
        rows = self.session.scalars(select(Event).where(Event.record_id == found.id).order_by(Event.id))
        return [(row.tag, row.customer_id) for row in rows]
