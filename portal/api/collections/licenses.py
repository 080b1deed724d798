"""Licences: what customers bought, entered and changed by staff who look after that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from ...customers.models import Customer
from ...customers.subscriptions import (
    EDITIONS,
    Edition,
    State,
    Subscription,
    SupportTier,
    state_on,
    today,
)
from ...documents.kinds import ALL
from ...errors import Forged, Refused
from ...support import lookups
from ..checking import refusal
from ..collection import UUID, Body, Collection, Field, Schema, line, one_of
from .documents import filters_of, listed_by

_KIND = next(kind for kind in ALL if kind.slug == "subscriptions")
DATE: Schema = {"type": "string", "format": "date"}


def _shown(_session: Any, _reader: Any, rows: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [
        {
            "id": str(row.id), "customer": row.owner, "edition": row.edition, "services": row.services,
            "support": row.support, "start": row.starts_on.isoformat(), "end": row.ends_on.isoformat(),
            "state": str(state_on(row.starts_on, row.ends_on, today())),
        }
        for row in rows
    ]  # fmt: skip


def _create(session: Any, values: Body, by: Any) -> Mapping[str, Any]:
    _check(by)
    customer = lookups.customer(session, values["customer"])
    if customer is None:
        raise refusal({"customer": [_("There is no active customer with this ID.")]})
    made = Subscription.enter(session, customer_id=customer.id, by=by, **_values(values))
    return {"id": made.id}


def _change(session: Any, row: Any, values: Body, by: Any) -> None:
    _check(by)
    subscription = session.get_one(Subscription, row.id)
    if session.get_one(Customer, subscription.customer_id).archived_at is not None:
        raise Refused(_("This customer is archived. Bring it back first."))
    subscription.change(session, by=by, **_values(values))


def _check(by: Any) -> None:
    """Refuse staff who do not see customers: the pages of licences are theirs."""
    if "customers.read" not in by.verbs:
        raise Forged("a license")


def _values(values: Body) -> dict[str, Any]:
    """Return what was said, as `Subscription` takes it; an order number that was not said stays."""
    found: dict[str, Any] = {
        "edition": Edition(values["edition"]), "services": values.get("services"),
        "support": SupportTier(values["support"]) if values.get("support") else None,
        "starts_on": date.fromisoformat(values["start"]), "ends_on": date.fromisoformat(values["end"]),
    }  # fmt: skip
    return found | ({"order_number": values["order_number"]} if "order_number" in values else {})


LICENSES = Collection(
    path="licenses", title="Licenses", noun="license", help="What customers may run, how much of it, and until when.",
    fields=(
        Field("id", UUID),
        Field("customer", line(64), "The ID of the customer.", "new", needed=True),
        Field("edition", one_of([str(edition) for edition in EDITIONS]), taken="always", needed=True),
        Field("services", {"type": ["integer", "null"], "minimum": 1, "maximum": 100_000_000, "default": None},
              "How many; null: as many as one likes.", "always"),
        Field("support", {"type": ["string", "null"], "enum": [*map(str, SupportTier), None], "default": None},
              "Null: none.", "always"),
        Field("start", DATE, "The first day.", "always", needed=True),
        Field("end", DATE, "The last day.", "always", needed=True),
        Field("order_number", line(80), "Kept, and not shown here. Left out of a change: as it was.", "always",
              is_shown=False),
        Field("state", one_of([str(state) for state in State])),
    ),
    reads=_KIND.verbs, writes=("customers.subscriptions",), listed=listed_by(_KIND), order=(Subscription.id,),
    descending=True, item="<uuid:id>", one=lambda id: Subscription.id == id, shown=_shown, filters=filters_of(_KIND),
    create=_create, change=_change,
)  # fmt: skip
