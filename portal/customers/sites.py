"""Site: one monitoring site of one customer, reached over Livestatus. It belongs to a customer, never to all."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..audit.models import record
from ..database import Base, Key, UtcDateTime, Versioned, now
from ..errors import Refused
from ..seals import digest, new_secret
from ..text import sort_key
from .models import Customer, of_shown
from .ownership import Owned

RESERVED = {"global", "new"}
"""IDs no site can have; the literal siblings of a site's address are added at the start."""


class Site(Versioned, Owned, Base):
    """A monitoring site: whose it is, where its Livestatus answers, and what its configuration says of it alone.

    `livestatus` is `tcp:host:port`, `tls:host:port` or `unix:/path`; `timeout` in milliseconds. A host belongs to the
    customer of its site and in no other way (seed "Managed services edition", 5.2).
    """

    __tablename__ = "sites"
    __table_args__ = (
        UniqueConstraint("id", "customer_id", name="uq_sites_id_customer_id"),
        Index("ix_sites_customer_id", "customer_id", "alias_key", "id"),
        of_shown("ix_sites_alias_key", "alias_key", "id"),
    )

    ID_LENGTH: ClassVar[int] = 64
    read_by_customer: ClassVar[str] = "monitoring.own"
    read_by_staff: ClassVar[str] = "sites.read"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    alias: Mapped[str] = mapped_column(String(200))
    alias_key: Mapped[str] = mapped_column(Key)
    livestatus: Mapped[str] = mapped_column(String(300))
    timeout: Mapped[int] = mapped_column(default=2000)
    tls_ca: Mapped[str] = mapped_column(Text, default="")
    """PEM certificates that alone are trusted for `tls:`; empty: those of the machine."""
    status_site_id: Mapped[str | None] = mapped_column(String(64))
    status_host: Mapped[str] = mapped_column(String(200), default="")
    """A host of another site whose state says whether this site can be reached at all."""
    gui_url: Mapped[str] = mapped_column(String(300), default="")
    is_disabled: Mapped[bool] = mapped_column(default=False)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    token_made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Global settings of this site alone, by name."""
    trusted_cas: Mapped[list[str]] = mapped_column(JSON, default=list)
    """CA certificates in PEM that this site alone is to trust (seed, 5.5)."""
    edition: Mapped[str] = mapped_column(String(20), default="")
    """What the site says it runs; empty: unknown. Written past `version`: no person edits it."""
    product_version: Mapped[str] = mapped_column(String(60), default="")
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def create(cls, session: Session, *, id: str, alias: str, customer_id: str, livestatus: str, by: Any) -> Site:
        """Add a site; raise `Refused` naming the field when the ID is malformed, reserved or taken."""
        id, alias = id.strip(), " ".join(alias.split()) or id.strip()
        if not re.fullmatch(Customer.ID_PATTERN, id, re.ASCII):
            raise Refused(
                _("An ID consists of letters, digits, dash and underscore and starts with a letter or underscore."),
                field="id",
            )
        if len(id) > cls.ID_LENGTH:
            raise Refused(_("An ID has at most %(number)d characters.", number=cls.ID_LENGTH), field="id")
        if id.lower() in RESERVED:
            raise Refused(_("The ID “%(id)s” is reserved. Choose another.", id=id), field="id")
        taken = Refused(_("There is already a site with the ID “%(id)s”.", id=id), field="id")
        if session.get(cls, id) is not None:
            raise taken
        site = cls(id=id, alias=alias, alias_key=sort_key(alias), customer_id=customer_id, livestatus=livestatus)
        try:
            with session.begin_nested():
                session.add(site)
        except IntegrityError:
            raise taken from None
        record(session, "site.created", by=by, customer_id=customer_id, site=id)
        return site

    def renew_token(self, session: Session, *, by: Any) -> str:
        """Make the token with which the site fetches its configuration; return it, for once. The one before ends."""
        token = new_secret()
        self.token_hash, self.token_made_at = digest(token), now()
        record(session, "site.token", by=by, customer_id=self.customer_id, site=self.id)
        return token
