"""Usage on pages: a person uploads a report, everybody of the company sees how it stands, and who leads gets mail."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from portal import jobs
from portal.customers.subscriptions import Subscription
from portal.database import db
from portal.licensing.usage import excess
from portal.licensing.usage import intake as usage
from portal.licensing.usage.samples import Sample
from portal.mail import Mail
from tests.factories import usage as make


def today() -> date:
    return datetime.now(make.BERLIN).date()


def license_of(app: Flask, customer_id: str = "acme", edition: str = "cee") -> uuid.UUID:
    with app.app_context():
        ids = select(Subscription.id).where(Subscription.customer_id == customer_id, Subscription.edition == edition)
        id = db.session.scalars(ids).one()
        db.session.remove()
    return id


def upload(browser: Any, id: uuid.UUID, *reports: bytes, status: int = 302) -> Any:
    page = browser.get(f"/licenses/{id}/usage/new")
    token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
    files = [("report", f"site-{number}.json", raw) for number, raw in enumerate(reports, 1)]
    return browser.post(f"/licenses/{id}/usage/new", {"csrf_token": token}, upload_files=files, status=status)


def samples(app: Flask) -> int:
    with app.app_context():
        found = len(db.session.execute(select(Sample.site_id)).all())
        db.session.remove()
    return found


def keep(app: Flask, id: uuid.UUID, counts: list[int], *, until: int = 0, **values: Any) -> None:
    with app.test_request_context("/"):
        term = db.session.get_one(Subscription, id)
        history = make.history(today() - timedelta(days=until), counts, **values)
        usage.keep(db.session(), term, make.report(history), by=None)
        db.session.commit()
        db.session.remove()


def text(page: Any, selector: str = "#usage") -> str:
    return " ".join(page.html.select_one(selector).get_text(" ").split())


def test_uma_uploads_a_report_and_sees_what_became_of_it(app: Flask, as_: Any):
    id, uma = license_of(app), as_("uma")
    assert "No site has reported yet" in text(uma.get(f"/licenses/{id}"))
    page = upload(uma, id, make.report(make.history(today(), [2000] * 60))).follow()
    assert "The report was kept: 60 samples are new." in page
    said = text(page)
    assert "Below the limit" in said
    assert "2,000 of 7,000" in said
    assert "28 % of the limit" in said
    again = upload(uma, id, make.report(make.history(today(), [2000] * 60))).follow()
    assert "0 samples are new. 60 were known already." in again
    assert "reported licence usage" not in as_("ada").get("/history/")
    assert "Uma Dietrich uploaded a licence usage report of Checkmk Enterprise" in as_("ada").get("/history/")


def test_several_reports_are_kept_together_or_not_at_all(app: Flask, as_: Any):
    id, uma = license_of(app), as_("uma")
    good, other = (make.report(make.history(today(), [5] * 3, instance=uuid.UUID(int=n), site=str(n))) for n in (1, 2))
    wrong = make.report([make.sample(today(), num_hosts=-3)])
    page = upload(uma, id, good, wrong, status=422)
    assert "site-2.json: Sample 1, num_hosts: is negative." in page
    assert samples(app) == 0
    assert "6 samples are new" in upload(uma, id, good, other).follow()


@pytest.mark.parametrize(
    ("reports", "sentence"),
    [
        ((), "Choose the report that Checkmk gave you."),
        ((b"{}",) * 11, "At most 10 files."),
        ((b"not a report",), "neither JSON nor JSON in rot47"),
        ((b"[" * (2 * 1024 * 1024 + 1),), "The report is larger than 2 MB."),
    ],
    ids=["none", "too many", "something else", "too large"],
)
def test_what_is_wrong_stands_beside_the_field(app: Flask, as_: Any, reports: Any, sentence: str):
    page = upload(as_("uma"), license_of(app), *reports, status=422)
    assert sentence in page.html.select_one("#report-error").text
    assert samples(app) == 0


def test_50_megabytes_are_refused_before_they_are_read(app: Flask, as_: Any):
    page = upload(as_("uma"), license_of(app), b"[" * 50_000_000, status=413)
    assert "too large" in page.html.h1.text


def test_an_empty_report_is_no_mistake(app: Flask, as_: Any):
    assert "holds no samples yet" in upload(as_("uma"), license_of(app), make.report([])).follow()


def test_a_site_of_another_company_is_refused_without_a_word_about_whose_it_is(app: Flask, as_: Any):
    keep(app, license_of(app, "beta"), [10])
    page = upload(as_("uma"), license_of(app), make.report(make.history(today(), [10] * 3)), status=422)
    said = page.html.select_one("#report-error").text
    assert said == "Sample 1, instance_id: this site reports for another company. Nothing was kept."
    assert samples(app) == 1


def test_under_an_ended_subscription_nothing_is_reported(app: Flask, as_: Any):
    id = license_of(app, "gamma", "cce")
    page = as_("gus").get(f"/licenses/{id}/usage/new", status=409)
    assert "The subscription ended on" in page
    said = text(as_("gus").get(f"/licenses/{id}"))
    assert "No site has reported its usage" in said
    assert "Upload" not in said


def test_ugo_sees_the_usage_but_no_way_to_change_it(app: Flask, as_: Any):
    id = license_of(app)
    keep(app, id, [100] * 3)
    page = as_("ugo").get(f"/licenses/{id}")
    assert "100 of 7,000" in text(page)
    assert not page.html.select(f'a[href="/licenses/{id}/usage/new"]')
    as_("ugo").get(f"/licenses/{id}/usage/new", status=404)


def test_an_excess_is_said_drawn_and_tabled(app: Flask, as_: Any):
    id = license_of(app)
    keep(app, id, [5000] * 40 + [8000] * 70)
    page = as_("ugo").get(f"/licenses/{id}")
    said = text(page)
    assert "The limit has been exceeded since the month" in said
    assert "the excess will be billed" in said
    drawing = page.html.select_one("#usage svg.usage-chart")
    assert drawing["role"] == "img"
    assert drawing.find(id=drawing["aria-labelledby"]).text
    assert drawing.select(".limit")
    assert drawing.select(".bar-first")
    rows = [" ".join(row.get_text(" ").split()) for row in page.html.select("#usage table")[0].select("tbody tr")]
    assert len([row for row in rows if "First exceeded" in row]) == 1
    assert all("7,000" in row for row in rows)


def test_what_was_counted_is_told_for_all_sites(app: Flask, as_: Any):
    id = license_of(app)
    keep(app, id, [100], num_services_excluded=5, num_services_cloud=20, num_services_shadow=3, num_synthetic_kpis=2)
    keep(app, id, [50], instance=uuid.UUID(int=5), site="second")
    rows = as_("ugo").get(f"/licenses/{id}").html.select("#usage table")[0].select("tbody tr")
    found = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in rows]
    assert found == [
        ["Hosts", "15", "0", "0", "0"], ["Services", "150", "5", "3", "20"], ["Synthetic KPIs", "2", "0", "–", "–"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "said", "missing"),
    [
        (2, "Reports", "has not reported"),
        (3, "has not reported for 3 days. After 5 days Checkmk will refuse", "Checkmk refuses"),
        (5, "has not reported for 5 days. Checkmk refuses to activate changes", "will refuse"),
        (31, "Reports no longer", "has not reported"),
    ],
)
def test_a_silent_site_is_warned_of(app: Flask, as_: Any, days: int, said: str, missing: str):
    id = license_of(app)
    keep(app, id, [100] * 3, until=days)
    shown = text(as_("ada").get(f"/licenses/{id}"))
    assert said in shown
    assert missing not in shown


def test_the_daily_totals_as_csv(app: Flask, as_: Any):
    id = license_of(app)
    keep(app, id, [100, 200])
    keep(app, id, [50], instance=uuid.UUID(int=5), site="second")
    answer = as_("ugo").get(f"/licenses/{id}/usage.csv")
    assert answer.content_type == "text/csv"
    yesterday, day = (today() - timedelta(days=1)).isoformat(), today().isoformat()
    assert list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig")))) == [
        ["Day", "Services", "Hosts", "Sites"], [yesterday, "100", "10", "1"], [day, "250", "25", "2"],
    ]  # fmt: skip


def test_staff_see_the_same_and_can_do_nothing_there(app: Flask, as_: Any):
    id = license_of(app)
    keep(app, id, [100] * 3)
    page = as_("gil").get(f"/provider/customers/acme/documents/subscriptions/{id}")
    assert "100 of 7,000" in text(page)
    assert not page.html.select('#usage a[href*="/licenses/"]')


def test_the_pdf_holds_the_usage_and_is_made_anew_when_something_was_reported(app: Flask, as_: Any):
    id, ugo = license_of(app), as_("ugo")

    def printed() -> str:
        pages = PdfReader(io.BytesIO(ugo.get(f"/documents/subscriptions/{id}.pdf").body)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    assert "Licence usage" not in printed()
    keep(app, id, [1000] * 70, until=1)
    assert "Licence usage until" in printed()
    assert "1,000 7,000 14 %" in printed()
    keep(app, id, [3000])
    assert f"{today().day} " in printed().partition("Licence usage until")[2][:4]


def test_a_page_asks_the_database_twice_for_its_usage(app: Flask, as_: Any, statements: list[str]):
    id, ugo = license_of(app), as_("ugo")
    keep(app, id, [100] * 200)
    ugo.get(f"/licenses/{id}")
    statements.clear()
    ugo.get(f"/licenses/{id}")
    assert len([statement for statement in statements if "usage_samples" in statement]) == 2


def mails(app: Flask) -> dict[str, str]:
    jobs.work_once(app)
    with app.app_context():
        found = db.session.scalars(select(Mail).where(Mail.template == "usage_exceeded")).all()
        told = {mail.recipient: mail.text for mail in found}
        assert len(told) == len(found)
        db.session.remove()
    return told


def test_who_leads_is_told_once_when_the_limit_is_reached(app: Flask):
    id = license_of(app)
    keep(app, id, [6999] * 80, until=20)
    assert mails(app) == {}
    keep(app, id, [9000] * 100)
    told = mails(app)
    assert set(told) == {f"{name}@acme.example" for name in ("ada.arnold", "alan.becker", "abe.castillo")}
    said = told["ada.arnold@acme.example"]
    assert "the licence covers 7,000" in said
    assert "Nothing has been billed for it yet" in said
    assert f"/licenses/{id}" in said
    keep(app, id, [9000] * 120)
    assert len(mails(app)) == 3


def test_a_month_that_ends_without_another_report_is_noticed_too(app: Flask, monkeypatch: pytest.MonkeyPatch):
    id = license_of(app)
    with monkeypatch.context() as patched:
        patched.setattr(excess, "look", lambda _session, _subscription: None)
        keep(app, id, [9000] * 100)
    assert mails(app) == {}
    with app.app_context():
        jobs.enqueue(db.session(), excess.LOOK)
        db.session.commit()
        db.session.remove()
    assert len(mails(app)) == 3
