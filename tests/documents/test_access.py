"""Who reads documents: commercial ones the super user and admins, My Licenses everybody, only one's own company's."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask

from portal.database import db
from portal.documents.kinds import ALL
from tests.factories import documents as make

COMMERCIAL = [kind.slug for kind in ALL if kind.slug != "subscriptions"]


@pytest.mark.parametrize("slug", COMMERCIAL)
def test_a_user_finds_no_commercial_documents(documents: Flask, as_: Any, slug: str):
    uma, ada = as_("uma"), as_("ada")
    link = ada.get(f"/documents/{slug}/").html.select(".list .main a")[0]["href"]
    for address in (f"/documents/{slug}/", f"/documents/{slug}/?q=a", f"/documents/{slug}.csv", link, f"{link}.pdf"):
        ada.get(address)
        uma.get(address, status=404)
    assert not uma.get("/").html.select(f'a[href^="/documents/{slug}/"]')


def test_search_finds_no_commercial_documents_for_a_user(documents: Flask, as_: Any):
    number = as_("ada").get("/documents/invoices/").html.select(".list .main a")[0].text
    assert number in as_("ada").get("/search", {"q": number}).html.main.select_one(".list").text
    assert not as_("uma").get("/search", {"q": number}).html.main.select(".list")


@pytest.mark.parametrize("slug", [*COMMERCIAL, "subscriptions"])
def test_another_companys_records_do_not_exist(documents: Flask, as_: Any, slug: str):
    page = as_("ada").get(f"/documents/{slug}/")
    link = page.html.select("main :is(.list .main a, .licenses h2 a)")[0]["href"]
    for address in (link, f"{link}.pdf", f"/documents/{slug}/{uuid.uuid4()}"):
        as_("bea").get(address, status=404)


@pytest.mark.parametrize("slug", [*COMMERCIAL, "subscriptions"])
def test_staff_have_no_such_door(documents: Flask, as_: Any, slug: str):
    for address in (f"/documents/{slug}/", f"/documents/{slug}.csv", "/licenses/"):
        as_("pat").get(address, status=404)
    as_("pat").get(f"/provider/customers/acme/documents/{slug}/")


def test_staff_read_a_record_of_the_customer_they_look_at_only(app: Flask, as_: Any):
    with app.app_context():
        id = make.document("invoices", "INV-1").id
        db.session.commit()
        db.session.remove()
    page = as_("gil").get(f"/provider/customers/acme/documents/invoices/{id}")
    assert page.html.h1.text == "Invoice INV-1"
    assert page.html.select_one(".head a.button")["href"] == f"/provider/customers/acme/documents/invoices/{id}.pdf"
    as_("gil").get(f"/provider/customers/beta/documents/invoices/{id}", status=404)


def test_archived_records_are_gone(app: Flask, as_: Any):
    with app.app_context():
        record = make.document("invoices", "INV-GONE", archived_at=make.MOMENT)
        id = record.id
        db.session.commit()
        db.session.remove()
    as_("ada").get(f"/documents/invoices/{id}", status=404)
    assert "INV-GONE" not in as_("ada").get("/documents/invoices/")
