"""Checking while editing: a form is searched before it is saved, and once it is, the page says what was found."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...customers.elements import Element, Release
from ...errors import Refused
from .. import packs
from ..forms.elements import ElementForm
from ..releases import To
from . import report
from .models import Leak

CHECK = "check_for_leaks"
"""The name of the button that looks for leaks and saves nothing."""


def is_asked() -> bool:
    """Tell whether the form was sent only to be searched."""
    return CHECK in request.form


def of_form(session: Session, form: ElementForm, element: Element | None) -> list[report.Shown]:
    """Return the leaks of an element as the form has it."""
    to = _to(session, form, element)
    body: dict[str, Any] = {**form.body, **({"pack": form["pack"].data or ""} if "pack" in form else {})}
    key = element.key if element is not None else form.chosen_key
    draft = report.Draft(form.kind.slug, key, form.chosen_title, body, to.release, to.customer_id)
    return report.of_drafts(session, [draft])


def of_element(session: Session, element: Element | None) -> list[report.Shown] | None:
    """Return the open leaks of an element as it was saved; None for none, and for one that is new."""
    if element is None:
        return None
    rows = session.execute(report.statement().where(Leak.element_id == element.id).order_by(Leak.rank, Leak.id)).all()
    return report.show(session, rows) or None


def tell(session: Session, slug: str, element_id: uuid.UUID | None = None) -> None:
    """Say, after something was saved, how many leaks it has, and lead to them."""
    statement = select(func.count(Leak.id)).where(Leak.kind == slug, Leak.accepted_at.is_(None))
    number = session.scalar(statement if element_id is None else statement.where(Leak.element_id == element_id))
    if number:
        told = ngettext(
            "It tells something to readers who may not know it: %(num)d leak.",
            "It tells something to readers who may not know it: %(num)d leaks.",
            number,
        )
        link = Markup('{} <a href="{}">{}</a>').format(told, url_for("leaks.index", kind=slug), _("Leak check"))
        flash(link, "warn")


def _to(session: Session, form: ElementForm, element: Element | None) -> To:
    """Return to whom the form releases the element; while that does not hold, as it stands, else to all."""
    try:
        pack = packs.named(session, form["pack"].data) if "pack" in form and form["pack"].data else None
        to = packs.prescribed(pack) or form.to()
    except Refused:
        to = None
    stands = To(element.release, element.customer_id) if element is not None else To(Release.GENERAL, None)
    return to or form.prescribed or stands
