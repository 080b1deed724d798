"""Search: a table of terms, found by prefix as a range: the same on both databases, and under row-level security.

Whatever has `search_kind` and `search_text()` is indexed when it is flushed, in the same transaction.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import quote_plus

from sqlalchemy import ColumnElement, Index, String, and_, delete, event, false, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..customers.ownership import Owned
from ..database import Base, Key
from ..text import sort_key

TERM_LENGTH = 60
MOST_TERMS = 200
MOST_WORDS = 8
_PARTS = re.compile(r"[^\W_]+")
_AROUND = "\"'.,;:!?()[]{}<>«»„“”‘’‚"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class Term(Owned, Base):
    """A word under which a record is found."""

    __tablename__ = "terms"
    __table_args__ = (
        Index("ix_terms_record_id", "record_id"),
        Index("ix_terms_kind", "kind", "term", "record_id"),
    )

    read_by_customer: ClassVar[str] = "search.use"
    read_by_staff: ClassVar[str] = "documents.read"

    customer_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    term: Mapped[str] = mapped_column(Key, primary_key=True)
    record_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


def words(text: str) -> list[str]:
    """Return what somebody typed as prefixes to look for, at most eight; signs that are no word are not looked for."""
    return [word.strip(_AROUND)[:TERM_LENGTH] for word in sort_key(text).split() if _PARTS.search(word)][:MOST_WORDS]


def quoted(text: str) -> str:
    """Return what was typed for use in an address."""
    return quote_plus(" ".join(text.split())[:200])


def terms(text: str) -> set[str]:
    """Return the terms of a text: its words from each of their parts on ("inv/2026/7", "2026/7", "7") and the parts.

    German umlauts stand in both spellings: "Müller" is found by "muller" and by "mueller".
    """
    found: set[str] = set()
    for word in sort_key_long(text).split() + sort_key_long(_spelled_out(text)).split():
        for part in _PARTS.finditer(word):
            found.update((word[part.start() :].rstrip(_AROUND)[:TERM_LENGTH], part[0][:TERM_LENGTH]))
        if len(found) >= MOST_TERMS:
            break
    return {term for term in found if term}


def _spelled_out(text: str) -> str:
    """Return the text with its umlauts as two letters, or nothing when it has none."""
    composed = unicodedata.normalize("NFC", text)
    return composed.translate(_UMLAUTS) if any(letter in composed for letter in "äöüÄÖÜ") else ""


def sort_key_long(text: str) -> str:
    """Return the folded text without the length limit of a sort key."""
    return " ".join(sort_key(text[at : at + 180]) for at in range(0, min(len(text), 9000), 180))


def matches(column: Any, text: str, *, customer_id: str, kinds: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a record of the customer is found by every word of `text`, which has one."""
    kinds = tuple(kinds)
    found = []
    for word in words(text):
        of_kind = Term.kind == kinds[0] if len(kinds) == 1 else Term.kind.in_(kinds)
        found.append(
            column.in_(
                select(Term.record_id).where(
                    Term.customer_id == customer_id, of_kind, Term.term >= word, Term.term < word + "\U0010ffff"
                )
            )
        )
    return and_(*found) if found else false()


@event.listens_for(Session, "after_flush")
def _index(session: Session, _context: Any) -> None:
    """Write the terms of what was just flushed."""
    changed = [
        record
        for record in {*session.new, *session.dirty}
        if hasattr(record, "search_text") and (record in session.new or session.is_modified(record))
    ]
    if not changed:
        return
    session.execute(delete(Term).where(Term.record_id.in_([record.id for record in changed])))
    rows = [
        {"customer_id": record.customer_id, "kind": record.search_kind, "term": term, "record_id": record.id}
        for record in changed
        if record.archived_at is None and record.customer_id is not None
        for term in terms(record.search_text())
    ]
    if rows:
        session.execute(insert(Term), rows)
