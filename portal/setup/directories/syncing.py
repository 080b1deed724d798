"""Syncing: the people of each directory become accounts, in short transactions; one that is silent changes nothing."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...audit.models import record
from ...database import db, reading, separate
from ...errors import Refused
from ...i18n import speaking
from ...jobs import enqueue, every, handler
from ...leases import Job
from . import directory as directories
from . import people, runs, server
from .directory import Directory
from .entries import Entry, Odd, read
from .server import Server, Silent

KIND = "setup.directory"
PORTION = 50


@every("DIRECTORY_MINUTES", "setup.directories")
def ask_all(session: Session, _job: Job) -> None:
    """Have each directory read by a job of its own."""
    for directory in directories.every(session):
        ask(session, directory.id)


def ask(session: Session, directory_id: uuid.UUID) -> None:
    """Have one directory read by a job."""
    enqueue(session, KIND, directory=str(directory_id))


@handler(KIND)
def take(session: Session, job: Job) -> None:
    """Read one directory and keep what came of it."""
    with reading():
        directory = directories.find(session, uuid.UUID(job.payload["directory"]))
        session.rollback()
    if directory is not None:
        with speaking("en"):  # reasons are kept, and read by people of any language
            sync(directory)


def sync(directory: Directory) -> None:
    """Read a directory's people and make the accounts what they say. Commits in portions."""
    try:
        with server.opened(directory, seconds=server.READING_SECONDS) as asked:
            entries, odd = read(directory, asked.people(), members(asked))
    except Silent as silent:
        runs.failed(directory.id, str(silent))
        return
    counts: Counter[str] = Counter(found=len(entries))
    with reading():
        known = people.number_of(db.session(), directory.id)
        db.session.rollback()
    if known and not entries:
        # A wrong filter or base looks like a company that everybody has left.
        runs.failed(directory.id, _("The directory shows nobody at all. Nobody was disabled: look at base and filter."))
        return
    for start in range(0, len(entries), PORTION):
        odd += _put(directory, entries[start : start + PORTION], counts)
    with separate() as session:
        counts["disabled"] = people.drop(session, directory, {entry.key for entry in entries})
        if counts["created"] or counts["updated"] or counts["disabled"]:
            record(
                session, "directory.read", by=None, customer_id=directory.customer_id, record_id=directory.id,
                title=directory.title,
                created=counts["created"], updated=counts["updated"], disabled=counts["disabled"],
            )  # fmt: skip
    runs.finished(directory.id, {name: counts[name] for name in ("found", "created", "updated", "disabled")}, odd)


def one(directory: Directory, entry: Entry) -> None:
    """Make the account of a single entry, of somebody who signs in. Commits on its own; raises `Refused`."""
    with separate() as session:
        people.put(session, directory, entry)


def members(asked: Server) -> dict[str, set[str]]:
    """Return the members of every group from which something follows."""
    pairs = (*asked.directory.role_groups, *asked.directory.contact_groups)
    return {dn.casefold(): asked.members(dn) for dn in {dn for dn, _id in pairs}}


def _put(directory: Directory, entries: Sequence[Entry], counts: Counter[str]) -> list[Odd]:
    """Keep some entries in one transaction; return those that became nobody's account."""
    odd: list[Odd] = []
    with separate() as session:
        for entry in entries:
            try:
                with session.begin_nested():
                    counts[people.put(session, directory, entry)] += 1
            except Refused as refused:
                odd.append(Odd(entry.dn, str(refused.sentence)))
            except IntegrityError:
                current_app.logger.warning("An entry of the directory %s cannot be kept", directory.key)
                odd.append(Odd(entry.dn, _("Somebody else has its username or key.")))
    return odd
