"""Licensing credentials: a Licensing ID and a password with which a site speaks for a subscription."""

from __future__ import annotations

import secrets
import uuid
from datetime import date, datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ..audit.models import record
from ..customers.ownership import Owned
from ..customers.subscriptions import State, Subscription, today
from ..database import Base, Identified, UtcDateTime, Versioned, now, separate
from ..errors import Refused
from ..i18n import format_date
from ..seals import digest, new_secret
from . import notices

LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
MOST = 50
"""How many credentials of one subscription may work at the same time."""
SEEN_EVERY = timedelta(minutes=5)
NOBODY = digest("no password")


def new_licensing_id() -> str:
    """Return an ID that is no secret and tells nothing: 80 random bits in groups that people can read aloud."""
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(4)) for _group in range(4))


class CredentialState(StrEnum):
    """Whether a credential opens anything."""

    ACTIVE = "active"
    ASLEEP = "asleep"
    REVOKED = "revoked"


class Credential(Identified, Versioned, Owned, Base):
    """A Licensing ID under a subscription. Its password is kept as a digest; a rotated one holds on until `old_until`.

    The password has 256 random bits, so that a digest without salt or stretching gives nothing away.
    """

    __tablename__ = "licensing_credentials"
    __table_args__ = (Index("ix_licensing_credentials_subscription_id", "subscription_id", "id"),)

    read_by_customer: ClassVar[str] = "downloads.use"
    read_by_staff: ClassVar[str] = "documents.read"

    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    subscription: Mapped[Subscription] = relationship()
    licensing_id: Mapped[str] = mapped_column(String(40), unique=True, default=new_licensing_id)
    label: Mapped[str] = mapped_column(String(80))
    secret_hash: Mapped[str] = mapped_column(String(64))
    old_secret_hash: Mapped[str | None] = mapped_column(String(64))
    old_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    rotated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_from: Mapped[str] = mapped_column(String(64), default="")

    @classmethod
    def generate(cls, session: Session, subscription: Subscription, *, label: str, by: Any) -> tuple[Credential, str]:
        """Add a credential and return it with its password, which nobody can read again.

        Raises Refused when the subscription does not run, and for a label that is taken or one too many.
        """
        refuse_unless_running(subscription)
        label = " ".join(label.split())
        working = select(cls.label).where(cls.subscription_id == subscription.id, cls.revoked_at.is_(None))
        labels = {found.casefold() for found in session.scalars(working)}
        if not label:
            raise Refused(_("Give it a label, so that you know later where it is used."), field="label")
        if label.casefold() in labels:
            raise Refused(_("A credential with this label is in use. Choose another label."), field="label")
        if len(labels) >= MOST:
            raise Refused(_("There are %(number)d credentials already. Revoke one that is not used.", number=MOST))
        password = new_secret()
        credential = cls(
            customer_id=subscription.customer_id, subscription=subscription, licensing_id=new_licensing_id(),
            label=label, secret_hash=digest(password), created_by_id=getattr(by, "id", None),
        )  # fmt: skip
        session.add(credential)
        session.flush()
        credential._record(session, "generated", by)
        return credential, password

    def rotate(self, session: Session, *, overlap: timedelta, by: Any) -> str:
        """Return a new password; the present one works on for `overlap`, one from before it no longer."""
        refuse_unless_running(self.subscription)
        self.refuse_if_revoked()
        password, moment = new_secret(), now()
        self.old_secret_hash = self.secret_hash if overlap else None
        self.old_until = moment + overlap if overlap else None
        self.secret_hash, self.rotated_at = digest(password), moment
        self._record(session, "rotated", by)
        return password

    def revoke(self, session: Session, *, by: Any) -> None:
        """Let the credential open nothing any more, at once and for good."""
        self.refuse_if_revoked()
        self.revoked_at = now()
        self.old_secret_hash = self.old_until = None
        self._record(session, "revoked", by)

    def refuse_if_revoked(self) -> None:
        """Raise Refused for what has been revoked: it never works again."""
        if self.revoked_at:
            raise Refused(_("This credential has been revoked already."))

    def _record(self, session: Session, step: str, by: Any) -> None:
        record(
            session, f"credential.{step}", by=by, customer_id=self.customer_id, label=self.label,
            licensing_id=self.licensing_id, title=self.subscription.title, subscription=str(self.subscription_id),
        )  # fmt: skip
        notices.tell_leads(session, self, step, by=by)


def state_of(row: Any, *, runs: bool) -> CredentialState:
    """Return whether a credential, or a row with its `revoked_at`, opens anything."""
    if row.revoked_at:
        return CredentialState.REVOKED
    return CredentialState.ACTIVE if runs else CredentialState.ASLEEP


def why_none(subscription: Subscription, day: date | None = None) -> str:
    """Return why a subscription has no working credentials on a day; "" when it may have."""
    state = subscription.state(day or today())
    if subscription.archived_at or state == State.ENDED:
        return str(_("The subscription ended on %(day)s.", day=format_date(subscription.ends_on)))
    if state == State.UPCOMING:
        return str(_("The subscription starts on %(day)s.", day=format_date(subscription.starts_on)))
    return ""


def refuse_unless_running(subscription: Subscription) -> None:
    """Raise Refused when the subscription does not run today, grace included."""
    if reason := why_none(subscription):
        raise Refused(
            f"{reason} " + _("Licensing credentials work only while it runs: ask whoever renews it at your company.")
        )


def authenticate(session: Session, licensing_id: str, password: str) -> Credential | None:
    """Return the credential that these two open; None when they open none, for whatever reason.

    An unknown ID, a wrong password and a revoked credential cost the same and look the same.
    """
    found = session.scalar(select(Credential).where(Credential.licensing_id == licensing_id))
    given = digest(password)
    present = compare_digest(given, found.secret_hash if found else NOBODY)
    holds_on = found is not None and found.old_until is not None and found.old_until > now()
    old = compare_digest(given, (found.old_secret_hash if found else None) or NOBODY) and holds_on
    return found if found is not None and found.revoked_at is None and (present or old) else None


def note_use(credential: Credential, address: str) -> None:
    """Keep when and from where a credential was used: at once from another address, else every five minutes.

    In a transaction of its own, past the version: who rotates it meanwhile is not disturbed.
    """
    moment, last = now(), credential.last_used_at
    if last is not None and moment - last < SEEN_EVERY and credential.last_used_from == address:
        return
    with separate() as session:
        session.execute(
            update(Credential)
            .where(Credential.id == credential.id)
            .values(last_used_at=moment, last_used_from=address[:64])
        )
