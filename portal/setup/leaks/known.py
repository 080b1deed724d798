"""What is known of customers, as far as some texts ask: looked up from their words, never the other way round.

So the cost follows the text, not the 200,000 hosts there may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import String, column, func, select, tuple_, values
from sqlalchemy.orm import Session

from ...accounts.users import User
from ...contacts.inventory import Host, Service
from ...contacts.memberships import Membership
from ...customers.elements import Element
from ...customers.models import PROVIDER, Customer
from ...text import fold, sort_key
from .subjects import USERS, Subject
from .words import Token, is_ambiguous, name_tokens, normal, tokens

AT_ONCE = 2000


@dataclass
class Known:
    """What lookups found. Customers are given by ID; keys are folded."""

    customers: dict[str, list[tuple[tuple[str, ...], str, bool]]] = field(default_factory=dict)
    """First word → all words, the customer they name, and whether only when they are all the line says."""
    hosts: dict[str, frozenset[str]] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    """Descriptions as they stand that exactly one customer's services have → that customer."""
    people: dict[str, str | None] = field(default_factory=dict)
    elements: dict[tuple[str, str], tuple[str, str | None]] = field(default_factory=dict)
    """Kind and key → title and customer, of what is released to one customer alone."""
    groups: dict[Any, list[tuple[str, str | None]]] = field(default_factory=dict)
    """Global user → titles and customers of their contact groups that are one customer's."""

    def named_in(self, words: Sequence[Token]) -> Iterator[tuple[str, str]]:
        """Yield each customer that words name, with the words as they stand."""
        for at, word in enumerate(words):
            for wanted, customer, only_alone in self.customers.get(word.key, ()):
                met = words[at : at + len(wanted)]
                if tuple(one.key for one in met) == wanted and (word.is_alone or not only_alone):
                    yield customer, " ".join(one.written for one in met)

    def of_domain(self, address: str) -> str | None:
        """Return the customer that the domain of an e-mail address names."""
        return next((customer for customer, _words in self.named_in(tokens(address.rpartition("@")[2]))), None)


def customers(session: Session, known: Known) -> None:
    """Learn under which words customers are met: their IDs, and their names without the legal form."""
    for id, name in session.execute(select(Customer.id, Customer.name).where(Customer.id != PROVIDER)):
        words = dict.fromkeys((tuple(one.key for one in tokens(normal(id))), name_tokens(name)))
        for wanted in words:
            if wanted and not all(word.isdigit() for word in wanted):
                only_alone = len(wanted) == 1 and is_ambiguous(wanted)
                known.customers.setdefault(wanted[0], []).append((wanted, id, only_alone))


def hosts(session: Session, known: Known, names: Iterable[str]) -> None:
    """Learn which of these folded names are hosts', and whose."""
    found: dict[str, set[str]] = {}
    for part in _parts({sort_key(name) for name in names}):
        statement = select(Host.name, Host.customer_id).where(Host.name_key.in_(part)).distinct()
        for name, customer in session.execute(statement):
            found.setdefault(fold(name), set()).add(customer)
    known.hosts = {name: frozenset(owners) for name, owners in found.items()}


def services(session: Session, known: Known, names: Iterable[str]) -> None:
    """Learn which of these names, as they stand, are services of one customer alone: those tell of it."""
    for part in _parts(set(names)):
        asked = values(column("word", String), name="asked").data([(word,) for word in part]).cte("asked")
        owned = select(Service.customer_id).where(Service.description == asked.c.word)
        first = owned.with_only_columns(func.min(Service.customer_id)).scalar_subquery()
        last = owned.with_only_columns(func.max(Service.customer_id)).scalar_subquery()
        for word, one, other in session.execute(select(asked.c.word, first, last)):
            if one is not None and one == other:
                known.services[word] = one


def people(session: Session, known: Known, addresses: Iterable[str]) -> None:
    """Learn whose people these folded addresses belong to."""
    for part in _parts(set(addresses)):
        statement = select(User.email_key, User.customer_id).where(User.email_key.in_(part), User.archived_at.is_(None))
        for address, customer in session.execute(statement):
            if known.people.get(address) in (None, PROVIDER):
                known.people[address] = customer


def referred(session: Session, known: Known, subjects: Iterable[Subject]) -> None:
    """Learn which elements and people the subjects refer to that are one customer's."""
    wanted = {(one.kind, one.key) for subject in subjects for one in subject.references}
    elements = {pair for pair in wanted if pair[0] != USERS}
    for part in _parts(elements):
        statement = select(Element.kind, Element.key, Element.title, Element.customer_id).where(
            tuple_(Element.kind, Element.key).in_(part), Element.archived_at.is_(None),
            Element.customer_id.is_not(None), Element.customer_id != PROVIDER,
        )  # fmt: skip
        for kind, key, title, customer in session.execute(statement):
            known.elements[kind, key] = (title, customer)
    usernames = {fold(key): key for kind, key in wanted if kind == USERS}
    for part in _parts(set(usernames)):
        users = select(User.username_key, User.name, User.customer_id).where(
            User.username_key.in_(part), User.portal_role.is_not(None), User.archived_at.is_(None)
        )
        for username, name, customer in session.execute(users):
            known.elements[USERS, usernames[username]] = (name, customer)


def memberships(session: Session, known: Known, subjects: Iterable[Subject]) -> None:
    """Learn which Global users are in contact groups of one customer."""
    ids = {subject.id for subject in subjects if subject.kind == USERS}
    for part in _parts(ids):
        statement = (
            select(Membership.user_id, Element.title, Element.customer_id)
            .join(Element, Element.id == Membership.group_id)
            .where(
                Membership.user_id.in_(part), Element.archived_at.is_(None),
                Element.customer_id.is_not(None), Element.customer_id != PROVIDER,
            )
            .order_by(Element.title_key, Element.id)
        )  # fmt: skip
        for user_id, title, customer in session.execute(statement):
            known.groups.setdefault(user_id, []).append((title, customer))


def _parts(wanted: Iterable[Any]) -> Iterator[list[Any]]:
    listed = sorted(wanted)
    for start in range(0, len(listed), AT_ONCE):
        yield listed[start : start + AT_ONCE]
