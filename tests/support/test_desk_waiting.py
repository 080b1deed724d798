"""What staff should look at next, where they begin: overdue tickets, and those nobody has taken."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import update

from portal.database import db, now
from portal.support.tickets import Ticket
from tests.factories.tickets import do, opened


def cards(browser):
    page = browser.get("/provider/")
    return page, {card.h2.text: card for card in page.html.select("main section.card") if card.h2}


def test_overdue_and_untaken_tickets_wait_for_who_answers(app, as_):
    late, fresh = opened(app, subject="Late"), opened(app, subject="Fresh")
    do(app, opened(app, subject="Answered"), "answer", "Hello", by="pat")
    with app.app_context():
        past = now() - timedelta(hours=2, minutes=1)
        db.session.execute(update(Ticket).where(Ticket.id == uuid.UUID(late)).values(due_at=past))
        db.session.commit()
        db.session.remove()
    page, found = cards(as_("pat"))
    overdue, untaken = found["Overdue tickets"], found["Tickets nobody has taken"]
    assert overdue.select_one("li a")["href"] == f"/provider/support/tickets/{late}"
    assert "2 h late" in overdue.text
    assert untaken.select_one("li a")["href"] == f"/provider/support/tickets/{fresh}"
    assert "Late" not in untaken.text
    assert "Answered" not in page
    assert page.html.find("a", {"href": "/provider/support/"}).select_one(".waits").text.strip().startswith("2")


def test_who_only_reads_has_nothing_to_do(app, as_):
    opened(app)
    _page, found = cards(as_("gil"))
    assert not {"Overdue tickets", "Tickets nobody has taken"} & set(found)
