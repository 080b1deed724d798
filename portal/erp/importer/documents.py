"""Commercial documents: orders, purchase orders and invoices, each with its lines, judged by its state."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from ...documents.models import Document, DocumentKind, DocumentLine, DocumentLink
from ...text import number_key
from .. import values
from ..rows import Record
from ..values import Bad
from . import verdicts
from .customers import ensure
from .lines import MOVE, PURCHASE, SALE, Columns, Lines
from .links import DocumentLinks
from .store import Item, Store
from .verdicts import Shown, Verdict
from .world import World, changed_at, minor, needed

NEVER = date(9999, 12, 31)
"""The `due_key` of what is never due."""


@dataclass(frozen=True)
class Rules:
    """How the records of one model are judged and read."""

    model: str
    columns: Columns
    listed: str
    judge: Callable[[Record, str | None], Verdict]
    read: Callable[[World, Record, str], dict[str, Any]]


def import_documents(world: World, rules: Rules, links: DocumentLinks) -> None:
    """Bring in the records of one model with their lines, and note in `links` what they say of each other."""
    tally, store, lines = world.tally(rules.model), world.stores[rules.model], Lines(world, rules.columns)

    def items() -> Iterator[Item]:
        for record in world.records(rules.model):
            customer_id = None
            try:
                judged = _judged(world, rules, record)
                if isinstance(judged, str):
                    tally.hide(record.key, judged)
                    lines.hidden(record.key, "document_hidden")
                    _sum(world, rules, record, "hidden")
                    continue
                owner, verdict = judged
                customer_id = world.customer(owner)
                item = _item(world, rules, record, owner, verdict, lines)
                links.note(record, rules.model)
            except Bad as bad:
                world.refuse(record, rules.model, bad, customer_id)
                lines.hidden(record.key, "document_refused")
                _sum(world, rules, record, "refused")
                continue
            lines.shown(record.key)
            _sum(world, rules, record, "shown")
            yield item

    def refuse(item: Item, why: str) -> None:
        world.refuse(item.record, rules.model, Bad("id", why), item.customer_id)
        _sum(world, rules, item.record, "shown", -1)
        _sum(world, rules, item.record, "refused")
        world.tally(rules.columns.model).shown -= len(item.parts)
        world.tally(rules.columns.model).hidden["document_refused"] += len(item.parts)

    store.put(items(), tally, refuse)
    lines.finish(tally.keys)
    store.archive(tally)


def _judged(world: World, rules: Rules, record: Record) -> tuple[int, Shown] | str:
    """Return owner and verdict, or why the record is never shown. Raises `Bad`."""
    kept = world.stores[rules.model].kept.get(record.key)
    verdict = rules.judge(record, kept.kind if kept else None)
    if isinstance(verdict, str):
        return verdict
    owner = world.owner(record)
    if owner is None:
        return "no_owner"
    return "own" if owner in world.partners.own else (owner, verdict)


def _item(world: World, rules: Rules, record: Record, owner: int, verdict: Shown, lines: Lines) -> Item:
    currency = world.currency(record)
    rows = lines.take(record.key, values.ids(record, rules.listed), currency, world.customer(owner))
    kind, state, type = verdict
    number = needed(record, "name", 120)
    found = rules.read(world, record, kind)
    details = found.pop("details") | _addresses(world, rules.model, record, owner)
    due_on = found.pop("due_on")
    texts = [row["text"] for row in rows]
    content = {
        "kind": str(kind),
        "type": str(type),
        "state": state,
        "number": number,
        "number_key": number_key(number),
        "due_on": due_on,
        "due_key": due_on or NEVER,
        "currency": currency,
        "untaxed_minor": minor(record, "amount_untaxed", currency),
        "tax_minor": minor(record, "amount_tax", currency),
        "total_minor": minor(record, "amount_total", currency),
        "residual_minor": None,
        "title": next((_first_words(row["text"]) for row in rows if row["display"] == "line"), ""),
        "contact": _contact(world, record),
        "details": {name: value for name, value in details.items() if value},
        "words": "\n".join(texts),
        **found,
    }
    content["title"] = content["title"] or content["reference"]
    if owner not in world.partners.customers:
        ensure(world, {owner})
    store = world.stores[rules.model]
    return Item(record, store.id_of(record.key), world.partners.customers[owner], content, changed_at(record), rows)


def _contact(world: World, record: Record) -> str:
    """Return the name of the person or department the document goes to, where that is not the company itself."""
    found = values.many2one(record, "partner_id")
    partner = world.partners.all.get(found[0]) if found else None
    return partner.name if partner and partner.is_contact else ""


def _addresses(world: World, model: str, record: Record, owner: int) -> dict[str, list[str]]:
    """Return the postal addresses; one of another company is left out and reported: it is none of this customer's."""
    found = {}
    for name, field in (("billing", "partner_invoice_id"), ("shipping", "partner_shipping_id")):
        address = values.many2one(record, field) or (
            values.many2one(record, "partner_id") if name == "billing" else None
        )
        if address is None:
            continue
        try:
            foreign = world.partners.owner(address[0], field) != owner
        except Bad as bad:
            world.note(record, model, str(bad), world.customer(owner))
            continue
        if foreign:
            why = Bad(field, _("The address belongs to another company and is left out."))
            world.note(record, model, str(why), world.customer(owner))
            continue
        found[name] = world.partners.address(address[0])
    return found


def _sum(world: World, rules: Rules, record: Record, side: str, sign: int = 1) -> None:
    """Add the record's total to the source's sums, as far as it can be read: the portal's are held against them."""
    try:
        amount = values.decimal(record, "amount_total", default=Decimal(0))
        label = " ".join(filter(None, (_sort(record.get("move_type")), world.currency(record))))
    except Bad:
        return
    world.tally(rules.model).add(side, label, amount * sign)


def _sort(type: Any) -> str:
    return type if isinstance(type, str) else ""


def _read_sale(world: World, record: Record, kind: str) -> dict[str, Any]:
    promised = world.day(record, "commitment_date")
    signed = values.moment(record, "signed_on")
    return {
        "date": world.needed_day(record, "date_order", "create_date"),
        "due_on": world.day(record, "validity_date") if kind == DocumentKind.QUOTATIONS else promised,
        "reference": values.text(record, "client_order_ref") or "",
        "note": values.text(record, "note") or "",
        "salesperson": world.named(record, "sale.order", "user_id", "res.users"),
        "payment_terms": world.named(record, "sale.order", "payment_term_id", "account.payment.term"),
        "details": {
            "delivery_on": promised.isoformat() if promised else None,
            "signed_by": values.text(record, "signed_by"),
            "signed_on": signed.isoformat() if signed else None,
            "invoice_status": values.text(record, "invoice_status"),
        },
    }


def _read_purchase(world: World, record: Record, kind: str) -> dict[str, Any]:
    planned, approved = world.day(record, "date_planned"), world.day(record, "date_approve")
    return {
        "date": world.needed_day(record, "date_order", "create_date"),
        "due_on": planned,
        "reference": values.text(record, "partner_ref") or "",
        "note": values.text(record, "notes") or "",
        "salesperson": world.named(record, "purchase.order", "user_id", "res.users"),
        "payment_terms": world.named(record, "purchase.order", "payment_term_id", "account.payment.term"),
        "details": {
            "planned_on": planned.isoformat() if planned else None,
            "approved_on": approved.isoformat() if approved else None,
            "invoice_status": values.text(record, "invoice_status"),
        },
    }


def _read_move(world: World, record: Record, kind: str) -> dict[str, Any]:
    booked = world.day(record, "date")
    return {
        "date": world.needed_day(record, "invoice_date", "date"),
        "due_on": world.day(record, "invoice_date_due"),
        "residual_minor": minor(record, "amount_residual", world.currency(record)),
        "reference": values.text(record, "ref") or "",
        "note": values.text(record, "narration") or "",
        "salesperson": world.named(record, "account.move", "invoice_user_id", "res.users"),
        "payment_terms": world.named(record, "account.move", "invoice_payment_term_id", "account.payment.term"),
        "details": {
            "payment_reference": values.text(record, "payment_reference"),
            "origin": values.text(record, "invoice_origin"),
            "booked_on": booked.isoformat() if booked else None,
        },
    }


SALES = Rules("sale.order", SALE, "order_line", verdicts.judge_sale, _read_sale)
PURCHASES = Rules("purchase.order", PURCHASE, "order_line", verdicts.judge_purchase, _read_purchase)
MOVES = Rules("account.move", MOVE, "invoice_line_ids", verdicts.judge_move, _read_move)
RULES = (SALES, PURCHASES, MOVES)


def store_of(origin: str, rules: Rules) -> Store:
    """Return the store of a model's documents."""
    return Store(origin, rules.model, Document, part=(DocumentLine, "document_id"), release=_release)


def _release(session: Session, id: uuid.UUID) -> None:
    """Cut a document that goes to another customer off from the links of the old one's."""
    session.execute(delete(DocumentLink).where(or_(DocumentLink.from_id == id, DocumentLink.to_id == id)))


def _first_words(text: str) -> str:
    """Return the first line of an article's text without its code in brackets: what the document is about."""
    return re.sub(r"^\[[^\]\n]{1,60}\]\s*", "", text.strip()).split("\n")[0].strip()
