"""Solved tickets close by themselves after some days, once."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal import jobs
from portal.audit.models import Event
from portal.database import db, now
from portal.jobs import enqueue, work_once
from portal.mail import Mail
from portal.support.tickets import Ticket
from tests.factories.tickets import do, look, opened


def solved(app, days, **values):
    """Add a ticket that was solved so many days ago, and return its id."""
    id = opened(app, **values)
    do(app, id, "solve", by="pat")
    with app.app_context():
        moment = now() - timedelta(days=days)
        db.session.execute(update(Ticket).where(Ticket.id == uuid.UUID(id)).values(solved_at=moment, updated_at=moment))
        db.session.commit()
        db.session.remove()
    return id


def run(app, times=1):
    with app.app_context():
        for _ in range(times):
            enqueue(db.session(), "support.close")
        db.session.commit()
        db.session.remove()
    work_once(app)


def closings(app):
    with app.app_context():
        events = db.session.scalar(select(func.count()).where(Event.tag == "ticket.closed", Event.actor_id.is_(None)))
        mails = db.session.scalar(select(func.count()).where(Mail.text.contains("is closed")))
        db.session.remove()
    return events, mails


def test_what_was_solved_long_enough_ago_is_closed_and_told(app):
    old, fresh, live = solved(app, 8), solved(app, 6), opened(app)
    before = closings(app)
    run(app, times=2)
    assert [look(app, id)["state"] for id in (old, fresh, live)] == ["closed", "solved", "new"]
    assert look(app, old)["solved_at"] is not None
    assert tuple(after - was for after, was in zip(closings(app), before, strict=True)) == (1, 1)


def test_the_setting_says_how_long(app, monkeypatch):
    monkeypatch.setitem(app.config, "TICKET_CLOSE_DAYS", 5)
    id = solved(app, 6)
    run(app)
    assert look(app, id)["state"] == "closed"


def test_more_than_a_portion_is_closed_too(app, monkeypatch):
    monkeypatch.setattr("portal.support.closing.PORTION", 2)
    ids = [solved(app, 8) for _ in range(5)]
    run(app)
    assert {look(app, id)["state"] for id in ids} == {"closed"}


def test_two_workers_close_each_once(app):
    ids = [solved(app, 8) for _ in range(6)]
    before = closings(app)
    with app.app_context():
        for _ in range(2):
            enqueue(db.session(), "support.close")
        db.session.commit()
        db.session.remove()
    workers = [threading.Thread(target=work_once, args=(app,), kwargs={"worker": name}) for name in ("one", "two")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    work_once(app)
    assert {look(app, id)["state"] for id in ids} == {"closed"}
    assert closings(app)[0] - before[0] == 6


def test_it_is_done_every_hour():
    assert jobs.schedules["support.close"] == 60


@pytest.mark.parametrize("deed", ["reopen", "answer"])
def test_whoever_objects_in_time_keeps_it_open(app, deed):
    id = solved(app, 8)
    do(app, id, deed, *(["Still broken"] if deed == "answer" else []), by="uma")
    run(app)
    assert look(app, id)["state"] == "reopened"
