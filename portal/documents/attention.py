"""Attention: what waits for a reader among the documents of their company."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import BigInteger, Select, cast, func, not_

from ..customers.subscriptions import EDITIONS, State, Subscription, grace, state_on
from ..i18n import format_date, format_minor, format_number, say_days
from ..records import prepared
from ..records.attention import LAST, NAMED, SOON, TODAY, Item, Sort, add, part, whole
from . import states
from .models import Document, DocumentKind, Task
from .models.delivery import CLOSED

# What is asked


def _overdue(reader: Any) -> Select[Any]:
    found = part(
        "overdue", name=func.min(Document.number), currency=Document.currency,
        amount=cast(func.sum(Document.residual_minor), BigInteger), count=func.count(), day=func.min(Document.due_key),
    )  # fmt: skip
    return found.where(
        Document.customer_id == prepared.CUSTOMER, Document.seen_by(reader), Document.archived_at.is_(None),
        Document.is_overdue(TODAY),
    ).group_by(Document.currency)  # fmt: skip


def _quotations(reader: Any) -> Select[Any]:
    found = part(
        "quotation", id=Document.id, name=Document.number, more=Document.title, currency=Document.currency,
        amount=Document.total_minor, count=func.count().over(), day=Document.due_on,
    )  # fmt: skip
    return whole(
        found.where(
            Document.customer_id == prepared.CUSTOMER, Document.seen_by(reader),
            Document.kind == DocumentKind.QUOTATIONS, Document.archived_at.is_(None),
            Document.state == "open", not_(Document.due_key < TODAY),
        )
        .order_by(Document.due_key, Document.id)
        .limit(NAMED)
    )  # fmt: skip


def _late(reader: Any) -> Select[Any]:
    return _tasks(reader, "late", Task.deadline_key < TODAY, Task.state.not_in(CLOSED))


def _changes(reader: Any) -> Select[Any]:
    return _tasks(reader, "changes_requested", Task.state == "changes_requested", Task.deadline_key >= TODAY)


def _tasks(reader: Any, what: str, *conditions: Any) -> Select[Any]:
    found = part(what, name=func.min(Task.name), count=func.count(), day=func.min(Task.deadline))
    return found.where(
        Task.customer_id == prepared.CUSTOMER, Task.seen_by(reader), Task.archived_at.is_(None), *conditions
    ).having(func.count() > 0)


def _subscriptions(reader: Any) -> Select[Any]:
    found = part(
        "subscription", id=Subscription.id, name=Subscription.edition, amount=cast(Subscription.services, BigInteger),
        day=Subscription.ends_on,
    )  # fmt: skip
    return whole(
        found.where(
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


def register() -> None:
    """Add these sorts."""
    add(
        Sort("overdue", "commercial.read", _overdue, _say_overdue, 10),
        Sort("subscription", "licenses.read", _subscriptions, _say_subscriptions, 20),
        Sort("quotation", "commercial.read", _quotations, _say_quotations, 40),
        Sort("late", "commercial.read", _late, _say_late, 50),
        Sort("changes_requested", "commercial.read", _changes, _say_changes, 60),
    )
