"""Naming: a customer's ID, derived once from the company's name and then kept."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...customers.models import PROVIDER, RESERVED, Customer

_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe", "ł": "l", "đ": "d",
     "þ": "th", "ð": "d", "ı": "i"}
)  # fmt: skip
ROOM = 8


def slug(name: str, length: int = Customer.ID_LENGTH) -> str:
    """Return a name as an ID: lower case, umlauts written out, words joined by dashes; never empty."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("ß", "ss").translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:length].strip("-") or "customer"
    return found if found[0].isalpha() else f"_{found}"[:length]


def free_id(session: Session, name: str) -> str:
    """Return an ID for a new customer: the name's, numbered when it is taken or reserved."""
    stem = slug(name, Customer.ID_LENGTH - ROOM)
    taken = set(session.scalars(select(func.lower(Customer.id)).where(func.lower(Customer.id).startswith(stem))))
    taken |= {reserved.lower() for reserved in RESERVED} | {PROVIDER}
    number, candidate = 1, stem
    while candidate in taken:
        number += 1
        candidate = f"{stem}-{number}"
    return candidate
