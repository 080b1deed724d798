"""Quotations: what the provider offers, and until when."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, not_

from ...records import cells
from ...records.kind import Column, Filter, Kind
from .. import commerce, states
from ..models import Document, DocumentKind

STATE = Filter(
    "state",
    _l("Any state"),
    (
        ("open", _l("To answer"), lambda today: and_(Document.state == "open", not_(Document.is_expired(today)))),
        ("expired", _l("Expired"), Document.is_expired),
        ("cancelled", _l("Cancelled"), commerce.in_state("cancelled")),
    ),
)

QUOTATIONS = Kind(
    slug="quotations",
    label=_l("Quotations"),
    singular=_l("Quotation"),
    lead=_l("What has been offered to you, and until when each offer stands."),
    empty=_l("Quotations appear here as soon as one has been sent to you."),
    model=Document,
    fields=commerce.FIELDS,
    scope=commerce.of_kind(DocumentKind.QUOTATIONS),
    columns=(
        commerce.NUMBER,
        commerce.DATED,
        commerce.ABOUT,
        Column(_l("Valid until"), cells.day("due_on"), lambda row: row.due_on, "day", "due"),
        Column(_l("State"), cells.state(states.of_quotation), lambda row: row.state, "side", "state"),
        commerce.TOTAL,
        commerce.CURRENCY,
    ),
    sorts=(
        commerce.BY_DATE, commerce.BY_NUMBER, commerce.BY_AMOUNT, commerce.BY_STATE, commerce.by_due(_l("Valid until")),
    ),
    filters=(STATE,),
    period=Document.date,
    period_label=_l("Date"),
    load=commerce.loader(DocumentKind.QUOTATIONS),
    printed_also=commerce.PRINTED,
    helpers={"say": states.of_document},
    moved=commerce.became(DocumentKind.QUOTATIONS),
    icon="quotations",
)  # fmt: skip
