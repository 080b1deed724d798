"""Asking: the same question to many sites, each in the columns that its core knows.

Cores differ: some know no labels, tags or staleness. Which is learnt from what they refuse, remembered for a while, and
no list fails for it: the column stays empty there. A filter on such a column matches nothing there, with a sentence.
"""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from .. import poller, standin
from ..livestatus.answers import Answer, Target
from ..livestatus.query import BadValue, Condition, Query
from ..scope import Scope
from ..sight import Seen
from . import own_numbers
from .filters import BadFilter

REMEMBERED = 600
"""Seconds after which a core is tried again: it may have been updated."""
ROUNDS = 12
_NAMED = re.compile(r"['‘“\"]([a-z][a-z0-9_]*)['’”\"]")
_lacks: dict[tuple[Target, str], dict[str, float]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Told:
    """What one site told: for each query its rows by column; a column its core lacks is in none of them."""

    seen: Seen
    answer: Answer
    tables: Sequence[Sequence[dict[str, Any]]]


def ask(sites: Sequence[Seen], *queries: Query) -> list[Told]:
    """Ask every site of which anything is seen, in the order of `sites`; raises BadFilter for what cannot be asked."""
    sites = [seen for seen in sites if scope_of(seen)]
    found: dict[int, Told] = {}
    waiting = list(range(len(sites)))
    for _round in range(ROUNDS):
        groups: dict[tuple[tuple[str, ...], ...], list[int]] = defaultdict(list)
        for at in waiting:
            groups[tuple(_known(sites[at].target, query) for query in queries)].append(at)
        waiting = []
        for columns, members in groups.items():
            asked = [replace(query, columns=known) for query, known in zip(queries, columns, strict=True)]
            for at, answer in zip(members, _ask([sites[at] for at in members], asked), strict=True):
                scope = scope_of(sites[at])
                rows = own_numbers.mended(sites[at], scope, asked, _rows(answer, asked, scope))
                found[at] = Told(sites[at], answer, rows)
                if not answer.is_online and _learn(sites[at].target, asked, answer):
                    waiting.append(at)
        if not waiting:
            break
    return [found[at] for at in range(len(sites))]


def scope_of(seen: Seen) -> Scope:
    """Return what is seen of a site; nobody may ask before that is known."""
    if seen.scope is None:
        raise RuntimeError(f"nobody worked out what is seen of {seen.target.site_id}")
    return seen.scope


def narrowed(seen: Seen, queries: Sequence[Query]) -> list[Query]:
    """Return questions to a site that find only what is seen of it."""
    return [scope_of(seen).narrowed(query) for query in queries]


def _ask(sites: Sequence[Seen], queries: Sequence[Query]) -> list[Answer]:
    try:
        if all(scope_of(seen).is_whole for seen in sites):
            return poller.ask([seen.target for seen in sites], *queries)
        asked = [seen for seen in sites if scope_of(seen).stand_in is None]
        told = iter(poller.ask_each([(seen.target, narrowed(seen, queries)) for seen in asked]))
        return [next(told) if scope_of(seen).stand_in is None else standin.answer(seen, queries) for seen in sites]
    except BadValue:
        raise BadFilter(_("The filter holds characters that monitoring cannot be asked about.")) from None


def _known(target: Target, query: Query) -> tuple[str, ...]:
    """Return the query's columns without those the site's core is known to lack."""
    with _lock:
        lacking = _lacks.get((target, query.table), {})
        late = time.monotonic() - REMEMBERED
        return tuple(column for column in query.columns if lacking.get(column, late) <= late)


def _learn(target: Target, queries: Iterable[Query], answer: Answer) -> bool:
    """Remember the columns that a site's refusal names; tell whether asking again without them can help."""
    words = set(_NAMED.findall(str(answer.reason)))
    has_learnt = False
    for query in queries:
        filtered = {line.split(" ")[1] for condition in query.where for line in _lines(condition) if " " in line}
        named = words & set(query.columns)
        if not named or named & filtered:
            continue
        with _lock:
            if len(_lacks) > 10_000:
                _lacks.clear()
            _lacks.setdefault((target, query.table), {}).update(dict.fromkeys(named, time.monotonic()))
        has_learnt = True
    return has_learnt


def _lines(condition: Condition) -> Iterable[str]:
    return condition.lines("Filter")


def _rows(answer: Answer, queries: Sequence[Query], scope: Scope) -> list[list[dict[str, Any]]]:
    """Return the rows of each table by column; a row of another length is none that was asked for."""
    found = []
    for query, table in zip(queries, [*answer.tables, *([] for _query in queries)], strict=False):
        width = len(query.columns) + len(query.stats)
        names = (*query.columns, *(f"stats_{number}" for number in range(len(query.stats))))
        found.append([scope.trimmed(dict(zip(names, row, strict=True))) for row in table if len(row) == width])
    return found
