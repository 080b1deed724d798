"""Lists of hosts, services, groups, events and customers, in both doors: as pages, and as CSV, JSON and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from ...access import reasons
from ...access.guard import requires
from ...customers.models import Customer
from ...database import db, now
from .. import scoping, sight, snapin
from ..door import OWN, PROVIDER, Door
from ..sight import Seen
from ..tables import files, reading, showing
from ..tables.column import Place
from ..tables.filters import BadFilter
from ..tables.lists import LISTS, List
from ..tables.stock import Stock
from ..tables.table import Table

FORMS = (files.CSV, files.JSON, files.PDF)
EXPORT = "general.csv_export"
reasons.add(
    EXPORT, lambda _person: _("Your roles do not let you save tables as files. Ask an administrator of the provider.")
)


def pages(door: Door) -> Blueprint:
    """Return the pages of a door."""
    bp = Blueprint(f"{door.name}_lists", __name__, url_prefix=door.base.rstrip("/"))
    for one in LISTS:
        if door.is_staff or not one.for_staff:
            _add(bp, door, one)
    return bp


def _add(bp: Blueprint, door: Door, one: List) -> None:
    """Add the page of a list and its files."""

    @requires(door.verb)
    def index() -> Any:
        return show(door, one)

    bp.add_url_rule(f"/{one.slug}/", one.slug, index)
    for form in FORMS:
        bp.add_url_rule(f"/{one.slug}.{form}", f"{one.slug}_{form}", _file(door, one, form))


def _file(door: Door, one: List, form: str) -> Any:
    @requires(door.verb, act=EXPORT)
    def file() -> Any:
        return export(door, one, form)

    return file


def show(door: Door, one: List, **context: Any) -> Any:
    """Return the page of a table; a filter that cannot be used is told in a sentence, with status 422."""
    session, reader = db.session(), current_user._get_current_object()
    base = one.table
    every, table, sites = _asked(base)
    place, stock, status, problem = Place(door.base, now(), table.sites), None, 200, ""
    try:
        stock = Stock.of(session, reader, table, sites)
        if stock:
            read, found = stock.page(session)
            rows = found.rows
            shown = showing.Shown(
                read, showing.headings(table, base, is_stock=True), showing.groups(table, read.rows, place),
                len(rows) if found.is_whole else None,
                request.path + table.query(base) if found.first_url else "",
                request.path + table.query(base, before=str(rows[0].id)) if found.previous_url else "",
                request.path + table.query(base, after=str(rows[-1].id)) if found.next_url else "",
            )  # fmt: skip
        else:
            sites = scoping.of(session, reader, sites)
            session.rollback()  # nothing is held while sites are asked
            shown = showing.page(table, base, reading.live(table, sites), place)
    except BadFilter as bad:
        status, problem = 422, str(bad)
        shown = showing.page(table, base, reading.Reading([], now()), place)
    query = table.query(base)
    return render_template(
        "monitoring/list.html", door=door, monitoring_lists=LISTS, one=one, table=table,
        base=base, shown=shown, problem=problem, query=query, hidden=_hidden(table, base), choices=choices(every, door),
        is_narrowed=bool(table.filters or table.sites), files=[(form, f"{door.base}{one.slug}.{form}{query}")
        for form in FORMS if EXPORT in reader.verbs], is_empty=not every,
        is_of_nothing=not shown.groups and scoping.is_of_nothing(session, reader, every),
        hides=any(seen.is_hidden for seen in every),
        snapin=snapin.of(every, {}) if door.is_staff else None, **context,
    ), status  # fmt: skip


def export(door: Door, one: List, form: str) -> Any:
    """Return all rows of a table as a file; BadFilter is a page that says so."""
    session, reader = db.session(), current_user._get_current_object()
    every, table, sites = _asked(one.table)
    name, place = one.slug.rpartition("/")[2], Place(door.base, now(), table.sites)
    customer = None if door.is_staff else session.get(Customer, reader.customer_id)
    about = _about(table, every)
    try:
        stock = Stock.of(session, reader, table, sites)
        if stock and form != files.PDF:
            read, rows = None, stock.every_row(session)
        elif stock:
            read = reading.Reading(_first(stock, session), now(), as_of=stock.as_of)
            rows = iter(read.rows)
        else:
            sites = scoping.of(session, reader, sites)
            session.rollback()
            read = reading.live(table, sites)
            rows = iter(read.rows)
    except BadFilter:
        return show(door, one)
    if form == files.PDF and read:
        return files.report(name, str(one.title), table, read, place, customer=customer, about=about)
    return (files.csv if form == files.CSV else files.as_json)(name, table, rows, place)


def _first(stock: Stock, session: Any) -> list[Any]:
    rows = stock.every_row(session)
    return [row for row, _number in zip(rows, range(files.MOST_ON_PAPER + 1), strict=False)]


def _asked(base: Table) -> tuple[list[Seen], Table, list[Seen]]:
    """Return all sites the reader sees, the table the address asks for, and the sites it is about.

    A site or customer in the address that the reader does not see does not exist for them: 404.
    """
    every = sight.sites(db.session(), current_user._get_current_object(), even_hidden=True)
    table = base.narrowed(MultiDict(request.args))
    known = {value for seen in every for value in values_of(seen)}
    if "site" in request.args and not known.issuperset(table.sites):
        abort(404)
    wanted = set(table.sites)
    sites = [
        seen for seen in every if not seen.is_hidden and (not wanted or not wanted.isdisjoint(values_of(seen)))
    ]  # fmt: skip
    return every, table, sites


def values_of(seen: Seen) -> tuple[str, str]:
    """Return the values of the site filter that a site answers to."""
    return f"site:{seen.target.site_id}", f"customer:{seen.customer_id}"


def choices(every: Sequence[Seen], door: Door) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what the site filter offers: customers, for staff, then sites; of those not hidden."""
    shown = [seen for seen in every if not seen.is_hidden]
    customers = sorted({seen.customer_id: seen.customer_name for seen in shown}.items(), key=lambda pair: pair[1])
    sites = [(f"site:{seen.target.site_id}", seen.alias) for seen in shown]
    if not door.is_staff:
        return [("", sites)] if len(sites) > 1 else []
    return [(_("Customers"), [(f"customer:{id}", name) for id, name in customers]), (_("Sites"), sites)]


def _hidden(table: Table, base: Table) -> list[tuple[str, str]]:
    """Return what the filter line must carry along: columns, order and grouping, where they are not the usual ones."""
    pairs = [("columns", id) for id in table.columns if table.columns != base.columns]
    pairs += [("sort", id) for id in table.sort if table.sort != base.sort]
    return pairs + ([("group", table.group)] if table.group != base.group else [])


def _about(table: Table, every: Sequence[Seen]) -> list[tuple[str, str]]:
    """Return in words what a table is narrowed to."""
    names = {value: name for seen in every for value, name in zip(values_of(seen), (seen.alias, seen.customer_name),
             strict=True)}  # fmt: skip
    found = [(_("Sites"), ", ".join(names.get(value, value) for value in table.sites))]
    for id, value in table.filters.items():
        filter = table.source.filters[id]
        found.append((str(filter.title), str(filter.options()[value]) if filter.options else value))
    return found


BLUEPRINTS = (pages(PROVIDER), pages(OWN))
