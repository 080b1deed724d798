"""Printing: a record's PDF, rendered once per version and language, and kept."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from flask import Response, current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, Select, String, and_, bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from .. import pdf, storage
from ..config import MEBIBYTE
from ..customers.models import PROVIDER, Customer
from ..customers.ownership import Owned
from ..database import Base, UtcDateTime, db, now, separate
from ..errors import Busy
from ..i18n import country_name, locale
from ..seals import digest
from ..storage import File
from . import panels, prepared
from .kind import Kind
from .registry import KINDS

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


KEPT = (File.key, File.name, File.media_type, File.size, File.purpose, File.sha256, File.created_at)
"""What of a kept file an answer needs."""


def answer(kind: Kind, reader: Any, id: uuid.UUID, customer_id: str) -> Response | None:
    """Return the PDF of a record, kept or made now; None when the reader may not see it.

    Raises `Busy` when all printers are taken, `StorageFull` when it cannot be kept.
    """
    key = {"record_id": id, "kind": kind.slug, "language": locale(), "edition": edition()}
    found = _find(kind, reader, customer_id, key)
    if found is None:
        return None
    version, file = found
    if file is None:
        file = _make(kind, reader, id, customer_id, {**key, "version": version})
    return storage.answer(file, download_name=file.name, inline=True)


def _find(kind: Kind, reader: Any, customer_id: str, key: Mapping[str, Any]) -> tuple[str, File | None] | None:
    """Return what a PDF of the record must match and the kept one that does; None when the reader may not see it."""
    values = {**prepared.parameters(reader, customer_id, key["record_id"]), **key}
    row = prepared.run(db.session(), _statement(reader.verbs, kind.slug), values).first()
    if row is None:
        return None
    shown, kept_version, kept = row[: -len(KEPT) - 1], row.kept_version, row[-len(KEPT) :]
    version = digest(chr(0).join(str(value) for value in shown))[:40]
    if kept_version != version:
        return version, None
    file = File(**dict(zip((column.key for column in KEPT), kept, strict=True)))
    return version, file if file.path.exists() else None


@prepared.prepared
def _statement(reader: Any, slug: str) -> Select[Any]:
    """Return the select of all that a record's PDF depends on, and of the one kept last."""
    kind, model = KINDS[slug], KINDS[slug].model
    letterhead = select(Customer.version).where(Customer.id == PROVIDER).scalar_subquery()
    kept = (bindparam(name, type_=String()) == getattr(Printed, name) for name in ("kind", "language", "edition"))
    more = (column for panel in panels.of(slug) for column in panel.printed_also)
    return (
        select(*kind.printed_from, *more, letterhead, Printed.version.label("kept_version"), *KEPT)
        .select_from(model)
        .outerjoin(Printed, and_(Printed.record_id == model.id, *kept))
        .outerjoin(File, File.id == Printed.file_id)
        .where(model.id == prepared.ID, model.customer_id == prepared.CUSTOMER, model.seen_by(reader), kind.scope)
    )


def edition() -> str:
    """Return what the look of PDFs depends on: templates, translations and the provider's settings."""
    kept = current_app.extensions
    if "print-edition" not in kept:
        settings = [str(current_app.config[name]) for name in PRINTED_SETTINGS]
        catalogs = sorted(Path(current_app.root_path).parent.glob("translations/*/LC_MESSAGES/*.mo"))
        sums = [hashlib.sha256(path.read_bytes()).hexdigest() for path in catalogs]
        kept["print-edition"] = f"{pdf.edition()}-{digest(chr(0).join(settings + sums))[:8]}"
    return str(kept["print-edition"])


def _make(kind: Kind, reader: Any, id: uuid.UUID, customer_id: str, key: Mapping[str, Any]) -> File:
    shown = kind.load(reader, id, customer_id)
    assert shown is not None
    record, name = shown["record"], f"{shown['name']}.pdf"
    customer = db.session.get_one(Customer, record.customer_id)
    html = render_template(
        f"print/{kind.slug}.html", language=locale(), created=now().isoformat(timespec="seconds"),
        provider=provider(), customer=customer, kind=kind, recipient=shown.get("billing") or recipient(customer),
        panels=panels.printed(kind.slug, reader, record), **kind.helpers, **shown,
    )  # fmt: skip
    db.session.remove()  # a printer may take seconds: no connection waits with us
    content = pdf.render(html)
    try:
        with separate() as session:
            _forget_older(session, key)
            file = storage.save(
                session, io.BytesIO(content), name=name.replace("/", "-"), purpose=storage.PRINTED,
                customer_id=record.customer_id, by_id=None, limit=MOST,
            )  # fmt: skip
            session.flush()
            session.add(Printed(customer_id=record.customer_id, file_id=file.id, **key))
    except IntegrityError:  # somebody else printed the same at the same moment: theirs is kept
        found = _find(kind, reader, customer_id, key)
        if found is None or found[1] is None:
            raise Busy(_("This document has just changed. Please try again."), retry_after=1) from None
        return found[1]
    return file


def _forget_older(session: Session, key: Mapping[str, Any]) -> None:
    """Delete what was printed of the record in this language before, or has lost its file: nobody is given it."""
    older = select(Printed, File).join(File, Printed.file_id == File.id)
    older = older.where(*(getattr(Printed, name) == key[name] for name in ("record_id", "kind", "language")))
    for printed, file in session.execute(older).all():
        if (printed.version, printed.edition) == (key["version"], key["edition"]) and file.path.exists():
            continue
        session.delete(printed)
        session.flush()
        storage.remove(session, file)


def recipient(customer: Customer) -> list[str]:
    """Return the lines of a customer's own address."""
    country = country_name(customer.country, locale()) if customer.country else ""
    return [line for line in (customer.name, *customer.address_lines, country) if line]


def provider() -> dict[str, Any]:
    """Return what letterheads say of the provider: settings first, else the provider's company data."""
    config = current_app.config
    company = db.session.get_one(Customer, PROVIDER)
    country = country_name(company.country, locale()) if company.country else ""
    vat = _("VAT ID %(id)s", id=company.vat) if company.vat else ""
    address = config["PROVIDER_ADDRESS"].split("|") if config["PROVIDER_ADDRESS"] else [*company.address_lines, country]
    bank = (("", config["BANK_NAME"]), ("IBAN", grouped(config["BANK_IBAN"])), ("BIC", config["BANK_BIC"]))
    return {
        "name": config["PROVIDER_NAME"] or company.name,
        "logo": bool(config["LOGO"]),
        "address": [line.strip() for line in address if line.strip()],
        "contact": [line for line in (company.phone, company.email, company.website, vat) if line],
        "bank": [pair for pair in bank if pair[1]],
    }


def grouped(iban: str) -> str:
    """Return an IBAN in groups of four, as people read it aloud."""
    plain = "".join(iban.split())
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))
