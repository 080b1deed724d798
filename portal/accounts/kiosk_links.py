"""Kiosk links: each shows one page of monitoring on a screen that nobody signs in at, as its maker sees it.

The secret stands in the link's address. Before the portal looks at a request for one, the address becomes that of the
page, with a note in the request on whose behalf; so the page's own policy holds, and the secret gets no further.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.routing import RequestRedirect
from werkzeug.urls import iri_to_uri

from ..access.guard import access_of
from ..audit.models import record
from ..database import Base, Identified, UtcDateTime, db, now, reading, separate
from ..errors import Refused
from ..seals import digest, new_secret
from ..web.paths import local_path
from ..web.screens import NOTE, Shown
from .session_rows import SEEN_EVERY
from .signed_in import reader_of

PREFIX = "/kiosk/"
PAGES = frozenset({"monitoring.own", "monitoring.read"})
"""A page that needs no more than one of these may be shown."""

MOST, NAME_LENGTH, PATH_LENGTH = 50, 80, 2000


class KioskLink(Identified, Base):
    """A link to one page, with the hash of its secret."""

    __tablename__ = "kiosk_links"
    __table_args__ = (Index("ix_kiosk_links_user_id", "user_id", "id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @classmethod
    def issue(cls, session: Session, *, by: Any, name: str, path: str) -> tuple[KioskLink, str]:
        """Make a link to a page `by` may open; return it with its address. Raises `Refused` naming the field."""
        name, path = " ".join(name.split()), path.strip()
        if not name or len(name) > NAME_LENGTH:
            raise Refused(_("Give the link a name of up to %(number)d characters.", number=NAME_LENGTH), field="name")
        if not can_show(path, by):
            raise Refused(_("Only pages of monitoring that you may open can be shown."), field="path")
        if len([link for link in cls.of(session, by.id) if link.revoked_at is None]) >= MOST:
            raise Refused(_("You have %(number)d links. Revoke one first.", number=MOST))
        secret = new_secret()
        link = cls(user_id=by.id, name=name, path=path, digest=digest(secret))
        session.add(link)
        record(session, "kiosk.made", by=by, customer_id=by.customer_id, subject_id=by.id, name=name)
        return link, PREFIX + secret

    @classmethod
    def of(cls, session: Session, user_id: uuid.UUID) -> list[KioskLink]:
        """Return a person's links, the newest first."""
        return list(session.scalars(select(cls).where(cls.user_id == user_id).order_by(cls.id.desc())))

    def revoke(self, session: Session, *, by: Any) -> None:
        """Let the link show nothing from here on."""
        if self.revoked_at is None:
            self.revoked_at = now()
            record(session, "kiosk.revoked", by=by, customer_id=by.customer_id, subject_id=self.user_id, name=self.name)


def can_show(path: str, person: Any) -> bool:
    """Tell whether a path is that of a page of monitoring that the person may open; no file, and nothing that acts."""
    if len(path) > PATH_LENGTH or local_path(path) != path:
        return False
    plain = unquote(urlsplit(path).path)
    try:
        endpoint, _values = current_app.url_map.bind("").match(plain, method="GET")
    except RequestRedirect:
        return False
    needed = access_of(current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
    is_page = "." not in plain.rsplit("/", 1)[-1]
    return is_page and isinstance(needed, tuple) and PAGES.issuperset(needed) and person.verbs.issuperset(needed)


class Links:
    """A layer around the portal that turns the address of a link into that of its page, for GET alone."""

    def __init__(self, app: Flask, inner: Callable[..., Iterable[bytes]]) -> None:
        self.app, self.inner = app, inner

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        address = environ.get("PATH_INFO", "")
        if address.startswith(PREFIX) and environ.get("REQUEST_METHOD") in ("GET", "HEAD"):
            with self.app.app_context():
                self._turn(environ, address)
        return self.inner(environ, start_response)

    def _turn(self, environ: dict[str, Any], address: str) -> None:
        with reading():
            found = db.session.execute(
                select(KioskLink.id, KioskLink.user_id, KioskLink.path, KioskLink.last_used_at).where(
                    KioskLink.digest == digest(address.removeprefix(PREFIX)), KioskLink.revoked_at.is_(None)
                )
            ).first()
            is_open = found is not None and reader_of(db.session(), found.user_id) is not None
            db.session.remove()
        if found is None or not is_open:
            return
        if found.last_used_at is None or now() - found.last_used_at > SEEN_EVERY:
            with separate() as own:
                own.execute(update(KioskLink).where(KioskLink.id == found.id).values(last_used_at=now()))
        page = urlsplit(iri_to_uri(found.path))
        environ.update({"PATH_INFO": unquote(page.path, "latin-1"), "QUERY_STRING": page.query})  # as WSGI spells bytes
        environ[NOTE] = Shown(found.user_id, address)
        for header in ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "REQUEST_URI", "RAW_URI"):
            environ.pop(header, None)
