"""Pages: the list, the detail page, the CSV and the PDF of any kind, in either door."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from ..customers.subscriptions import today
from ..database import db
from ..i18n import format_number
from . import export, panels, printing
from .cells import Around
from .kind import Column, Kind
from .listing import COUNT_UP_TO, Listing, Page
from .wish import Wish


@dataclass(frozen=True)
class Place:
    """Where a kind is read: by whom, of which customer, under which address ("/documents/invoices/").

    `files` is the address its CSV and PDFs lie under, where that is another one.
    """

    kind: Kind
    reader: Any
    customer_id: str
    base: str
    crumbs: tuple[tuple[str, str], ...] = ()
    files: str = ""

    def listing(self) -> Listing:
        """Return the records of this place."""
        return Listing(db.session(), self.kind, self.reader, self.customer_id)

    def other(self, slug: str) -> str:
        """Return the address of another kind in the same door."""
        return f"{(self.files or self.base).removesuffix(f'{self.kind.slug}/')}{slug}/"

    @property
    def csv_url(self) -> str:
        """Return the address of the CSV, without a query."""
        return f"{(self.files or self.base)[:-1]}.csv"

    def pdf_url(self, id: uuid.UUID) -> str:
        """Return the address of a record's PDF."""
        return f"{self.files or self.base}{id}.pdf"


def index(place: Place, **context: Any) -> str:
    """Return the list page."""
    kind, wish, day = place.kind, Wish.read(place.kind, request.args), today()
    page = place.listing().page(wish)
    as_html = row_html(wish.columns, Around(place.base, wish.query(per_page=None), day))
    return render_template(
        [f"{kind.templates}/{kind.slug}/list.html", "records/list.html"],
        place=place, kind=kind, wish=wish, page=page, rows=((row, as_html(row)) for row in page.rows),
        summary=_summary(page), headings=_headings(wish), today=day,
        lines=panels.listed(kind.slug, place.reader, page.rows, place.customer_id), **kind.helpers, **context,
    )  # fmt: skip


def row_html(columns: list[Column], around: Around) -> Callable[[Any], Markup]:
    """Return the function that makes a row's HTML: what every cell of a column has in common is made once."""
    ready = [(_cell_start(column), column.cell) for column in columns]

    def as_html(row: Any) -> Markup:
        cells = "".join([f"{start}{escape(cell(row, around))}</td>" for start, cell in ready])
        return Markup(f"<tr>{cells}</tr>")  # noqa: S704 - every cell is escaped, or Markup already

    return as_html


def _cell_start(column: Column) -> str:
    role = f' class="{column.role}"' if column.role else ""
    label = "" if {"main", "side"} & {*column.role.split()} else f' data-label="{escape(column.label)}"'
    return f"<td{role}{label}>"


def _summary(page: Page) -> str:
    if page.total is None:
        return str(_("More than %(number)s", number=format_number(COUNT_UP_TO)))
    return str(ngettext("%(number)s entry", "%(number)s entries", page.total, number=format_number(page.total)))


def _headings(wish: Wish) -> list[tuple[Any, str, str, str]]:
    """Return label, css role, the address that sorts by the column, and how the list is sorted by it now."""
    found = []
    sorts = {sort.key: sort for sort in wish.kind.sorts}
    for column in wish.columns:
        if not column.sort:
            found.append((column.label, column.role, "", ""))
            continue
        present = wish.sort.key == column.sort
        down = not wish.descending if present else sorts[column.sort].descending
        order = ("descending" if wish.descending else "ascending") if present else ""
        found.append((column.label, column.role, wish.query(sort=("-" if down else "") + column.sort), order))
    return found


def table(place: Place) -> Response:
    """Return the CSV of the filtered list."""
    columns = [(column.label, column.text) for column in place.kind.columns if column.text is not None]
    wish = Wish.read(place.kind, request.args)
    rows = ([text(row) for _label, text in columns] for row in place.listing().every_row(wish))
    return export.answer(place.kind.slug, [str(label) for label, _text in columns], rows)


def show(place: Place, id: uuid.UUID, **context: Any) -> Any:
    """Return the detail page; 404 when the reader may not see it, a redirect when it has become another kind."""
    kind = place.kind
    shown = kind.load(place.reader, id, place.customer_id)
    if shown is None:
        return _moved(place, id, "")
    wish = Wish.read(kind, request.args)
    before, after = place.listing().neighbours(wish, id, shown["record"])
    query = wish.query(per_page=None)
    return render_template(
        f"{kind.templates}/{kind.slug}/show.html",
        place=place, kind=kind, query=query, today=today(), back=f"{place.base}{query}",
        previous_url=f"{place.base}{before}{query}" if before else None,
        next_url=f"{place.base}{after}{query}" if after else None,
        panels=panels.shown(kind.slug, place.reader, shown["record"], place),
        as_of=getattr(shown["record"], "as_of", None), **shown, **kind.helpers, **context,
    )  # fmt: skip


def _moved(place: Place, id: uuid.UUID, ending: str) -> Any:
    became = place.kind.moved(place.reader, id, place.customer_id)
    if became is None:
        abort(404)
    return redirect(f"{place.other(became)}{id}{ending}")


def document(place: Place, id: uuid.UUID) -> Any:
    """Return the PDF; 404 when the reader may not see it, a redirect when it has become another kind."""
    response = printing.answer(place.kind, place.reader, id, place.customer_id)
    return response if response is not None else _moved(place, id, ".pdf")
