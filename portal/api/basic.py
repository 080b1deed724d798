"""HTTP Basic (RFC 7617): which licensing credential a request carries. Nothing else is looked at, cookies least."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from .. import isolation
from ..accounts import throttle
from ..customers.models import Customer
from ..database import db, reading
from ..licensing.credentials import Credential, authenticate, note_use, why_none
from .problems import Problem

CHALLENGE = 'Basic realm="Licensing API", charset="UTF-8"'
LONGEST = 200


def credential() -> Credential:
    """Return the credential of this request, for a transaction of its own; the database shows its customer alone.

    Raises Problem: 401 for whatever does not open, 403 while the subscription does not run; TooMany after too many
    wrong passwords.
    """
    licensing_id, password = _given()
    session, address = db.session(), request.remote_addr or ""
    with reading():
        throttle.check_program(session, licensing_id, address)
        found = authenticate(session, licensing_id, password)
        if found and session.get_one(Customer, found.customer_id).archived_at:
            found = None
        reason = why_none(found.subscription) if found else ""
        session.close()  # what is written below is not to wait for us
    if found is None:
        throttle.count_program(licensing_id, address)
        raise _unknown()
    isolation.narrow(found.customer_id)
    note_use(found, address)
    if reason:
        raise Problem(403, reason)
    return session.get_one(Credential, found.id)


def _given() -> tuple[str, str]:
    try:
        given = request.authorization
    except ValueError:  # letters that no header has
        given = None
    if given is None or given.type != "basic":
        raise _unknown()
    pair = given.username or "", given.password or ""
    if any(len(text) > LONGEST or not text.isprintable() for text in pair):
        raise _unknown()
    return pair


def _unknown() -> Problem:
    sentence = _("Give the Licensing ID and the password of a licensing credential that has not been revoked.")
    return Problem(401, sentence, WWW_Authenticate=CHALLENGE)
