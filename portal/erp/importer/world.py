"""World: everything a step of the import needs to know: the source, its names, whose is what, and the tallies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from ...money import places, to_minor
from .. import values
from ..models import ErpRun
from ..rows import Broken, Record
from ..source import Source
from ..values import Bad
from .notebook import Notebook
from .partners import Partners
from .store import Store
from .tally import Tally

NAMES = (
    "res.currency", "res.country", "account.payment.term", "account.tax", "uom.uom", "product.product", "hr.employee",
    "project.task.type",
)  # fmt: skip
"""Models that are only looked up: nothing of the portal is made of them."""


@dataclass
class World:
    """The state of one import; `origin` is the `source` of its rows."""

    source: Source
    origin: str
    run: ErpRun
    zone: ZoneInfo
    notebook: Notebook
    partners: Partners
    given: frozenset[str]
    tallies: dict[str, Tally] = field(default_factory=dict)
    names: dict[str, dict[int, str]] = field(default_factory=dict)
    stores: dict[str, Store] = field(default_factory=dict)
    order_of_line: dict[int, int] = field(default_factory=dict)
    unknown: dict[tuple[str, str, str, int], tuple[Record, int]] = field(default_factory=dict)

    def tally(self, model: str) -> Tally:
        """Return the tally of a model."""
        return self.tallies.setdefault(model, Tally(model))

    def records(self, model: str) -> Iterator[Record]:
        """Yield the readable records of a model; report and count the others."""
        tally = self.tally(model)
        self.notebook.begin(model)
        for row in self.source.records(model):
            tally.read += 1
            if row.key is not None:
                tally.keys.add(row.key)
            if isinstance(row, Broken):
                tally.refuse(row.key)
                self.note(row, model, row.why)
            else:
                yield row
            self.notebook.count_up(tally.read)

    def refuse(self, record: Record, model: str, why: Bad, customer_id: str | None = None) -> None:
        """Count and report a record that cannot be imported."""
        self.tally(model).refuse(record.key)
        self.note(record, model, str(why), customer_id or self.customer_of(record, model))

    def note(self, row: Record | Broken, model: str, why: str, customer_id: str | None = None) -> None:
        """Report something about a record."""
        name = model if row.key is None else f"{model} {row.key}"
        self.notebook.note(row.file, row.line, name, why, customer_id)

    def learn_names(self) -> None:
        """Read the models that are only looked up."""
        for model in NAMES:
            if model not in self.given:
                continue
            kept = self.names[model] = {}
            for record in self.records(model):
                try:
                    kept[record.key] = values.text(record, "code" if model == "res.country" else "name") or ""
                    self.tally(model).show(record.key)
                except Bad as bad:
                    self.refuse(record, model, bad)

    # What a record says

    def owner(self, record: Record, name: str = "partner_id") -> int | None:
        """Return the partner who owns what the field's partner has; None for none. Raises `Bad`."""
        found = values.many2one(record, name)
        return None if found is None else self.partners.owner(found[0], name)

    def customer(self, owner: int | None) -> str | None:
        """Return the customer an owner is in the portal, if it is one yet."""
        return self.partners.customers.get(owner) if owner is not None else None

    def named(self, record: Record, model: str, name: str, target: str) -> str:
        """Return how the ERP displays what the field names; report it when that is not there."""
        found = values.many2one(record, name)
        if found is None:
            return ""
        known = self.names.get(target)
        if known is not None and found[0] not in known:
            self.nameless(record, model, name, target, found[0])
        return found[1]

    def nameless(self, record: Record, model: str, name: str, target: str, key: int) -> None:
        """Note that something only looked up is not there: said once for all records that name it, by the first."""
        first, count = self.unknown.get((model, name, target, key), (record, 0))
        self.unknown[model, name, target, key] = first, count + 1

    def say_unknown(self) -> None:
        """Report what `nameless` noted."""
        for (model, name, target, key), (record, count) in self.unknown.items():
            if count == 1:
                self.missing(record, model, name, target, key)
                continue
            why = _("%(model)s %(id)s is not there; %(count)s records name it.", model=target, id=key, count=count)
            self.note(record, model, str(Bad(name, why)), self.customer_of(record, model))

    def missing(
        self, record: Record, model: str, name: str, target: str, key: int, customer_id: str | None = None
    ) -> None:
        """Report that a field names a record which is not there; the record itself is imported without it."""
        why = Bad(name, _("%(model)s %(id)s is not there.", model=target, id=key))
        self.note(record, model, str(why), customer_id or self.customer_of(record, model))

    def dropped(self, record: Record, model: str, name: str, customer_id: str | None = None) -> None:
        """Report that a field leads to another customer's record; there is no link."""
        why = Bad(name, _("It leads to another customer's record; the link is left out."))
        self.note(record, model, str(why), customer_id or self.customer_of(record, model))

    def customer_of(self, record: Record, model: str) -> str | None:
        """Return the customer a record belongs to in the portal, as far as it is known by now."""
        kept = self.stores[model].kept.get(record.key) if model in self.stores else None
        try:
            return kept.customer_id if kept else self.customer(self.owner(record))
        except Bad:
            return None

    def taxes(self, record: Record, model: str, name: str) -> str:
        """Return the names of the taxes, joined."""
        found = []
        for key in values.ids(record, name):
            tax = self.names.get("account.tax", {}).get(key)
            if tax is None:
                self.nameless(record, model, name, "account.tax", key)
            else:
                found.append(tax)
        return short(name, ", ".join(found), 200)

    def currency(self, record: Record) -> str:
        """Return the currency's code. Raises `Bad`."""
        found = values.many2one(record, "currency_id")
        if found is None:
            raise Bad("currency_id", _("There is none."))
        code = self.names.get("res.currency", {}).get(found[0]) or found[1]
        if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            raise Bad("currency_id", _("%(code)s is no currency's code.", code=repr(code)))
        return code

    def day(self, record: Record, name: str) -> date | None:
        """Return the day, in the provider's time zone where the field holds a moment."""
        value = record.get(name)
        if isinstance(value, str) and " " in value:
            moment = values.moment(record, name)
            return moment.astimezone(self.zone).date() if moment else None
        return values.date(record, name)

    def needed_day(self, record: Record, *names: str) -> date:
        """Return the day of the first of these fields that has one. Raises `Bad`."""
        for name in names:
            if (day := self.day(record, name)) is not None:
                return day
        raise Bad(names[0], _("There is none."))


def changed_at(record: Record) -> datetime:
    """Return when the ERP last changed the record."""
    return values.moment(record, "write_date") or values.moment(record, "create_date") or datetime.now(UTC)


def minor(record: Record, name: str, currency: str, *, exact: bool = True) -> int:
    """Return an amount in minor units; unless `exact` is False, raises `Bad` when it is finer than those."""
    amount = values.decimal(record, name)
    found = to_minor(amount, currency)
    if exact and abs(amount.scaleb(places(currency)) - found) > Decimal("0.01"):
        raise Bad(name, _("%(amount)s has more decimal places than %(currency)s.", amount=amount, currency=currency))
    return found


def needed(record: Record, name: str, length: int) -> str:
    """Return the text. Raises `Bad` when there is none or it is too long."""
    found = values.text(record, name)
    if found is None:
        raise Bad(name, _("There is none."))
    return short(name, found.strip(), length)


def short(name: str, text: str, length: int) -> str:
    """Return the text. Raises `Bad` when it is longer than `length`."""
    if len(text) > length:
        raise Bad(name, _("It is longer than %(length)s characters.", length=length))
    return text


def code(record: Record, name: str, known: dict[str, Any]) -> Any:
    """Return what a state's code stands for. Raises `Bad` for one that is not known."""
    found = record.get(name)
    if not isinstance(found, str) or found not in known:
        raise Bad(name, _("The portal does not know the state %(state)s.", state=repr(found)))
    return known[found]
