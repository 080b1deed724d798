"""Customers: the organisations the provider serves, and the provider itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select

from ...customers.models import Customer
from ...errors import Refused
from ...text import fold, sort_key
from ...web.fields import is_mailbox
from ..checking import refusal
from ..collection import MOMENT, TEXT, Body, Collection, Deed, Field, Filter, line, one_of

LENGTHS = {
    "street": 200, "street2": 200, "zip": 40, "city": 120, "country": 2, "vat": 60, "email": 254, "phone": 60,
    "website": 200,
}  # fmt: skip
STATES = ("active", "archived")


def _listed(reader: Any) -> Select[Any]:
    columns = (getattr(Customer, name) for name in Customer.COMPANY_DATA)
    seen = "customers.read" in reader.verbs
    return select(Customer.id, Customer.name, Customer.created_at, Customer.archived_at, *columns).where(
        Customer.deleted_at.is_(None), *(() if seen else (Customer.id == reader.customer_id,))
    )


def _found(value: str) -> list[ColumnElement[bool]]:
    return [
        or_(
            Customer.name_key.contains(sort_key(word), autoescape=True),
            func.lower(Customer.id).contains(word, autoescape=True),
            func.lower(Customer.city).contains(word, autoescape=True),
        )
        for word in fold(value).split()[:8]
    ]


def _shown(_session: Any, _reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [
        {
            "id": row.id, "name": row.name, "state": STATES[row.archived_at is not None],
            "created_at": row.created_at.isoformat(),
            **{name: getattr(row, name) for name in Customer.COMPANY_DATA},
        }
        for row in rows
    ]  # fmt: skip


def _values(values: Body) -> dict[str, str]:
    found = {name: values.get(name, "") for name in ("name", *Customer.COMPANY_DATA)}
    if found["email"] and not is_mailbox(found["email"]):
        raise refusal({"email": [_("This is no e-mail address. It looks like name@company.example.")]})
    return found


def _create(session: Any, values: Body, by: Any) -> Mapping[str, Any]:
    return {"id": Customer.create(session, id=values["id"], by=by, **_values(values)).id}


def _change(session: Any, row: Any, values: Body, by: Any) -> None:
    customer = session.get_one(Customer, row.id)
    if customer.archived_at is not None:
        raise Refused(_("This customer is archived. Bring it back first."))
    customer.change(session, by=by, **_values(values))


def _delete(session: Any, row: Any, by: Any) -> None:
    session.get_one(Customer, row.id).delete(session, by=by)


def _state(name: str, summary: str, move: Callable[..., None]) -> Deed:
    """Return what hides a customer or brings it back."""

    def run(session: Any, row: Any, _values: Body, by: Any) -> Mapping[str, Any]:
        customer = session.get_one(Customer, row.id)
        move(customer, session, by=by)
        return {"id": customer.id, "state": STATES[customer.archived_at is not None]}

    return Deed(name, summary, (), ("customers.edit",), run, (Field("id", TEXT), Field("state", one_of(STATES))))


def _in_state(value: str) -> list[ColumnElement[bool]]:
    return [Customer.archived_at.is_(None) if value == "active" else Customer.archived_at.is_not(None)]


CUSTOMERS = Collection(
    path="customers", title="Customers", noun="customer",
    help="A customer's own people see their company alone. Only what nothing belongs to any more can be deleted.",
    fields=(
        Field("id", {**TEXT, "maxLength": 64}, "Fixed once it is made.", "new", needed=True),
        Field("name", {**line(200), "minLength": 1}, taken="always", needed=True),
        *(
            Field(
                name, {**line(most), "default": "", **({"pattern": "^([A-Z]{2})?$"} if name == "country" else {})},
                "A country's code (ISO 3166)." if name == "country" else "", "always",
            )
            for name, most in LENGTHS.items()
        ),
        Field("state", one_of(STATES)),
        Field("created_at", MOMENT),
    ),
    reads=("customers.read", "company.read"), writes=("customers.edit",),
    listed=_listed, order=(Customer.id,), one=lambda id: Customer.id == id, shown=_shown,
    filters=(
        Filter("q", line(200), "Words of name, ID or city.", _found),
        Filter("state", one_of(STATES), "Only active or only archived ones.", _in_state),
    ),
    create=_create, change=_change, delete=_delete,
    deeds=(
        _state("archival", "Archive a customer: its people cannot sign in", Customer.archive),
        _state("restoration", "Bring an archived customer back", Customer.restore),
    ),
)  # fmt: skip
