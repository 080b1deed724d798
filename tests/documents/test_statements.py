"""How many statements each page sends, whatever it shows: the one of the session included."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

LISTS = {
    "quotations": 2, "sales-orders": 2, "purchase-orders": 2, "invoices": 2, "projects": 2, "tasks": 3,
    "timesheets": 4, "subscriptions": 3, "users": 2,
}  # fmt: skip
"""The rows; totals, where there are any; their number, where there is a second page; what features say of them."""

RECORDS = {
    "quotations": 5, "sales-orders": 5, "purchase-orders": 5, "invoices": 5, "projects": 6, "tasks": 6,
    "timesheets": 7, "subscriptions": 6, "users": 6,
}  # fmt: skip
"""The record, what belongs to it, its neighbours in the list, and what the panels of features show."""


@pytest.mark.parametrize("slug", LISTS)
def test_a_list(documents: Flask, as_: Any, statements: list[str], slug: str):
    ada = as_("ada")
    ada.get(f"/documents/{slug}/")
    statements.clear()
    ada.get(f"/documents/{slug}/")
    assert len(statements) == LISTS[slug], "\n".join(statements)


@pytest.mark.parametrize("slug", RECORDS)
def test_a_record(documents: Flask, as_: Any, statements: list[str], slug: str):
    ada = as_("ada")
    page = ada.get(f"/documents/{slug}/")
    link = page.html.select("main :is(.list .main a, .licenses h2 a)")[0]["href"]
    ada.get(link)
    statements.clear()
    ada.get(link)
    assert len(statements) == RECORDS[slug], "\n".join(statements)


def test_a_csv(documents: Flask, as_: Any, statements: list[str]):
    ada = as_("ada")
    statements.clear()
    assert ada.get("/documents/invoices.csv").body
    assert len(statements) == 2


def test_a_kept_pdf(documents: Flask, as_: Any, statements: list[str]):
    ada = as_("ada")
    link = ada.get("/documents/invoices/").html.select(".list .main a")[0]["href"] + ".pdf"
    ada.get(link)
    statements.clear()
    ada.get(link)
    assert len(statements) == 2
