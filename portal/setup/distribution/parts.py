"""Parts: the contents of one scope, sealed, kept once and shared by all the sites they go to.

A part is given to further sites as long as nothing in its scope has changed, so that an activation costs what
changed. Each holds a random nonce: from the hash of a part, which is in the signed manifest, nobody can guess it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ...database import Base, Identified, UtcDateTime, now, uuid7
from ...seals import seal_bytes, unseal_bytes

_CURRENT = text("is_current")
_CURRENT_SQLITE = text("is_current = 1")
GENERAL, GLOBAL, GLOBAL_USERS = "general", "global", "global-users"


class Part(Identified, Base):
    """The contents of one scope as of one change. `is_current`: what further sites get unless something changed."""

    __tablename__ = "setup_parts"
    __table_args__ = (
        Index("ux_setup_parts_current", "name", unique=True, sqlite_where=_CURRENT_SQLITE, postgresql_where=_CURRENT),
        Index("ux_setup_parts_sha256", "sha256", unique=True),
    )

    name: Mapped[str] = mapped_column(String(80))
    """`general`, `global`, `global-users`, `customer:<id>`, `users:<id>` or `site:<id>`."""
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column()
    as_of: Mapped[int] = mapped_column()
    """The number of the last change that it may lack nothing of."""
    stamp: Mapped[str] = mapped_column(String(80), default="")
    """The versions of rows it was made from, where those tell of what no change does."""
    is_current: Mapped[bool] = mapped_column(default=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def names_of(site_id: str, customer_id: str) -> list[str]:
    """Return the parts of a site, in order: those of the elements, then those of the users."""
    return [GENERAL, GLOBAL, f"customer:{customer_id}", f"site:{site_id}", GLOBAL_USERS, f"users:{customer_id}"]


def is_of_users(name: str) -> bool:
    """Tell whether a part holds profiles."""
    return name == GLOBAL_USERS or name.startswith("users:")


def canonical(value: Any) -> bytes:
    """Return the one form in which contents are hashed and manifests signed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256_of(plain: bytes) -> str:
    """Return the hash by which a manifest names a part."""
    return hashlib.sha256(plain).hexdigest()


def make(name: str, content: Mapping[str, Any], *, as_of: int, stamp: str = "", is_current: bool = True) -> Part:
    """Return a part that is not in the database yet."""
    plain = canonical({"name": name, "nonce": secrets.token_hex(16), **content})
    return Part(
        id=uuid7(), name=name, sha256=sha256_of(plain), size=len(plain), as_of=as_of, stamp=stamp,
        is_current=is_current, content=seal_bytes(zlib.compress(plain, 6)), made_at=now(),
    )  # fmt: skip


def opened(sealed: bytes) -> bytes:
    """Return the canonical text of a part; raise ValueError when SECRET_KEY does not open it."""
    return zlib.decompress(unseal_bytes(sealed))


def read(session: Session, hashes: Collection[str]) -> dict[str, bytes]:
    """Return parts in the clear, by their hash."""
    rows = session.execute(select(Part.sha256, Part.content).where(Part.sha256.in_(hashes)))
    return {sha256: opened(content) for sha256, content in rows}


def loaded(plain: bytes) -> dict[str, Any]:
    """Return the content of a part from its canonical text."""
    content: dict[str, Any] = json.loads(plain)
    return content


def keep(session: Session, parts: Collection[Part]) -> None:
    """Add parts; those that were current before them are so no longer."""
    current = [part.name for part in parts if part.is_current]
    for some in _slices(current):
        retired = update(Part).where(Part.name.in_(some), Part.is_current).values(is_current=False)
        session.execute(retired.execution_options(synchronize_session=False))
    columns = [column.key for column in Part.__table__.columns]
    if parts:
        session.execute(insert(Part), [{name: getattr(part, name) for name in columns} for part in parts])


def retire(session: Session, names: Collection[str]) -> None:
    """Let parts go to no further site: something changed that no pending change tells of."""
    retired = update(Part).where(Part.name.in_(names), Part.is_current).values(is_current=False)
    session.execute(retired.execution_options(synchronize_session=False))


def _slices(names: list[str], size: int = 5000) -> list[list[str]]:
    return [names[start : start + size] for start in range(0, len(names), size)]
