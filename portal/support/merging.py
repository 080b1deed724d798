"""Merging: two tickets of one customer about the same thing become one."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ..conversations.messages import Attachment, Message
from ..database import now
from ..errors import Refused
from . import letters, targets

if TYPE_CHECKING:
    from .tickets import Ticket


class Merging:
    """How a `Ticket` goes into another; mixed into it."""

    if TYPE_CHECKING:
        id: Any
        customer_id: Any
        opener_id: Any
        seen_by_whom: Any
        watchers: Any
        state: Any
        due_at: Any
        first_due_at: Any
        first_answer_at: Any
        updated_at: Any
        merged_into_id: Any

        @property
        def is_over(self) -> bool: ...  # noqa: D102

        def _become(self, state: str, moment: datetime) -> None: ...
        def _record(self, session: Session, tag: str, *, by: Any, subject_id: Any = None, **data: Any) -> None: ...

    def check_merge(self, other: Ticket) -> None:
        """Raise Refused (field `other`) when this ticket cannot go into that one."""
        if self.id == other.id:
            raise Refused(_("Choose another ticket."), field="other")
        if self.customer_id != other.customer_id:
            raise Refused(_("Both tickets must be of the same customer."), field="other")
        if self.merged_into_id or other.merged_into_id:
            raise Refused(_("One of the two is merged already."), field="other")
        if other.is_over and not self.is_over:
            raise Refused(_("That ticket is over. Reopen it first, or merge it into this one."), field="other")

    def merge_into(self, session: Session, other: Ticket, *, by: Any) -> None:
        """Move what was said here into another ticket of the same customer; this one closes.

        Where one of them was seen by its opener only, the other is from then on too. The opener and the watchers of
        both follow it, and nobody else sees more than before. It is due when the sooner of the two was.
        """
        from .notes import Note
        from .tickets import SeenBy, TicketWatcher

        self.check_merge(other)
        moment = now()
        self._forget_mails_of(session, other)
        for model in (Message, Attachment):
            session.execute(update(model).where(model.record_id == self.id).values(record_id=other.id))
        session.execute(update(Note).where(Note.ticket_id == self.id).values(ticket_id=other.id))
        if SeenBy.OPENER in (self.seen_by_whom, other.seen_by_whom):
            other.seen_by_whom = SeenBy.OPENER
        for user_id in self.followers() - other.followers():
            other.watchers.append(TicketWatcher(user_id=user_id, customer_id=other.customer_id))
        if self.state in ("new", "open", "reopened"):
            other.due_at = min(self.due_at, other.due_at)
            other._become("open" if other.state == "waiting" else other.state, moment)
        self.merged_into_id, self.due_at = other.id, targets.NOTHING_DUE
        if self.first_answer_at is None:
            self.first_due_at = targets.NOTHING_DUE
        self._become("closed", moment)
        other.updated_at = moment
        self._record(session, "ticket.merged", by=by, into=other.reference)
        letters.tell(session, other, "merged", by=by, merged=self)

    def followers(self) -> set[uuid.UUID]:
        """Return who opened the ticket and who watches it."""
        return {self.opener_id, *(watcher.user_id for watcher in self.watchers)}

    def _forget_mails_of(self, session: Session, other: Ticket) -> None:
        """Let a mail that came to both be no obstacle: in one ticket, it may be known once only."""
        known = select(Message.mail_id).where(Message.record_id == other.id, Message.mail_id.is_not(None))
        twice = (Message.record_id == self.id) & Message.mail_id.in_(known.correlate(None))
        if session.scalar(select(func.count()).select_from(Message).where(twice)):
            session.execute(
                update(Message).where(twice).values(mail_id=None).execution_options(synchronize_session=False)
            )
