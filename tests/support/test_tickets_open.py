"""Opening a ticket and answering in one: what is kept, once, whole, and what is said when it cannot be."""

from __future__ import annotations

import errno
import re
from typing import Any

import pytest
from sqlalchemy import func, select
from webtest import Upload

from portal import storage
from portal.conversations.messages import Message
from portal.database import db
from portal.storage import File
from portal.support.tickets import Ticket
from tests.factories.tickets import do, look, opened
from tests.people.helpers import forge, form_at

NEW = "/support/tickets/new"


def fill(browser: Any, **values: Any) -> Any:
    form = form_at(browser.get(NEW), NEW)
    given = {"subject": "No notifications", "description": "Since **noon**.", "impact": "significant"} | values
    for name, value in given.items():
        form[name] = value
    return form


def count(app: Any, model: Any) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model).where(model.customer_id == "acme"))
        db.session.remove()
    return int(found)


def stored(app: Any) -> int:
    return len([path for path in (app.config["DATA"] / "files").rglob("*") if path.is_file()])


def test_a_ticket_is_opened_and_reads_as_it_was_written(app, as_):
    form = fill(as_("uma"), environment="other", edition="cce", version="2.4.0p3", site="central", seen_by="opener")
    form["attachments"] = [Upload("../../etc/dump.tar", b"x" * 3000), Upload("log.txt", b"line")]
    page = form.submit(status=302).follow()
    assert page.html.h1.text == "No notifications"
    assert page.html.select_one(".said strong").text == "noon"
    facts = page.html.select_one("main").get_text(" ", strip=True)
    for word in ("Significant", "Test or other", "Checkmk Cloud", "2.4.0p3", "central", "Uma Dietrich", "New"):
        assert word in facts
    files = page.html.select(".sent a")
    assert [link.text for link in files] == ["dump.tar", "log.txt"]
    answer = as_("uma").get(files[0]["href"])
    assert answer.body == b"x" * 3000
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert re.search(r"Uma Dietrich opened the ticket T-\w{7}", as_("ada").get("/history/").text)


def test_the_four_levels_stand_with_their_definitions_and_none_is_chosen(as_):
    page = as_("ada").get(NEW)
    labels = [label.text for label in page.html.select("fieldset#impact label")]
    assert labels == ["Critical", "Significant", "Limited", "Minimal"]
    assert all(len(hint.text) > 60 for hint in page.html.select("fieldset#impact .choice .hint"))
    assert not page.html.select("fieldset#impact input[checked]")
    editions = [option.text for option in page.html.select("#edition option")]
    assert editions == ["Not said", "Checkmk Enterprise", "Checkmk Cloud"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("subject", ""), ("subject", "x" * 201), ("subject", "a\u202eb"), ("description", "  "), ("impact", ""),
     ("version", "v" * 41), ("site", "s" * 101), ("description", "d" * 100_001)],
)  # fmt: skip
def test_what_does_not_hold_is_refused_with_the_rest_kept(app, as_, field, value):
    fields = {"subject": "Kept subject", "description": "Kept text", "impact": "limited"} | {field: value}
    page = forge(as_("uma"), NEW, 422, **fields)
    assert page.html.select_one(".summary[role=alert]")
    assert page.html.select_one(f"#{field}").find_parent(class_="wrong") or page.html.select_one(f"#{field}.wrong")
    assert ("Kept subject" in page) is (field != "subject")
    assert count(app, Ticket) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [("impact", "urgent"), ("environment", "moon"), ("edition", "cme"), ("seen_by", "everybody")],
)  # fmt: skip
def test_choices_that_were_not_offered_are_forged(app, as_, field, value):
    forge(as_("uma"), NEW, 403, **{"subject": "S", "description": "D", "impact": "limited", field: value})
    assert count(app, Ticket) == 0


def test_a_form_with_the_listed_fields_alone_holds(app, as_):
    forge(as_("uma"), NEW, 302, subject="S", description="D", impact="minimal")
    assert count(app, Ticket) == 1


def test_the_companys_own_choice_stands_in_a_new_form(app, as_):
    forge(as_("alan"), "/support/watchers/default", 302, seen_by="opener")
    assert as_("uma").get(NEW).html.select_one("input[name=seen_by][checked]")["value"] == "opener"


def test_the_same_form_sent_twice_makes_one_ticket_and_one_answer(app, as_):
    form = fill(as_("uma"))
    first, second = form.submit(status=302), form.submit(status=302)
    assert first.location == second.location
    assert count(app, Ticket) == 1
    reply = form_at(first.follow(), f"{first.location.split('localhost')[-1]}/messages")
    reply["body"] = "One thing more"
    reply.submit(status=302)
    reply.submit(status=302)
    assert count(app, Message) == 2


def test_somebody_elses_key_opens_nothing_of_theirs(app, as_):
    form = fill(as_("uma"), seen_by="opener")
    location = form.submit(status=302).location
    other = forge(as_("ada"), NEW, 302, subject="Mine", description="D", impact="minimal", key=form["key"].value)
    assert other.location != location


def test_scripts_and_pictures_in_a_description_stay_text(as_):
    bad = "<script>alert(1)</script> [go](javascript:alert(1)) ![x](https://evil.example/x.png) <b onclick=x>b</b>"
    page = fill(as_("uma"), description=bad).submit(status=302).follow()
    said = page.html.select_one(".written")
    assert "<script>" in said.text
    assert not said.find_all(["script", "img", "b"])
    assert not [link for link in said.find_all("a") if link.get("href", "").startswith("javascript")]


def test_a_file_over_the_limit_is_named_and_leaves_nothing(app, as_, monkeypatch):
    monkeypatch.setitem(app.config, "TICKET_LIMIT", 2000)
    before = stored(app)
    form = fill(as_("uma"), subject="Kept subject")
    form["attachments"] = [Upload("small.txt", b"x"), Upload("dump.tar", b"x" * 2001)]
    page = form.submit(status=413)
    assert "“dump.tar” is larger than 2 kB" in page.html.select_one("#attachments-error").text
    assert "choose the files again" in page
    assert page.form["subject"].value == "Kept subject" if len(page.forms) == 1 else "Kept subject" in page
    assert (count(app, Ticket), count(app, File), stored(app)) == (0, 0, before)


def test_more_files_than_twenty_are_refused(app, as_):
    form = fill(as_("uma"))
    form["attachments"] = [Upload(f"{number}.txt", b"x") for number in range(21)]
    assert "At most 20 files at once." in form.submit(status=422)
    assert count(app, File) == 0


def test_a_form_larger_than_all_its_files_may_be_is_too_large(app, as_, monkeypatch):
    monkeypatch.setitem(app.config, "TICKET_LIMIT", 1000)
    form = fill(as_("uma"))
    form["attachments"] = [Upload("dump.tar", b"x" * 3_000_000)]
    assert form.submit(status=413).html.h1.text == "This is too large"


def test_whoever_may_not_open_tickets_sends_no_large_form_at_all(app, as_, browser):
    token = as_("bob").get("/profile").html.find("input", attrs={"name": "csrf_token"})["value"]
    large = [("attachments", "dump.tar", b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1000))]
    as_("bob").post(NEW, {"csrf_token": token}, upload_files=large, status=413)
    browser.post(NEW, {}, upload_files=large, status=413)


def test_a_full_disk_keeps_the_form_and_nothing_else(app, as_, monkeypatch):
    def full(*_args: Any, **_more: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    form = fill(as_("uma"), subject="Kept subject")
    form["attachments"] = [Upload("dump.tar", b"x")]
    monkeypatch.setattr(storage.os, "fsync", full)
    page = form.submit(status=507)
    assert "no room" in page.html.select_one("#attachments-error").text
    assert page.html.select_one("#subject")["value"] == "Kept subject"
    assert count(app, Ticket) == 0


def test_a_ticket_that_fails_late_leaves_no_file(app, as_, monkeypatch):
    before = stored(app)
    form = fill(as_("uma"), description="d" * 100_001)
    form["attachments"] = [Upload("dump.tar", b"x" * 3000)]
    form.submit(status=422)
    assert (count(app, File), stored(app)) == (0, before)


def test_the_script_that_sends_files_is_told_where_to_go(app, as_):
    form = fill(as_("uma"))
    answer = form.submit(status=201, headers={"X-Requested-With": "XMLHttpRequest"})
    assert answer.headers["Location"].startswith("/support/tickets/")
    assert "is open. You get mail" in as_("uma").get(answer.headers["Location"])


def test_an_answer_of_either_side_stands_in_the_conversation(app, as_):
    id = opened(app)
    do(app, id, "answer", "Try `omd restart`.", by="pat")
    page = as_("alan").get(f"/support/tickets/{id}")
    said = [article.h3.get_text(" ", strip=True) for article in page.html.select(".said")]
    assert said == ["Uma Dietrich", "Pat Lindner Support"]
    assert "Waiting for you" in page
    form = form_at(page, f"/support/tickets/{id}/messages")
    form["body"] = "That helped."
    form["attachments"] = [Upload("after.log", b"fine")]
    form.submit(status=302)
    assert look(app, id)["state"] == "open"
    assert "after.log" in as_("uma").get(f"/support/tickets/{id}")


def test_an_empty_answer_and_one_too_long_are_refused_beside_the_field(app, as_):
    id = opened(app)
    page = forge(as_("uma"), f"/support/tickets/{id}/messages", 422, body=" ")
    assert "Write something first." in page.html.select_one("#body-error").text
    page = forge(as_("uma"), f"/support/tickets/{id}/messages", 422, body="x" * 100_001)
    assert "too long" in page.html.select_one("#body-error").text
    assert len(as_("uma").get(f"/support/tickets/{id}").html.select(".said")) == 1


@pytest.mark.parametrize(("limit", "most"), [("MOST_SHOWN", 3), ("MOST_LETTERS_SHOWN", 30)])
def test_a_long_conversation_stands_on_several_pages(app, as_, monkeypatch, limit, most):
    monkeypatch.setattr(f"portal.support.reading.{limit}", most)
    id = opened(app)
    for number in range(4):
        do(app, id, "answer", f"Answer {number}", by="uma")
    page = as_("uma").get(f"/support/tickets/{id}")
    assert [part.text.strip() for part in page.html.select(".written")] == ["Answer 1", "Answer 2", "Answer 3"]
    page = page.click("Earlier messages")
    assert [part.text.strip() for part in page.html.select(".written")] == ["Since this morning.", "Answer 0"]
    assert page.click("The latest messages").html.select(".written")[-1].text.strip() == "Answer 3"
