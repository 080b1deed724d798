"""The throttle: wrong passwords and mails asked for, per account, per address and in all; the same for unknown names.

A try is reserved before the password is looked at and given back when it was right: tries at the same moment
cannot exceed the budget together, and nobody waits for a lock while a password is hashed.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from flask import current_app
from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..database import Base, Identified, UtcDateTime, now, separate, uuid7
from ..errors import TooMany
from ..seals import digest

WINDOW = timedelta(minutes=5)
MAIL_WINDOW = timedelta(days=1)
MAILS_PER_ACCOUNT, MAILS_PER_ADDRESS = 5, 30
REFUSAL_WINDOW = timedelta(hours=1)
REFUSALS_PER_SENDER, REFUSALS = 1, 60


class Failure(Identified, Base):
    """One try, counted under a digest of the name tried, of the address, or in all."""

    __tablename__ = "failures"
    __table_args__ = (Index("ix_failures_counted", "counted_as", "at"),)

    counted_as: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


def network_of(address: str) -> str:
    """Return what counts as one address: an IPv4 address, or the /64 that one IPv6 subscriber holds."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else str(ip)


def try_password(name: str, address: str) -> list[uuid.UUID]:
    """Reserve a try for a name and an address; return its rows for `give_back`. Raises `TooMany`.

    Commits on its own: call it while no transaction is open.
    """
    each, total = current_app.config["LOGIN_FAILURES"], current_app.config["LOGIN_FAILURES_TOTAL"]
    return _reserve(
        {digest(f"name {name}"): each, digest(f"address {network_of(address)}"): each, "all": total}, WINDOW
    )


def try_mail(address: str) -> None:
    """Reserve a mail for whoever asks from an address. Raises `TooMany`. Commits on its own."""
    _reserve({digest(f"mail from {network_of(address)}"): MAILS_PER_ADDRESS}, MAIL_WINDOW)


def may_mail(session: Session, account: uuid.UUID) -> bool:
    """Count a mail somebody asked for in an account's name; tell whether it is within the day's budget."""
    key = digest(f"mail to {account}")
    if _used(session, {key: MAILS_PER_ACCOUNT}, MAIL_WINDOW, most=MAILS_PER_ACCOUNT - 1):
        return False
    session.add(Failure(counted_as=key))
    session.flush()
    return True


def check_program(session: Session, name: str, address: str) -> None:
    """Raise `TooMany` when an address has tried too many wrong passwords, for this name or for any.

    Wrong ones are counted afterwards: nobody guesses 256 random bits, and a right one is to write nothing. Nor is
    the name itself locked, or whoever knows a Licensing ID could silence a company's sites.
    """
    budgets = {key: most - 1 for key, most in _program_budgets(name, address).items()}
    if _used(session, budgets, WINDOW):
        raise TooMany(retry_after=int(WINDOW.total_seconds()))


def count_program(name: str, address: str) -> None:
    """Count a program's wrong password. Commits on its own."""
    with separate() as session:
        session.add_all(Failure(counted_as=key) for key in _program_budgets(name, address))


def _program_budgets(name: str, address: str) -> dict[str, int]:
    each, place = current_app.config["LOGIN_FAILURES"], network_of(address)
    return {digest(f"program {name} from {place}"): each, digest(f"programs from {place}"): 10 * each}


def may_refuse(session: Session, sender: str) -> bool:
    """Count a mail that says why one from `sender` led nowhere; tell whether they, and all, are within the budget.

    Anybody may write under anybody's address: who never wrote is to get no more than one such answer an hour.
    """
    budgets = {digest(f"refusal to {sender}"): REFUSALS_PER_SENDER - 1, "refusals": REFUSALS - 1}
    if _used(session, budgets, REFUSAL_WINDOW):
        return False
    session.add_all(Failure(counted_as=key) for key in budgets)
    session.flush()
    return True


def give_back(session: Session, tries: list[uuid.UUID]) -> None:
    """Take a try off the count: the password was right."""
    session.execute(delete(Failure).where(Failure.id.in_(tries)))


def forgive(session: Session, name: str) -> None:
    """Forget the wrong passwords of a name: after the right one, or a new one."""
    session.execute(delete(Failure).where(Failure.counted_as == digest(f"name {name}")))


def forget_old(session: Session) -> None:
    """Delete what no budget counts any more."""
    session.execute(delete(Failure).where(Failure.at < now() - MAIL_WINDOW))


def _reserve(budgets: Mapping[str, int], window: timedelta) -> list[uuid.UUID]:
    """Add a row under each key, then count; whoever finds too many takes the own rows back."""
    rows = {uuid7(): key for key in budgets}
    with separate() as session:
        session.add_all(Failure(id=id, counted_as=key) for id, key in rows.items())
    with separate() as session:
        if not _used(session, budgets, window):
            return list(rows)
        give_back(session, list(rows))
    raise TooMany(retry_after=int(window.total_seconds()))


def _used(session: Session, budgets: Mapping[str, int], window: timedelta, *, most: int | None = None) -> bool:
    counts = session.execute(
        select(Failure.counted_as, func.count())
        .where(Failure.counted_as.in_(budgets), Failure.at > now() - window)
        .group_by(Failure.counted_as)
    )
    return any(count > (budgets[key] if most is None else most) for key, count in counts)
