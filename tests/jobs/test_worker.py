"""The worker as a process: told to stop, killed, without a database."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy.exc import OperationalError

import portal.customers.models  # noqa: F401 (the table jobs point to)
from portal import database, jobs, leases
from portal.database import now
from portal.jobs import handler, work_once
from tests.jobs.rows import put, read

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
