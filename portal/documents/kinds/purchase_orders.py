"""Purchase orders: what the provider orders from the customer, who is the vendor here."""

from flask_babel import lazy_gettext as _l

from ...records import cells
from ...records.kind import Column, Filter, Kind
from .. import commerce, states
from ..models import Document, DocumentKind

STATE = Filter(
    "state",
    _l("Any state"),
    tuple((state, label, commerce.in_state(state)) for state, (label, _tone) in states.PURCHASE.items()),
)

PURCHASE_ORDERS = Kind(
    slug="purchase-orders",
    label=_l("Purchase orders"),
    singular=_l("Purchase order"),
    lead=_l("What is ordered from you, and what is still a request."),
    empty=_l("Requests and orders to your company appear here when you deliver something."),
    model=Document,
    fields=commerce.FIELDS,
    scope=commerce.of_kind(DocumentKind.PURCHASE_ORDERS),
    columns=(
        commerce.NUMBER,
        commerce.DATED,
        commerce.ABOUT,
        Column(_l("Expected"), cells.day("due_on"), lambda row: row.due_on, "day", "due"),
        Column(_l("State"), cells.state(states.of_purchase), lambda row: row.state, "side", "state"),
        commerce.TOTAL,
        commerce.CURRENCY,
    ),
    sorts=(
        commerce.BY_DATE,
        commerce.BY_NUMBER,
        commerce.BY_AMOUNT,
        commerce.BY_STATE,
        commerce.by_due(_l("Expected")),
    ),
    filters=(STATE,),
    period=Document.date,
    period_label=_l("Date"),
    load=commerce.loader(DocumentKind.PURCHASE_ORDERS),
    printed_also=commerce.PRINTED,
    helpers={"say": states.of_document},
    moved=commerce.became(DocumentKind.PURCHASE_ORDERS),
    icon="orders",
)
