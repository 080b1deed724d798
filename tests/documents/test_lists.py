"""Lists of documents: the way from a list to a record, on and back; odd addresses; what is nobody's business."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portal.database import db
from portal.documents.kinds import ALL
from tests.factories import documents as make

SLUGS = [kind.slug for kind in ALL]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_record_of_the_demo_has_a_page_with_the_way_on(documents: Flask, as_: Any, slug: str):
    page = as_("ada").get(f"/documents/{slug}/?per_page=100")
    links = [link["href"] for link in page.html.select("main :is(.list .main a, .licenses h2 a)")]
    assert links
    at, seen = as_("ada").get(links[0]), [links[0]]
    while nexts := at.html.select("a[rel=next]"):
        at = as_("ada").get(nexts[0]["href"])
        seen.append(nexts[0]["href"])
    assert seen == links


def test_back_leads_to_the_list_one_came_from(documents: Flask, as_: Any):
    page = as_("ada").get("/documents/invoices/?state=overdue&sort=amount")
    record = as_("ada").get(page.html.select(".list .main a")[0]["href"])
    back = record.html.select(".crumbs a")[-1]["href"]
    assert back == "/documents/invoices/?state=overdue&sort=amount"


def test_records_of_the_erp_say_of_when_they_are(documents: Flask, as_: Any):
    page = as_("ada").get("/documents/invoices/")
    assert "from the ERP" in as_("ada").get(page.html.select(".list .main a")[0]["href"])


def test_a_quotation_that_became_an_order_leads_there(app: Flask, as_: Any):
    with app.app_context():
        record = make.document("quotations", "S-1")
        db.session.commit()
        id = record.id
        record.kind, record.state = "sales-orders", "confirmed"
        db.session.commit()
        db.session.remove()
    ada = as_("ada")
    assert ada.get(f"/documents/quotations/{id}", status=302).location.endswith(f"/documents/sales-orders/{id}")
    assert ada.get(f"/documents/quotations/{id}.pdf", status=302).location.endswith(f"/sales-orders/{id}.pdf")
    assert ada.get(f"/documents/sales-orders/{id}").html.h1.text == "Sales order S-1"
    ada.get(f"/documents/invoices/{id}", status=404)
    as_("uma").get(f"/documents/quotations/{id}", status=404)
    as_("bea").get(f"/documents/quotations/{id}", status=404)


@pytest.mark.parametrize("slug", SLUGS)
def test_unknown_parameters_fall_back(documents: Flask, as_: Any, slug: str):
    plain = as_("ada").get(f"/documents/{slug}/")
    odd = as_("ada").get(
        f"/documents/{slug}/",
        {"sort": "nonsense", "state": "x'", "type": "\0", "group": "__class__", "from": "yesterday", "to": "9999-99-99",
         "per_page": "-7", "totals": "all", "after": "x", "before": "~"},
    )  # fmt: skip
    rows = "main :is(.list .main a, .licenses h2 a)"
    assert [link.text for link in odd.html.select(rows)] == [link.text for link in plain.html.select(rows)]


def test_a_list_with_nothing_in_it_says_what_will_come(as_: Any):
    assert "appear here" in as_("ada").get("/documents/invoices/")


def test_a_link_to_another_customers_record_is_never_shown(app: Flask, as_: Any):
    with app.app_context():
        project = make.project("Theirs", customer_id="beta")
        make.task("Their task", "#1", project)
        mine = make.task("Mine", "#2").id
        db.session.commit()
        db.session.remove()
    page = as_("ada").get(f"/documents/tasks/{mine}")
    assert "Theirs" not in page
    assert "Their task" not in as_("ada").get("/documents/tasks/")


@pytest.mark.parametrize(
    ("slug", "group", "heading"),
    [("tasks", "project", "Project"), ("timesheets", "project", "Project"), ("timesheets", "person", "Person")],
)
def test_what_a_groups_title_says_is_not_said_again_in_every_row(
    documents: Flask, as_: Any, slug: str, group: str, heading: str
):
    def columns(query: str) -> list[str]:
        return [th.get_text(strip=True) for th in as_("ada").get(f"/documents/{slug}/{query}").html.select("thead th")]

    plain, grouped = columns(""), columns(f"?group={group}")
    assert [column for column in plain if column != heading] == grouped
    assert heading in plain
    page = as_("ada").get(f"/documents/{slug}/?group={group}").html
    for row in page.select(".list tr"):
        assert sum(int(cell.get("colspan", 1)) for cell in row.find_all(["th", "td"])) == len(grouped)
