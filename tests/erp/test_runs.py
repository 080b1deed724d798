"""Runs: one at a time, whole when killed, started by the page, the clock and the command."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal import jobs
from portal.audit.models import Event
from portal.customers.origins import Origin
from portal.database import db, now
from portal.documents.models import Document, DocumentLine
from portal.erp import report, runs
from portal.erp.imports import import_from
from portal.erp.models import ErpRun
from portal.errors import Refused
from tests.erp.exports import BLUE, RED

ROOT = Path(__file__).resolve().parents[2]


def test_a_second_import_at_the_same_time_is_refused(app, export):
    export.write()
    with app.app_context():
        begun = runs.begin("somewhere")
        with pytest.raises(Refused, match="running already"):
            import_from(str(export.path))
        with pytest.raises(Refused, match="running already"):
            runs.ask(db.session(), address="x", by=None)
        runs.end(db.session(), begun, "failed")
        db.session.commit()
        assert import_from(str(export.path)).state == "finished"


@pytest.mark.parametrize(
    "death",
    [
        {"worker": "elsewhere:1:x", "beat_at": now() - timedelta(minutes=6)},
        {"worker": f"{os.uname().nodename}:999999:x"},
    ],
)
def test_a_dead_run_is_taken_over(app, export, rows, death):
    with app.app_context():
        begun = runs.begin("somewhere")
        run = db.session.get(ErpRun, begun.id)
        for name, value in death.items():
            setattr(run, name, value)
        db.session.commit()
    assert export.run(app).state == "finished"
    (dead,) = rows(ErpRun, state="interrupted")
    assert (dead.is_active, dead.finished_at is None) == (None, False)


def test_a_run_that_was_taken_away_stops(app, export):
    with app.app_context():
        begun = runs.begin("somewhere")
        db.session.get(ErpRun, begun.id).worker = "another:1:x"
        db.session.commit()
        with pytest.raises(runs.Stopped):
            runs.beat(db.session(), begun, step="on")
        db.session.rollback()


def test_a_source_that_fails_ends_the_run_with_its_reason(app, tmp_path):
    (tmp_path / "sale.order.json").write_text("[]")
    with app.app_context():
        missing = import_from(str(tmp_path / "nowhere"))
        useless = import_from(str(tmp_path))
    assert (missing.state, useless.state) == ("failed", "failed")
    assert "There is no folder" in missing.error
    assert "res.partner" in useless.error


def test_credentials_in_an_address_are_refused_and_shown_to_nobody(app, as_, rows):
    app.config["ERP_SOURCE"] = "https://admin:s3cret@erp.example"
    try:
        page = start(as_("pat").get("/provider/imports/"))
        jobs.work_once(app)
        pages = [as_("gil").get("/provider/imports/").text, as_("gil").get(page.request.path).text]
    finally:
        app.config["ERP_SOURCE"] = ""
    (run,) = rows(ErpRun)
    assert run.state == "failed"
    assert "s3cret" not in "".join((*pages, run.address, run.error))


def test_a_finished_run_is_on_record(app, export, rows):
    run = export.run(app)
    (event,) = rows(Event, tag="import.finished")
    assert (event.customer_id, event.data["run"]) == ("provider", str(run.id))
    (origin,) = rows(Origin)
    assert origin.as_of == run.started_at


KILLED = """
import sys
from pathlib import Path
from portal import create_app
from portal.erp.importer import store
from portal.erp.imports import import_from
store.PORTION = 5
whole, done = store.Store._write, []
def slow(self, items, tally):
    whole(self, items, tally)
    done.extend(items)
    if len(done) > 40:
        print("half", flush=True)
        sys.stdin.readline()
store.Store._write = slow
import json
app = create_app(dict(json.loads(sys.argv[1]), DATA=Path(sys.argv[2])))
with app.app_context():
    import_from(sys.argv[3])
"""


def test_killed_half_way_it_leaves_whole_records_and_the_next_run_does_the_rest(app, export, rows):
    for key in range(1, 61):
        export.document("sale.order", key, RED if key % 2 else BLUE, lines=3)
    export.write()
    with app.app_context():
        db.engine.dispose()
    settings = json.dumps({name: app.config[name] for name in ("DATABASE_URL", "SECRET_KEY")})
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, settings, str(app.config["DATA"]), str(export.path)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout.readline() == "half\n"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdin.close()
        process.stdout.close()
    with app.app_context():
        query = select(Document.id, func.count(DocumentLine.id)).outerjoin(DocumentLine).group_by(Document.id)
        written = db.session.execute(query).all()
    assert 40 < len(written) < 60
    assert {count for _id, count in written} == {3}
    run = export.run(app)
    assert run.counts["sale.order"]["unchanged"] == len(written)
    assert run.counts["sale.order"]["new"] == 60 - len(written)
    assert report.reconciles(run)
    assert [dead.state for dead in rows(ErpRun) if dead.id != run.id] == ["interrupted"]


def test_the_page_puts_a_run_in_line_and_the_worker_does_it(app, as_, export, rows):
    export.document("sale.order", 1, RED, state="haunted")
    export.document("sale.order", 2, RED)
    app.config["ERP_SOURCE"] = str(export.write())
    try:
        page = as_("pat").get("/provider/imports/")
        page = start(page)
        assert "In line" in page.text
        assert page.html.find("progress")
        assert page.html.find(attrs={"data-live": page.request.path})
        start(as_("pat").get("/provider/imports/"), status=409)
        assert jobs.work_once(app) >= 1
    finally:
        app.config["ERP_SOURCE"] = ""
    page = as_("pat").get(page.request.path)
    assert "Source and portal agree" in page.text
    assert "Pat Lindner" in page.text
    assert "does not know the state" in page.text
    table = as_("pat").get(f"{page.request.path}.csv")
    assert table.content_type == "text/csv"
    assert "sale.order.json,2,sale.order 1,red-groesse-gmbh-co-kg" in table.text
    (run,) = rows(ErpRun)
    assert run.state == "finished"


def start(page, status=302):
    forms = [form for form in page.forms.values() if form.action == "/provider/imports/"]
    answer = forms[0].submit(status=status)
    return answer.follow() if status == 302 else answer


def test_who_reads_documents_sees_imports_and_only_who_may_starts_one(app, as_, export):
    app.config["ERP_SOURCE"] = str(export.write())
    run = export.run(app)
    try:
        page = as_("gil").get("/provider/imports/")
        assert "Run import now" not in page.text
        token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
        as_("gil").post("/provider/imports/", {"csrf_token": token}, status=403)
        as_("gil").get(f"/provider/imports/{run.id}")
        as_("ada").get("/provider/imports/", status=404)
        as_("ada").get(f"/provider/imports/{run.id}.csv", status=404)
        as_("gil").get(f"/provider/imports/{uuid.uuid4()}", status=404)
    finally:
        app.config["ERP_SOURCE"] = ""
    assert "PORTAL_ERP_SOURCE" in as_("pat").get("/provider/imports/").text


def test_the_clock_starts_one_from_the_configured_source(app, export, rows):
    app.config.update(ERP_SOURCE=str(export.write()), ERP_EVERY=60)
    try:
        jobs.enqueue_scheduled(app)
        jobs.enqueue_scheduled(app)
        jobs.work_once(app)
    finally:
        app.config.update(ERP_SOURCE="", ERP_EVERY=0)
    (run,) = rows(ErpRun)
    assert (run.state, run.address, run.by_id) == ("finished", str(export.path), None)


def test_the_command_prints_the_report_and_findings_are_no_failure(app, export):
    export.document("sale.order", 1, RED, state="haunted")
    done = app.test_cli_runner().invoke(args=["import-odoo", str(export.write())])
    assert done.exit_code == 0, done.output
    assert "sale.order                    1" in done.output
    assert "Source and portal agree." in done.output
    assert "sale.order.json:2  sale.order 1" in done.output
    failed = app.test_cli_runner().invoke(args=["import-odoo", str(export.path / "nowhere")])
    assert failed.exit_code == 1
    assert "There is no folder" in failed.output


def test_an_import_takes_seconds_not_minutes(app, export):
    for key in range(1, 301):
        export.document("sale.order", key, RED, lines=4)
    export.write()
    began = time.monotonic()
    export.run(app)
    assert time.monotonic() - began < 15
