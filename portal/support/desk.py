"""The desk: what staff keep at hand for their work, canned answers and saved views of the queue."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..audit.models import record
from ..customers.models import PROVIDER
from ..database import Base, Identified, Key, UtcDateTime, Versioned, now
from ..errors import Refused
from ..text import sort_key


class CannedAnswer(Identified, Versioned, Base):
    """A text for an answer that is given often; Markdown, with {name} and {reference} filled in."""

    __tablename__ = "canned_answers"
    __table_args__ = (Index("ix_canned_answers_title_key", "title_key", "id"),)

    title: Mapped[str] = mapped_column(String(120))
    title_key: Mapped[str] = mapped_column(Key)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def write(cls, session: Session, *, title: str, body: str, by: Any) -> CannedAnswer:
        """Add an answer. Raises Refused naming the field."""
        answer = cls()
        answer._set(title, body)
        session.add(answer)
        answer._record(session, "canned_answer.written", by=by)
        return answer

    def change(self, session: Session, *, title: str, body: str, by: Any) -> None:
        """Set title and text. Raises Refused naming the field."""
        self._set(title, body)
        self._record(session, "canned_answer.changed", by=by)

    def archive(self, session: Session, *, by: Any) -> None:
        """Offer it no longer."""
        if self.archived_at is None:
            self.archived_at = now()
            self._record(session, "canned_answer.archived", by=by)

    def restore(self, session: Session, *, by: Any) -> None:
        """Offer it again."""
        if self.archived_at is not None:
            self.archived_at = None
            self._record(session, "canned_answer.restored", by=by)

    def filled(self, *, name: str, reference: str) -> str:
        """Return the text with whom it is for and what about; any other brace stays as it is."""
        return self.body.replace("{name}", name).replace("{reference}", reference)

    def _set(self, title: str, body: str) -> None:
        title, body = " ".join(title.split()), body.replace("\r\n", "\n").strip()
        if not title:
            raise Refused(_("Give it a title by which colleagues find it."), field="title")
        if not body:
            raise Refused(_("Write the text of the answer."), field="body")
        self.title, self.title_key, self.body = title, sort_key(title), body

    def _record(self, session: Session, tag: str, *, by: Any) -> None:
        record(session, tag, by=by, customer_id=PROVIDER, title=self.title)


class SavedView(Identified, Base):
    """A filter of the queue under a name: somebody's own, or everybody's where `user_id` is None."""

    __tablename__ = "saved_views"
    __table_args__ = (Index("ix_saved_views_user_id", "user_id", "name"),)

    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @classmethod
    def save(cls, session: Session, *, name: str, query: str, shared: bool, by: Any) -> SavedView:
        """Keep a filter under a name. Raises Refused for a name that is empty or taken, and for a filter too long."""
        view = cls(user_id=None if shared else by.id, query=query)
        if len(query) > cls.query.type.length:
            raise Refused(_("This filter is too long to keep. Leave something out."), field="name")
        view.rename(session, name)
        session.add(view)
        return view

    def rename(self, session: Session, name: str) -> None:
        """Give it another name. Raises Refused for one that is empty or taken."""
        name = " ".join(name.split())
        if not name:
            raise Refused(_("Give the view a name."), field="name")
        owner = SavedView.user_id.is_(None) if self.user_id is None else SavedView.user_id == self.user_id
        with session.no_autoflush:
            taken = session.scalar(select(SavedView.id).where(owner, SavedView.name == name))
        if taken not in (None, self.id):
            raise Refused(_("There is a view of this name already."), field="name")
        self.name = name

    @classmethod
    def offered_to(cls, person: Any) -> ColumnElement[bool]:
        """Return the condition that somebody may use a view: their own and everybody's."""
        return or_(cls.user_id == person.id, cls.user_id.is_(None))

    @classmethod
    def changeable_by(cls, person: Any) -> ColumnElement[bool]:
        """Return the condition that somebody may rename and delete a view: their own, everybody's by managers."""
        return cls.offered_to(person) if "support.manage" in person.verbs else cls.user_id == person.id
