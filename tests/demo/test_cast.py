"""The cast: gamma's one old ticket, made while its support ran, and readable since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal.conversations.messages import Message
from portal.customers.subscriptions import Subscription, today
from portal.database import at, db, now, uuid7
from portal.leases import Job
from portal.mail import Mail
from portal.support.tickets import Ticket


def test_gammas_old_ticket_was_answered_while_its_support_ran(app: Flask):
    with app.app_context():
        ticket = db.session.scalars(select(Ticket)).one()
        term = db.session.scalars(select(Subscription).where(Subscription.customer_id == "gamma")).one()
        messages = db.session.scalars(select(Message).order_by(Message.id)).all()
        assert (ticket.customer_id, ticket.state, ticket.tier) == ("gamma", "closed", "basic")
        assert term.starts_on < ticket.created_at.date() < ticket.closed_at.date() < term.ends_on
        assert [message.side for message in messages] == ["customer", "staff", "customer", "staff"]
        assert [message.created_at for message in messages] == sorted(message.created_at for message in messages)
        assert ticket.first_answer_at < ticket.first_due_at
        db.session.remove()


def test_gus_reads_it_and_finds_why_he_cannot_write(as_: Any):
    page = as_("gus").get("/support/tickets/").click("Graphs are empty after the update")
    assert "graphs are drawn again" in page
    as_("gus").get("/support/tickets/new", status=403)


def test_nobody_is_mailed_about_it(app: Flask):
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Mail)) == 0
        waiting = db.session.scalars(select(Job.kind)).all()
        assert set(waiting) <= {"contacts.allocation"}, waiting
        db.session.remove()


def test_a_clock_that_stands_gives_dates_and_ids_of_then_in_order(app: Flask):
    before = uuid7()
    moment = now() - timedelta(days=30)
    with app.app_context(), at(moment):
        assert now() == moment
        assert (today() - moment.date()).days in (0, 1)
        ids = [uuid7() for _number in range(5000)]
    assert ids == sorted(set(ids))
    assert max(ids) < before < uuid7()
    assert now() > moment
