"""A job is done with the deed it belongs to, tried again, and in the end given up."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import portal.customers.models  # noqa: F401 (the table jobs point to)
from portal import database
from portal.database import db, now
from portal.errors import Refused
from portal.jobs import GiveUp, Job, TryLater, enqueue, enqueue_scheduled, every, handler, work_once
from tests.jobs.rows import put, read


def test_a_job_is_done_once_with_what_it_was_given(app):
    given = []
    handler("note")(lambda session, job: given.append(job.payload))
    job_id = put(app, "note", invoice="INV/1", lines=[1, 2])
    assert work_once(app) == 1
    assert work_once(app) == 0
    assert given == [{"invoice": "INV/1", "lines": [1, 2]}]
    job = read(app, job_id)
    assert job.done_at is not None
    assert (job.attempts, job.error, job.leased_until) == (1, None, None)


def test_a_deed_rolled_back_leaves_no_job(app):
    with app.app_context():
        enqueue(db.session, "note")
        db.session.flush()
        db.session.rollback()
        assert db.session.scalars(select(Job)).all() == []


def test_what_a_handler_wrote_goes_with_its_failure(app):
    @handler("half")
    def half(session, job):
        enqueue(session, "other")
        session.flush()
        raise TryLater("The printer is on fire.")

    put(app, "half")
    assert work_once(app) == 1
    with app.app_context():
        assert [job.kind for job in db.session.scalars(select(Job))] == ["half"]


def test_a_job_for_later_waits(app):
    handler("later")(lambda session, job: None)
    put(app, "later", run_after=now() + timedelta(hours=1))
    assert work_once(app) == 0
    with time_machine.travel(now() + timedelta(hours=1, seconds=1)):
        assert work_once(app) == 1


def test_a_crash_is_tried_again_ever_later_and_then_fails_with_its_place(app):
    told = []
    seen = []

    @handler("crash", failed=lambda session, job: told.append((job.attempts, job.failed_at is not None)))
    def crash(session, job):
        seen.append(now())
        raise ValueError("the password is hunter2")

    job_id = put(app, "crash")
    with time_machine.travel(now(), tick=False) as clock:
        clock.shift(1)
        for _step in range(8):
            assert work_once(app) == 1
            assert work_once(app) == 0
            clock.move_to(max(read(app, job_id).run_after, now()))
        assert work_once(app) == 0
    assert [round((b - a).total_seconds()) for a, b in zip(seen, seen[1:], strict=False)] == [
        20, 60, 180, 540, 1620, 4860, 14580,
    ]  # fmt: skip
    job = read(app, job_id)
    assert job.failed_at is not None
    assert job.done_at is None
    assert job.error.startswith("ValueError in crash (test_jobs.py, line ")
    assert "hunter2" not in job.error
    assert told == [(n, n == 8) for n in range(1, 9)]


@pytest.mark.parametrize(("error", "final"), [(GiveUp, True), (TryLater, False), (Refused, False)])
def test_a_sentence_is_kept_and_giving_up_is_final(app, error, final):
    @handler("say")
    def say(session, job):
        raise error("The folder is empty.")

    job_id = put(app, "say")
    assert work_once(app) == 1
    job = read(app, job_id)
    assert job.error == "The folder is empty."
    assert (job.failed_at is not None) == final


def test_a_failure_that_cannot_be_told_is_recorded_all_the_same(app):
    def tell(session, job):
        raise RuntimeError("nobody listens")

    @handler("say", failed=tell)
    def say(session, job):
        raise GiveUp("The folder is empty.")

    job_id = put(app, "say")
    assert work_once(app) == 1
    assert read(app, job_id).error == "The folder is empty."


def test_a_kind_nobody_knows_is_tried_again_and_says_so(app):
    job_id = put(app, "unheard.of")
    assert work_once(app) == 1
    job = read(app, job_id)
    assert job.error == "Nothing here does jobs of kind unheard.of."
    assert job.run_after > now()


def test_a_periodic_job_is_enqueued_once_a_period_whoever_asks(app):
    app.config["ERP_EVERY"] = 60
    app.config["NEVER"] = 0
    every("ERP_EVERY", "erp.import")(lambda session, job: None)
    every("NEVER", "nothing")
    with time_machine.travel("2026-11-22T05:59:59Z", tick=False) as clock:
        counts, start = [], threading.Barrier(3)

        def ask():
            start.wait()
            counts.append(enqueue_scheduled(app))

        threads = [threading.Thread(target=ask) for _number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(counts) == [0, 0, 1]
        clock.shift(1)
        assert enqueue_scheduled(app) == 1
        assert work_once(app) == 2
        assert enqueue_scheduled(app) == 0
    with app.app_context():
        keys = db.session.scalars(select(Job.unique_key).order_by(Job.unique_key)).all()
    assert keys == ["erp.import:2026-11-22T05:00", "erp.import:2026-11-22T06:00"]


def test_the_database_refuses_a_second_job_of_one_key(app):
    put(app, "note", unique_key="only one")
    with pytest.raises(IntegrityError):
        put(app, "note", unique_key="only one")


def test_a_kind_has_one_handler(app):
    handler("note")(lambda session, job: None)
    with pytest.raises(ValueError, match="two handlers"):
        handler("note")(lambda session, job: None)


def test_jobs_run_within_a_request_that_only_reads(app):
    seen = []
    handler("note")(lambda session, job: seen.append(database._read_only.get()))
    put(app, "note")
    with app.test_request_context(), database.reading():
        assert work_once(app) == 1
        assert database._read_only.get()
    assert seen == [False]
