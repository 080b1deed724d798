"""Site: one monitoring site of one customer, reached over Livestatus. It belongs to a customer, never to all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import JSON, Index, String, Text, UniqueConstraint, select
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
    def create(
        cls, session: Session, *, id: str, alias: str, customer_id: str, livestatus: str, by: Any, **more: Any
    ) -> Site:
        """Add a site; raise `Refused` naming the field: ID malformed, reserved or taken, wrong value."""
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
        owner(session, customer_id)
        site = cls(
            id=id, alias=alias, alias_key=sort_key(alias), customer_id=customer_id, livestatus=livestatus, **more
        )
        check(session, site)
        try:
            with session.begin_nested():
                session.add(site)
        except IntegrityError:
            raise taken from None
        record(session, "site.created", by=by, customer_id=customer_id, site=id)
        return site

    def change(self, session: Session, *, by: Any, **values: Any) -> dict[str, list[Any]]:
        """Set what `EDITABLE` names; record and return what changed, each with its old and new value."""
        changed = {}
        for field, value in values.items():
            if field not in EDITABLE:
                raise KeyError(field)
            if getattr(self, field) != value:
                changed[field] = [getattr(self, field), value]
                setattr(self, field, value)
        if not self.alias:
            self.alias = self.id
        self.alias_key = sort_key(self.alias)
        check(session, self)
        if changed:
            told = {field: pair for field, pair in changed.items() if field != "tls_ca"}
            record(
                session, "site.changed", by=by, customer_id=self.customer_id, site=self.id, changed=told,
                fields=sorted(changed),
            )  # fmt: skip
        return changed

    def move(self, session: Session, customer_id: str, *, by: Any) -> None:
        """Give the site to another customer, its hosts and services with it; its token ends: the former may know it.

        Both histories tell it, and neither names the other customer.
        """
        if customer_id == self.customer_id:
            raise Refused(_("The site belongs to this customer already."), field="customer")
        owner(session, customer_id)
        source, self.customer_id = self.customer_id, customer_id
        self.token_hash = self.token_made_at = None
        for side in (source, customer_id):
            record(
                session, "site.moved", by=by, customer_id=side, site=self.id, source=source, target=customer_id,
                arrived=side == customer_id,
            )  # fmt: skip

    def remove(self, session: Session, *, by: Any) -> None:
        """Take the site away: its token ends, its ID stays taken. Refused while another's status host stands on it."""
        others = session.scalars(
            select(Site.alias)
            .where(Site.status_site_id == self.id, Site.archived_at.is_(None))
            .order_by(Site.alias_key)
        ).all()
        if others:
            raise Refused(
                _("A host of this site says whether others can be reached: %(sites)s. Change that there first.",
                  sites=", ".join(others))
            )  # fmt: skip
        self.archived_at, self.token_hash = now(), None
        record(session, "site.removed", by=by, customer_id=self.customer_id, site=self.id)

    def renew_token(self, session: Session, *, by: Any) -> str:
        """Make the token with which the site fetches its configuration; return it, for once. The one before ends."""
        token = new_secret()
        self.token_hash, self.token_made_at = digest(token), now()
        record(session, "site.token", by=by, customer_id=self.customer_id, site=self.id)
        return token


EDITABLE = (
    "alias", "livestatus", "timeout", "tls_ca", "status_site_id", "status_host", "gui_url", "is_disabled",
)  # fmt: skip
SHORTEST, LONGEST = 100, 60_000
"""Bounds of a site's timeout, in milliseconds."""
_ADDRESS = re.compile(r"(?:(?:tcp|tls):[^\s\x00-\x1f\x7f]+:([0-9]{1,5})|unix:/[^\x00-\x1f\x7f]*)", re.ASCII)


def reserve(ids: Iterable[str]) -> None:
    """Keep IDs from being given to a site."""
    RESERVED.update(id.lower() for id in ids)


def owner(session: Session, customer_id: str) -> Customer:
    """Return the active customer a site is to belong to; raise `Refused` for any other text, and for Global.

    The row is held until the transaction ends, so that the customer cannot be deleted meanwhile.
    """
    if customer_id.lower() == "global":
        raise Refused(_("Invalid customer: a site belongs to exactly one customer, never to all."), field="customer")
    found = session.scalar(
        select(Customer)
        .where(Customer.id == customer_id, Customer.archived_at.is_(None))
        .with_for_update(read=True, key_share=True)
    )
    if found is None:
        raise Refused(_("Customer missing: “%(id)s”", id=customer_id), field="customer")
    return found


def check(session: Session, site: Site) -> None:
    """Raise `Refused` naming the field of a site that holds what makes no sense."""
    found = _ADDRESS.fullmatch(site.livestatus)
    if not found or len(site.livestatus) > 300 or found[1] and not 0 < int(found[1]) < 65536:
        raise Refused(_("Write tcp:host:port, tls:host:port or unix:/path."), field="livestatus")
    if site.timeout is not None and not SHORTEST <= site.timeout <= LONGEST:
        raise Refused(
            _("A timeout lies between %(low)d and %(high)d milliseconds.", low=SHORTEST, high=LONGEST), field="timeout"
        )
    if site.gui_url and not re.fullmatch(r"https?://[^\s/?#@\\]+(?:/[^\s?#]*)?", site.gui_url):
        raise Refused(_("An address of a web page begins with https:// or http://."), field="gui_url")
    _check_status_host(session, site)


def _check_status_host(session: Session, site: Site) -> None:
    if bool(site.status_site_id) is not bool(site.status_host):
        missing = "status_host" if site.status_site_id else "status_site_id"
        raise Refused(_("A status host is a site and a host of it: give both or neither."), field=missing)
    passed, at = {site.id}, site.status_site_id
    while at:
        if at in passed:
            raise Refused(_("A site cannot say of itself, by way of others either, whether it is reached."),
                          field="status_site_id")  # fmt: skip
        passed.add(at)
        row = session.execute(
            select(Site.status_site_id).where(Site.id == at, Site.archived_at.is_(None))
        ).first()  # fmt: skip
        if row is None:
            raise Refused(_("There is no site “%(id)s”.", id=at), field="status_site_id")
        at = row.status_site_id
