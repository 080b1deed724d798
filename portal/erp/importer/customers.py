"""Companies become customers, and so does whoever owns a shown record. Company data are the ERP's."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...customers.models import PROVIDER, Customer
from ...customers.subscriptions import Subscription
from ...database import db, now, reading, separate
from ...text import sort_key
from .. import values
from ..rows import Record
from ..values import Bad
from .naming import free_id
from .partners import Partner, read_partner
from .world import World

MODEL = "res.partner"
GONE = "gone"
"""Stands as `source_hash` of a customer that was archived because its partner vanished."""

LENGTHS = {
    name: getattr(Customer, name).type.length for name in ("name", *Customer.COMPANY_DATA)
}  # fmt: skip


def known(origin: str) -> tuple[dict[int, str], int | None]:
    """Return the customers of an origin by their partner's id, and the partner the provider itself is."""
    columns = (Customer.id, Customer.source_id)
    with reading(), db.engine.connect() as connection:
        rows = connection.execute(
            select(*columns).where(Customer.source == origin, Customer.source_model == MODEL)
        ).all()
    provider = next((int(row.source_id) for row in rows if row.id == PROVIDER), None)
    return {int(row.source_id): row.id for row in rows if row.id != PROVIDER}, provider


def learn_partners(world: World) -> None:
    """Read all partners, and which of them are the provider's own companies."""
    partners, codes = world.partners, world.names.get("res.country", {})
    for record in world.records(MODEL):
        try:
            partners.all[record.key] = read_partner(record, codes)
        except Bad as bad:
            world.refuse(record, MODEL, bad, world.customer(record.key))
    for partner in list(partners.all.values()):
        if partner.company not in world.tally(MODEL).keys:
            why = Bad("commercial_partner_id", _("The partner %(id)s is not there.", id=partner.company))
            world.refuse(Record(partner.file, partner.line, {"id": partner.key}), MODEL, why)


def learn_companies(world: World) -> None:
    """Read the provider's own companies: what they own is nobody's."""
    model, first = "res.company", None
    for record in world.records(model):
        try:
            found = values.many2one(record, "partner_id")
            if found is None:
                raise Bad("partner_id", _("There is none."))
        except Bad as bad:
            world.refuse(record, model, bad)
            continue
        world.partners.own.add(found[0])
        world.tally(model).show(record.key)
        if first is None or record.key < first[0]:
            first = (record.key, found[0])
    if not world.partners.own:
        world.notebook.note(f"{model}", 0, model, _("The source does not say which partner is the provider itself."))
    if first and first[1] in world.partners.all:
        _set_provider(world, world.partners.all[first[1]])


def import_companies(world: World) -> None:
    """Make customers of the companies that are none yet, and bring the company data of all up to date."""
    partners = world.partners
    wanted = {
        partner.key
        for partner in partners.all.values()
        if partner.is_company and partner.is_active and not partner.is_contact and partner.key not in partners.own
    }
    before = set(partners.customers)
    ensure(world, wanted)
    with reading(), db.engine.connect() as connection:
        columns = (
            Customer.id,
            Customer.name,
            Customer.source_hash,
            *(getattr(Customer, n) for n in Customer.COMPANY_DATA),
        )
        rows = {row.id: row for row in connection.execute(select(*columns).where(Customer.source == world.origin))}
    tally = world.tally(MODEL)
    for key, id in partners.customers.items():
        partner = partners.all.get(key)
        if partner is None:
            if key not in tally.refused_keys and tally.complete:
                _end(world, key, id)
            continue
        if key in before:
            _say_cut(world, partner)
        row, data = rows.get(id), company_data(partner)
        if row is not None and (
            row.source_hash == GONE or any(getattr(row, name) != text for name, text in data.items())
        ):
            with separate() as session:
                _update(session, session.get_one(Customer, id), data)
            tally.changed += 1


def ensure(world: World, owners: set[int]) -> None:
    """Make customers of those owners that are none yet, each in a transaction of its own."""
    for key in sorted(owners - world.partners.customers.keys()):
        partner = world.partners.all[key]
        data = company_data(partner)
        name = data.pop("name")
        with separate() as session:
            twin = session.scalar(
                select(Customer.id).where(
                    Customer.name_key == sort_key(name), Customer.source.is_(None), Customer.deleted_at.is_(None)
                )
            )
            customer = Customer.create(session, id=free_id(session, name), name=name, by=None, **data)
            customer.source, customer.source_model, customer.source_id = world.origin, MODEL, str(key)
            customer.imported_at = now()
        world.partners.customers[key] = customer.id
        world.tally(MODEL).new += 1
        _say_cut(world, partner)
        if twin:
            row = Record(partner.file, partner.line, {"id": key})
            why = _(
                "There was a customer %(id)s of this name, without an ERP reference; a second one was made.", id=twin
            )
            world.note(row, MODEL, why, customer.id)


def settle(world: World) -> None:
    """Count, at the end, which partners became customers and why the others did not."""
    tally = world.tally(MODEL)
    for partner in world.partners.all.values():
        if partner.key in tally.refused_keys:
            continue
        if partner.key in world.partners.customers:
            tally.show(partner.key)
        elif partner.key in world.partners.own:
            tally.hide(partner.key, "own")
        elif partner.is_contact:
            tally.hide(partner.key, "contact")
        else:
            tally.hide(partner.key, "nothing_shown" if partner.is_active else "archived")
    tally.unchanged = tally.shown - tally.new - tally.changed


def company_data(partner: Partner) -> dict[str, str]:
    """Return name and company data as a customer keeps them, cut to the room there is."""
    return {name: text[: LENGTHS[name]].strip() for name, text in {"name": partner.name, **partner.data}.items()}


def _say_cut(world: World, partner: Partner) -> None:
    """Report what was too long for a customer."""
    for name, text in {"name": partner.name, **partner.data}.items():
        if len(text) > LENGTHS[name]:
            row = Record(partner.file, partner.line, {"id": partner.key})
            why = Bad(name, _("It is cut after %(length)s characters.", length=LENGTHS[name]))
            world.note(row, MODEL, str(why), world.customer(partner.key))


def _update(session: Session, customer: Customer, data: dict[str, str]) -> None:
    customer.change(session, by=None, **data)
    customer.imported_at = now()
    if customer.source_hash == GONE:
        customer.source_hash = None
        customer.restore(session, by=None)


def _set_provider(world: World, partner: Partner) -> None:
    """Take over the provider's name and address, unless another ERP gave them first."""
    data: dict[str, Any] = company_data(partner)
    with separate() as session:
        provider = session.get(Customer, PROVIDER)
        if provider is None or provider.source not in (None, world.origin):
            return
        provider.source, provider.source_model, provider.source_id = world.origin, MODEL, str(partner.key)
        provider.change(session, by=None, **data)


def _end(world: World, key: int, id: str) -> None:
    """Archive a customer whose partner vanished, unless it has subscriptions: then staff are to decide."""
    with separate() as session:
        customer = session.get_one(Customer, id)
        if customer.archived_at is not None:
            return
        has_more = session.scalar(select(Subscription.id).where(Subscription.customer_id == id).limit(1))
        if not has_more:
            customer.source_hash = GONE
            customer.archive(session, by=None)
            world.tally(MODEL).archived += 1
    why = (
        _("It is gone from the ERP. The customer has subscriptions and stays: staff decide.")
        if has_more
        else _("It is gone from the ERP. The customer is archived.")
    )
    world.notebook.note(MODEL, 0, f"{MODEL} {key}", why, id)
