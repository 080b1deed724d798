"""Stand-in: the inventory answers for a site of which so much is somebody's that it cannot be asked for it by name.

It understands the questions that pages ask: columns it does not have stay empty, and a condition on one is refused, as
a core refuses a column it does not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, not_, or_, select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import aliased

from ..contacts import numbers, patterns
from ..contacts.inventory import Host, Service, Sweep
from ..customers.ownership import Reader
from ..database import db, reading
from .livestatus.answers import Answer, SiteState
from .livestatus.query import All, BadValue, Condition, Is, Not, Query, checked
from .livestatus.query import Any as OneOf
from .sight import Seen
from .tables import own_numbers
from .tables.filters import BadFilter

_OF = aliased(Host)
"""The host of a service."""
_LISTS = {"groups", "contacts", "contact_groups"}


class _Unknown(Exception):
    """A condition on what the inventory does not keep; its text is the column."""


@dataclass(frozen=True)
class _Table:
    """A core's table as the inventory has it: its rows, and which expression stands for which column."""

    model: Any
    columns: Mapping[str, Any]
    has_host: bool = False

    def select(self, reader: Reader, site_id: str, *wanted: Any) -> Select[Any]:
        """Select of the rows at a site that a reader sees."""
        found = select(*wanted).select_from(self.model)
        if self.has_host:
            found = found.outerjoin(_OF, and_(_OF.site_id == Service.site_id, _OF.name == Service.host_name))
        return found.where(self.model.seen_by(reader), self.model.site_id == site_id)


def _state(model: Any, prefix: str = "") -> dict[str, Any]:
    details = {name: model.details[name] for name in (*_LISTS, "labels", "tags")}
    own = {
        "state": model.state, "has_been_checked": case((model.is_pending, 0), else_=1),
        "acknowledged": case((model.is_acknowledged, 1), else_=0),
        "scheduled_downtime_depth": case((model.in_downtime, 1), else_=0),
        "plugin_output": model.output, "last_state_change": model.changed_at, **details,
    }  # fmt: skip
    return {f"{prefix}{name}": column for name, column in own.items()}


_NAMES = {"name": "name", "alias": "alias", "address": "address", "filename": "folder"}
_COUNTED = ("ok", "warn", "crit", "unknown", "pending")
TABLES = {
    "hosts": _Table(
        Host,
        {
            **{name: getattr(Host, own) for name, own in _NAMES.items()},
            **{f"num_services_{word}": Host.services[at] for at, word in enumerate(_COUNTED)},
            **_state(Host),
        },
    ),
    "services": _Table(
        Service,
        {
            "host_name": Service.host_name, "description": Service.description,
            **{f"host_{name}": getattr(_OF, own) for name, own in _NAMES.items() if name != "name"},
            **_state(_OF, "host_"),
            **_state(Service),
        },
        has_host=True,
    ),
}  # fmt: skip


def answer(seen: Seen, queries: Sequence[Query]) -> Answer:
    """Answer as the site would, from what the inventory knows of it; raises BadValue as the poller does."""
    reader = seen.scope.stand_in if seen.scope else None
    assert reader is not None
    found = Answer(seen.target.site_id, SiteState.ONLINE)
    with reading():
        session = db.session()
        read = select(Sweep.finished_at).where(Sweep.seen_by(reader), Sweep.site_id == seen.target.site_id)
        found.as_of = session.scalar(read)
        for query in queries:
            rows: list[list[Any]] = []
            try:
                rows = _rows(session, reader, seen.target.site_id, query)
            except _Unknown as unknown:
                found.state = SiteState.DEAD
                found.reason = _(
                    "So much of this site is yours that the portal answers from its inventory, which knows nothing of "
                    "“%(column)s”.", column=str(unknown),
                )  # fmt: skip
            is_cut = query.limit is not None and len(rows) > query.limit
            found.is_cut.append(is_cut)
            found.tables.append(rows[: query.limit] if is_cut else rows)
        session.rollback()
    return found


def _rows(session: Any, reader: Reader, site_id: str, query: Query) -> list[list[Any]]:
    table = TABLES.get(query.table)
    if table is None:
        return []
    where = [_condition(table, one) for one in query.where]
    columns = [table.columns.get(name) for name in query.columns]
    wanted = [literal(None) if column is None else column for column in columns]
    stats = [_counted(table, stat) for stat in query.stats]
    statement = table.select(reader, site_id, *wanted, *stats).where(*where)
    if stats:
        statement = statement.group_by(*(column for column in columns if column is not None))
    if query.limit is not None:
        statement = statement.limit(query.limit + 1)
    try:
        rows = [[_value(value) for value in row] for row in session.execute(statement)]
    except DataError:  # each database has its own dialect of regular expressions
        session.rollback()
        raise BadFilter(_("This regular expression cannot be tried here. Write it simpler.")) from None
    counts = query.table == "hosts" and any(name.startswith(own_numbers.PREFIX) for name in query.columns)
    return _own(session, reader, site_id, query, rows) if counts and numbers.may_differ(session, reader) else rows


def _own(session: Any, reader: Reader, site_id: str, query: Query, rows: list[list[Any]]) -> list[list[Any]]:
    """Return rows of hosts with the numbers of those services that are seen; each has its host's name."""
    at = query.columns.index("name")
    own = numbers.of_services(session, reader, ((site_id, row[at]) for row in rows))
    found = []
    for row in rows:
        counted = own_numbers.as_values(own.get((site_id, row[at]), numbers.NONE))
        found.append([counted.get(name, value) for name, value in zip(query.columns, row, strict=False)])
    return found


def _counted(table: _Table, stat: Condition) -> Any:
    """Return how many rows fulfil a condition; none of which it cannot be told."""
    try:
        return func.count(case((_condition(table, stat), 1)))
    except _Unknown:
        return literal(0)


def _value(value: Any) -> Any:
    """Return a value as a core gives it; what the inventory does not know is None."""
    if isinstance(value, datetime):
        return int(value.timestamp())
    return value


def _condition(table: _Table, condition: Condition) -> ColumnElement[bool]:
    if isinstance(condition, Not):
        return not_(_condition(table, condition.condition))
    if isinstance(condition, All):
        return and_(*(_condition(table, one) for one in condition.conditions))
    if isinstance(condition, OneOf):
        return or_(false(), *(_condition(table, one) for one in condition.conditions))
    if not isinstance(condition, Is):
        raise BadValue("no condition")
    column = table.columns.get(condition.column)
    if column is None:
        raise _Unknown(condition.column)
    return _compared(condition, column)


def _compared(condition: Is, column: Any) -> ColumnElement[bool]:
    name, value = condition.column.removeprefix("host_"), checked(str(condition.value))
    operator = condition.operator.removeprefix("!")
    found: ColumnElement[bool]
    if name in _LISTS:
        return _listed(condition, column, value)
    if name in ("labels", "tags"):
        raise _Unknown(condition.column)
    if name in ("state", "has_been_checked", "acknowledged", "scheduled_downtime_depth"):
        number = int(float(value))
        found = {
            "=": column == number, "<": column < number, ">": column > number, "<=": column <= number,
            ">=": column >= number,
        }[operator]  # fmt: skip
    elif operator == "=":
        found = column == value
    elif operator in ("~", "~~"):
        found = _matched(column, value, ignores_case=operator == "~~")
    else:
        raise _Unknown(condition.column)
    return not_(found) if condition.operator.startswith("!") else found


def _matched(column: Any, pattern: str, *, ignores_case: bool) -> ColumnElement[bool]:
    """Return that a text matches; what is plain text is searched as such. Raises BadFilter."""
    plain = re.sub(r"\\(.)", r"\1", pattern)
    if re.escape(plain) == pattern:
        if ignores_case:
            return column.icontains(plain, autoescape=True)  # type: ignore[no-any-return]
        return column.contains(plain, autoescape=True)  # type: ignore[no-any-return]
    if why := patterns.refusal(f"{patterns.PREFIX}{pattern}"):
        raise BadFilter(why)  # here the portal tries it itself, on names that a customer's site may choose
    return column.regexp_match(f"(?i){pattern}" if ignores_case else pattern)  # type: ignore[no-any-return]


def _listed(condition: Is, column: Any, value: str) -> ColumnElement[bool]:
    text = column.as_string()
    if condition.operator == ">=":
        return text.contains(json.dumps(value), autoescape=True)  # type: ignore[no-any-return]
    if condition.operator == "!=" and not value:
        return and_(text.is_not(None), text != "[]")
    raise _Unknown(condition.column)
