"""Deciding: who is told of an event, how, and by which rule; and who is not, and why not.

Rules count in order. Each adds those it names, or takes them back; a later one replaces what an earlier one said of the
same person and method. Everybody's own rules come after all others and are about themselves alone. It asks no database.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from ...text import fold
from .events import Affected, Happened, Person
from .rules import MAIL, Rule


class Why(StrEnum):
    """Why somebody is not told."""

    NO_RULE = "no_rule"
    HOST_ONLY = "host_only"
    CANCELLED = "cancelled"
    MUTED = "muted"
    FOREIGN = "foreign"
    NO_EMAIL = "no_email"
    NOT_TOLD_BEFORE = "not_told_before"


SENTENCES: dict[Why, Any] = {
    Why.NO_RULE: _l("Responsible, but no rule for this event tells them."),
    Why.HOST_ONLY: _l("Responsible for the host, not for this service."),
    Why.CANCELLED: _l("A rule takes it back."),
    Why.MUTED: _l("Has switched off all notifications."),
    Why.FOREIGN: _l("Belongs to another customer than the site."),
    Why.NO_EMAIL: _l("Has no e-mail address."),
    Why.NOT_TOLD_BEFORE: _l("Was not told of the problem."),
}


@dataclass(frozen=True)
class Recipient:
    """Somebody, or an address that nobody stands behind. `key` names them wherever it is kept who was told."""

    key: str
    name: str
    email: str
    person: Person | None = None

    @classmethod
    def of(cls, person: Person) -> Recipient:
        """Return a person as who is told."""
        return cls(f"user:{person.id}", person.name, person.email, person)


@dataclass(frozen=True)
class Telling:
    """That somebody is told, how, and the rule that decided; None: nobody's rule, they are a fallback contact."""

    recipient: Recipient
    method: str
    rule: Rule | None
    bulk_minutes: int = 0


@dataclass(frozen=True)
class Silence:
    """That somebody is not told, and why; with the rule that says so, if one does."""

    recipient: Recipient
    why: Why
    rule: Rule | None = None

    @property
    def sentence(self) -> Any:
        """Return why, for whoever asks."""
        return SENTENCES[self.why]


@dataclass
class Decision:
    """Who is told and who is not. `by_fallback`: no rule was about the event."""

    told: list[Telling] = field(default_factory=list)
    silent: list[Silence] = field(default_factory=list)
    by_fallback: bool = False


@dataclass
class Book:
    """What is decided by: the rules in order, own ones last, and everybody they may name."""

    rules: Sequence[Rule] = ()
    people: Mapping[uuid.UUID, Person] = field(default_factory=dict)
    members: Mapping[str, frozenset[uuid.UUID]] = field(default_factory=dict)
    """By the key of a contact group."""
    by_username: Mapping[str, uuid.UUID] = field(default_factory=dict)
    owners: Mapping[str, frozenset[str | None]] = field(default_factory=dict)
    """Folded e-mail addresses of people → whose people they are; None: the provider's."""
    fallback_email: str = ""
    """An address that is told, beside the fallback contacts, of what no rule is about (a global setting)."""

    def in_groups(self, groups: frozenset[str]) -> list[Person]:
        """Return who is in one of some contact groups, by name."""
        ids = {id for group in groups for id in self.members.get(group, ())}
        return sorted((self.people[id] for id in ids if id in self.people), key=lambda one: (one.name, one.username))


def decide(affected: Affected, happened: Happened, book: Book) -> Decision:
    """Return who is told of an event and who is not."""
    plan: dict[tuple[str, str], Telling] = {}
    silent: dict[str, Silence] = {}
    applied = False
    for rule in book.rules:
        if not rule.is_about(affected, happened):
            continue
        applied = applied or rule.owner_id is None
        for recipient in _named(rule, affected, book, silent):
            _apply(rule, recipient, plan, silent)
    decision = Decision(by_fallback=not applied and not plan)
    if decision.by_fallback:
        for recipient in _fallback(book, affected, silent):
            plan[recipient.key, MAIL] = Telling(recipient, MAIL, None)
    for telling in plan.values():
        why = _why_not(telling, happened)
        if why is None:
            decision.told.append(telling)
        else:
            silent.setdefault(telling.recipient.key, Silence(telling.recipient, why, telling.rule))
    _explain(decision, affected, book, silent)
    return decision


def _apply(rule: Rule, recipient: Recipient, plan: dict[tuple[str, str], Telling], silent: dict[str, Silence]) -> None:
    """Let a rule add somebody, replace what was said of them, or take it back; own rules where they may."""
    slot = (recipient.key, rule.method)
    said = plan.get(slot)
    if rule.owner_id and said and said.rule and not said.rule.is_open_to_own:
        return
    if not rule.cancels:
        plan[slot] = Telling(recipient, rule.method, rule, rule.bulk_minutes)
    elif said:
        del plan[slot]
        silent[recipient.key] = Silence(recipient, Why.CANCELLED, rule)


def _named(rule: Rule, affected: Affected, book: Book, silent: dict[str, Silence]) -> Iterator[Recipient]:
    """Yield whom a rule names, once each; who must not hear of the site is kept as silent."""
    found: dict[str, Recipient] = {}
    for person in _people(rule, affected, book):
        recipient = Recipient.of(person)
        if person.may_hear_of(affected):
            found[recipient.key] = recipient
        else:
            silent.setdefault(recipient.key, Silence(recipient, Why.FOREIGN, rule))
    for email in rule.named("emails") if rule.owner_id is None else ():
        recipient = Recipient(f"mail:{fold(email)}", email, email)
        if _may_hear(email, affected, book):
            found[recipient.key] = recipient
        else:
            silent.setdefault(recipient.key, Silence(recipient, Why.FOREIGN, rule))
    yield from found.values()


def _may_hear(email: str, affected: Affected, book: Book) -> bool:
    """Tell whether an address is nobody's, the provider's, or one of the people whose site it is."""
    owners = book.owners.get(fold(email), frozenset())
    return not owners or not owners.isdisjoint((None, affected.customer_id))


def _people(rule: Rule, affected: Affected, book: Book) -> Iterator[Person]:
    if rule.owner_id is not None:
        owner = book.people.get(rule.owner_id)
        if owner is not None and owner.may_hear_of(affected) and _is_shown_to(owner, affected, book):
            yield owner
        return
    if rule.body.get("all_contacts"):
        yield from book.in_groups(affected.contact_groups)
    yield from book.in_groups(frozenset(rule.named("contact_groups")))
    for username in rule.named("users"):
        id = book.by_username.get(fold(username))
        if id is not None and id in book.people:
            yield book.people[id]
    if rule.body.get("fallback_contacts"):
        yield from _all_fallback(book)


def _is_shown_to(owner: Person, affected: Affected, book: Book) -> bool:
    """Tell whether an own rule may be about something: what its owner is a contact for; all, where they see all."""
    return owner.sees(affected) or any(owner.id in book.members.get(group, ()) for group in affected.contact_groups)


def _all_fallback(book: Book) -> list[Person]:
    return sorted((one for one in book.people.values() if one.is_fallback), key=lambda one: (one.name, one.username))


def _fallback(book: Book, affected: Affected, silent: dict[str, Silence]) -> Iterator[Recipient]:
    """Yield the fallback contacts that may hear of the site, and the fallback address, unless it is one of theirs."""
    contacts = _all_fallback(book)
    for person in contacts:
        if person.may_hear_of(affected):
            yield Recipient.of(person)
        else:
            silent.setdefault(f"user:{person.id}", Silence(Recipient.of(person), Why.FOREIGN))
    email = book.fallback_email
    if email and fold(email) not in {fold(person.email) for person in contacts}:
        recipient = Recipient(f"mail:{fold(email)}", email, email)
        if _may_hear(email, affected, book):
            yield recipient
        else:
            silent.setdefault(recipient.key, Silence(recipient, Why.FOREIGN))


def _why_not(telling: Telling, happened: Happened) -> Why | None:
    """Return why somebody a rule tells is not told after all."""
    person = telling.recipient.person
    if person is not None and person.is_muted:
        return Why.MUTED
    if happened.told is not None and telling.recipient.key not in happened.told:
        return Why.NOT_TOLD_BEFORE
    if telling.method == MAIL and not telling.recipient.email:
        return Why.NO_EMAIL
    return None


def _explain(decision: Decision, affected: Affected, book: Book, silent: dict[str, Silence]) -> None:
    """Add to a decision who is not told: of those a rule named, and of those who are responsible."""
    for groups, why in ((affected.contact_groups, Why.NO_RULE), (affected.host_only, Why.HOST_ONLY)):
        for person in book.in_groups(groups):
            recipient = Recipient.of(person)
            if person.may_hear_of(affected):
                silent.setdefault(recipient.key, Silence(recipient, why))
            else:
                silent.setdefault(recipient.key, Silence(recipient, Why.FOREIGN))
    told = {telling.recipient.key for telling in decision.told}
    decision.silent = [silence for key, silence in silent.items() if key not in told]
