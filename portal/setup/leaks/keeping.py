"""Keeping: findings follow what is edited, within the same transaction. What came past the pages: `rounds`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, delete, event, inspect, or_, select
from sqlalchemy.orm import Session

from ...accounts.users import User
from ...contacts.memberships import Membership
from ...customers.elements import Element
from . import finder
from .finder import Finding
from .models import MOST_WORDS, Check, Leak
from .sorts import SORTS
from .subjects import USERS, Subject, of_parts, of_user

AT_ONCE = 500
"""Elements searched in one transaction; what is more waits for the job."""
_CHANGED = "elements and people to search for leaks"

_ELEMENT = (
    Element.id, Element.kind, Element.version, Element.key, Element.title, Element.body, Element.release,
    Element.customer_id,
)  # fmt: skip
USER_COLUMNS = (
    User.id, User.version, User.username, User.name, User.email, User.pager, User.attributes,
)  # fmt: skip


def keep(session: Session, subjects: Sequence[Subject]) -> None:
    """Search the subjects and let their rows say what was found: what is there no longer goes, what stays is kept."""
    if not subjects:
        return
    found = finder.find(session, subjects)
    ids = list(found)
    rows: dict[tuple[uuid.UUID, int, str], Leak] = {}
    mine = or_(Leak.element_id.in_(ids), Leak.user_id.in_(ids))
    for leak in session.scalars(select(Leak).where(mine)):
        rows[leak.element_id or leak.user_id or leak.id, leak.version, leak.digest] = leak
    for subject in subjects:
        for finding in found[subject.id]:
            kept = rows.pop((subject.id, subject.version, finding.digest), None)
            if kept is None:
                session.add(_leak(subject, finding))
            elif kept.scope != subject.scope:
                kept.scope = subject.scope
    for gone in rows.values():
        session.delete(gone)
    checks = {check.subject_id: check for check in session.scalars(select(Check).where(Check.subject_id.in_(ids)))}
    for subject in subjects:
        if subject.id in checks:
            checks[subject.id].version = subject.version
        else:
            session.add(Check(subject_id=subject.id, version=subject.version))


def forget(session: Session, ids: Iterable[uuid.UUID]) -> None:
    """Drop the findings of what is no longer there, or no longer Global."""
    listed = list(ids)
    if not listed:
        return
    session.execute(delete(Leak).where(or_(Leak.element_id.in_(listed), Leak.user_id.in_(listed))))
    session.execute(delete(Check).where(Check.subject_id.in_(listed)))


def _leak(subject: Subject, finding: Finding) -> Leak:
    is_user = subject.kind == USERS
    return Leak(
        element_id=None if is_user else subject.id, user_id=subject.id if is_user else None,
        kind=subject.kind, version=subject.version, scope=subject.scope, sort=str(finding.sort),
        rank=SORTS[finding.sort].rank, place=finding.place, named_id=finding.named_id,
        words=[word[:255] for word in finding.words[:MOST_WORDS]], count=len(finding.words), digest=finding.digest,
    )  # fmt: skip


# What is edited


def _note(_mapper: Any, _connection: Any, changed: Any) -> None:
    session = Session.object_session(changed)
    if session is None or isinstance(changed, User) and not _is_or_was_global(changed):
        return
    id = changed.user_id if isinstance(changed, Membership) else changed.id
    session.info.setdefault(_CHANGED, {})[id] = isinstance(changed, Element)


def _is_or_was_global(user: User) -> bool:
    return user.customer_id is None or None in inspect(user).attrs.customer_id.history.deleted


for _model in (Element, User, Membership):
    for _moment in ("after_insert", "after_update", "after_delete"):
        event.listen(_model, _moment, _note)


@event.listens_for(Session, "after_rollback")
def _forget_changed(session: Session) -> None:
    session.info.pop(_CHANGED, None)


@event.listens_for(Session, "before_commit", insert=True)  # before changes get their numbers, under a lock
def _search_changed(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    changed: dict[uuid.UUID, bool] = session.info.pop(_CHANGED, {})
    if not changed or len(changed) > AT_ONCE:
        return
    elements = [id for id, is_element in changed.items() if is_element]
    people = [id for id, is_element in changed.items() if not is_element]
    subjects = elements_where(session, Element.id.in_(elements)) if elements else []
    subjects += people_where(session, User.id.in_(people)) if people else []
    keep(session, subjects)
    forget(session, changed.keys() - {subject.id for subject in subjects})
    session.flush()


def elements_where(session: Session, condition: Any) -> list[Subject]:
    """Return the live elements of a condition as subjects."""
    rows = session.execute(select(*_ELEMENT).where(condition, Element.archived_at.is_(None)).order_by(Element.id))
    return [
        of_parts(
            row.id, row.kind, row.version, row.key, row.title, row.body,
            release=row.release, customer_id=row.customer_id,
        )
        for row in rows
    ]  # fmt: skip


def people_where(session: Session, condition: Any) -> list[Subject]:
    """Return the live Global users of a condition as subjects."""
    is_global = and_(User.customer_id.is_(None), User.archived_at.is_(None))
    return [of_user(row) for row in session.execute(select(*USER_COLUMNS).where(condition, is_global))]
