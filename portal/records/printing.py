"""Printing: a record's PDF, rendered once per version and language, and kept."""

from __future__ import annotations

import io
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from flask import Response, current_app, render_template
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from .. import pdf, storage
from ..config import MEBIBYTE
from ..customers.models import PROVIDER, Customer
from ..customers.ownership import Owned
from ..database import Base, UtcDateTime, db, now, separate
from ..i18n import country_name, locale
from ..seals import digest
from ..storage import File
from .kind import Kind

MOST = 100 * MEBIBYTE
PRINTED_SETTINGS = (
    "ACCENT", "BANK_BIC", "BANK_HOLDER", "BANK_IBAN", "BANK_NAME", "LOGO", "PROVIDER_ADDRESS", "PROVIDER_NAME",
)  # fmt: skip


class Printed(Owned, Base):
    """A kept PDF: which record, in which version, in which language, by which templates."""

    __tablename__ = "printed"

    read_by_customer: ClassVar[str] = "licenses.read"
    read_by_staff: ClassVar[str] = "documents.read"

    record_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[str] = mapped_column(String(80), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    edition: Mapped[str] = mapped_column(String(40), primary_key=True)
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("files.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def answer(kind: Kind, reader: Any, id: uuid.UUID, customer_id: str | None) -> Response | None:
    """Return the PDF of a record, kept or made now; None when the reader may not see it.

    Raises `Busy` when all printers are taken, `StorageFull` when it cannot be kept.
    """
    version = version_of(kind, reader, id, customer_id)
    if version is None:
        return None
    key = {"record_id": id, "kind": kind.slug, "version": version, "language": locale(), "edition": edition()}
    file = _kept(key) or _make(kind, reader, id, customer_id, key)
    return storage.answer(file, download_name=file.name, inline=True)


def version_of(kind: Kind, reader: Any, id: uuid.UUID, customer_id: str | None) -> str | None:
    """Return what a kept PDF of the record must match, from one statement; None when the reader may not see it."""
    model = kind.model
    statement = select(*kind.printed_from).where(model.id == id, model.seen_by(reader), kind.scope)
    if customer_id is not None:
        statement = statement.where(model.customer_id == customer_id)
    found = db.session.execute(statement).first()
    return None if found is None else "-".join(str(value) for value in found)[:80]


def edition() -> str:
    """Return what the look of PDFs depends on: the templates and the provider's settings."""
    kept = current_app.extensions
    if "print-edition" not in kept:
        settings = [str(current_app.config[name]) for name in PRINTED_SETTINGS]
        kept["print-edition"] = f"{pdf.edition()}-{digest(chr(0).join(settings))[:8]}"
    return str(kept["print-edition"])


def _make(kind: Kind, reader: Any, id: uuid.UUID, customer_id: str | None, key: Mapping[str, Any]) -> File:
    shown = kind.load(reader, id, customer_id)
    assert shown is not None
    record, name = shown["record"], f"{shown['name']}.pdf"
    html = render_template(
        f"print/{kind.slug}.html", language=locale(), created=now().isoformat(timespec="seconds"),
        provider=provider(), kind=kind, **shown,
    )  # fmt: skip
    db.session.remove()  # a printer may take seconds: no connection waits with us
    content = pdf.render(html)
    try:
        with separate() as session:
            file = storage.save(
                session, io.BytesIO(content), name=name.replace("/", "-"), purpose=storage.PRINTED,
                customer_id=record.customer_id, by_id=None, limit=MOST,
            )  # fmt: skip
            session.flush()
            session.add(Printed(customer_id=record.customer_id, file_id=file.id, **key))
    except IntegrityError:  # somebody else printed the same at the same moment: theirs is kept
        found = _kept(key)
        assert found is not None
        return found
    return file


def _kept(key: Mapping[str, Any]) -> File | None:
    conditions = (getattr(Printed, name) == value for name, value in key.items())
    return db.session.scalar(select(File).join(Printed, Printed.file_id == File.id).where(*conditions))


def provider() -> dict[str, Any]:
    """Return what letterheads say of the provider: settings first, else the provider's company data."""
    config = current_app.config
    company = db.session.get_one(Customer, PROVIDER)
    country = country_name(company.country, locale()) if company.country else ""
    address = config["PROVIDER_ADDRESS"].split("|") if config["PROVIDER_ADDRESS"] else [*company.address_lines, country]
    bank = (
        ("IBAN", config["BANK_IBAN"]), ("BIC", config["BANK_BIC"]), ("", config["BANK_NAME"]),
    )  # fmt: skip
    return {
        "name": config["PROVIDER_NAME"] or company.name,
        "logo": bool(config["LOGO"]),
        "address": [line.strip() for line in address if line.strip()],
        "contact": [line for line in (company.phone, company.email, company.website) if line],
        "bank": [pair for pair in bank if pair[1]],
        "holder": config["BANK_HOLDER"] or config["PROVIDER_NAME"] or company.name,
    }
