"""The demo's tickets: acme's, in every state there is, with what staff said to the customer and among themselves."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import storage
from ..accounts.users import User
from ..database import at, now
from ..support.impact import Impact
from ..support.notes import Note
from ..support.tickets import Satisfaction, SeenBy, Ticket
from .past import on

LOG = """{day} 06:31:02 [5] winperf_phydisk: no counters of object 234
{day} 06:31:02 [5] winperf_phydisk: trying names instead of numbers
{day} 06:31:03 [3] winperf_phydisk: nothing to send
"""
MOST = 1_000_000


def fill(session: Session) -> None:
    """Open tickets for acme and work on them; nothing is committed."""
    people = {user.username: user for user in session.scalars(select(User))}
    _rated(session, people)
    _solved(session, people)
    _reopened(session, people)
    _waiting(session, people)
    _open(session, people)
    _new(session, people)


def _ask(session: Session, by: User, subject: str, description: str, impact: Impact, **more: Any) -> Ticket:
    return Ticket.open_(
        session, customer_id="acme", subject=subject, description=description, impact=impact, by=by,
        **{"environment": "production", "edition": "cce", "product_version": "2.4.0p7", "site": "central",
           "seen_by_whom": SeenBy.COMPANY, **more},
    )  # fmt: skip


def _rated(session: Session, people: dict[str, User]) -> None:
    alan, pat = people["alan"], people["pat"]
    with at(on(64, "09:20")):
        ticket = _ask(
            session, alan, "Notifications arrive twice",
            "Since the second contact group was added, whoever is in both gets every notification **twice**.",
            Impact.SIGNIFICANT, product_version="2.4.0p6",
        )  # fmt: skip
    with at(on(64, "11:05")):
        ticket.answer(
            session,
            "Two of your notification rules match these people, and each sends a mail. Put both groups into the one "
            "rule:\n\n1. Setup › Notifications, edit *Plants*\n2. add *Stand-by* to its contact groups\n3. switch off "
            "the rule *Stand-by*",
            by=pat,
        )
    with at(on(63, "13:10")):
        ticket.answer(session, "That was it, thank you. One mail each.", by=alan)
        ticket.solve(session, by=alan)
        ticket.rate(session, Satisfaction.GOOD, "Quick, and the steps were exactly right.", by=alan)
    with at(on(56, "04:00")):
        ticket.close(session, by=None)


def _solved(session: Session, people: dict[str, User]) -> None:
    uma, pat = people["uma"], people["pat"]
    with at(on(5, "14:02")):
        ticket = _ask(
            session, uma, "How do I move a site to another server?",
            "The central site shall move to a new machine with Debian 12. Which steps keep history and graphs?",
            Impact.MINIMAL, environment="other",
        )  # fmt: skip
    with at(on(4, "15:30")):
        ticket.answer(
            session,
            "Install the same version on the new machine, then, as root:\n\n    omd stop central\n    omd backup "
            "central /tmp/central.tar.gz\n\nand on the new one:\n\n    omd restore /tmp/central.tar.gz\n\n"
            "History, graphs and settings move along. Change the address of the agents' registration last.",
            state="solved", by=pat,
        )  # fmt: skip


def _reopened(session: Session, people: dict[str, User]) -> None:
    ada, pat = people["ada"], people["pat"]
    with at(on(16, "10:00")):
        ticket = _ask(
            session, ada, "Report of availability ends a day too early",
            "The monthly report leaves out the last day of the month.", Impact.LIMITED, seen_by_whom=SeenBy.OPENER,
        )  # fmt: skip
    with at(on(15, "11:15")):
        ticket.answer(
            session, "The report follows the time zone of the site, which is UTC. Set it to Europe/Berlin.",
            state="solved", by=pat,
        )  # fmt: skip
    with at(on(1, "16:40")):
        ticket.answer(
            session,
            "New reports are right. Can the one of last month be made again? Our auditors have the wrong one.",
            by=ada,
        )


def _waiting(session: Session, people: dict[str, User]) -> None:
    uma, ada, pat = people["uma"], people["ada"], people["pat"]
    with at(on(3, "08:47")):
        log = storage.save(
            session, io.BytesIO(LOG.format(day=now().date()).encode()), name="check_mk_agent.log", purpose="ticket",
            customer_id="acme", by_id=uma.id, limit=MOST,
        )  # fmt: skip
        ticket = _ask(
            session, uma, "Windows agents report no disk counters",
            "Four servers in Leverkusen show *no item found* for `Disk IO SUMMARY` since last week's updates. The "
            "log of one agent is attached.",
            Impact.LIMITED, site="leverkusen", files=[log],
        )  # fmt: skip
        ticket.watch(session, ada, by=uma)
    with at(on(3, "10:20")):
        Note.write(
            session, ticket, "Third company with this update. Rebuilding the counters helped at the other two; tell "
            "development if it does not here.", by=pat,
        )  # fmt: skip
    with at(on(2, "13:30")):
        ticket.answer(
            session,
            "Windows has lost the registry of its counters. On one of the four, as administrator, please run\n\n"
            "    lodctr /R\n\nand restart the agent. Does the service find its item after the next discovery?",
            by=pat,
        )


def _open(session: Session, people: dict[str, User]) -> None:
    ada, pat = people["ada"], people["pat"]
    with at(now() - timedelta(hours=30)):
        ticket = _ask(
            session, ada, "Livestatus connections pile up at the central site",
            "After some hours the central site answers slowly: `lsof` counts 19 open connections to Livestatus, all "
            "of the reporting server. A restart helps until the next day.",
            Impact.SIGNIFICANT,
        )  # fmt: skip
    with at(now() - timedelta(hours=27)):
        ticket.answer(
            session, "We see the same here with your version and look for what holds them. Until then, a time limit of "
            "30 s on the reporting server's queries keeps it usable. We come back to you.", state="open", by=pat,
        )  # fmt: skip


def _new(session: Session, people: dict[str, User]) -> None:
    with at(now() - timedelta(hours=2)):
        _ask(
            session, people["alan"], "Second factor for people from the directory",
            "Can those who sign in through LDAP have a second factor too, and can it be required of them?",
            Impact.MINIMAL, environment="other",
        )  # fmt: skip
