"""Many workers, one job: who holds it, for how long, and what a lost lease undoes."""

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

import portal.customers.models  # noqa: F401 (the table jobs point to)
from portal import database, leases
from portal.database import db, now
from portal.jobs import Job, enqueue, handler, work_once
from tests.jobs.rows import put, read


def test_many_workers_do_every_job_once(app):
    done, lock = Counter(), threading.Lock()

    @handler("count")
    def count(session, job):
        with lock:
            done[job.payload["number"]] += 1

    with app.app_context():
        for number in range(40):
            enqueue(db.session, "count", number=number)
        db.session.commit()
    start, errors = threading.Barrier(4), []

    def run(name):
        start.wait()
        try:
            work_once(app, worker=name)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(f"worker {number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert done == dict.fromkeys(range(40), 1)


def test_two_workers_that_lease_at_once_get_one_lease(app):
    put(app, "any")
    start, leased = threading.Barrier(2), []

    def take(name):
        with app.app_context():
            db.session.execute(select(1))
            db.session.rollback()
            start.wait()
            leased.append(leases.lease(name))

    for _round in range(10):
        leased.clear()
        threads = [threading.Thread(target=take, args=(name,)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (job,) = [job for job in leased if job]
        assert len(leased) == 2
        with app.app_context(), database.separate() as session:
            session.get_one(Job, job.id).leased_until = None


def test_a_job_whose_worker_died_is_taken_again_after_its_lease(app):
    done = []
    handler("note")(lambda session, job: done.append(job.attempts))
    put(app, "note")
    with app.app_context():
        assert leases.lease("the one that dies") is not None
    assert work_once(app) == 0
    with time_machine.travel(now() + leases.LEASE + timedelta(seconds=1)):
        assert work_once(app) == 1
    assert done == [2]


def test_a_job_that_kills_every_worker_fails_in_the_end(app):
    handler("kill")(lambda session, job: pytest.fail("it must not run a ninth time"))
    job_id = put(app, "kill")
    with time_machine.travel(now()) as clock:
        for _attempt in range(8):
            with app.app_context():
                assert leases.lease("doomed") is not None
            clock.shift(leases.LEASE + timedelta(seconds=1))
        assert work_once(app) == 1
    job = read(app, job_id)
    assert job.failed_at is not None
    assert job.error == "The worker ended while the job ran, too often."


def test_a_worker_that_lost_its_lease_commits_nothing(app):
    @handler("slow")
    def slow(session, job):
        with time_machine.travel(now() + leases.LEASE + timedelta(seconds=1)):
            assert leases.lease(job.leased_by).id == job.id  # a name is no proof: two threads may share it
        enqueue(session, "other")

    job_id = put(app, "slow")
    assert work_once(app, worker="one") == 1
    job = read(app, job_id)
    assert (job.done_at, job.failed_at, job.leased_by, job.attempts) == (None, None, "one", 2)
    with app.app_context():
        assert [job.kind for job in db.session.scalars(select(Job))] == ["slow"]


def test_a_lease_is_renewed_while_the_handler_runs(app, monkeypatch):
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.6))
    others = []

    @handler("slow")
    def slow(session, job):
        for _step in range(8):
            time.sleep(0.2)
            others.append(leases.lease("the other"))

    job_id = put(app, "slow")
    assert work_once(app) == 1
    assert others == [None] * 8
    assert read(app, job_id).done_at is not None


def test_progress_shows_while_the_handler_runs(app):
    seen = []

    @handler("long")
    def long(session, job):
        job.report(1, 3, "Customers")
        seen.append(read(app, job.id).progress_text)
        enqueue(session, "written.before.the.report")
        session.flush()
        job.report(2, 3, "Invoices")
        session.commit()
        seen.append(read(app, job.id).progress_text)

    handler("written.before.the.report")(lambda session, job: None)
    job_id = put(app, "long")
    assert work_once(app) == 2
    job = read(app, job_id)
    assert seen == ["Customers", "Invoices"]
    assert (job.progress_done, job.progress_total) == (2, 3)
    assert job.done_at is not None
