"""Own rules: what people say of what they themselves are told. They count after all others."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import JSON, ForeignKey, Index, Select, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...database import Base, Identified, Versioned
from ...errors import Refused


class OwnRule(Identified, Versioned, Base):
    """A rule of somebody, in its place among theirs; `body` as a rule of the provider, without whom it tells."""

    __tablename__ = "own_notification_rules"
    __table_args__ = (Index("ix_own_notification_rules_user_id", "user_id", "position", "id"),)

    MOST: ClassVar[int] = 50
    TITLE_LENGTH: ClassVar[int] = 200

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    position: Mapped[int] = mapped_column(default=0)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    @classmethod
    def of(cls, user_id: uuid.UUID) -> Select[OwnRule]:
        """Return a select of somebody's rules, in order."""
        return select(cls).where(cls.user_id == user_id).order_by(cls.position, cls.id)

    @classmethod
    def add(cls, session: Session, *, title: str, enabled: bool, body: Mapping[str, Any], by: Any) -> OwnRule:
        """Add a rule at the end of one's own; raises `Refused` when there are too many."""
        number, last = session.execute(
            select(func.count(cls.id), func.coalesce(func.max(cls.position), 0)).where(cls.user_id == by.id)
        ).one()
        if number >= cls.MOST:
            raise Refused(_("You have %(number)d rules: no more fit. Change one of them.", number=number))
        rule = cls(user_id=by.id, title=title, position=last + 1, is_enabled=enabled, body=dict(body))
        session.add(rule)
        return rule

    def change(self, *, title: str, enabled: bool, body: Mapping[str, Any]) -> None:
        """Say it anew."""
        self.title, self.is_enabled, self.body = title, enabled, dict(body)

    def move(self, session: Session, *, up: bool) -> None:
        """Change places with the rule before or after it; the first and the last stay."""
        rules = list(session.scalars(OwnRule.of(self.user_id)))
        at = rules.index(self)
        to = at - 1 if up else at + 1
        if 0 <= to < len(rules):
            rules[at], rules[to] = rules[to], rules[at]
        for position, rule in enumerate(rules, 1):
            if rule.position != position:
                rule.position = position
