"""Figures: what is open, whether answers came by when they were due, and how content the customers were.

What is open is counted over the index of what is not closed, the rest over the tickets of some days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from ..customers.subscriptions import TIERS, SupportTier
from ..database import now
from .impact import LABELS, Impact
from .queue import NEEDS_ANSWER, UNCLOSED
from .targets import NOTHING_DUE
from .tickets import Satisfaction, Ticket, TicketState

PERIODS = {"30": _l("Last 30 days"), "90": _l("Last 90 days")}
AGES = (
    (_l("up to a day"), timedelta(days=1)),
    (_l("up to a week"), timedelta(days=7)),
    (_l("up to 30 days"), timedelta(days=30)),
    (_l("older"), timedelta.max),
)


@dataclass(frozen=True)
class Open:
    """The tickets of an impact that are not over: all, the overdue, nobody's, and how many of each age."""

    impact: Impact
    all: int
    overdue: int
    untaken: int
    ages: tuple[int, ...]


@dataclass(frozen=True)
class Met:
    """How many answers to tickets of a tier and an impact came in time, and how many did not."""

    tier: SupportTier
    impact: Impact
    first_met: int
    first_missed: int
    next_met: int
    next_missed: int

    @property
    def has_any(self) -> bool:
        """Tell whether any answer was due."""
        return any((self.first_met, self.first_missed, self.next_met, self.next_missed))


def share(good: int, bad: int) -> int | None:
    """Return how many percent are good, rounded down: only all of them are 100."""
    return good * 100 // (good + bad) if good + bad else None


def open_tickets(session: Session, reader: Any, moment: datetime | None = None) -> list[Open]:
    """Return what is open of each impact, the worst first. One statement."""
    moment = moment or now()
    ages = [_count(_is_aged(moment, at)) for at in range(len(AGES))]
    rows = session.execute(
        select(
            Ticket.impact, func.count().label("all"), _count(Ticket.due_at < moment).label("overdue"),
            _count(and_(Ticket.assignee_id.is_(None), Ticket.state.in_(NEEDS_ANSWER))).label("untaken"), *ages,
        )
        .where(Ticket.seen_by(reader), UNCLOSED, Ticket.state != TicketState.SOLVED)
        .group_by(Ticket.impact)
    )  # fmt: skip
    found = {row.impact: Open(Impact(row[0]), row[1], row[2], row[3], tuple(row[4:])) for row in rows}
    return [found.get(impact, Open(impact, 0, 0, 0, (0,) * len(AGES))) for impact in Impact]


def met(session: Session, reader: Any, days: int) -> list[Met]:
    """Return whether answers to tickets opened in the last days came in time. One statement."""
    moment = now()
    due = Ticket.first_due_at != NOTHING_DUE
    late = or_(
        Ticket.first_answer_at > Ticket.first_due_at,
        and_(Ticket.first_answer_at.is_(None), Ticket.first_due_at < moment),
    )
    rows = session.execute(
        select(
            Ticket.tier, Ticket.impact, _count(and_(due, Ticket.first_answer_at <= Ticket.first_due_at)),
            _count(and_(due, late)), func.sum(Ticket.answers_in_time), func.sum(Ticket.answers_late),
        )
        .where(Ticket.seen_by(reader), Ticket.created_at >= moment - timedelta(days=days), Ticket.tier.is_not(None))
        .group_by(Ticket.tier, Ticket.impact)
    )  # fmt: skip
    found = {(row[0], row[1]): [int(value) for value in row[2:]] for row in rows}
    return [Met(tier, impact, *found.get((tier, impact), (0, 0, 0, 0))) for tier in SupportTier for impact in Impact]


def satisfaction(session: Session, reader: Any, days: int) -> dict[Satisfaction, int]:
    """Return how often customers said how content they were with tickets opened in the last days. One statement."""
    rows = session.execute(
        select(Ticket.satisfaction, func.count())
        .where(
            Ticket.seen_by(reader), Ticket.created_at >= now() - timedelta(days=days),
            Ticket.satisfaction.is_not(None),
        )
        .group_by(Ticket.satisfaction)
    )  # fmt: skip
    found = {str(row[0]): row[1] for row in rows}
    return {word: found.get(word, 0) for word in Satisfaction}


def csv_rows(rows: list[Met]) -> tuple[list[str], list[list[Any]]]:
    """Return headings and rows of the export."""
    headings = [_("Support tier"), _("Impact"), _("First answers in time"), _("First answers late"),
                _("Later answers in time"), _("Later answers late")]  # fmt: skip
    return headings, [
        [str(TIERS[row.tier]), str(LABELS[row.impact]), row.first_met, row.first_missed, row.next_met, row.next_missed]
        for row in rows
    ]


def _count(condition: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _is_aged(moment: datetime, at: int) -> ColumnElement[bool]:
    """Return the condition that a ticket is older than the ages before, and no older than this one."""
    bounds = []
    if at:
        bounds.append(Ticket.created_at < moment - AGES[at - 1][1])
    if AGES[at][1] != timedelta.max:
        bounds.append(Ticket.created_at >= moment - AGES[at][1])
    return and_(*bounds)
