"""Pages: the list, the detail page, the CSV and the PDF of any kind, in either door."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from ..customers.subscriptions import today
from ..database import db
from ..i18n import format_number
from . import export, printing
from .cells import Around
from .kind import Kind
from .listing import COUNT_UP_TO, Listing, Page, Wish


@dataclass(frozen=True)
class Place:
    """Where a kind is read: by whom, of which customer, under which address ("/documents/invoices/")."""

    kind: Kind
    reader: Any
    customer_id: str
    base: str
    crumbs: tuple[tuple[str, str], ...] = ()

    def listing(self) -> Listing:
        """Return the records of this place."""
        return Listing(db.session(), self.kind, self.reader, self.customer_id)


def index(place: Place, **context: Any) -> str:
    """Return the list page."""
    kind, wish = place.kind, Wish.read(place.kind, request.args)
    page = place.listing().page(wish)
    around = Around(place.base, wish.query(per_page=None), today())
    rows = [
        (
            row,
            [
                (column.role, column.label, column.cell(row, around))
                for column in kind.columns
                if column.role != "hidden"
            ],
        )
        for row in page.rows
    ]
    return render_template(
        [f"documents/{kind.slug}/list.html", "records/list.html"],
        place=place, kind=kind, wish=wish, page=page, rows=rows, summary=_summary(page), headings=_headings(wish),
        **context,
    )  # fmt: skip


def _summary(page: Page) -> str:
    if page.total is None:
        return str(_("More than %(number)s", number=format_number(COUNT_UP_TO)))
    return str(ngettext("%(number)s entry", "%(number)s entries", page.total, number=format_number(page.total)))


def _headings(wish: Wish) -> list[tuple[Any, str, str, str]]:
    """Return label, css role, the address that sorts by the column, and how the list is sorted by it now."""
    found = []
    for column in wish.kind.columns:
        if column.role == "hidden":
            continue
        if not column.sort:
            found.append((column.label, column.role, "", ""))
            continue
        present = wish.sort.key == column.sort
        down = not wish.descending if present else wish.kind.default_sort.descending and column.sort == "date"
        order = ("descending" if wish.descending else "ascending") if present else ""
        found.append((column.label, column.role, wish.query(sort=("-" if down else "") + column.sort), order))
    return found


def table(place: Place) -> Response:
    """Return the CSV of the filtered list."""
    columns = [column for column in place.kind.columns if column.text is not None]
    wish = Wish.read(place.kind, request.args)
    rows = ([column.text(row) for column in columns if column.text] for row in place.listing().every_row(wish))
    headings = [str(column.label) for column in columns]
    return export.answer(place.kind.slug, headings, rows)


def show(place: Place, id: uuid.UUID, **context: Any) -> Any:
    """Return the detail page; 404 when the reader may not see it, a redirect when it has become another kind."""
    shown = place.kind.load(place.reader, id, place.customer_id)
    if shown is None:
        became = place.kind.moved(place.reader, id)
        if became is None:
            abort(404)
        return redirect(place.base.replace(f"/{place.kind.slug}/", f"/{became}/") + str(id), 301)
    wish = Wish.read(place.kind, request.args)
    before, after = place.listing().neighbours(wish, id)
    query = wish.query(per_page=None)
    return render_template(
        [f"documents/{place.kind.slug}/show.html", "records/show.html"],
        place=place, kind=place.kind, query=query, today=today(),
        back=f"{place.base}{query}", previous_url=f"{place.base}{before}{query}" if before else None,
        next_url=f"{place.base}{after}{query}" if after else None, **shown, **context,
    )  # fmt: skip


def document(place: Place, id: uuid.UUID) -> Response:
    """Return the PDF."""
    response = printing.answer(place.kind, place.reader, id, place.customer_id)
    if response is None:
        abort(404)
    return response
