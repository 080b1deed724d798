"""The course of an import: what is read after what, and what depends on what."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from ...audit.models import record
from ...customers.models import PROVIDER
from ...customers.origins import Origin
from ...database import db, now, reading, separate
from ...errors import Refused
from ...money import Money
from .. import runs
from ..fields import FIELDS
from ..models import ErpRun, RunState
from ..source import Source
from . import customers, documents, people, projects, tasks, timesheets
from .identity import identify
from .links import DocumentLinks, write_waits
from .notebook import Notebook
from .partners import Partners
from .places import MILESTONE, PROJECT, TASK, TIMESHEET, Places
from .verdicts import TYPE_NAMES
from .world import World

NEEDS = {
    "sale.order": ("sale.order.line",),
    "purchase.order": ("purchase.order.line",),
    "account.move": ("account.move.line",),
    TASK: (PROJECT,),
    TIMESHEET: (PROJECT, TASK),
}
"""Which models a model cannot be judged without."""


def follow(source: Source, run: ErpRun, *, name: str = "") -> None:
    """Import everything `source` gives, for a run that has begun, and close the run. Raises Refused, `Stopped`."""
    world = _world(source, run, name)
    world.learn_names()
    customers.learn_partners(world)
    if "res.company" in world.given:
        customers.learn_companies(world)
    customers.import_companies(world)
    if people.MODEL in world.given:
        people.import_people(world)
    links = DocumentLinks(world)
    for rules in documents.RULES:
        if _can(world, rules.model):
            documents.import_documents(world, rules, links)
    links.write()
    places = Places(world)
    steps: dict[str, Callable[[Places], None]] = {
        PROJECT: projects.import_projects, TASK: tasks.import_tasks, TIMESHEET: timesheets.import_timesheets,
    }  # fmt: skip
    for model, step in steps.items():
        if _can(world, model):
            step(places)
    if _can(world, TASK):
        write_waits(places)
    world.say_unknown()
    customers.settle(world)
    reconcile(world)
    _close(world)


def _world(source: Source, run: ErpRun, name: str) -> World:
    given = frozenset(source.models())
    if customers.MODEL not in given:
        raise Refused(_("The source gives no res.partner: without it nobody knows whose its records are."))
    with separate() as session:
        origin = identify(session, source, name or current_app.config["ERP_NAME"])
    known, provider = customers.known(origin.id)
    world = World(
        source=source,
        origin=origin.id,
        run=run,
        zone=ZoneInfo(current_app.config["TIME_ZONE"]),
        notebook=Notebook(run, len(FIELDS)),
        partners=Partners(known),
        given=given,
    )
    if provider is not None:
        world.partners.own.add(provider)
    for rules in documents.RULES:
        world.stores[rules.model] = documents.store_of(origin.id, rules)
    for model, module in ((PROJECT, projects), (TASK, tasks), (TIMESHEET, timesheets)):
        world.stores[model] = module.store_of(origin.id)
    return world


def _can(world: World, model: str) -> bool:
    """Tell whether a model is given with all it needs; report it once when it is not."""
    if model not in world.given:
        return False
    missing = [need for need in NEEDS.get(model, ()) if need not in world.given]
    if missing and model not in world.tallies:
        world.tally(model)
        world.notebook.note(model, 0, model, _("It is not imported: the source gives no %(model)s.", model=missing[0]))
    return not missing


def reconcile(world: World) -> None:
    """Count and sum what the portal holds now, model by model, apart from how it came there.

    "kept" is what is shown although the source did not (or not readably) give it this time: it explains a difference.
    """
    for model, store in world.stores.items():
        if model not in world.tallies:
            continue
        tally, table = world.tally(model), store.table
        tally.stored = 0
        amount = {TIMESHEET: "hours", PROJECT: "", TASK: ""}.get(model, "total_minor")
        columns = [table.source_id]
        if amount:
            columns.append(getattr(table, amount))
        if amount == "total_minor":
            columns += [table.currency, table.type]
        shown = (table.source == world.origin, table.source_model == model, table.archived_at.is_(None))
        with reading(), db.engine.connect() as connection:
            for row in connection.execute(select(*columns).where(*shown)):
                kept = int(row[0]) not in tally.shown_keys
                tally.stored += 1
                tally.kept += kept
                if amount:
                    label, value = _valued(row, amount)
                    tally.add("portal", label, value)
                    if kept:
                        tally.add("kept", label, value)
        if store.part:
            parts = {PROJECT: MILESTONE}.get(model) or f"{model}.line"
            _reconcile_parts(world, store, parts, tally.shown_keys)


def _valued(row: Any, amount: str) -> tuple[str, Decimal]:
    if amount == "hours":
        return timesheets.HOURS, row[1]
    label = " ".join(filter(None, (TYPE_NAMES.get(row[3], ""), row[2])))
    return label, Money.from_minor(row[1], row[2]).amount


def _reconcile_parts(world: World, store: Any, model: str, shown: set[int]) -> None:
    table, parent = store.part
    rows = store.table
    query = (
        select(rows.source_id, func.count())
        .join(table, getattr(table, parent) == rows.id)
        .where(rows.source == world.origin, rows.source_model == store.model, rows.archived_at.is_(None))
        .group_by(rows.source_id)
    )
    tally = world.tally(model)
    tally.stored = 0
    with reading(), db.engine.connect() as connection:
        for key, count in connection.execute(query):
            tally.stored += count
            tally.kept += 0 if int(key) in shown else count


def _close(world: World) -> None:
    """Close the run, and record it, in one transaction."""
    counts = {model: world.tallies[model].as_json() for model in FIELDS if model in world.tallies}
    world.notebook.say(_("The report"), force=True)
    with separate() as session:
        runs.end(
            session, world.run, RunState.FINISHED, source=world.origin, counts=counts, done=len(FIELDS),
            total=len(FIELDS), findings=world.notebook.count, error="",
        )  # fmt: skip
        origin = session.get_one(Origin, world.origin)
        origin.as_of = world.run.started_at or now()
        by = runs.Asker(world.run.by_id) if world.run.by_id else None
        record(
            session, "import.finished", by=by, customer_id=PROVIDER, run=str(world.run.id), source=world.origin,
            new=sum(tally.new for tally in world.tallies.values()),
            changed=sum(tally.changed for tally in world.tallies.values()),
            archived=sum(tally.archived for tally in world.tallies.values()), findings=world.notebook.count,
        )  # fmt: skip
