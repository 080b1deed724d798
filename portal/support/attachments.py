"""Attachments: the files sent with a message, kept as part of its transaction or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..errors import Refused
from ..i18n import format_bytes
from ..storage import File, save

MOST_FILES = 20
FIELD = "attachments"


class TooLarge(Refused):
    """Say that a file is larger than a ticket takes. Becomes a 413."""


def most_bytes() -> int:
    """Return how large all files of one form may be together."""
    return int(MOST_FILES * current_app.config["TICKET_LIMIT"])


def keep(session: Session, uploads: Sequence[Any], *, customer_id: str, by: Any) -> list[File]:
    """Keep what was chosen, before anything else of the transaction: copying holds up nobody who writes.

    Raises Refused for too many files, TooLarge naming the file, StorageFull when the disk is.
    """
    limit = current_app.config["TICKET_LIMIT"]
    if len(uploads) > MOST_FILES:
        raise Refused(_("At most %(number)d files at once.", number=MOST_FILES), field=FIELD)
    for upload in uploads:
        if _size(upload.stream) > limit:
            sentence = _("“%(name)s” is larger than %(size)s. Nothing was sent; pack it smaller or send it in parts.",
                         name=upload.filename, size=format_bytes(limit))  # fmt: skip
            raise TooLarge(sentence, field=FIELD)
    return [
        save(
            session, upload.stream, name=upload.filename, purpose="ticket", customer_id=customer_id, by_id=by.id,
            limit=limit, field=FIELD,
        )
        for upload in uploads
    ]  # fmt: skip


def _size(stream: Any) -> int:
    size: int = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size
