"""Report: leaks as people read them: where, what, who would read it, how great the risk is, and what to do instead."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ...accounts.users import User
from ...customers.elements import Element
from ...customers.models import PROVIDER, Customer
from ...customers.sites import Site
from ...text import fold
from ..kinds import KINDS
from ..kinds.global_settings import SLUG as SETTINGS
from . import finder
from .finder import Finding
from .keeping import USER_COLUMNS
from .models import MOST_WORDS, Leak
from .sorts import RISK_LABELS, SORTS, Sort
from .subjects import NOBODY, USERS, Subject, of_parts, of_user

FIELDS = (
    Leak.id, Leak.element_id, Leak.user_id, Leak.kind, Leak.scope, Leak.sort, Leak.rank, Leak.place, Leak.named_id,
    Leak.words, Leak.count, Leak.found_at, Leak.accepted_at, Leak.accepted_by_id, Leak.reason,
)  # fmt: skip
KIND_LABELS = {**{slug: kind.title for slug, kind in KINDS.items()}, USERS: _l("Global users")}


@dataclass(frozen=True)
class Shown:
    """A leak in words. `title` and `url` say where; `about` is the name of the customer it is about.

    `words` are what was found, each with the name of the person it belongs to, if it is a customer's.
    """

    id: uuid.UUID | None
    title: str
    url: str
    kind: str
    field: str
    what: str
    words: list[tuple[str, str]]
    more: int
    about: str
    readers: str
    risk: str
    tone: str
    why: str
    advice: str
    accepted_at: datetime | None = None
    accepted_by: str = ""
    reason: str = ""


@dataclass
class _Around:
    """What the leaks of a page need besides their rows."""

    subjects: dict[Any, tuple[Subject, str, str]] = field(default_factory=dict)
    """Id → what was searched, its title, and the address where it is edited."""
    customers: dict[str, str] = field(default_factory=dict)
    sites: dict[str, int] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    """Folded e-mail address → name of the customer's person who has it."""
    staff: dict[uuid.UUID, str] = field(default_factory=dict)


def statement(kind: str = "", rank: int | None = None, *, accepted: bool = False) -> Select[Any]:
    """Return the select of open leaks, or of accepted ones, of a kind and a risk."""
    found: Any = select(*FIELDS).where(Leak.accepted_at.is_not(None) if accepted else Leak.accepted_at.is_(None))
    if kind:
        found = found.where(Leak.kind == kind)
    statement: Select[Any] = found if rank is None else found.where(Leak.rank == rank)
    return statement


def count_open(session: Session) -> int:
    """Return how many leaks nobody has accepted."""
    return session.scalar(select(func.count(Leak.id)).where(Leak.accepted_at.is_(None))) or 0


def show(session: Session, rows: Sequence[Any]) -> list[Shown]:
    """Return leaks in words. At most six statements for any number of them, none for none."""
    if not rows:
        return []
    around = _Around()
    _load_subjects(session, around, rows)
    _load_names(session, around, rows)
    return [_shown(row, around, row.element_id or row.user_id) for row in rows]


@dataclass(frozen=True)
class Draft:
    """An element as somebody is typing it."""

    slug: str
    key: str
    title: str
    body: Any
    release: str
    customer_id: str | None


def of_drafts(session: Session, drafts: Sequence[Draft]) -> list[Shown]:
    """Return the leaks of elements as somebody is typing them, the highest risk first: nothing is kept."""
    around, subjects = _Around(), []
    for number, one in enumerate(drafts):
        subject = of_parts(
            uuid.UUID(int=number), one.slug, 0, one.key, one.title, one.body,
            release=one.release, customer_id=one.customer_id,
        )  # fmt: skip
        subjects.append(subject)
        around.subjects[subject.id] = (subject, one.title, "")
    found = finder.find(session, subjects)
    rows = sorted(
        (_Unsaved(subject, one) for subject in subjects for one in found[subject.id]), key=lambda row: row.rank
    )
    if rows:
        _load_names(session, around, rows)
    return [_shown(row, around, row.element_id) for row in rows]


class _Unsaved:
    """A finding with the attributes of a row."""

    def __init__(self, subject: Subject, finding: Finding) -> None:
        self.id, self.element_id = None, subject.id
        self.kind, self.scope, self.sort = subject.kind, subject.scope, finding.sort
        self.rank, self.place, self.named_id = SORTS[finding.sort].rank, finding.place, finding.named_id
        self.words, self.count = list(finding.words[:MOST_WORDS]), len(finding.words)
        self.accepted_at, self.accepted_by_id, self.reason = None, None, ""


def _load_subjects(session: Session, around: _Around, rows: Sequence[Any]) -> None:
    elements = {row.element_id for row in rows if row.element_id}
    if elements:
        columns = (
            Element.id, Element.kind, Element.key, Element.title, Element.body, Element.release, Element.customer_id,
        )  # fmt: skip
        for one in session.execute(select(*columns).where(Element.id.in_(elements))):
            subject = of_parts(
                one.id, one.kind, 0, one.key, one.title, one.body, release=one.release, customer_id=one.customer_id
            )
            around.subjects[one.id] = (subject, one.title, _address(one.kind, one.key))
    people = {row.user_id for row in rows if row.user_id}
    if people:
        users = select(*USER_COLUMNS).where(User.id.in_(people))
        for user in session.execute(users):
            around.subjects[user.id] = (of_user(user), user.name, f"/provider/setup/users/{user.id}/edit")


def _load_names(session: Session, around: _Around, rows: Sequence[Any]) -> None:
    counted = select(Site.customer_id, func.count()).where(Site.archived_at.is_(None)).group_by(Site.customer_id)
    around.sites = dict(session.execute(counted.where(Site.customer_id != PROVIDER)).all())
    ids = {row.named_id for row in rows} | {_customer_of(row.scope) for row in rows}
    names = select(Customer.id, Customer.name).where(Customer.id.in_({id for id in ids if id}))
    around.customers = dict(session.execute(names).all())
    addresses = {fold(word) for row in rows if row.sort == Sort.EMAIL for word in row.words}
    if addresses:
        people = select(User.email_key, User.name).where(
            User.email_key.in_(addresses), User.archived_at.is_(None), User.portal_role.is_not(None)
        )
        around.people = dict(session.execute(people).all())
    staff = {row.accepted_by_id for row in rows if row.accepted_by_id}
    if staff:
        around.staff = dict(session.execute(select(User.id, User.name).where(User.id.in_(staff))).all())


def _shown(row: Any, around: _Around, subject_id: Any) -> Shown:
    words, (risk, tone) = SORTS[Sort(row.sort)], RISK_LABELS[row.rank]
    subject, title, url = around.subjects.get(subject_id, (None, "", ""))
    labels = subject.places if subject else []
    is_own = row.scope.startswith("customer:")
    return Shown(
        id=row.id, title=title, url=url, kind=str(KIND_LABELS.get(row.kind, row.kind)),
        field=str(labels[row.place]) if row.place < len(labels) else "",
        what=str(words.title), words=[(word, around.people.get(fold(word), "")) for word in row.words],
        more=row.count - len(row.words),
        about=around.customers.get(row.named_id, row.named_id) if row.named_id else "",
        readers=_readers(row.scope, around), risk=str(risk), tone=tone, why=str(words.why),
        advice=str(words.own_advice if is_own and words.own_advice else words.advice),
        accepted_at=row.accepted_at, accepted_by=around.staff.get(row.accepted_by_id, ""), reason=row.reason,
    )  # fmt: skip


def _readers(scope: str, around: _Around) -> str:
    """Say whose sites read it, with numbers; the provider's own are left out."""
    if scope == NOBODY:
        return str(_("Nobody: the portal gives it to no site."))
    customer = _customer_of(scope)
    if customer:
        number, name = around.sites.get(customer, 0), around.customers.get(customer, customer)
        if not number:
            return str(_("%(name)s, once it has a site", name=name))
        return str(ngettext("%(name)s: %(num)d site", "%(name)s: %(num)d sites", number, name=name))
    total = sum(around.sites.values())
    if not total:
        return str(_("All customers, once they have sites"))
    customers = ngettext("%(num)d customer", "%(num)d customers", len(around.sites))
    return str(
        ngettext(
            "All: %(num)d site of %(customers)s", "All: %(num)d sites of %(customers)s", total, customers=customers
        )
    )


def _customer_of(scope: str) -> str:
    return scope.partition(":")[2]


def _address(slug: str, key: str) -> str:
    return f"/provider/setup/{slug}/#{key}" if slug == SETTINGS else f"/provider/setup/{slug}/{key}/edit"


HEADINGS = (
    _l("Risk"), _l("Kind"), _l("Element"), _l("Field"), _l("What"), _l("Words"), _l("Customer"), _l("Who reads it"),
    _l("What to do instead"), _l("Accepted"), _l("Accepted by"), _l("Reason"),
)  # fmt: skip


def csv_rows(session: Session, statements: Iterable[Select[Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield every leak of the statements, a few hundred at a time."""
    for one in statements:
        for part in session.execute(one.order_by(Leak.rank, Leak.id)).partitions(200):
            for leak in show(session, part):
                words = [f"{word} ({name})" if name else word for word, name in leak.words]
                words += [f"+{leak.more}"] if leak.more else []
                yield (
                    leak.risk, leak.kind, leak.title, leak.field, leak.what, ", ".join(words), leak.about,
                    leak.readers, leak.advice, leak.accepted_at, leak.accepted_by, leak.reason,
                )  # fmt: skip
