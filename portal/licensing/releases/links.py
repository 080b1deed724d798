"""Links: addresses that fetch one package for one person for a short while, on a machine without a browser.

A link is a signed statement, kept nowhere: what it opens is decided anew each time it is used.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import current_app
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner
from sqlalchemy.orm import Session

from ...accounts.notices import address_of
from ...accounts.sessions import SignedIn, reader_of

PURPOSE = "portal: download links, 1"
LONGEST = 300


class Over(Exception):
    """Say that a link was genuine and its time is over."""


@dataclass(frozen=True)
class Link:
    """What a link says: this person of this company may have this package."""

    package_id: uuid.UUID
    user_id: uuid.UUID
    customer_id: str


def mint(package_id: uuid.UUID, name: str, reader: Any) -> tuple[str, datetime]:
    """Return the address from which `reader` gets the package for a while, and when that is over."""
    said = package_id.bytes + reader.id.bytes + reader.customer_id.encode()
    token = _signer().sign(base64.urlsafe_b64encode(said).rstrip(b"=")).decode()
    moment = datetime.now(UTC) + timedelta(minutes=current_app.config["LINK_MINUTES"])
    return address_of(f"/downloads/links/{token}/{quote(name)}"), moment


def read(token: str) -> Link | None:
    """Return what the link says, or None when the portal has not made it. Raises Over."""
    if len(token) > LONGEST:
        return None
    try:
        payload = _signer().unsign(token, max_age=current_app.config["LINK_MINUTES"] * 60)
    except SignatureExpired:
        raise Over from None
    except BadSignature:
        return None
    said = base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))
    return Link(uuid.UUID(bytes=said[:16]), uuid.UUID(bytes=said[16:32]), said[32:].decode())


def holder(session: Session, link: Link) -> SignedIn | None:
    """Return whom the link was made for; None unless they are still there, may sign in and hold the right."""
    person = reader_of(session, link.user_id)
    is_same = person is not None and person.customer_id == link.customer_id and "downloads.use" in person.verbs
    return person if is_same else None


def _signer() -> TimestampSigner:
    """Return what signs: with a key of its own, derived from SECRET_KEY."""
    return TimestampSigner(
        current_app.config["SECRET_KEY"], salt=PURPOSE, key_derivation="hmac", digest_method=hashlib.sha256
    )
