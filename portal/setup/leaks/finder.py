"""Finder: which leaks some subjects hold. A handful of statements for any number of them."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from ...customers.models import PROVIDER
from ...errors import Refused
from ...text import fold
from .. import certificates
from . import known as learn
from .known import Known
from .sorts import Sort
from .subjects import NOBODY, USERS, Subject, texts_of
from .words import Token, addresses, hosts, normal, services, tokens, without

_CERTIFICATE = re.compile(r"-----BEGIN [A-Z0-9 ]{0,20}CERTIFICATE-----")
_END = "-----END "


@dataclass(frozen=True)
class Finding:
    """Something an element says that not all its readers may know; `named_id` is the customer it is about."""

    sort: Sort
    place: int
    named_id: str | None
    words: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Return what tells this finding from any other of its subject."""
        told = "\0".join((self.sort, str(self.place), self.named_id or "", *sorted(self.words)))
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass
class _Read:
    """One text of a subject, taken apart."""

    subject: Subject
    place: int
    names_hosts: bool
    lines: list[str]
    emails: list[str] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    hosts: dict[str, str] = field(default_factory=dict)
    services: set[str] = field(default_factory=set)


def find(session: Session, subjects: Sequence[Subject]) -> dict[uuid.UUID, list[Finding]]:
    """Return the findings of each subject, in the order of its fields."""
    open_ = [subject for subject in subjects if not subject.is_settled]
    texts = [_read(*one) for one in texts_of(open_)]
    known = Known()
    if open_:
        learn.customers(session, known)
        learn.hosts(session, known, {name for text in texts for name in text.hosts})
        learn.services(session, known, {name for text in texts for name in text.services})
        learn.people(session, known, {fold(email) for text in texts for email in text.emails})
        learn.referred(session, known, open_)
        learn.memberships(session, known, open_)
    met: dict[uuid.UUID, dict[tuple[Sort, int, str | None], dict[str, None]]] = {}
    for text in texts:
        for sort, named, words in _of_text(text, known):
            met.setdefault(text.subject.id, {}).setdefault((sort, text.place, named), {})[words] = None
    for subject in open_:
        for sort, place, named, words in _of_subject(subject, known):
            met.setdefault(subject.id, {}).setdefault((sort, place, named), {})[words] = None
    return {
        subject.id: [
            Finding(sort, place, named, tuple(words))
            for (sort, place, named), words in sorted(met.get(subject.id, {}).items(), key=lambda one: one[0][1])
        ]
        for subject in subjects
    }


def _read(subject: Subject, place: int, text: Any) -> _Read:
    """Take a text apart: certificates and addresses first, so that nothing is found within them again."""
    body = normal(text.text)
    found = _Read(subject, place, text.names_hosts, [])
    if _CERTIFICATE.search(body):
        body, found.certificates = _cut_certificates(body)
    if subject.scope == NOBODY:
        return found
    spans = list(addresses(body))
    found.emails = [body[start:end] for start, end in spans]
    rest = without(body, spans)
    found.lines = [line.strip() for line in rest.splitlines() if line.strip()]
    found.tokens, found.hosts, found.services = tokens(rest), hosts(rest), services(rest)
    if text.names_hosts:
        found.hosts |= {fold(line): line for line in found.lines}
    return found


def _cut_certificates(body: str) -> tuple[str, list[str]]:
    spans, at = [], 0
    while match := _CERTIFICATE.search(body, at):
        end = body.find(_END, match.end())
        stop = body.find("\n", end) if end >= 0 else len(body)
        at = stop if stop >= 0 else len(body)
        spans.append((match.start(), at))
    try:
        held = [one.name for one in certificates.read_certificates("\n".join(body[start:end] for start, end in spans))]
    except Refused:
        held = ["-----BEGIN CERTIFICATE-----"]
    return without(body, spans), held


def _of_text(text: _Read, known: Known) -> Iterator[tuple[Sort, str | None, str]]:
    """Yield sort, customer and words of what a text says."""
    own = text.subject.own
    if own is None:
        for name in text.certificates:
            yield Sort.CERTIFICATE, None, name
    if text.names_hosts and own is None:
        for line in text.lines:
            yield Sort.EXPLICIT, _one(known.hosts.get(fold(line))), line
    allowed = {own, PROVIDER} if own else {own}
    for key, written in () if text.names_hosts and own is None else text.hosts.items():
        owners = known.hosts.get(key, frozenset())
        if owners and own not in owners and not owners <= allowed:
            yield Sort.HOST, _one(owners), written
    for name in sorted(text.services & known.services.keys()):
        if known.services[name] not in allowed:
            yield Sort.SERVICE, known.services[name], name
    for email in text.emails:
        of = known.people.get(fold(email)) or known.of_domain(email)
        if text.subject.kind != USERS and (own is None or of not in (None, own, PROVIDER)):
            yield Sort.EMAIL, None if of == PROVIDER else of, email
    for customer, words in known.named_in(text.tokens):
        if customer != own:
            yield Sort.CUSTOMER, customer, words


def _of_subject(subject: Subject, known: Known) -> Iterator[tuple[Sort, int, str | None, str]]:
    """Yield sort, place, customer and words of what a subject is, beside its texts."""
    first: dict[int, int] = {}
    for number, reference in enumerate(subject.references):
        place = first.setdefault(id(reference.field), len(subject.texts) + number)
        title, customer = known.elements.get((reference.kind, reference.key), ("", subject.own))
        if customer != subject.own:
            yield Sort.REFERENCE, place, customer, title
    if subject.kind == USERS:
        yield Sort.PROFILE, 0, known.of_domain(subject.email), subject.email
        for title, customer in known.groups.get(subject.id, ()):
            yield Sort.MEMBERSHIP, len(subject.texts) - 1, customer, title


def _one(owners: Iterable[str] | None) -> str | None:
    """Return the one customer there is, if it is one and not the provider."""
    listed = list(owners or ())
    return listed[0] if len(listed) == 1 and listed[0] != PROVIDER else None
