"""Sending: a form with attachments does what it asks for once, however often it comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from ...database import db
from ...errors import Refused, StorageFull
from ...web import uploads
from .. import attachments, listing


def send(form: Any, act: Callable[[Any], str], folder: str) -> tuple[int, Response | None]:
    """Do `act(form)`, which returns the way on; return the status, and the answer where it was done.

    `folder` is the address below which the ticket stands that such a form went to already. What is refused stands
    beside its field.
    """
    if sent := _sent_already(form, folder):
        return 302, sent
    if not form.validate():
        return 422, None
    try:
        return 302, uploads.done(act(form))
    except StorageFull as full:
        db.session.rollback()
        form.refuse(Refused(full.sentence, field=attachments.FIELD))
        return 507, None
    except attachments.TooLarge as refused:
        db.session.rollback()
        form.refuse(refused)
        return 413, None
    except Refused as refused:
        db.session.rollback()
        return form.refuse(refused), None
    except IntegrityError:
        db.session.rollback()
        if sent := _sent_already(form, folder):
            return 302, sent
        raise


def keep(form: Any, customer_id: str) -> list[Any]:
    """Keep the form's files as the customer's."""
    db.session.rollback()  # what was read is read: nobody who writes waits while files are copied
    return attachments.keep(db.session(), form.attachments.data or (), customer_id=customer_id, by=current_user)


def _sent_already(form: Any, folder: str) -> Response | None:
    id = listing.ticket_of_form(db.session(), current_user.id, form.key.data)
    return uploads.done(f"{folder}{id}") if id else None
