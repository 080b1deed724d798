"""What may be done to a ticket: each names the actor, records it and tells whom it concerns, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..access.policy import is_staff
from ..accounts.users import User
from ..audit.models import record
from ..conversations.messages import Message, Side, Source
from ..database import now
from ..errors import Refused
from ..storage import File
from . import letters, targets
from .impact import Impact
from .merging import Merging
from .watching import Watching

if TYPE_CHECKING:
    from .tickets import Ticket


class Deeds(Merging, Watching):
    """What may be done to a `Ticket`; mixed into it."""

    if TYPE_CHECKING:
        id: Any
        customer_id: Any
        reference: Any
        opener_id: Any
        impact: Any
        state: Any
        seen_by_whom: Any
        tier: Any
        assignee_id: Any
        created_at: Any
        updated_at: Any
        due_at: Any
        first_due_at: Any
        first_answer_at: Any
        answers_in_time: Any
        answers_late: Any
        solved_at: Any
        closed_at: Any
        merged_into_id: Any
        satisfaction: Any
        satisfaction_text: Any
        watchers: Any

        @property
        def is_over(self) -> bool: ...  # noqa: D102

    @classmethod
    def open_(
        cls,
        session: Session,
        *,
        customer_id: str,
        subject: str,
        description: str,
        impact: Impact,
        environment: str,
        seen_by_whom: str,
        edition: str = "",
        product_version: str = "",
        site: str = "",
        files: Sequence[File] = (),
        form_key: str | None = None,
        opener: User | None = None,
        by: Any,
    ) -> Ticket:
        """Open a ticket and tell the opener and the desk. Raises Refused naming the field.

        Staff enter one for an `opener` who called: on record is who did.
        """
        from .tickets import Ticket

        if not subject.strip():
            raise Refused(_("Say in a few words what it is about."), field="subject")
        moment, tier = now(), targets.tier_of(session, customer_id)
        due = targets.first_due(session, tier, impact, moment)
        ticket = Ticket(
            customer_id=customer_id, opener_id=(opener or by).id, entered_by_id=by.id if opener else None,
            subject=" ".join(subject.split()), impact=impact, environment=environment, seen_by_whom=seen_by_whom,
            edition=edition, product_version=product_version, site=site, tier=tier, created_at=moment,
            updated_at=moment, due_at=due, first_due_at=due,
        )  # fmt: skip
        ticket._enter(session)
        try:
            message = ticket._say(session, description, files=files, form_key=form_key, by=by)
        except Refused as refused:
            raise Refused(refused.sentence, field="description") from None
        if opener:
            ticket._record(session, "ticket.entered", by=by, subject_id=opener.id, impact=impact)
        else:
            ticket._record(session, "ticket.opened", by=by, impact=impact)
        letters.tell(session, ticket, "opened", by=by, message=message)
        return ticket

    def answer(
        self,
        session: Session,
        body: str,
        *,
        files: Sequence[File] = (),
        source: Source = Source.PORTAL,
        mail_id: str | None = None,
        form_key: str | None = None,
        state: str | None = None,
        by: Any,
    ) -> Message:
        """Add a message of either side. The customer's wakes the ticket; the staff's waits for the customer.

        Staff may leave it in another `state`: "solved", or "open" when more is to come, by when a next answer is due.
        Raises Refused for a ticket that is closed for too long or merged, and for an empty message (field `body`).
        """
        self._check_alive()
        message: Message = self._say(
            session, body, files=files, source=source, mail_id=mail_id, form_key=form_key, by=by
        )
        moment = now()
        if is_staff(by):
            self._count_answer(moment)
            self.due_at = targets.NOTHING_DUE
            self._become(state or "waiting", moment)
            if state == "open":
                self._expect(session, moment)
            if self.assignee_id is None:
                self.assignee_id = by.id
        else:
            self._become("open" if self.state == "waiting" else "reopened" if self.is_over else self.state, moment)
            self._expect(session, moment)
        self._record(session, "ticket.answered", by=by)
        letters.tell(session, self, "solved" if state == "solved" else "answered", by=by, message=message)
        return message

    def solve(self, session: Session, *, by: Any) -> None:
        """Say that the problem is gone; it closes by itself after a while."""
        if self.is_over:
            raise Refused(_("This ticket is solved already."))
        self.due_at = targets.NOTHING_DUE
        self._become("solved", now())
        self._record(session, "ticket.solved", by=by)
        letters.tell(session, self, "solved", by=by)

    def close(self, session: Session, *, by: Any) -> None:
        """End the ticket; `by` None is the portal itself, some days after it was solved."""
        if self.state == "closed":
            raise Refused(_("This ticket is closed already."))
        self.due_at = targets.NOTHING_DUE
        self._become("closed", now())
        self._record(session, "ticket.closed", by=by)
        letters.tell(session, self, "closed", by=by)

    def reopen(self, session: Session, *, by: Any) -> None:
        """Wake a solved or closed ticket, for 30 days after it was closed."""
        if not self.is_over:
            raise Refused(_("This ticket is open."))
        self._check_alive()
        moment = now()
        self._become("reopened", moment)
        self._expect(session, moment)
        self._record(session, "ticket.reopened", by=by)
        letters.tell(session, self, "reopened", by=by)

    def assign(self, session: Session, assignee: User | None, *, by: Any) -> None:
        """Give the ticket to one of the staff, or back to the queue."""
        before, self.assignee_id = self.assignee_id, assignee.id if assignee else None
        if before == self.assignee_id:
            return
        if self.state == "new" and assignee:
            self.state = "open"
        # Who works on it is the provider's own affair: no event of the customer.
        record(session, "ticket.assigned" if assignee else "ticket.unassigned", by=by, customer_id=None,
               subject_id=self.assignee_id, record_id=self.id, reference=self.reference)  # fmt: skip
        if assignee and assignee.id != by.id:
            letters.tell_assignee(session, self, assignee, by=by)

    def correct_impact(self, session: Session, impact: Impact, note: str, *, by: Any) -> None:
        """Correct a wrongly chosen impact, with a note to the customer that says why; what is due moves along."""
        self._check_alive()
        if impact == self.impact:
            raise Refused(_("The ticket has this impact already."), field="impact")
        if not note.strip():
            raise Refused(_("Say why: the customer reads it."), field="why")
        before, self.impact = self.impact, impact
        if self.first_answer_at is None and not self.is_over:
            self.first_due_at = targets.first_due(session, self.tier, impact, self.created_at)
            self.due_at = self.first_due_at
        elif self.due_at != targets.NOTHING_DUE:
            self.due_at = targets.next_due(session, self.tier, impact, now())
        self.updated_at = now()
        message = self._say(session, note, by=by)
        self._record(session, "ticket.impact_corrected", by=by, before=before, impact=impact)
        letters.tell(session, self, "impact_corrected", by=by, message=message)

    def rate(self, session: Session, satisfaction: str, comment: str, *, by: Any) -> None:
        """Say how content the customer was, once it is solved or closed; may be said anew."""
        if not self.is_over:
            raise Refused(_("Tell us once the ticket is solved."))
        self.satisfaction, self.satisfaction_text = satisfaction, comment.strip()[:2000]
        self._record(session, "ticket.rated", by=by)

    def _enter(self, session: Session) -> None:
        """Add the ticket; should another have its reference, under a new one: foreign tickets cannot be looked at."""
        from .tickets import new_reference

        for tries_left in (2, 1, 0):
            self.reference = new_reference()
            try:
                with session.begin_nested():
                    session.add(self)
                return
            except IntegrityError:
                if not tries_left:
                    raise

    def _say(self, session: Session, body: str, *, by: Any, **more: Any) -> Message:
        side = Side.STAFF if is_staff(by) else Side.CUSTOMER
        message = Message.write(
            session, customer_id=self.customer_id, record_id=self.id, side=side, body=body, by=by, **more
        )
        session.flush()
        return message

    def _check_alive(self) -> None:
        from .tickets import REOPEN_WITHIN

        if self.merged_into_id:
            raise Refused(_("This ticket was merged into another one. Go on there."))
        if self.state == "closed" and self.closed_at and now() - self.closed_at > REOPEN_WITHIN:
            raise Refused(_("This ticket has been closed for too long. Open a new one and name this one in it."))

    def _expect(self, session: Session, moment: datetime) -> None:
        """Note that the customer waits for an answer, unless they wait for one already."""
        if self.first_answer_at is None and self.first_due_at != targets.NOTHING_DUE:
            self.due_at = self.first_due_at
        elif self.due_at == targets.NOTHING_DUE:
            self.due_at = targets.next_due(session, self.tier, self.impact, moment)

    def _count_answer(self, moment: datetime) -> None:
        if self.first_answer_at is None:
            self.first_answer_at = moment
        elif self.due_at != targets.NOTHING_DUE:
            if moment <= self.due_at:
                self.answers_in_time += 1
            else:
                self.answers_late += 1

    def _become(self, state: str, moment: datetime) -> None:
        self.state, self.updated_at = state, moment
        self.solved_at = moment if state == "solved" else self.solved_at if state == "closed" else None
        self.closed_at = moment if state == "closed" else None

    def _record(self, session: Session, tag: str, *, by: Any, subject_id: Any = None, **data: Any) -> None:
        """Record the deed with the ticket's reference: the subject is content, which not all readers may see."""
        record(
            session, tag, by=by, customer_id=self.customer_id, subject_id=subject_id, record_id=self.id,
            reference=self.reference, **data,
        )  # fmt: skip
