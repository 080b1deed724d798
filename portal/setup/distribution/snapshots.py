"""Snapshot: what one site was given at one moment, numbered and signed. It never changes."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from ... import signing
from ...database import Base, Identified, UtcDateTime, now
from . import parts
from .parts import canonical

CONTEXT = b"portal: site configuration, 1\0"
"""Stands before what is signed, so that no signature of one kind is taken for one of another."""
TYPE = "site configuration"


class Named(Protocol):
    """A part as a manifest names it."""

    @property
    def name(self) -> str:
        """Return whose contents it holds."""

    @property
    def sha256(self) -> str:
        """Return its hash."""

    @property
    def size(self) -> int:
        """Return its length in bytes."""


class Kind(StrEnum):
    """Why a snapshot was made: an activation, a profile or site password that does not wait, a way back."""

    FULL = "full"
    USERS = "users"
    ROLLBACK = "rollback"


class Snapshot(Identified, Base):
    """A site's whole configuration: the parts it is made of, by their hashes, and the portal's signature over them."""

    __tablename__ = "site_snapshots"
    __table_args__ = (
        UniqueConstraint("site_id", "number", name="uq_site_snapshots_site_id_number"),
        Index("ix_site_snapshots_activation_id", "activation_id"),
        Index("ix_site_snapshots_customer_id", "customer_id", "made_at"),
    )

    site_id: Mapped[str] = mapped_column(ForeignKey("sites.id"))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    """Whose site it was then; a snapshot is served to nobody else."""
    number: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(10))
    of_number: Mapped[int | None] = mapped_column()
    """Of a rollback: the snapshot it goes back to."""
    through: Mapped[int] = mapped_column()
    """The number of the last change in it."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    made_by_id: Mapped[uuid.UUID | None] = mapped_column()
    activation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("setup_activations.id"))
    manifest: Mapped[str] = mapped_column(Text)
    """Canonical JSON, byte by byte what was signed."""
    key_id: Mapped[str] = mapped_column(String(16))
    signature: Mapped[str] = mapped_column(String(88))
    left_out: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    """Elements (kind, ID, title) that an earlier snapshot had and this site may not have any more."""

    @property
    def hashes(self) -> list[str]:
        """Return the hashes of its parts, in order."""
        return hashes_of(self.manifest)

    @property
    def etag(self) -> str:
        """Return what changes exactly when the document does."""
        return f"{self.number}-{self.signature[:22].replace('/', '_')}"


@event.listens_for(Snapshot, "before_update")
def _immutable(_mapper: Any, _connection: Any, snapshot: Snapshot) -> None:
    raise ValueError(f"a snapshot never changes: {snapshot.site_id} {snapshot.number}")


def hashes_of(manifest: str) -> list[str]:
    """Return the hashes of the parts that a manifest names, in order."""
    return [part["sha256"] for part in json.loads(manifest)["parts"]]


def make(
    *, site_id: str, customer_id: str, number: int, kind: Kind, through: int, of: Sequence[Named], by: Any,
    activation_id: uuid.UUID | None = None, of_number: int | None = None, left_out: list[list[str]] | None = None,
) -> Snapshot:  # fmt: skip
    """Return a signed snapshot of these parts that is not in the database yet."""
    moment = now()
    manifest = canonical(
        {
            "format": 1,
            "type": TYPE,
            "site": site_id,
            "customer": customer_id,
            "number": number,
            "kind": str(kind),
            "of_number": of_number,
            "made_at": moment.isoformat(timespec="seconds"),
            "parts": [{"name": part.name, "sha256": part.sha256, "size": part.size} for part in of],
        }
    )
    key = signing.private()
    return Snapshot(
        site_id=site_id, customer_id=customer_id, number=number, kind=str(kind), through=through, made_at=moment,
        made_by_id=getattr(by, "id", None), activation_id=activation_id, of_number=of_number,
        manifest=manifest.decode(), key_id=signing.id_of(key.public_key()), left_out=left_out or [],
        signature=base64.b64encode(key.sign(CONTEXT + manifest)).decode(),
    )  # fmt: skip


def document(session: Session, snapshot: Snapshot) -> bytes:
    """Return what the site gets: JSON of `manifest`, `key_id`, `signature` and `parts` by their hash, in one line."""
    contents = parts.read(session, snapshot.hashes)
    held = b",".join(b'"%s":%s' % (sha256.encode(), contents[sha256]) for sha256 in snapshot.hashes)
    named = canonical({"key_id": snapshot.key_id})[1:-1], canonical({"signature": snapshot.signature})[1:-1]
    return b'{"format":1,%s,"manifest":%s,"parts":{%s},%s}\n' % (named[0], snapshot.manifest.encode(), held, named[1])


def verify(content: bytes, key: Ed25519PublicKey) -> dict[str, Any]:
    """Return the parts of a document by name; raise ValueError unless all of it is as the portal signed it."""
    try:
        found = json.loads(content)
        manifest = canonical(found["manifest"])
        key.verify(base64.b64decode(found["signature"], validate=True), CONTEXT + manifest)
        named = {part["name"]: part["sha256"] for part in found["manifest"]["parts"]}
        held = {sha256: parts.sha256_of(canonical(part)) for sha256, part in found["parts"].items()}
    except (TypeError, KeyError, AttributeError, RecursionError, InvalidSignature) as error:
        raise ValueError(f"the signature does not hold ({type(error).__name__})") from None
    if any(sha256 != said for said, sha256 in held.items()) or set(held) != set(named.values()):
        raise ValueError("a part is not the one that was signed")
    if found["manifest"]["type"] != TYPE:
        raise ValueError("no configuration of a site")
    return {name: found["parts"][sha256] for name, sha256 in named.items()}
