"""Letters: the mail that every step of a ticket sends, to whom it concerns and only while they may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..access.policy import is_staff
from ..access.rights import Right
from ..accounts.notices import address_of
from ..accounts.notices import tell as write
from ..accounts.users import Grant, User

if TYPE_CHECKING:
    from ..conversations.messages import Message


def tell(
    session: Session,
    ticket: Any,
    step: str,
    *,
    by: Any,
    message: Message | None = None,
    merged: Any = None,
) -> None:
    """Write to the opener and the watchers, and to the assignee of what the customer did; never to the actor twice."""
    for user in _customers_people(session, ticket):
        _write(session, ticket, step, user, by=by, message=message, merged=merged,
               link=address_of(f"/support/tickets/{ticket.id}"))  # fmt: skip
    if by is not None and not is_staff(by) and ticket.assignee_id:
        assignee = session.get(User, ticket.assignee_id)
        if assignee and not assignee.disabled_at and not assignee.archived_at:
            _write(session, ticket, step, assignee, by=by, message=message, merged=merged,
                   link=address_of(f"/provider/support/tickets/{ticket.id}"))  # fmt: skip


def tell_assignee(session: Session, ticket: Any, assignee: User, *, by: Any) -> None:
    """Tell one of the staff that the ticket is theirs now."""
    _write(session, ticket, "assigned", assignee, by=by, message=None, merged=None,
           link=address_of(f"/provider/support/tickets/{ticket.id}"))  # fmt: skip


def _customers_people(session: Session, ticket: Any) -> list[User]:
    """Return the opener and the watchers who can still sign in and hold the right, awake or asleep."""
    ids = [ticket.opener_id, *(watcher.user_id for watcher in ticket.watchers)]
    return list(
        session.scalars(
            select(User)
            .join(Grant, Grant.user_id == User.id)
            .where(
                User.id.in_(ids), User.customer_id == ticket.customer_id, User.disabled_at.is_(None),
                User.archived_at.is_(None), Grant.right == Right.REQUEST_SUPPORT,
            )
        )
    )  # fmt: skip


def _write(session: Session, ticket: Any, step: str, user: User, *, by: Any, message: Any, **context: Any) -> None:
    write(
        session, user, "ticket", step=step, reference=ticket.reference, subject=ticket.subject, impact=ticket.impact,
        actor=by.name if by is not None else "", own=by is not None and by.id == user.id,
        body=message.body if message is not None else "", **context,
    )  # fmt: skip
