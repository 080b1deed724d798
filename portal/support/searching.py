"""Searching: tickets of all customers by reference, subject, site, version and the customer's name.

A word that few tickets hold says which rows to look at; where every word is common, the list is walked in its order
and soon has a page full. So the search costs the same however many tickets there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from ..customers.models import PROVIDER, Customer
from ..records.search import Term, words
from .tickets import Ticket

FEW = 1000
MOST_CUSTOMERS = 50


def condition(session: Session, text: str, customer_id: str = "") -> tuple[ColumnElement[bool], bool]:
    """Return the condition that a ticket is found by every word of `text`, and whether few can be.

    At most two statements.
    """
    looked_for = words(text)
    if not looked_for:
        return false(), True
    named = _customers_named(session, looked_for)
    hits = [_hits(word, named[word], customer_id) for word in looked_for]
    counts = session.execute(
        select(*(select(func.count()).select_from(found.subquery()).scalar_subquery() for found in hits))
    ).one()
    fewest = min(range(len(counts)), key=lambda at: counts[at])
    if counts[fewest] > FEW:
        return and_(*(_holds(word, named[word]) for word in looked_for)), False
    others = [_holds(word, named[word]) for word in looked_for if word != looked_for[fewest]]
    return and_(Ticket.id.in_(select(hits[fewest].subquery().c.id)), *others), True


def _customers_named(session: Session, looked_for: Sequence[str]) -> dict[str, list[str]]:
    """Return for each word the IDs of customers whose name or ID it begins, as a whole or in one of its words."""
    fits = {
        word: or_(
            Customer.name_key.startswith(word, autoescape=True),
            Customer.name_key.contains(f" {word}", autoescape=True),
            func.lower(Customer.id).startswith(word, autoescape=True),
        )
        for word in looked_for
    }
    rows = session.execute(
        select(Customer.id, *(fits[word].label(f"fits_{at}") for at, word in enumerate(looked_for)))
        .where(Customer.id != PROVIDER, or_(*fits.values()))
        .order_by(Customer.name_key)
        .limit(MOST_CUSTOMERS)
    ).all()
    return {word: [row[0] for row in rows if row[at]] for at, word in enumerate(looked_for, 1)}


def _hits(word: str, customers: Sequence[str], customer_id: str) -> Select[Any]:
    """Return the select of the ids of tickets that hold the word, up to one more than few."""
    of_tickets = [Term.kind == Ticket.search_kind, *_begins(word)]
    if customer_id:
        of_tickets.append(Term.customer_id == customer_id)
    held = select(Term.record_id.label("id")).where(*of_tickets)
    if not customers:
        return held.limit(FEW + 1)
    theirs = select(Ticket.id.label("id")).where(Ticket.customer_id.in_(customers))
    return select(union_all(held, theirs).subquery().c.id).limit(FEW + 1)


def _holds(word: str, customers: Sequence[str]) -> ColumnElement[bool]:
    has = exists().where(Term.record_id == Ticket.id, Term.kind == Ticket.search_kind, *_begins(word))
    return or_(has, Ticket.customer_id.in_(customers)) if customers else has


def _begins(word: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Term.term >= word, Term.term < word + "\U0010ffff"
