"""Letters: the mail that every step of a ticket sends, to whom it concerns and only while they may read it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import mail
from ..access.policy import is_staff
from ..accounts.notices import address_of
from ..accounts.notices import tell as write
from ..accounts.sessions import SignedIn, reader_of
from ..accounts.users import User
from ..conversations import text
from ..conversations.quotes import MARK
from ..customers.models import PROVIDER, Customer
from ..i18n import format_bytes, speaking
from .impact import LABELS

if TYPE_CHECKING:
    from ..conversations.messages import Message

MOST_LETTERS = 5_000
"""How much of a message a mail repeats; the rest is read in the portal."""

Words = dict[str, Any]

SAID: dict[str, Callable[[Words], str]] = {
    "opened": lambda w: _("%(actor)s opened the ticket %(reference)s.", **w),
    "received": lambda w: _("Your ticket %(reference)s has arrived. Every answer comes to you by mail.", **w),
    "answered": lambda w: _("%(actor)s answered in the ticket %(reference)s.", **w),
    "solved": lambda w: _("%(actor)s marked the ticket %(reference)s as solved.", **w),
    "closed": lambda w: _("The ticket %(reference)s is closed.", **w),
    "reopened": lambda w: _("%(actor)s reopened the ticket %(reference)s.", **w),
    "impact_corrected": lambda w: _(
        "%(actor)s corrected the impact of the ticket %(reference)s. It is now: %(impact)s.", **w
    ),
    "merged": lambda w: _(
        "%(actor)s merged the ticket %(merged)s into %(reference)s. It goes on there, with all that was said.", **w
    ),
    "assigned": lambda w: _("%(actor)s gave you the ticket %(reference)s.", **w),
    "watched": lambda w: _("%(actor)s lets you follow the ticket %(reference)s. Every step comes to you by mail.", **w),
}
"""What happened, for each step; "received" is how the opener reads "opened"."""

NEXT: dict[str, Callable[[], str]] = {
    "solved": lambda: _(
        "It closes by itself after %(days)s days. If something is still wrong, answer, and it is open again.",
        days=current_app.config["TICKET_CLOSE_DAYS"],
    ),
    "closed": lambda: _("How content were you? Tell us on the ticket's page."),
}
"""What the customer may do now, after those steps that leave something to do."""


def tell(
    session: Session, ticket: Any, step: str, *, by: Any, message: Message | None = None, merged: Any = None
) -> None:
    """Write to opener, watchers and whoever has the ticket; to the desk of what waits while nobody has it.

    Who acted is written to only when they opened it. `by` None is the portal itself; `merged` went into `ticket`.
    """
    assignees = {ticket.assignee_id, merged.assignee_id if merged is not None else None} - {None}
    people = [ticket.opener_id, *(watcher.user_id for watcher in ticket.watchers), *assignees]
    assigned = False
    for user, reader in _readers(session, ticket, people):
        assigned = assigned or user.id in assignees
        own = by is not None and by.id == user.id
        if not own:
            _write(session, ticket, step, user, reader, by=by, message=message, merged=merged)
        elif step == "opened":
            _write(session, ticket, "received", user, reader, by=by)
    waits = step == "opened" or (step in ("answered", "reopened") and not is_staff(by))
    if waits and not assigned:
        _write_to_desk(session, ticket, step, by=by, message=message)


def tell_assignee(session: Session, ticket: Any, assignee: User, *, by: Any) -> None:
    """Tell one of the staff that the ticket is theirs now."""
    for user, reader in _readers(session, ticket, [assignee.id]):
        _write(session, ticket, "assigned", user, reader, by=by)


def tell_watcher(session: Session, ticket: Any, watcher: User, *, by: Any) -> None:
    """Tell somebody that they follow the ticket now, unless they chose so themselves."""
    for user, reader in _readers(session, ticket, [watcher.id]):
        if user.id != by.id:
            _write(session, ticket, "watched", user, reader, by=by)


def _readers(session: Session, ticket: Any, ids: list[uuid.UUID]) -> Iterator[tuple[User, SignedIn]]:
    """Yield, once each, those of the people who could sign in now and would see the ticket."""
    from .tickets import Ticket

    for id in dict.fromkeys(ids):
        reader = reader_of(session, id)
        if reader and session.scalar(select(Ticket.id).where(Ticket.id == ticket.id, Ticket.seen_by(reader))):
            yield session.get_one(User, id), reader


def _write(
    session: Session, ticket: Any, step: str, user: User, reader: SignedIn, *, by: Any, message: Message | None = None,
    merged: Any = None,
) -> None:  # fmt: skip
    may_answer = "support.answer" in reader.verbs or "tickets.write" in reader.verbs
    with speaking(user.language or current_app.config["LANGUAGE"]):
        context = _context(session, ticket, step, by=by, message=message, merged=merged, staff=reader.is_staff)
    is_answerable = may_answer and bool(current_app.config["SUPPORT_ADDRESS"])
    write(session, user, "ticket", thread_id=ticket.id, mark=MARK if is_answerable else "", **context)


def _write_to_desk(session: Session, ticket: Any, step: str, *, by: Any, message: Message | None) -> None:
    """Write to the mailbox that several of the staff read: no person's, so no answer comes back from it."""
    desk, language = current_app.config["SUPPORT_DESK"], current_app.config["LANGUAGE"]
    if not desk:
        return
    with speaking(language):
        context = _context(session, ticket, step, by=by, message=message, merged=None, staff=True)
        name = _("Support")
    mail.send(session, to=desk, name=name, template="ticket", language=language, customer_id=PROVIDER,
              thread_id=ticket.id, mark="", **context)  # fmt: skip


def _context(
    session: Session, ticket: Any, step: str, *, by: Any, message: Message | None, merged: Any, staff: bool
) -> dict[str, Any]:
    """Return what the templates print, in the present language."""
    actor = by.name if by is not None else _("The portal")
    if staff and by is not None and not is_staff(by):
        actor = f"{actor} ({session.get_one(Customer, ticket.customer_id).name})"
    words = {"actor": actor, "reference": ticket.reference, "impact": LABELS[ticket.impact],
             "merged": merged.reference if merged is not None else ""}  # fmt: skip
    body = message.body if message is not None else ""
    shown = _shortened(body)
    files = [attachment.file for attachment in message.attachments] if message is not None else []
    return {
        "said": SAID[step](words), "next": NEXT[step]() if step in NEXT and not staff else "",
        "reference": ticket.reference, "subject_line": ticket.subject,
        "impact": str(LABELS[ticket.impact]) if staff or step == "opened" else "",
        "link": address_of(f"/{'provider/' if staff else ''}support/tickets/{ticket.id}"),
        "body": shown, "body_html": _styled(text.html_of(shown, message.source if message is not None else "")),
        "is_cut": len(shown) < len(body),
        "files": [f"{file.name} ({format_bytes(file.size)})" for file in files],
    }  # fmt: skip


def _shortened(body: str) -> str:
    """Return the body, or its beginning up to a line or word."""
    if len(body) <= MOST_LETTERS:
        return body
    start = body[:MOST_LETTERS]
    end = max(start.rfind("\n"), start.rfind(" "))
    return f"{start[: end if end > MOST_LETTERS // 2 else MOST_LETTERS]} …"


def _styled(html: Markup) -> Markup:
    """Return HTML with the styles that mail programs, which read no style sheets, find on the elements alone."""
    for tag, style in (
        ("pre", "white-space:pre-wrap;font:14px/1.4 monospace"),
        ("th", "padding:2px 12px 2px 0;text-align:left"),
        ("td", "padding:2px 12px 2px 0"),
        ("blockquote", "margin:0 0 0 4px;padding-left:10px;border-left:2px solid #999"),
    ):
        html = html.replace(Markup(f"<{tag}>"), Markup(f'<{tag} style="{style}">'))  # noqa: S704 - ours
    return html
