"""PDFs: they say what the record says, are made once per version and language, and fail politely."""

from __future__ import annotations

import errno
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from portal import pdf
from portal.customers.models import Customer
from portal.database import db
from portal.documents.models import Document
from portal.errors import Busy
from portal.storage import File
from tests.factories import documents as make

ACME = {"billing": ["Acme GmbH", "Rechnungswesen", "20457 Hamburg"]}


def read(response: Any) -> tuple[str, int]:
    """Return the text of a PDF and the number of its pages."""
    assert response.content_type == "application/pdf"
    reader = PdfReader(io.BytesIO(response.body))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split()), len(reader.pages)


@pytest.fixture
def renders(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was rendered since the list was last cleared; nothing is really printed."""
    made: list[str] = []

    def render(html: str) -> bytes:
        made.append(html)
        return b"%PDF-1.7 " + str(len(made)).encode()

    monkeypatch.setattr(pdf, "render", render)
    return made


@pytest.fixture
def added(app: Flask) -> Callable[[Callable[[], Any]], Any]:
    def add(make_it: Callable[[], Any]) -> Any:
        with app.app_context():
            id = make_it().id
            db.session.commit()
            db.session.remove()
        return id

    return add


def change(app: Flask, model: Any, id: Any, **values: Any) -> None:
    with app.app_context():
        record = db.session.get_one(model, id)
        for name, value in values.items():
            setattr(record, name, value)
        db.session.commit()
        db.session.remove()


def test_an_invoice_of_few_lines_fits_on_a_page_that_says_how_to_pay(added: Any, as_: Any):
    id = added(
        lambda: make.document(
            "invoices", "INV/2026/0042", details=ACME | {"payment_reference": "RF18"}, reference="4500017210",
            lines=[make.line("Cloud\nfor a year", 100_000, discount=Decimal(5)), make.line("Books", 10_000, tax=7)],
        )
    )  # fmt: skip
    response = as_("ada").get(f"/documents/invoices/{id}.pdf")
    text, pages = read(response)
    assert pages == 1
    assert "INV-2026-0042.pdf" in response.headers["Content-Disposition"]
    for said in ("Invoice INV/2026/0042", "Acme GmbH Rechnungswesen 20457 Hamburg", "€1,297.00", "€1,100.00",
                 "19% VAT", "7% VAT", "€190.00", "DE89 3704 0044 0532 0130 00", "COBADEFF", "RF18", "less 5%",
                 "Nordlicht Software GmbH", "Please transfer €1,297.00 by 30 Mar 2026", "4500017210"):  # fmt: skip
        assert said in text


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("quotations", {"number": "S-1"}, ["Quotation S-1", "until 30 Mar 2026", "€1,190.00"]),
        ("sales-orders", {"number": "S-2"}, ["Sales order S-2", "We confirm your order", "€1,190.00"]),
        ("purchase-orders", {"number": "P-1"}, ["Request for quotation P-1", "your price"]),
        ("purchase-orders", {"number": "P-2", "state": "confirmed"}, ["Purchase order P-2", "We order from you"]),
        ("invoices", {"number": "R-1", "type": "credit_note"}, ["Credit note R-1", "in your favour"]),
        ("invoices", {"number": "B-1", "type": "bill"}, ["Bill B-1", "as recorded by Nordlicht Software GmbH"]),
        ("invoices", {"number": "I-1", "state": "paid", "residual_minor": 0}, ["Invoice I-1", "Paid", "Settled"]),
    ],
)
def test_every_commercial_kind_says_what_it_is(added: Any, as_: Any, kind: str, values: Any, said: list[str]):
    id = added(lambda: make.document(kind, **values))
    text, _pages = read(as_("ada").get(f"/documents/{kind}/{id}.pdf"))
    for words in said:
        assert words in text
    if values["number"] != "I-1":
        assert "Please transfer" not in text


def test_a_project_report_a_task_sheet_and_an_entry(app: Flask, as_: Any):
    with app.app_context():
        project = make.project("Rollout", description="<ul><li>Three sites</li></ul>")
        make.milestone(project, "Inventory", make.TODAY, make.TODAY)
        task = make.task("Plan", "#1", project, planned=Decimal(10), spent=Decimal("2.5"))
        entry = make.timesheet("Talked", "2.5", project, task)
        ids = project.id, task.id, entry.id
        db.session.commit()
        db.session.remove()
    ada = as_("ada")
    report = read(ada.get(f"/documents/projects/{ids[0]}.pdf"))[0]
    for said in ("Rollout", "Three sites", "Inventory", "Plan", "March 2026", "2.5 h"):
        assert said in report
    sheet = read(ada.get(f"/documents/tasks/{ids[1]}.pdf"))[0]
    for said in ("Plan", "Rollout", "10 h", "Talked", "Lena Vogt"):
        assert said in sheet
    hours = read(ada.get(f"/documents/timesheets/{ids[2]}.pdf"))[0]
    for said in ("16 Mar 2026", "Talked", "2.5 h", "Lena Vogt"):
        assert said in hours


def test_a_license_and_a_person(as_: Any):
    page = as_("uma").get("/licenses/").click("Checkmk Cloud")
    text, pages = read(page.click("PDF"))
    assert "up to 3,000 services with Checkmk Cloud" in text
    assert pages == 1
    text, _pages = read(as_("ada").get("/documents/users/").click("Uma Dietrich").click("PDF"))
    assert "Download & License Checkmk, Request Support" in text


def test_is_made_once_and_then_kept(added: Any, as_: Any, renders: list[str]):
    id = added(lambda: make.document("invoices", "INV-1"))
    first = as_("ada").get(f"/documents/invoices/{id}.pdf")
    again = as_("alan").get(f"/documents/invoices/{id}.pdf")
    staff = as_("pat").get(f"/provider/customers/acme/documents/invoices/{id}.pdf")
    assert len(renders) == 1
    assert first.body == again.body == staff.body


def test_what_changed_is_printed_anew_and_the_old_one_goes(app: Flask, added: Any, as_: Any, renders: list[str]):
    linked: list[Any] = []

    def both() -> Any:
        invoice, order = make.document("invoices", "INV-1"), make.document("sales-orders", "S-1")
        make.link(order, invoice)
        linked.append(order.id)
        return invoice

    id = added(both)
    url = f"/documents/invoices/{id}.pdf"
    as_("ada").get(url)
    for number, (model, key, values) in enumerate(
        [
            (Document, id, {"reference": "4711"}),
            (Document, linked[0], {"number": "S-2"}),
            (Customer, "acme", {"street": "Neuer Weg 1"}),
            (Customer, "provider", {"phone": "+49 30 1"}),
        ],
        2,
    ):
        change(app, model, key, **values)
        as_("ada").get(url)
        as_("ada").get(url)
        assert len(renders) == number, values
    with app.app_context():
        files = db.session.query(File).filter_by(purpose="printed").all()
        assert len(files) == 1
        assert len([path for path in (app.config["DATA"] / "files").rglob("*") if path.is_file()]) == 1
        db.session.remove()


def test_what_changed_around_a_task_is_printed_anew(app: Flask, as_: Any, renders: list[str]):
    with app.app_context():
        project = make.project("Rollout")
        task = make.task("Plan", "#1", project)
        entry = make.timesheet("Talked", 1, project, task)
        ids = project.id, task.id, entry.id
        db.session.commit()
        db.session.remove()
    urls = [
        f"/documents/projects/{ids[0]}.pdf",
        f"/documents/tasks/{ids[1]}.pdf",
        f"/documents/timesheets/{ids[2]}.pdf",
    ]
    for url in urls:
        as_("ada").get(url)
    renders.clear()
    change(app, type(entry), ids[2], hours=Decimal(5))
    for url in urls:
        as_("ada").get(url)
    assert len(renders) == 3


def test_each_language_has_its_own(app: Flask, added: Any, as_: Any, renders: list[str]):
    from portal.accounts.users import User

    id = added(lambda: make.document("invoices", "INV-1"))
    as_("ada").get(f"/documents/invoices/{id}.pdf")
    with app.app_context():
        db.session.query(User).filter_by(username="alan").one().language = "de"
        db.session.commit()
        db.session.remove()
    as_("alan").get(f"/documents/invoices/{id}.pdf")
    assert [html.split('lang="')[1][:2] for html in renders] == ["en", "de"]
    assert "1.190,00" in renders[1]


def test_a_license_printed_for_the_super_user_tells_a_user_no_order_number(app: Flask, as_: Any, renders: list[str]):
    from portal.customers.subscriptions import Subscription

    with app.app_context():
        for subscription in db.session.query(Subscription):
            subscription.order_number = "S-4711"
        db.session.commit()
        db.session.remove()
    url = as_("ada").get("/licenses/").click("Checkmk Cloud").html.select_one(".head a.button")["href"]
    as_("ada").get(url)
    as_("uma").get(url)
    assert len(renders) == 1
    assert "S-4711" not in renders[0]


def test_nothing_printed_depends_on_the_day(added: Any, as_: Any, renders: list[str]):
    ids = {
        "invoices": added(lambda: make.document("invoices", "INV-1")),
        "quotations": added(lambda: make.document("quotations", "Q-1")),
        "tasks": added(lambda: make.task("Plan", "#1", deadline=make.TODAY)),
    }
    for slug, id in ids.items():
        as_("ada").get(f"/documents/{slug}/{id}.pdf")
    for html in renders:
        for word in ("Overdue", "Expired", "Late", " ago"):
            assert word not in html


def test_when_all_printers_are_busy_one_is_told_so(added: Any, as_: Any, monkeypatch: pytest.MonkeyPatch):
    id = added(lambda: make.document("invoices", "INV-1"))

    def busy(_html: str) -> bytes:
        raise Busy("Many documents are being printed at the moment.", retry_after=5)

    monkeypatch.setattr(pdf, "render", busy)
    response = as_("ada").get(f"/documents/invoices/{id}.pdf", status=503)
    assert response.headers["Retry-After"] == "5"
    assert "Many documents are being printed" in response


def test_on_a_full_disk_nothing_stays_and_a_sentence_says_so(
    app: Flask, added: Any, as_: Any, renders: list[str], monkeypatch: pytest.MonkeyPatch
):
    id = added(lambda: make.document("invoices", "INV-1"))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("portal.storage.os.fsync", full)
        as_("ada").get(f"/documents/invoices/{id}.pdf", status=507)
    assert not [path for path in (app.config["DATA"] / "files").rglob("*") if path.is_file()]
    as_("ada").get(f"/documents/invoices/{id}.pdf")
    assert len(renders) == 2


def test_a_kept_one_whose_file_is_lost_is_made_again(app: Flask, added: Any, as_: Any, renders: list[str]):
    id = added(lambda: make.document("invoices", "INV-1", due_on=make.TODAY + timedelta(days=1)))
    as_("ada").get(f"/documents/invoices/{id}.pdf")
    for path in (app.config["DATA"] / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    as_("ada").get(f"/documents/invoices/{id}.pdf")
    assert len(renders) == 2


def test_two_who_ask_at_once_are_given_the_same(app: Flask, added: Any, as_: Any, monkeypatch: pytest.MonkeyPatch):
    id = added(lambda: make.document("invoices", "INV-1"))
    url, alan, others = f"/documents/invoices/{id}.pdf", as_("alan"), []

    def render(_html: str) -> bytes:
        if not others:
            others.append(None)
            with ThreadPoolExecutor() as threads:
                others[0] = threads.submit(alan.get, url).result().body
        return b"%PDF-1.7 " + str(len(others) + (others[0] is not None)).encode()

    monkeypatch.setattr(pdf, "render", render)
    assert as_("ada").get(url).body == others[0]
    assert len([path for path in (app.config["DATA"] / "files").rglob("*") if path.is_file()]) == 1
