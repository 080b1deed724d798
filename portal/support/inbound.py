"""Inbound: what a mail does to a ticket: the same as an answer in the portal, by the same rules, or nothing.

Who may not answer is told why, once an hour. Mail that no person wrote is never answered and never put anywhere.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .. import delivery, mail
from ..accounts.notices import address_of
from ..accounts.sessions import SignedIn, reader_of
from ..accounts.throttle import may_refuse
from ..conversations.inbound import WHOLE, Arrived, read
from ..conversations.messages import MOST_LETTERS, Message, Source
from ..conversations.parts import Enclosed
from ..conversations.quotes import trimmed
from ..conversations.threads import Answer, answer_in, is_ours
from ..database import now
from ..errors import Refused
from ..i18n import format_bytes, speaking
from ..jobs import TryLater
from ..mail import Mail
from ..text import fold
from ..web.fields import is_mailbox
from . import attachments, lapse, reading
from .tickets import Ticket

MOST_AN_HOUR = 30
"""Answers by mail to one ticket; more is two machines that write to each other."""

BEGINNING = 20_000
"""Letters of an answer that is too long, in front of the file that holds it all."""


class TooMany(Exception):
    """Say that a ticket got more mails within an hour than people write: this one is to wait."""


def take(session: Session, raw: bytes, *, is_cut: bool = False) -> str:
    """Do what a mail asks for, in the session's transaction; return what became of it, for the log.

    Raises TooMany, and StorageFull when the disk is.
    """
    arrived = read(raw, is_cut=is_cut)
    return f"Mail {mail.clean(arrived.id)}: {_outcome(session, arrived, raw)}"


def _outcome(session: Session, arrived: Arrived, raw: bytes) -> str:
    if arrived.bounce:
        return _note_bounce(session, arrived)
    if arrived.automatic:
        return f"left out, written by no person ({arrived.automatic})"
    if is_ours(session, arrived) or fold(arrived.sender) in _own_addresses():
        return "left out, written by the portal"
    if not arrived.sender:
        return "left out, from nobody"
    answer = answer_in(session, arrived)
    if answer is None:
        return _refuse(session, arrived, _sentence_for_strangers)
    reader = reader_of(session, answer.user_id)
    if reader is None:
        return "left out, from somebody who cannot sign in"
    language = reader.language or current_app.config["LANGUAGE"]
    with speaking(language):
        try:
            with session.begin_nested():
                return _answer(session, arrived, answer, reader, raw)
        except Refused as refused:
            sentence = refused.sentence
    return _refuse(session, arrived, lambda: sentence, reader=reader, language=language)


def _answer(session: Session, arrived: Arrived, answer: Answer, reader: SignedIn, raw: bytes) -> str:
    ticket = _ticket(session, answer, reader)
    if arrived.is_cut:
        limit = format_bytes(current_app.config["INBOUND_LIMIT"])
        raise Refused(_("It is larger than %(limit)s. Large files are sent along in the portal.", limit=limit))
    if session.scalar(select(Message.id).where(Message.record_id == ticket.id, Message.mail_id == arrived.id)):
        return "left out, it had arrived before"
    if _arrived_lately(session, ticket) >= MOST_AN_HOUR:
        raise TooMany
    body, files = trimmed(arrived.text, answer.said), list(arrived.files)
    if len(body) > MOST_LETTERS:
        body = f"{body[:BEGINNING]} …"
        files = [file for file in files if file.filename != WHOLE] + [Enclosed(WHOLE, raw)]
    kept = attachments.keep(session, files, customer_id=ticket.customer_id, by=reader)
    ticket.answer(session, body, files=kept, source=Source.MAIL, mail_id=arrived.id, by=reader)
    return f"put into the ticket {ticket.reference}"


def _ticket(session: Session, answer: Answer, reader: SignedIn) -> Ticket:
    """Return the ticket to write to, or the one it was merged into. Raises Refused, saying why not."""
    if not reader.verbs & {"tickets.use", "support.read"}:
        raise Refused(_("You no longer have the right “Request Support”. The super user or an admin can give it."))
    ticket = reading.locked(session, reader, answer.record_id)
    seen = 0
    while ticket is not None and ticket.merged_into_id and seen < 20:
        ticket, seen = reading.locked(session, reader, ticket.merged_into_id), seen + 1
    if ticket is None:
        raise Refused(_("You no longer see this ticket."))
    if reader.is_staff and "support.answer" not in reader.verbs:
        raise Refused(_("Your role lets you read tickets, but not answer them."))
    if not reader.is_staff and "tickets.write" not in reader.verbs:
        raise Refused(lapse.why(reader))
    return ticket


def _arrived_lately(session: Session, ticket: Ticket) -> int:
    return session.scalar(
        select(func.count()).where(
            Message.record_id == ticket.id, Message.source == Source.MAIL,
            Message.created_at > now() - timedelta(hours=1),
        )
    ) or 0  # fmt: skip


def _sentence_for_strangers() -> str:
    return str(_("It answers no mail that the portal has sent to this address. Tickets are opened in the portal."))


def _refuse(
    session: Session, arrived: Arrived, sentence: Any, *, reader: SignedIn | None = None, language: str = ""
) -> str:
    """Write why the mail led nowhere, to the address it came from and to no more of what it said."""
    if not is_mailbox(arrived.sender) or not may_refuse(session, fold(arrived.sender)):
        return "refused, without a word"
    language = language or current_app.config["LANGUAGE"]
    with speaking(language):
        reason = sentence()
    mail.send(
        session, to=arrived.sender, name=reader.name if reader else "", template="ticket_refusal", language=language,
        customer_id=reader.customer_id if reader else None, user_id=reader.id if reader else None, reason=reason,
        link=address_of(_page_for(reader)),
    )  # fmt: skip
    return "refused"


def _page_for(reader: SignedIn | None) -> str:
    """Return the page from which somebody can go on."""
    if reader is not None and reader.is_staff:
        return "/provider/support/tickets/" if "support.read" in reader.verbs else "/provider/"
    return "/support/tickets/" if reader is None or "tickets.use" in reader.verbs else "/"


def _note_bounce(session: Session, arrived: Arrived) -> str:
    """Note with the mail that it came back."""
    bounce = arrived.bounce
    assert bounce
    found = session.scalar(select(Mail).where(Mail.message_id == f"<{bounce.message_id.lower()}>"))
    if found is None or not bounce.is_final:
        return "left out, a report of a mail server"
    found.note_return(bounce.reason)
    return f"noted, the mail {found.id} came back"


def _own_addresses() -> set[str]:
    """Return the addresses the portal writes from, is written to and tells the desk by."""
    found = set()
    for setting in ("MAIL_FROM", "SUPPORT_ADDRESS", "SUPPORT_DESK"):
        try:
            found.add(fold(delivery.own(setting).addr_spec))
        except TryLater:
            continue
    return found
