"""Sales orders: what has been ordered, and what of it is delivered and invoiced."""

from flask_babel import lazy_gettext as _l

from ...records import cells
from ...records.kind import Column, Filter, Kind
from .. import commerce, states
from ..models import Document, DocumentKind

STATE = Filter(
    "state",
    _l("Any state"),
    (
        ("confirmed", _l("Confirmed"), commerce.in_state("confirmed")),
        ("cancelled", _l("Cancelled"), commerce.in_state("cancelled")),
    ),
)

SALES_ORDERS = Kind(
    slug="sales-orders",
    label=_l("Sales orders"),
    singular=_l("Sales order"),
    lead=_l("What you ordered, and how far it is."),
    empty=_l("An accepted quotation becomes an order and appears here."),
    model=Document,
    fields=commerce.FIELDS,
    scope=commerce.of_kind(DocumentKind.SALES_ORDERS),
    columns=(
        commerce.NUMBER,
        commerce.DATED,
        commerce.ABOUT,
        Column(_l("Your reference"), cells.text("reference"), lambda row: row.reference, "hidden"),
        Column(_l("Delivery"), cells.day("due_on"), lambda row: row.due_on, "spare day"),
        Column(_l("State"), cells.state(states.of_order), lambda row: row.state, "side", "state"),
        commerce.TOTAL,
        commerce.CURRENCY,
    ),
    sorts=(commerce.BY_DATE, commerce.BY_NUMBER, commerce.BY_AMOUNT, commerce.BY_STATE),
    filters=(STATE,),
    period=Document.date,
    period_label=_l("Date"),
    load=commerce.loader(DocumentKind.SALES_ORDERS),
    printed_also=commerce.PRINTED,
    helpers={"say": states.of_document},
    moved=commerce.became(DocumentKind.SALES_ORDERS),
    icon="orders",
)
