"""Releases: to whom a kind may be released, and what somebody who typed an ID meant."""

from __future__ import annotations

import re
from typing import NamedTuple

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..customers.elements import Release
from ..customers.models import Customer
from ..errors import Refused
from .kind import ElementKind

PACKS = "rule-packs"


class To(NamedTuple):
    """To whom: the release and, of a customer's, its ID."""

    release: str
    customer_id: str | None

    @property
    def choice(self) -> str:
        """Return it as forms say it: a customer's ID, `global`, or nothing for unassigned."""
        return self.customer_id or ("" if self.release == Release.UNASSIGNED else self.release)


def may_be_global(kind: ElementKind) -> bool:
    """Tell whether elements of a kind can be Global: by nature or by the provider's setting."""
    return kind.is_global_by_default or kind.slug in current_app.config["GLOBAL_KINDS"].replace(",", " ").split()


def chosen(session: Session, kind: ElementKind, choice: str | None, *, kept: str | None = None) -> To:
    """Return what a choice means: a customer's ID, `global`, nothing (unassigned); raise `Refused` beside the field.

    `kept` is the choice an element has already: it may stay though the customer was archived since, or nothing else of
    its kind is Global, as of contact groups the one for everything.
    """
    if kind.is_general:
        return To(Release.GENERAL, None)
    choice = (choice or "").strip()
    if not choice:
        if kind.slug == PACKS:
            return To(Release.UNASSIGNED, None)
        raise Refused(_("Choose a customer."), field="customer")
    if choice == Release.GLOBAL:
        if not may_be_global(kind) and kept != Release.GLOBAL:
            raise Refused(_("Invalid customer: %(kind)s cannot be Global.", kind=kind.title), field="customer")
        return To(Release.GLOBAL, None)
    well_formed = re.fullmatch(Customer.ID_PATTERN, choice, re.ASCII) and len(choice) <= Customer.ID_LENGTH
    customer = session.get(Customer, choice) if well_formed else None
    if customer is None or customer.archived_at is not None and customer.id != kept:
        raise Refused(_("Customer missing: “%(id)s”", id=choice), field="customer")
    return To(Release.CUSTOMER, customer.id)
