"""Attention: what waits for a reader among the documents of their company, found in one statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import (
    BigInteger,
    Date,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    not_,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from ..customers.subscriptions import EDITIONS, ENDING_DAYS, State, Subscription, grace, state_on
from ..i18n import format_date, format_minor, format_number, say_days
from ..records import prepared
from . import states
from .models import Document, DocumentKind, Task
from .models.delivery import CLOSED

NAMED = 3
"""How many quotations and subscriptions are named, the most pressing first; the rest is counted."""

TODAY, LAST, SOON = (bindparam(name, type_=Date()) for name in ("today", "last", "soon"))
COLUMNS = ("what", "id", "name", "more", "currency", "amount", "count", "day")


@dataclass(frozen=True)
class Item:
    """One thing that waits: a badge, a sentence that links, an amount, and when.

    `entry` is the menu's entry that counts it, `count` how many it stands for.
    """

    tone: str
    label: str
    text: str
    url: str
    amount: str = ""
    when: str = ""
    entry: str = ""
    count: int = 1


def attention(session: Session, reader: Any, customer_id: str, today: date) -> list[Item]:
    """Return what waits, the most pressing first; a reader of licences only is told of licences only."""
    values = prepared.parameters(reader, customer_id)
    values |= {"today": today, "last": today - grace(), "soon": today + timedelta(days=ENDING_DAYS)}
    found: dict[str, list[Any]] = {}
    for row in prepared.run(session, _statement(reader.verbs), values):
        found.setdefault(row.what, []).append(row)
    return [item for what, say in SAY.items() if what in found for item in say(found[what], today)]


def badges(items: list[Item]) -> dict[str, int]:
    """Return how many of each kind wait, for the menu."""
    counts: dict[str, int] = {}
    for item in items:
        if item.entry:
            counts[item.entry] = counts.get(item.entry, 0) + item.count
    return counts


# What is asked: parts of one statement, all with the same columns


@prepared.prepared
def _statement(reader: Any) -> Any:
    parts = [_subscriptions(reader)]
    if "commercial.read" in reader.verbs:
        parts += [
            _overdue(reader),
            _quotations(reader),
            _tasks(reader, "late", Task.deadline_key < TODAY, Task.state.not_in(CLOSED)),
            _tasks(reader, "changes_requested", Task.state == "changes_requested", Task.deadline_key >= TODAY),
        ]
    return union_all(*parts)


def _part(what: str, **columns: Any) -> Select[Any]:
    empty: dict[str, Any] = {
        "id": cast(null(), Uuid()), "name": literal("", String), "more": literal("", String),
        "currency": literal("", String), "amount": cast(null(), BigInteger), "count": literal(1),
        "day": cast(null(), Date),
    }  # fmt: skip
    values = {"what": literal(what, String), **empty, **columns}
    return select(*(values[name].label(name) for name in COLUMNS))


def _whole(statement: Select[Any]) -> Select[Any]:
    """Wrap a part that is ordered and limited: on its own, inside a union, SQLite takes neither."""
    return select(statement.subquery())


def _overdue(reader: Any) -> Select[Any]:
    part = _part(
        "overdue", name=func.min(Document.number), currency=Document.currency,
        amount=cast(func.sum(Document.residual_minor), BigInteger), count=func.count(), day=func.min(Document.due_key),
    )  # fmt: skip
    return part.where(
        Document.customer_id == prepared.CUSTOMER, Document.seen_by(reader), Document.archived_at.is_(None),
        Document.is_overdue(TODAY),
    ).group_by(Document.currency)  # fmt: skip


def _quotations(reader: Any) -> Select[Any]:
    part = _part(
        "quotation", id=Document.id, name=Document.number, more=Document.title, currency=Document.currency,
        amount=Document.total_minor, count=func.count().over(), day=Document.due_on,
    )  # fmt: skip
    return _whole(
        part.where(
            Document.customer_id == prepared.CUSTOMER, Document.seen_by(reader),
            Document.kind == DocumentKind.QUOTATIONS, Document.archived_at.is_(None),
            Document.state == "open", not_(Document.due_key < TODAY),
        )
        .order_by(Document.due_key, Document.id)
        .limit(NAMED)
    )  # fmt: skip


def _tasks(reader: Any, what: str, *conditions: Any) -> Select[Any]:
    part = _part(what, name=func.min(Task.name), count=func.count(), day=func.min(Task.deadline))
    return part.where(
        Task.customer_id == prepared.CUSTOMER, Task.seen_by(reader), Task.archived_at.is_(None), *conditions
    ).having(func.count() > 0)


def _subscriptions(reader: Any) -> Select[Any]:
    part = _part(
        "subscription", id=Subscription.id, name=Subscription.edition, amount=cast(Subscription.services, BigInteger),
        day=Subscription.ends_on,
    )  # fmt: skip
    return _whole(
        part.where(
            Subscription.customer_id == prepared.CUSTOMER, Subscription.seen_by(reader),
            Subscription.covers(TODAY, LAST), Subscription.ends_on <= SOON,
        )
        .order_by(Subscription.ends_on, Subscription.id)
        .limit(NAMED)
    )  # fmt: skip


# What is said


def _say_overdue(rows: list[Any], today: date) -> list[Item]:
    count = sum(row.count for row in rows)
    amount = " + ".join(format_minor(row.amount, row.currency) for row in sorted(rows, key=lambda row: row.currency))
    away = say_days(min(row.day for row in rows), today)
    text = _("Invoice %(number)s", number=rows[0].name) if count == 1 else _("%(num)s invoices", num=count)
    when = _("due %(away)s", away=away) if count == 1 else _("oldest due %(away)s", away=away)
    label, tone = states.OVERDUE
    return [Item(tone, str(label), text, "/documents/invoices/?state=overdue", amount, when, "invoices", count)]


def _say_quotations(rows: list[Any], today: date) -> list[Item]:
    label, tone = states.QUOTATION["open"]
    items = [
        Item(
            tone, str(label), _("Quotation %(number)s, %(title)s", number=row.name, title=row.more)
            if row.more else _("Quotation %(number)s", number=row.name),
            f"/documents/quotations/{row.id}", format_minor(row.amount, row.currency),
            _("valid until %(day)s", day=format_date(row.day)) if row.day else "", "quotations",
        )
        for row in sorted(rows, key=lambda row: (row.day or date.max, row.name))
    ]  # fmt: skip
    if more := rows[0].count - len(rows):
        text = ngettext("%(num)d more quotation", "%(num)d more quotations", more)
        items.append(Item(tone, str(label), text, "/documents/quotations/?state=open", entry="quotations", count=more))
    return items


def _say_late(rows: list[Any], today: date) -> list[Item]:
    label, tone = states.LATE
    when = _("oldest due %(away)s", away=say_days(rows[0].day, today))
    return [_task_item(rows[0], tone, label, "late", when)]


def _say_changes(rows: list[Any], _today: date) -> list[Item]:
    label, tone = states.TASK["changes_requested"]
    return [_task_item(rows[0], tone, label, "changes_requested", "")]


def _task_item(row: Any, tone: str, label: Any, state: str, when: str) -> Item:
    text = _("Task: %(name)s", name=row.name) if row.count == 1 else _("%(num)s tasks", num=row.count)
    return Item(tone, str(label), text, f"/documents/tasks/?state={state}", when=when, count=row.count)


def _say_subscriptions(rows: list[Any], today: date) -> list[Item]:
    return [_subscription_item(row, today) for row in sorted(rows, key=lambda row: (row.day, row.id))]


def _subscription_item(row: Any, today: date) -> Item:
    stands = state_on(date.min, row.day, today)
    label, tone = states.SUBSCRIPTION[stands]
    edition = EDITIONS[row.name]
    text = edition
    if row.amount:
        text = _("%(edition)s, %(services)s services", edition=edition, services=format_number(row.amount))
    if stands == State.GRACE:
        when = _("counts until %(day)s", day=format_date(row.day + grace()))
    else:
        when = _("ends %(away)s", away=say_days(row.day, today))
    return Item(tone, str(label), text, f"/licenses/{row.id}", when=when)


SAY: dict[str, Callable[[list[Any], date], list[Item]]] = {
    "overdue": _say_overdue,
    "subscription": _say_subscriptions,
    "quotation": _say_quotations,
    "late": _say_late,
    "changes_requested": _say_changes,
}
"""How each is said, in the order in which they press."""
