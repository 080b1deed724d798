"""CSV: all rows of the list's filter, in its order, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.database import db
from portal.records.export import TRIGGERS, safe
from tests.factories import documents as make


def rows(response: Any) -> list[dict[str, str]]:
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    text = response.body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "=cmd|'/c calc'!A1"])
def test_a_formula_is_disarmed(text: str):
    assert safe(text) == "'" + text


@given(st.text())
def test_no_text_starts_like_a_formula(text: str):
    assert not safe(text).lstrip(" ").startswith(TRIGGERS)
    assert safe(text).endswith(text)


def test_numbers_and_days_stay_what_they_are():
    assert [safe(value) for value in (Decimal("-12.50"), -3, date(2026, 1, 2), None, True, Decimal("1E+3"))] == [
        "-12.50", "-3", "2026-01-02", "", "1", "1000",
    ]  # fmt: skip


def test_the_file_has_all_rows_of_the_filter_in_the_order_of_the_list(app: Flask, as_: Any):
    with app.app_context():
        for number in range(30):
            make.document(
                "invoices",
                f"INV-{number}",
                title='=HYPERLINK("http://evil.example")',
                state=("open", "paid")[number % 2],
            )
        make.document("invoices", "INV-BETA", customer_id="beta")
        db.session.commit()
        db.session.remove()
    ada = as_("ada")
    page = ada.get("/documents/invoices/?state=paid&sort=-number&per_page=5")
    found = rows(page.click("CSV"))
    assert [row["Number"] for row in found] == [f"INV-{number}" for number in range(29, 0, -2)]
    assert [link.text for link in page.html.select(".list .main a")] == [row["Number"] for row in found[:5]]
    assert found[0]["About"].startswith("'=HYPERLINK")
    assert found[0]["Total"] == "1190.00"
    assert found[0]["Currency"] == "EUR"


def test_credit_notes_count_against_what_is_owed(app: Flask, as_: Any):
    with app.app_context():
        make.document("invoices", "RINV-1", type="credit_note")
        db.session.commit()
        db.session.remove()
    assert [row["Total"] for row in rows(as_("ada").get("/documents/invoices.csv"))] == ["-1190.00"]


@pytest.mark.parametrize("slug", ["quotations", "sales-orders", "purchase-orders", "invoices", "projects", "tasks",
                                  "timesheets", "subscriptions", "users"])  # fmt: skip
def test_every_kind_has_one(documents: Flask, as_: Any, slug: str):
    found = rows(as_("ada").get(f"/documents/{slug}.csv"))
    assert found
    assert all(None not in row and None not in row.values() for row in found)
