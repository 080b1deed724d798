"""Subscriptions: My Licenses. Everyone of the company sees edition, limits, term and state; order numbers some."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, select

from ...customers.models import Customer
from ...customers.subscriptions import (
    EDITIONS,
    ENDING_DAYS,
    TIERS,
    State,
    Subscription,
    SupportTier,
    grace,
    state_on,
    today,
)
from ...database import db
from ...i18n import format_date, format_number, say_days
from ...records import cells
from ...records.kind import Column, Filter, Kind, Sort, read_date
from .. import purchase, states


def edition(row: Any) -> str:
    """Return the edition's name."""
    return EDITIONS[row.edition]


def services(row: Any) -> str:
    """Return the service limit as people read it."""
    return str(_("Unlimited")) if row.services is None else format_number(row.services)


def support(row: Any) -> str:
    """Return the support tier as people read it."""
    return str(_("None")) if row.support is None else str(TIERS[SupportTier(row.support)])


def state(row: Any, day: date) -> states.Said:
    """Return how a subscription stands on a day."""
    return states.SUBSCRIPTION[state_on(row.starts_on, row.ends_on, day)]


def share(row: Any, day: date) -> int:
    """Return how much of the term is over on a day, in percent."""
    days = (row.ends_on - row.starts_on).days + 1
    return int(min(max(round(100 * (day - row.starts_on).days / days), 0), 100))


def sentence(row: Any, day: date) -> str:
    """Return what a subscription's state means on a day."""
    end, away = format_date(row.ends_on), say_days(row.ends_on, day)
    stands = state_on(row.starts_on, row.ends_on, day)
    if stands == State.UPCOMING:
        return str(_("Starts on %(day)s, %(away)s.", day=format_date(row.starts_on), away=say_days(row.starts_on, day)))
    if stands == State.RUNNING:
        return str(_("Runs until %(day)s.", day=end))
    if stands == State.ENDING:
        return str(_("Ends on %(day)s, %(away)s.", day=end, away=away))
    if stands == State.GRACE:
        until = row.ends_on + grace()
        return str(
            _(
                "Ended on %(day)s and still counts until %(until)s, %(away)s: renew it before then.",
                day=end, until=format_date(until), away=say_days(until, day),
            )
        )  # fmt: skip
    return str(_("Ended on %(day)s.", day=end))


def renewal(row: Any, day: date) -> str:
    """Return what there is to do so that the subscription goes on."""
    end, until = format_date(row.ends_on), format_date(row.ends_on + grace())
    stands = state_on(row.starts_on, row.ends_on, day)
    if stands == State.ENDED:
        return str(_("It ended on %(day)s. A new subscription takes its place.", day=end))
    if stands == State.GRACE:
        return str(_("It is past its end. Renewed by %(until)s, it goes on without a break.", until=until))
    if stands == State.ENDING:
        return str(
            _("Renew it by %(day)s. Without that, it counts until %(until)s and no longer.", day=end, until=until)
        )
    return str(
        _(
            "There is nothing to do yet. Your super user and admins get a mail 30, 14 and 7 days before %(day)s.",
            day=end,
        )
    )


def load(reader: Any, id: uuid.UUID, customer_id: str) -> dict[str, Any] | None:
    """Return what a subscription's page and PDF show; with what it was bought only to readers of such documents."""
    query = Subscription.visible_to(reader).where(Subscription.id == id, Subscription.archived_at.is_(None))
    record = db.session.scalar(query.where(Subscription.customer_id == customer_id))
    if record is None:
        return None
    day = today()
    return {
        "record": record,
        "name": edition(record),
        "title": edition(record),
        "state": state(record, day),
        "grace_until": record.ends_on + grace(),
        "purchase": purchase.of(db.session(), reader, record),
    }


def _ending(day: date) -> Any:
    return and_(
        Subscription.starts_on <= day,
        Subscription.ends_on >= day,
        Subscription.ends_on <= day + timedelta(days=ENDING_DAYS),
    )


SUBSCRIPTIONS = Kind(
    slug="subscriptions",
    label=_l("My Licenses"),
    singular=_l("Subscription"),
    lead=_l("What your company may run, how much of it, and until when."),
    empty=_l("A subscription appears here as soon as the provider has entered it."),
    model=Subscription,
    fields=(
        Subscription.id, Subscription.edition, Subscription.services, Subscription.support,
        Subscription.starts_on, Subscription.ends_on,
    ),
    scope=Subscription.archived_at.is_(None),
    columns=(
        Column(_l("Edition"), cells.linked_by(edition), edition, "main"),
        Column(_l("Services"), lambda row, _around: services(row), lambda row: row.services, "num"),
        Column(_l("Support"), lambda row, _around: support(row), lambda row: row.support),
        Column(_l("Start"), cells.day("starts_on"), lambda row: row.starts_on, "spare day", "start"),
        Column(_l("End"), cells.day("ends_on"), lambda row: row.ends_on, "day", "end"),
        Column(_l("State"), cells.state(state), lambda row: str(state_on(row.starts_on, row.ends_on, today())), "side"),
    ),
    sorts=(
        Sort("end", _l("End"), Subscription.ends_on, descending=True, read=read_date),
        Sort("start", _l("Start"), Subscription.starts_on, descending=True, read=read_date),
    ),
    filters=(
        Filter(
            "state",
            _l("Any state"),
            (
                ("running", _l("Running"), Subscription.running),
                ("ending", _l("Ends soon"), _ending),
                ("ended", _l("Ended"), lambda day: Subscription.ends_on < day - grace()),
            ),
        ),
    ),
    period=Subscription.ends_on,
    period_label=_l("End"),
    load=load,
    helpers={
        "say": state, "state_on": state_on, "sentence": sentence, "share": share, "edition": edition,
        "services": services, "support": support, "renewal": renewal, "say_document": states.of_document,
    },
    printed_also=(
        select(Customer.version)
        .where(Customer.id == Subscription.customer_id)
        .correlate(Subscription)
        .scalar_subquery(),
    ),
    icon="licenses",
)  # fmt: skip
