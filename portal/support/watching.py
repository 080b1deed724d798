"""Watching: who of a company sees a ticket and who follows it; the company's own choice for new ones."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ..access.rights import Right
from ..accounts.users import Grant, User
from ..audit.models import record
from ..customers.models import Customer
from ..errors import Refused
from . import letters


class Watching:
    """Who sees and follows a `Ticket`; mixed into it."""

    if TYPE_CHECKING:
        customer_id: Any
        opener_id: Any
        seen_by_whom: Any
        watchers: Any

        def _record(self, session: Session, tag: str, *, by: Any, subject_id: Any = None, **data: Any) -> None: ...

    def show_to(self, session: Session, seen_by_whom: str, *, by: Any) -> None:
        """Let all who hold the right see the ticket, or the opener and the watchers only."""
        if seen_by_whom != self.seen_by_whom:
            self.seen_by_whom = seen_by_whom
            self._record(session, "ticket.shown_to", by=by, seen_by=seen_by_whom)

    def watch(self, session: Session, user: User, *, by: Any) -> None:
        """Let somebody of the company who holds the right follow the ticket."""
        from .tickets import TicketWatcher

        holds = session.scalar(select(exists().where(Grant.user_id == user.id, Grant.right == Right.REQUEST_SUPPORT)))
        if user.customer_id != self.customer_id or user.disabled_at or user.archived_at or not holds:
            raise Refused(_("Choose somebody of the company who has the right “Request Support”."), field="watcher")
        if user.id == self.opener_id or any(watcher.user_id == user.id for watcher in self.watchers):
            return
        self.watchers.append(TicketWatcher(user_id=user.id, customer_id=self.customer_id))
        self._record(session, "ticket.watched", by=by, subject_id=user.id)
        letters.tell_watcher(session, self, user, by=by)

    def unwatch(self, session: Session, user_id: uuid.UUID, *, by: Any) -> None:
        """Let somebody no longer follow the ticket."""
        for watcher in list(self.watchers):
            if watcher.user_id == user_id:
                self.watchers.remove(watcher)
                self._record(session, "ticket.unwatched", by=by, subject_id=user_id)


def show_new_ones_to(session: Session, customer: Customer, seen_by_whom: str, *, by: Any) -> None:
    """Choose who of the company sees a new ticket, unless its opener says otherwise."""
    if seen_by_whom != customer.tickets_seen_by:
        customer.tickets_seen_by = seen_by_whom
        record(session, "ticket.default_shown_to", by=by, customer_id=customer.id, seen_by=seen_by_whom)
