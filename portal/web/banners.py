"""Banners: what stands above every page for everybody, such as maintenance to come; features say what there is.

It is read once in a while and kept in the process: a page costs no statement more for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ..database import db, now, reading

KEPT = 30.0
"""Seconds after which the database is asked again: another process may have written."""


class Banner(NamedTuple):
    """What stands above every page between two moments."""

    text: str
    since: datetime
    until: datetime


Source = Callable[[Session], Sequence[Banner]]
"""Returns what is shown now, or will be before it is asked again."""

_sources: list[Source] = []


@dataclass
class _Kept:
    banners: list[Banner] = field(default_factory=list)
    asked_at: float = float("-inf")


def source(read: Source) -> Source:
    """Register what knows banners."""
    _sources.append(read)
    return read


def forget(app: Flask) -> None:
    """Have the next page of this process ask again: something was just written."""
    app.extensions.pop("banners", None)


def standing() -> list[str]:
    """Return the texts to show at this moment."""
    kept: _Kept = current_app.extensions.setdefault("banners", _Kept())
    if time.monotonic() - kept.asked_at > KEPT:
        kept.asked_at = time.monotonic()  # first, so that of many threads one asks
        try:
            with reading(), Session(db.engine) as session:
                kept.banners = [banner for read in _sources for banner in read(session)]
        except SQLAlchemyError as error:
            current_app.logger.warning("banners cannot be read: %s", type(error).__name__)
    moment = now() if kept.banners else None
    return [banner.text for banner in kept.banners if moment and banner.since <= moment < banner.until]
