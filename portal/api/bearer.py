"""Bearer tokens (RFC 6750): which site a request comes from. Nothing else is looked at, cookies least."""

from __future__ import annotations

import re

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select

from ..accounts import throttle
from ..customers.models import Customer
from ..customers.sites import Site
from ..database import db, reading
from ..seals import digest
from .problems import Problem

CHALLENGE = 'Bearer realm="Sites API"'
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}", re.ASCII)


def site(site_id: str) -> Site:
    """Return the site whose token this request carries, when it is the one in the address.

    Raises Problem 401 for whatever does not open it, the same for another site's token, an unknown site and one that is
    gone; TooMany after too many wrong tokens.
    """
    token = _given()
    session, address = db.session(), request.remote_addr or ""
    with reading():
        throttle.check_program(session, f"site {site_id}", address)
        found = session.scalar(
            select(Site)
            .join(Customer, Customer.id == Site.customer_id)
            .where(Site.token_hash == digest(token), Site.archived_at.is_(None), Customer.archived_at.is_(None))
        )
    if found is None or found.id != site_id:
        session.close()  # what is written below is not to wait for us
        throttle.count_program(f"site {site_id}", address)
        raise _unknown()
    return found


def _given() -> str:
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not TOKEN.fullmatch(token.strip()):
        raise _unknown()
    return token.strip()


def _unknown() -> Problem:
    return Problem(401, _("Give the token of this site."), WWW_Authenticate=CHALLENGE)
