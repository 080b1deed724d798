"""Messages: what people say about a record, in the order they said it, with the files they sent along."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..customers.ownership import Owned
from ..database import Base, Identified, UtcDateTime, now
from ..errors import Refused
from ..storage import File

MOST_LETTERS = 100_000


class Side(StrEnum):
    """Who speaks: the customer's people or the provider's staff."""

    CUSTOMER = "customer"
    STAFF = "staff"


class Source(StrEnum):
    """By what way a message came."""

    PORTAL = "portal"
    MAIL = "mail"


class Message(Identified, Owned, Base):
    """One message, readable by everybody who may read the record it belongs to; `body` is Markdown as it was written.

    It never changes. What staff say among themselves is no message: it lies in a table of its own.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_record_id", "record_id", "id"),
        Index("ux_messages_mail_id", "record_id", "mail_id", unique=True),
        Index("ux_messages_form_key", "author_id", "form_key", unique=True),
    )

    read_by_customer: ClassVar[str] = "tickets.use"
    read_by_staff: ClassVar[str] = "support.read"

    record_id: Mapped[uuid.UUID] = mapped_column()
    side: Mapped[Side] = mapped_column(String(20))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    source: Mapped[Source] = mapped_column(String(20), default=Source.PORTAL)
    body: Mapped[str] = mapped_column(Text, default="")
    mail_id: Mapped[str | None] = mapped_column(String(300))
    """The Message-ID of the mail it came as: the same mail delivered twice is one message."""
    form_key: Mapped[str | None] = mapped_column(String(40))
    """The key of the form it was written in: the same form sent twice is one message."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    attachments: Mapped[list[Attachment]] = relationship(cascade="all, delete-orphan", order_by="Attachment.id")

    @classmethod
    def write(
        cls,
        session: Session,
        *,
        customer_id: str,
        record_id: uuid.UUID,
        side: Side,
        body: str,
        files: Sequence[File] = (),
        source: Source = Source.PORTAL,
        mail_id: str | None = None,
        form_key: str | None = None,
        by: Any,
    ) -> Message:
        """Add a message. Raises Refused (field `body`) for an empty one without files and for one too long."""
        body = body.replace("\r\n", "\n").strip()
        if not body and not files:
            raise Refused(_("Write something first."), field="body")
        if len(body) > MOST_LETTERS:
            raise Refused(_("This is too long. Send the long part as an attachment."), field="body")
        message = cls(
            customer_id=customer_id, record_id=record_id, side=side, body=body, source=source, mail_id=mail_id,
            form_key=form_key, author_id=getattr(by, "id", None),
            attachments=[Attachment(customer_id=customer_id, record_id=record_id, file_id=file.id) for file in files],
        )  # fmt: skip
        session.add(message)
        return message


class Attachment(Identified, Owned, Base):
    """A file sent with a message."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_message_id", "message_id"), Index("ix_attachments_record_id", "record_id"))

    read_by_customer: ClassVar[str] = "tickets.use"
    read_by_staff: ClassVar[str] = "support.read"

    record_id: Mapped[uuid.UUID] = mapped_column()
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("messages.id"))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("files.id"))
    file: Mapped[File] = relationship()
