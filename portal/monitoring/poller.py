"""The poller: asks many sites at once over connections it keeps; a dead one is remembered and never waited for."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from . import hints
from .livestatus import commands
from .livestatus.address import NotReachable, of_settings
from .livestatus.answers import Answer, SiteState, Standing, Target
from .livestatus.greeting import STATUS
from .livestatus.line import UNDETERMINED
from .livestatus.query import Query
from .livestatus.switchboard import Call, Switchboard
from .livestatus.tables import Lie, table
from .livestatus.wire import OK, Batch, Exchange, dead

DISABLED = Standing(SiteState.DISABLED, _l("The connection to this site has been disabled."))
MISSING = Standing(SiteState.MISSING, _l("This site does not exist."))
REFUSALS = {
    400: _l("The site does not understand the question."),
    404: _l("The site does not know what it was asked for."),
    413: _l("The site was asked for more than it gives at once."),
    451: _l("The site did not get the whole question."),
    452: _l("The site cannot answer the question."),
}
STUCK = dead(_l("The portal itself is too busy to ask this site."))
PATIENCE = 5.0
"""Seconds beyond its timeout after which a call is given up that nobody ends: only a stopped process knows such."""

_board: Switchboard | None = None
_lock = threading.Lock()


def ask(targets: Sequence[Target], *queries: Query) -> list[Answer]:
    """Ask every target all queries and return their answers in the order of `targets`; raises BadValue, nothing else.

    A site that is disabled, dead, or behind a status host that is down is answered for at once. Without a query, each
    is asked for its status alone.
    """
    batch = Batch(queries or [STATUS])
    return _asked([(target, batch, queries) for target in targets])


def ask_each(questions: Sequence[tuple[Target, Sequence[Query]]]) -> list[Answer]:
    """Ask as `ask` does, each target questions of its own, all at once."""
    return _asked([(target, Batch(queries or [STATUS]), queries) for target, queries in questions])


def _asked(questions: Sequence[tuple[Target, Batch, Sequence[Query]]]) -> list[Answer]:
    rules = of_settings()
    called = [(target, batch) for target, batch, _queries in questions if not _fixed(target)]
    for target, _batch, _queries in questions:
        if target.is_disabled and _board:
            _board.leave(target.site_id, rules)
    call = switchboard().call(called, rules) if called else Call(0)
    call.wait(max((target.timeout for target, _batch in called), default=0) + PATIENCE)
    exchanges = iter(list(call.exchanges))
    return [
        _answer(target, None if _fixed(target) else next(exchanges, None), queries)
        for target, _batch, queries in questions
    ]


def known(target: Target) -> Answer:
    """Return how a site stands as far as this process knows, asking nobody: for lists."""
    if fixed := _fixed(target):
        return _answered(target, fixed)
    standing = switchboard().standing(target, of_settings()) if _board else None
    return _answered(target, standing or UNDETERMINED)


def probe(target: Target) -> Answer:
    """Connect anew and ask for the status, whatever is remembered: what the test-connection button does."""
    call = switchboard().probe(target, of_settings())
    call.wait(target.timeout + PATIENCE)
    exchange = call.exchanges[0] if call.exchanges else None
    return _answer(target, exchange, ())


def command(target: Target, *words: str | int) -> None:
    """Send an external command (`"PROCESS_HOST_CHECK_RESULT", "web1", 1, "down"`); raises BadValue or OSError.

    It returns once the site has read it, which is before it has acted on it.
    """
    sent = switchboard().run(commands.send(target, of_settings(), commands.text(*words)))
    try:
        sent.result(target.timeout + PATIENCE)
    except NotReachable as refusal:
        raise OSError(str(refusal.sentence)) from None


def switchboard() -> Switchboard:
    """Return this process's switchboard; a process that was forked gets its own."""
    global _board
    with _lock:
        if _board is None or _board.pid != os.getpid():
            _board = Switchboard()
        return _board


def rest() -> None:
    """Close the connections that nobody uses now: for jobs, which ask once in a while and would keep others out."""
    board = _board
    if board and board.pid == os.getpid():
        board.loop.call_soon_threadsafe(board.rest)


@atexit.register
def close() -> None:
    """Close all connections; the next question opens new ones."""
    global _board
    with _lock:
        board, _board = _board, None
    if board and board.pid == os.getpid():
        board.close()


def _fixed(target: Target) -> Standing | None:
    if target.is_disabled:
        return DISABLED
    return None if target.livestatus else MISSING


def _answered(target: Target, standing: Standing, count: int = 0) -> Answer:
    """Return an answer without rows."""
    tables: list[list[list[Any]]] = [[] for _ in range(count)]
    state, reason = standing.state, str(standing.reason)
    if state is SiteState.DEAD:
        reason = hints.told(target, reason)
    return Answer(target.site_id, state, reason, tables, [False] * count, standing.status, since=standing.since)


def _answer(target: Target, exchange: Exchange | None, queries: Sequence[Query]) -> Answer:
    if exchange is None or not exchange.is_over:
        return _answered(target, _fixed(target) or STUCK, len(queries))
    if exchange.failure:
        return _answered(target, exchange.failure, len(queries))
    standing = exchange.line.standing
    answer = Answer(target.site_id, SiteState.ONLINE, status=standing.status, since=standing.since)
    answer.certificate = exchange.line.certificate
    answer.seconds = exchange.ended - exchange.started
    for (code, body), query in zip(exchange.answers, queries, strict=False):
        rows: list[list[Any]] = []
        if code == OK:
            try:
                rows = table(body, query)
            except Lie as lie:
                return _answered(target, switchboard().distrust(exchange.line, lie.sentence), len(queries))
        else:
            answer.state, answer.reason = SiteState.DEAD, refusal(code, body)
        answer.is_cut.append(query.limit is not None and len(rows) > query.limit)
        answer.tables.append(rows[: query.limit] if answer.is_cut[-1] else rows)
    return answer


def refusal(code: int, body: bytes) -> str:
    """Return in a sentence that a site refused a question, with the first line of what it said."""
    first = body[:1000].decode("utf-8", "replace").strip().partition("\n")[0].removeprefix("Error: ")
    said = "".join(letter for letter in first if letter.isprintable())[:200]
    return f"{REFUSALS[code]} {said}" if code in REFUSALS else _("The site answers with the code %(code)d.", code=code)
