"""Printing happens elsewhere: it fetches nothing, waits in bounds, and never holds up other threads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, render_template
from flask_babel import Babel
from jinja2 import StrictUndefined
from pypdf import PdfReader

from portal import config, pdf
from portal.errors import Busy

ROOT = Path(__file__).resolve().parent.parent
SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]
DIES = [sys.executable, "-c", "import socket; socket.socket(fileno=0).recv(9)"]
PROVIDER = {
    "name": "Nordlicht Systems GmbH",
    "logo": False,
    "address": ["Kellerstraße 27", "81667 München"],
    "contact": ["billing@nordlicht.example"],
    "bank": [("IBAN", "DE02 1203 0000 0000 2020 51")],
}
INVOICE = """
{% extends "print/layout.html" %}
{% from "print/components.html" import letterhead, heading, lines, totals, tax_table, payment, notes %}
{% block content %}
{{ letterhead(provider, ["Łódź Möbel GmbH"], [("Date", "22 Nov 2026"), ("Nothing", "")]) }}
{{ heading(title, "For order S1", "Overdue", "bad") }}
{{ lines([("Description", ""), ("Amount", "num w4")], rows) }}
{% call totals([("Total", "42.00 €", "strong")]) %}
{{ tax_table(["Tax", "Net", "Amount"], [("19 %", "1", "2")]) }}
{% endcall %}
{{ payment({"title": "How to pay", "sentence": "Soon.", "facts": [("Reference", "INV/7")]}) }}
{{ notes("<b>as typed</b>\\nsecond line", "Remarks") }}
{% endblock %}
"""


@pytest.fixture
def app(tmp_path):
    app = Flask("portal", root_path=str(ROOT / "portal"), template_folder="../templates")
    app.config.update(config.load({"DATA": tmp_path, "LOGO": "", "ACCENT": ""}))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(app)
    with app.app_context():
        yield app


@pytest.fixture
def pools():
    made = []

    def make(command, **settings):
        made.append(pdf.Pool(command, **{"size": 1, "wait": 0.05, **settings}))
        return made[-1]

    yield make
    for pool in made:
        pool.close()


@pytest.fixture
def occupied(tmp_path):
    """A printer that is busy until the context beside it ends."""
    sign = tmp_path / "done"
    script = "import os, sys, time\nwhile not os.path.exists(sys.argv[1]): time.sleep(0.01)"
    with ExitStack() as release:
        release.callback(sign.touch)
        yield [sys.executable, "-c", script, str(sign)], release


def invoice(app, count, kind="line"):
    rows = [("section", "Part one")] + [(kind, [(f"Item {n}", "second line"), "1.00 €"]) for n in range(count)]
    with app.test_request_context():
        return render_template(
            app.jinja_env.from_string(INVOICE),
            language="de", title="Invoice INV/7", created="2026-11-22T10:00:00Z", provider=PROVIDER, rows=rows,
        )  # fmt: skip


def read(content):
    return PdfReader(BytesIO(content))


def until(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.005)


def test_an_invoice_prints_with_everything_a_company_sends(app):
    document = read(pdf.render(invoice(app, 3)))
    text = document.pages[0].extract_text()
    for expected in ("Nordlicht Systems GmbH", "Łódź Möbel GmbH", "Invoice INV/7", "Overdue", "Item 2", "42.00 €",
                     "How to pay", "<b>as typed</b>", "Page 1 of 1", "DE02 1203 0000 0000 2020 51"):  # fmt: skip
        assert expected in text
    assert "Nothing" not in text
    assert document.metadata.title == "Invoice INV/7"
    assert document.metadata.author == "Nordlicht Systems GmbH"
    assert document.metadata.creation_date.isoformat() == "2026-11-22T10:00:00+00:00"


def test_a_document_can_be_read_aloud(app):
    catalogue = read(pdf.render(invoice(app, 3))).trailer["/Root"]
    assert catalogue["/Lang"] == "de"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/StructTreeRoot"]


def test_its_own_fonts_are_used(app):
    fonts = read(pdf.render(invoice(app, 3))).pages[0]["/Resources"]["/Font"]
    names = {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in fonts.values()}
    assert {"Print", "Print-Semi-Bold", "Print-More"} == names


def test_a_long_invoice_repeats_its_header_and_keeps_the_total_with_lines(app):
    pages = [page.extract_text() for page in read(pdf.render(invoice(app, 60))).pages]
    assert len(pages) > 2
    assert all(f"Page {number} of {len(pages)}" in text for number, text in enumerate(pages, 1))
    assert all("Description" in text for text in pages if "Item " in text)
    assert "Item 59" in next(text for text in pages if "42.00 €" in text)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:{port}/x.png", "file:///etc/hostname", "static:../portal/config.py", "static:print/../css/x",
     "data:image/png;base64,iVBORw0KGgo="],
)  # fmt: skip
def test_nothing_is_fetched_from_elsewhere(app, address):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = address.format(port=server.getsockname()[1])
        html = f"""<html lang=en><title>t</title><link rel=stylesheet href="{address}"><p>still printed
            <img src="{address}" alt=""><link rel=attachment href="{address}">"""
        document = read(pdf.render(html))
        with pytest.raises(BlockingIOError):
            server.accept()
    assert "still printed" in document.pages[0].extract_text()
    assert not document.attachments
    assert not document.pages[0].images


def test_the_logo_of_the_settings_is_printed(app, tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text y="15">Sign</text></svg>')
    app.config["LOGO"] = str(logo)
    head = '<div class="running first">'
    html = invoice(app, 1).replace(head, f'{head}<img src="static:logo" alt="">')
    assert "Sign" in read(pdf.render(html)).pages[0].extract_text()


def test_other_threads_go_on_while_documents_print(app, pools):
    pool = pools(pdf.pool()._command, wait=20)
    html = invoice(app, 250)
    with ThreadPoolExecutor(2) as threads:
        prints = [threads.submit(pool.render, html) for _ in range(2)]
        steps = 0
        while not all(done.done() for done in prints):
            sum(range(1000))
            steps += 1
    assert all(len(read(done.result()).pages) > 6 for done in prints)
    assert steps > 1000
    assert "weasyprint" not in sys.modules


def test_who_waits_too_long_is_told_to_come_back(pools, occupied):
    command, release = occupied
    pool = pools(command)
    with ThreadPoolExecutor(1) as threads, release:
        threads.submit(pool.render, "<p>")
        until(lambda: pool.free() == 0)
        with pytest.raises(Busy, match="a few seconds") as busy:
            pool.render("<p>")
    assert busy.value.retry_after == 5


def test_only_a_few_may_wait(pools, occupied):
    command, release = occupied
    pool = pools(command, wait=20, waiters=1)
    with ThreadPoolExecutor(2) as threads, release:
        for _ in range(2):
            threads.submit(pool.render, "<p>")
        until(lambda: pool.free() == 0 and pool._waiters._value == 0)
        with pytest.raises(Busy, match="a few seconds"):
            pool.render("<p>")


def test_a_printer_that_is_late_is_killed_and_replaced(app, pools):
    pool = pools(SLEEPS, seconds=0.2)
    with pytest.raises(Busy, match="could not be printed"):
        pool.render("<p>")
    assert pool.free() == 1
    pool._command, pool._seconds = pdf.pool()._command, 30
    assert pool.render("<html lang=en><title>t</title>").startswith(b"%PDF")


def test_a_printer_that_dies_over_a_document_is_replaced(app, pools):
    pool = pools(DIES)
    with pytest.raises(Busy, match="could not be printed"):
        pool.render("<p>")
    pool._command = pdf.pool()._command
    assert pool.render("<html lang=en><title>t</title>").startswith(b"%PDF")


def test_a_printer_killed_while_idle_is_replaced_unnoticed(app, pools):
    pool = pools(pdf.pool()._command)
    pool.render("<html lang=en><title>t</title>")
    printer = pool._free.queue[-1]
    printer.process.kill()
    printer.process.wait()
    assert pool.render("<html lang=en><title>t</title>").startswith(b"%PDF")


def test_a_worn_printer_is_replaced(app, pools, monkeypatch):
    monkeypatch.setattr(pdf, "RENDERS", 2)
    pool = pools(pdf.pool()._command)
    used = []
    for _ in range(4):
        pool.render("<html lang=en><title>t</title>")
        used.append(pool._free.queue[-1].process.pid)
    assert used[0] != used[1] == used[2] != used[3]


def test_a_printer_knows_nothing_of_the_portal(app, monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "not for printers")
    pool = pdf.Pool(pdf.pool()._command, size=1, wait=1)
    pool.render("<html lang=en><title>t</title>")
    process = pool._free.queue[-1].process
    folder = Path("/proc", str(process.pid))
    assert b"PORTAL" not in (folder / "environ").read_bytes()
    opened = {os.readlink(path) for path in (folder / "fd").iterdir()}
    assert not [name for name in opened if "portal.db" in name or "postgres" in name]
    assert sum(name.startswith("socket:") for name in opened) == 1
    assert os.getpriority(os.PRIO_PROCESS, process.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    pool.close()
    assert process.poll() is not None


def test_no_printer_outlives_a_killed_web_process(tmp_path):
    script = """if True:
        import sys, time
        from flask import Flask
        from portal import config, pdf
        app = Flask("portal")
        app.config.update(config.load({"DATA": __import__("pathlib").Path(sys.argv[1])}))
        with app.app_context():
            pdf.render("<html lang=en><title>t</title>")
            printer = pdf.pool()._free.queue[-1]
            print(printer.process.pid, printer._folder.name, flush=True)
            time.sleep(60)
    """
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as web:
        pid, folder = web.stdout.readline().split()
        assert Path("/proc", pid).exists()
        assert Path(folder).exists()
        web.send_signal(signal.SIGKILL)
    until(lambda: not running(pid))
    until(lambda: not Path(folder).exists())


def running(pid):
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_edition_names_how_documents_look(tmp_path, monkeypatch):
    for folder in ("templates/print", "static/print"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setattr(pdf, "ROOT", tmp_path)
    names = []
    for text in ("a", "b"):
        (tmp_path / "templates/print/layout.html").write_text(text)
        names.append(pdf.edition.__wrapped__())
    assert names[0] != names[1]
