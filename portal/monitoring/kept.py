"""Kept views: tables that somebody made and named, for themselves or for everybody of their side.

Customers' people share within their company, staff among themselves; neither ever sees the other's views.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..audit.models import record
from ..customers.models import PROVIDER
from ..customers.ownership import Owned, Reader
from ..database import Base, Identified, Key, UtcDateTime, Versioned, now
from ..errors import Refused
from ..text import sort_key
from .tables.sources import SOURCES
from .tables.table import Table

MOST = 200
"""Views one person can keep."""


class KeptView(Identified, Versioned, Owned, Base):
    """A table under a name; `body` is the table as `Table.as_json` gives it."""

    __tablename__ = "monitoring_views"
    __table_args__ = (
        Index("ix_monitoring_views_user_id", "user_id", "name_key"),
        Index("ix_monitoring_views_customer_id", "customer_id", "is_shared", "name_key"),
    )

    read_by_customer: ClassVar[str] = "monitoring.own"
    read_by_staff: ClassVar[str] = "monitoring.read"
    NAME_LENGTH: ClassVar[int] = 80

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(Key)
    source: Mapped[str] = mapped_column(String(20))
    body: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @classmethod
    def seen_by(cls, reader: Reader) -> ColumnElement[bool]:
        """Return the condition under which somebody may use a view: their own, and those shared on their side."""
        side = PROVIDER if cls.read_by_staff in reader.verbs else reader.customer_id
        return and_(super().seen_by(reader), cls.customer_id == side, or_(cls.user_id == reader.id, cls.is_shared))

    @classmethod
    def keep(cls, session: Session, *, name: str, table: Table, shared: bool, by: Any) -> KeptView:
        """Keep a table under a name. Raises Refused naming the field."""
        number = session.scalar(select(func.count()).select_from(cls).where(cls.user_id == by.id)) or 0
        if number >= MOST:
            raise Refused(_("You keep %(number)d views already. Delete one first.", number=MOST), field="name")
        view = cls(user_id=by.id, customer_id=by.customer_id or PROVIDER, source=table.source.id)
        view.change(session, name=name, table=table, shared=shared, by=by)
        session.add(view)
        return view

    def change(self, session: Session, *, name: str, table: Table, shared: bool, by: Any) -> None:
        """Set name, table and for whom it is. Raises Refused naming the field."""
        name = " ".join(name.split())
        if not name:
            raise Refused(_("Give the view a name."), field="name")
        taken = select(KeptView.id).where(KeptView.user_id == self.user_id, KeptView.name_key == sort_key(name))
        with session.no_autoflush:
            if session.scalar(taken) not in (None, self.id):
                raise Refused(_("There is a view of this name already."), field="name")
        if shared is not bool(self.is_shared):
            self._record(session, "view.shared" if shared else "view.withdrawn", name, by)
        self.name, self.name_key, self.is_shared = name, sort_key(name), shared
        self.body = table.as_json()

    def delete(self, session: Session, *, by: Any) -> None:
        """Remove the view, for everybody it was for."""
        if self.is_shared:
            self._record(session, "view.withdrawn", self.name, by)
        session.delete(self)

    def may_be_changed_by(self, person: Any, share: str) -> bool:
        """Tell whether somebody may edit and delete it: its owner, and of shared ones whoever may share."""
        return bool(self.user_id == person.id or (self.is_shared and share in person.verbs))

    @property
    def table(self) -> Table:
        """Return the table; what is no more of its columns and filters is left out."""
        return Table.from_json(self.source, self.body)

    @property
    def source_title(self) -> Any:
        """Return what its rows are."""
        return SOURCES[self.source].title

    def _record(self, session: Session, tag: str, name: str, by: Any) -> None:
        record(session, tag, by=by, customer_id=self.customer_id, name=name)
