"""Mail: rendered with the deed it tells of, in the recipient's language, and sent by a job at least once.

Secrets (one-time links) are kept apart: the text holds placeholders, their values lie sealed until it is sent.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets as random
import unicodedata
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from markupsafe import escape
from sqlalchemy import ColumnElement, ForeignKey, Index, String, case
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import delivery
from .database import Base, Identified, UtcDateTime, now, uuid7
from .errors import Refused
from .i18n import speaking
from .jobs import GiveUp, enqueue, handler
from .leases import AnySession, Job
from .seals import seal, unseal

HEADER_LENGTH = 200
PLACEHOLDER = re.compile(r"⟦\w+·[0-9a-f]{16}⟧")
_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


class Mail(Identified, Base):
    """One message to one person, and what became of it."""

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_customer_id_id", "customer_id", "id"), Index("ix_mails_message_id", "message_id"))

    customer_id: Mapped[str | None] = mapped_column(ForeignKey("customers.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column()
    recipient: Mapped[str] = mapped_column()
    recipient_name: Mapped[str] = mapped_column(String(HEADER_LENGTH))
    subject: Mapped[str] = mapped_column(String(HEADER_LENGTH))
    text: Mapped[str] = mapped_column()
    html: Mapped[str] = mapped_column()
    template: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[str | None] = mapped_column()
    message_id: Mapped[str] = mapped_column()
    thread_id: Mapped[uuid.UUID | None] = mapped_column()
    """The record the message is about, where an answer by mail comes back to it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(500))

    @hybrid_property
    def state(self) -> str:
        """Return "waiting", "sent" or "failed"; in a query, the same as a column."""
        return "sent" if self.sent_at else "failed" if self.failed_at else "waiting"

    @state.inplace.expression
    @classmethod
    def _state(cls) -> ColumnElement[str]:
        return case((cls.sent_at.is_not(None), "sent"), (cls.failed_at.is_not(None), "failed"), else_="waiting")

    @property
    def is_answerable(self) -> bool:
        """Tell whether an answer by mail finds its way back: it belongs to a thread and to one person."""
        return bool(self.thread_id and self.user_id and current_app.config["SUPPORT_ADDRESS"])

    @property
    def had_secrets(self) -> bool:
        """Tell whether the text has places for secrets."""
        return PLACEHOLDER.search(self.text) is not None

    @property
    def shown_text(self) -> str:
        """Return the text with every secret as "…": what staff may read."""
        return PLACEHOLDER.sub("…", self.text)

    def note_return(self, reason: str) -> None:
        """Count a message as failed after all: a mail server further on sent it back."""
        self.sent_at, self.failed_at = None, now()
        self.error = _("It came back: %(why)s", why=clean(reason))[:500]


def send(
    session: AnySession,
    *,
    to: str,
    name: str,
    template: str,
    language: str,
    customer_id: str | None = None,
    user_id: uuid.UUID | None = None,
    thread_id: uuid.UUID | None = None,
    secrets: Mapping[str, str] | None = None,
    **context: Any,
) -> Mail:
    """Add a message and the job that sends it to the session's transaction.

    Renders templates/mail/<template>.txt (its first line is "Subject: …") and .html with `context`, `name`,
    `language`, `brand` and `base_url`. A template prints a secret as `{{ key }}` or `{{ secrets[key] }}`,
    unfiltered; a subject holds none (ValueError). Mails of a thread carry ids that nobody can guess, for an answer by
    mail shows by them what it answers and who was asked.
    """
    places = {key: f"⟦{key}·{random.token_hex(8)}⟧" for key in secrets or {}}
    name = clean(name) or to
    subject, text, html = _render(template, language, {**context, **places, "secrets": places, "name": name})
    if PLACEHOLDER.search(subject):
        raise ValueError(f"the subject of mail {template!r} holds a secret")
    mail = Mail(
        id=uuid7(),
        customer_id=customer_id,
        user_id=user_id,
        recipient=clean(to, limit=1000),
        recipient_name=name[:HEADER_LENGTH],
        subject=subject,
        text=text,
        html=html,
        template=template,
        language=language,
        sealed=seal(json.dumps({places[key]: value for key, value in secrets.items()})) if secrets else None,
        thread_id=thread_id,
        created_at=now(),
    )
    mail.message_id = f"<{random.token_hex(16)}@{host()}>" if thread_id else f"<{mail.id}@{host()}>"
    session.add(mail)
    enqueue(session, "mail.send", customer_id=customer_id, mail_id=str(mail.id))
    return mail


def anchor(thread_id: uuid.UUID, user_id: uuid.UUID | None) -> str:
    """Return the Message-ID that all mails of a thread to one person refer to; none is ever sent under it.

    It stands for that person as the id of a single mail does, and stays where a mail server gives mails ids of its own.
    """
    key = str(current_app.config["SECRET_KEY"]).encode()
    proof = hmac.new(key, f"mail thread {thread_id} {user_id}".encode(), hashlib.sha256).hexdigest()[:32]
    return f"<{thread_id.hex}.{proof}@{host()}>"


def host() -> str:
    """Return the host that stands in the portal's Message-IDs."""
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"


def send_again(session: AnySession, mail: Mail) -> None:
    """Try a failed message once more, as part of the session's transaction.

    Raises Refused for one that has not failed, and for one whose secrets are gone: they were forgotten with it.
    """
    if mail.state != "failed":
        raise Refused(_("This message has not failed."))
    if mail.had_secrets:
        raise Refused(_("The one-time link of this message is gone. Send a new one instead."))
    mail.failed_at, mail.error = None, None
    enqueue(session, "mail.send", customer_id=mail.customer_id, mail_id=str(mail.id))


def clean(text: str, *, limit: int = HEADER_LENGTH) -> str:
    """Return text fit for a header: one line, no control or direction characters."""
    kept = (" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.bidirectional(c) not in _DIRECTIONS).split())[:limit]


def _render(template: str, language: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Return subject, text and HTML, the same within a request and without one."""
    config, templates = current_app.config, current_app.jinja_env
    base_url = config["BASE_URL"].rstrip("/")
    context = {"brand": config["BRAND"], "base_url": base_url, "language": language, **context}
    with speaking(language):
        first, _end, text = templates.get_template(f"mail/{template}.txt").render(context).strip().partition("\n")
        if not first.startswith("Subject:"):
            raise ValueError(f"mail/{template}.txt does not begin with a subject")
        subject = clean(first.removeprefix("Subject:"))
        html = templates.get_template(f"mail/{template}.html").render(context, subject=subject)
    return subject, re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n", html.strip() + "\n"


def _note_failure(session: Session, job: Job) -> None:
    mail = session.get(Mail, uuid.UUID(job.payload["mail_id"]))
    if mail is None or mail.sent_at:
        return
    mail.attempts, mail.error, mail.failed_at = job.attempts, job.error, job.failed_at
    if mail.failed_at:
        mail.sealed = None


@handler("mail.send", failed=_note_failure)
def _send(session: Session, job: Job) -> None:
    mail = session.get(Mail, uuid.UUID(job.payload["mail_id"]))
    if mail is None:
        raise GiveUp(_("The message is no longer there."))
    if mail.sent_at:
        return
    session.commit()  # a slow mail server holds nobody up
    delivery.deliver(
        delivery.compose(
            to=mail.recipient,
            name=mail.recipient_name,
            subject=mail.subject,
            text=_filled(mail, mail.text),
            html=_filled(mail, mail.html, escaped=True),
            message_id=mail.message_id,
            created_at=mail.created_at,
            thread=anchor(mail.thread_id, mail.user_id) if mail.thread_id else "",
            reply_to=delivery.own("SUPPORT_ADDRESS") if mail.is_answerable else None,
        ),
        file_name=f"{mail.created_at:%Y%m%dT%H%M%S.%fZ}-{mail.id}.eml",
    )
    mail.sent_at, mail.attempts, mail.error, mail.sealed = now(), job.attempts, None, None


def _filled(mail: Mail, body: str, *, escaped: bool = False) -> str:
    """Return the body with its secrets in their places."""
    try:
        values: dict[str, str] = json.loads(unseal(mail.sealed)) if mail.sealed else {}
    except ValueError:
        raise GiveUp(_("The key that sealed this message's secrets is gone.")) from None
    for place, value in values.items():
        body = body.replace(place, str(escape(value)) if escaped else value)
    return body
