"""Support: until when a customer's subscriptions include it, whom that concerns, and what a change did to both."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..access.rights import Right
from ..accounts.users import Grant, User
from ..customers.subscriptions import Subscription, grace, today
from ..i18n import format_date


@dataclass(frozen=True)
class Support:
    """How a customer stands: the terms of its subscriptions with support, and how many people hold the right."""

    terms: dict[uuid.UUID, tuple[date, date]]
    holders: int

    @cached_property
    def until(self) -> date | None:
        """Return the last day that support runs without a break, each term with its grace; None: not today."""
        reached = today() - timedelta(days=1)
        for first, last in sorted(self.terms.values()):
            if first <= reached + timedelta(days=1):
                reached = max(reached, last + grace())
        return reached if reached >= today() else None

    def if_ended(self, subscription: Subscription, day: date) -> Support:
        """Return how the customer would stand if that subscription ended on `day`."""
        if subscription.id not in self.terms:
            return self
        return replace(self, terms={**self.terms, subscription.id: (subscription.starts_on, day)})

    @property
    def sentence(self) -> str:
        """Return how things stand, for a page about subscriptions."""
        if self.until is None:
            return str(_("No running subscription includes support: Request Support is not offered.")) + self._sleeping
        return " ".join(
            (
                _("Request Support is offered until %(day)s, grace included.", day=format_date(self.until)),
                ngettext("%(num)d person holds it.", "%(num)d people hold it.", self.holders),
            )
        )

    @property
    def _sleeping(self) -> str:
        if not self.holders:
            return ""
        people = ngettext(
            "%(num)d person holds it and finds it asleep.", "%(num)d people hold it and find it asleep.", self.holders
        )
        return f" {people}"

    def warning(self, until: date | None) -> str:
        """Return what it means for its holders that support will run only `until` that day."""
        if self.until is None or until == self.until:
            return ""
        if until is None:
            return str(
                ngettext(
                    "%(num)d person holds Request Support: it sleeps from now on.",
                    "%(num)d people hold Request Support: it sleeps from now on.",
                    self.holders,
                )
            )
        return str(
            ngettext(
                "%(num)d person holds Request Support: it will sleep from %(day)s.",
                "%(num)d people hold Request Support: it will sleep from %(day)s.",
                self.holders,
                day=format_date(until + timedelta(days=1)),
            )
        )

    def change_to(self, after: Support) -> str:
        """Return what a change that led from here to `after` opened or put to sleep; "" when nothing."""
        if after.until == self.until:
            return ""
        if self.until is None:
            opened = _("Request Support is offered from now on, until %(day)s.", day=format_date(after.until))
            woken = ngettext(
                "%(num)d person who held it can use it again.",
                "%(num)d people who held it can use it again.",
                after.holders,
            )
            return f"{opened} {woken}" if after.holders else str(opened)
        if after.until is None or after.until < self.until:
            return self.warning(after.until)
        return str(_("Request Support is offered until %(day)s.", day=format_date(after.until)))


def of(session: Session, customer_id: str) -> Support:
    """Return how the customer stands."""
    terms = session.execute(
        select(Subscription.id, Subscription.starts_on, Subscription.ends_on).where(
            Subscription.customer_id == customer_id,
            Subscription.support.is_not(None),
            Subscription.archived_at.is_(None),
        )
    )
    return Support({row.id: (row.starts_on, row.ends_on) for row in terms}, _holders(session, customer_id))


def _holders(session: Session, customer_id: str) -> int:
    """Return how many people of the customer were given Request Support, sleeping or not."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Grant)
            .join(User, User.id == Grant.user_id)
            .where(User.customer_id == customer_id, User.archived_at.is_(None), Grant.right == Right.REQUEST_SUPPORT)
        )
        or 0
    )
