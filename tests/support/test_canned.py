"""Canned answers: written, changed, archived by who manages support; read by all of the staff."""

from __future__ import annotations

import pytest

from tests.factories.tickets import opened
from tests.provider.helpers import make_colleague, make_role, post, send

LIST = "/provider/support/answers/"


def write(browser, status=302, **fields):
    return send(browser, f"{LIST}new", "canned", status, **{"title": "Ask for a dump", "body": "Dear {name}", **fields})


def offered(browser, ticket):
    return [option.text for option in browser.get(f"/provider/support/tickets/{ticket}").html.select("#canned option")]


def test_one_is_written_changed_archived_and_brought_back(app, as_):
    ticket, pat = opened(app), as_("pat")
    assert "No canned answers yet" in pat.get(LIST)
    page = write(pat).follow()
    address = page.html.find("a", string="Ask for a dump")["href"]
    assert offered(pat, ticket) == ["Ask for a dump"]
    send(pat, address, "canned", 302, title="Ask for diagnostics")
    assert offered(pat, ticket) == ["Ask for diagnostics"]
    post(pat, address.replace("/edit", "/archival"), 302)
    assert offered(pat, ticket) == []
    assert "Ask for diagnostics" in pat.get(f"{LIST}?archived=1")
    post(pat, address.replace("/edit", "/restoration"), 302)
    assert offered(pat, ticket) == ["Ask for diagnostics"]
    history = pat.get("/provider/history/").text
    for said in ("wrote", "changed", "archived"):
        assert f"{said} the canned answer" in history


@pytest.mark.parametrize(
    ("fields", "field"), [({"title": ""}, "title"), ({"title": "x" * 121}, "title"), ({"body": " "}, "body")]
)
def test_what_does_not_hold_is_told_beside_its_field(as_, fields, field):
    page = write(as_("pat"), 422, **fields)
    assert page.html.select_one(f"#{field}-error").text


def test_the_second_of_two_editors_sees_both_versions(as_):
    address = write(as_("pat")).follow().html.find("a", string="Ask for a dump")["href"]
    late = as_("pat").get(address).forms["canned"]
    send(as_("pat"), address, "canned", 302, body="Hello {name}")
    late["body"] = "Hi {name}"
    page = late.submit(status=409)
    assert [cell.text for cell in page.html.select("tr.differs td")] == ["Hi {name}", "Hello {name}"]
    page.forms["canned"].submit(status=302)
    assert as_("pat").get(address).forms["canned"]["body"].value == "Hi {name}"


def test_they_are_found_by_their_title(as_):
    write(as_("pat"))
    write(as_("pat"), title="Restart the site")
    assert "Restart the site" not in as_("pat").get(f"{LIST}?q=dump").html.select_one("table").text
    assert "No answer found" in as_("pat").get(f"{LIST}?q=zebra")


def test_who_answers_without_managing_reads_and_uses_them(app, as_):
    make_role(app, "agents", "guest", support__answer=True)
    make_colleague(app, "kim", "agents")
    address = write(as_("pat")).follow().html.find("a", string="Ask for a dump")["href"]
    page = as_("kim").get(LIST)
    assert "Ask for a dump" in page
    assert "Write a canned answer" not in page
    as_("kim").get(address, status=403)
    assert offered(as_("kim"), opened(app)) == ["Ask for a dump"]
