"""Isolation: on PostgreSQL the database itself shows a transaction only the rows of one customer.

A second line behind `visible_to`: a statement that forgot its condition finds nothing foreign. The tables by which
people are recognised before their customer is known (users, sessions, customers, subscriptions) stand outside.
Commands and jobs see every customer; a request begins with none, and the statement that loads its session says which.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from sqlalchemy import ColumnElement, Engine, event, func

EVERY, NONE = "*", ""
SETTING = "portal.customer"
_scope: ContextVar[str] = ContextVar("customer scope", default=EVERY)


def narrow(scope: str) -> None:
    """Let the transactions that begin from here on see one customer's rows, `EVERY` or `NONE`."""
    _scope.set(scope)


def set_now(scope: ColumnElement[str]) -> ColumnElement[str]:
    """Return the expression that sets the scope of the present transaction from within a statement."""
    return func.set_config(SETTING, scope, True)


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name == "postgresql" and (scope := _scope.get()) != NONE:
        connection.exec_driver_sql("SELECT set_config(%s, %s, true)", (SETTING, scope))
