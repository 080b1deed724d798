"""Rounds: the job that searches what came past the pages (imports, a thousand rules that a pack moved).

When customers, people, hosts or services have come or gone, it searches everything anew, a part at a time.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ... import jobs
from ...accounts.users import User
from ...contacts.inventory import Host, Service, Sweep
from ...customers.elements import Element
from ...customers.models import Customer
from ...database import now, reading
from .keeping import AT_ONCE, elements_where, forget, keep, people_where
from .models import Check, Leak, Round

LONGEST = 40.0
"""Seconds after which a job leaves the rest to the next one."""
SHARE = 20
"""A round rests so many times as long as it worked, so that large portals do not search all day."""


@jobs.every(1, "setup.leaks")
def search(session: Session, _job: Any = None) -> None:
    """Search what has changed unseen, then everything if what is known of customers has changed."""
    until = time.monotonic() + LONGEST
    session.commit()
    while time.monotonic() < until and (missed := _some_missed(session)):
        keep(session, elements_where(session, Element.id.in_(missed)))
        session.commit()
    _drop_gone(session)
    _present(session).searched_at = now()
    session.commit()
    while time.monotonic() < until and _go_on(session):
        session.commit()


def standing(session: Session) -> tuple[datetime | None, bool]:
    """Return when the job last found nothing unseen, and whether a round through everything is under way."""
    found = session.execute(select(Round.searched_at, Round.after).where(Round.id == 1)).first()
    return (found.searched_at, found.after is not None) if found else (None, False)


def _some_missed(session: Session) -> list[Any]:
    """Return some of what has changed unseen, without holding up who writes."""
    unlike = or_(Check.version.is_(None), Check.version != Element.version)
    joined = select(Element.id).outerjoin(Check, Check.subject_id == Element.id)
    with reading():
        found = session.scalars(joined.where(Element.archived_at.is_(None), unlike).limit(AT_ONCE)).all()
        session.commit()
    return list(found)


def _present(session: Session) -> Round:
    found = session.get(Round, 1)
    if found is None:
        found = Round(id=1, known="", seconds=0)
        session.add(found)
    return found


def _drop_gone(session: Session) -> None:
    elements = select(Leak.element_id).join(Element, Element.id == Leak.element_id)
    people = select(Leak.user_id).join(User, User.id == Leak.user_id)
    gone = set(session.scalars(elements.where(Element.archived_at.is_not(None))))
    gone |= set(session.scalars(people.where(or_(User.archived_at.is_not(None), User.customer_id.is_not(None)))))
    forget(session, [id for id in gone if id is not None])


def _go_on(session: Session) -> bool:
    """Search the next part of a round, beginning one where it is due; tell whether there is more."""
    round_, began = _present(session), time.monotonic()
    if round_.after is None:
        known = _known(session)
        rest = timedelta(seconds=SHARE * round_.seconds)
        if round_.known == known or round_.finished_at is not None and now() - round_.finished_at < rest:
            return False
        round_.known, round_.seconds = known, 0
        keep(session, people_where(session, User.customer_id.is_(None)))
    live = select(Element.id).where(Element.archived_at.is_(None)).order_by(Element.id).limit(AT_ONCE)
    ids = session.scalars(live.where(Element.id > round_.after) if round_.after else live).all()
    if ids:
        keep(session, elements_where(session, Element.id.in_(ids)))
    is_over = len(ids) < AT_ONCE
    round_.after = None if is_over else ids[-1]
    round_.finished_at = now() if is_over else None
    round_.seconds += round(time.monotonic() - began)
    return not is_over


def _known(session: Session) -> str:
    """Return what changes when a customer, a person, a host or a service comes, goes or is renamed. One statement."""
    newest = [select(model.id).order_by(model.id.desc()).limit(1).scalar_subquery() for model in (Host, Service)]
    people = select(func.count()).select_from(User)
    counted = [
        select(func.count()).select_from(Customer),
        select(func.sum(Customer.version)),
        people,
        people.where(User.archived_at.is_not(None)),
        select(func.sum(User.version)),
        select(func.sum(Sweep.hosts)),
        select(func.sum(Sweep.services)),
    ]
    found = session.execute(select(*newest, *(count.scalar_subquery() for count in counted))).one()
    return " ".join(str(value) for value in found)
