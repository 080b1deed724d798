"""Signed links: made in the browser, used by programs, and no longer than they should be."""

from __future__ import annotations

import hashlib
import re
import subprocess
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.access.rights import PortalRole, Right
from portal.accounts import users
from portal.accounts.users import User
from portal.customers.models import Customer
from portal.customers.subscriptions import Subscription, today
from portal.database import db
from tests.factories.releases import content, deb, record_of, shelf, withdraw
from tests.people.helpers import form_at, make

NAME = deb("2.4.0", "cee")


@pytest.fixture
def ids(app):
    return shelf(app, "2.4.0", platforms=("jammy", "noble"))


def mint(browser, id: str):
    """Send the form of the page and return the answer."""
    page = browser.get("/downloads/")
    form = page.forms["links"]
    form.action = page.html.select_one(f"button[form=links][formaction='/downloads/{id}/links']")["formaction"]
    return form.submit(status=200)


def path_of(page) -> str:
    return page.html.select_one("#link").text.strip().removeprefix("http://localhost")


@pytest.fixture
def link(as_, ids) -> str:
    """A link that bob has made for beta's edition."""
    return path_of(mint(as_("bob"), ids["2.4.0", "cee", "jammy"]))


def change(app, act) -> None:
    with app.app_context():
        session = db.session()
        act(session, session.scalars(select(User).where(User.username == "bob")).one())
        session.commit()
        db.session.remove()


def test_a_link_fetches_the_file_without_a_cookie(app, browser, link):
    answer = browser.get(link)
    assert answer.body == content(NAME)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={NAME}"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "private" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert link.endswith(f"/{NAME}")
    assert record_of(app) == [("bob", NAME, "link")]


def test_resumed_and_looked_at_it_is_one_download(app, browser, link):
    browser.head(link)
    assert record_of(app) == []
    browser.get(link)
    assert browser.get(link, headers={"Range": "bytes=1000-"}, status=206).body == content(NAME)[1000:]
    assert record_of(app) == [("bob", NAME, "link")]


def test_the_page_shows_it_once_with_commands_to_paste(as_, ids, browser, tmp_path):
    page = mint(as_("bob"), ids["2.4.0", "cee", "jammy"])
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    address = page.html.select_one("label[for=link] + output").text
    assert page.html.select_one("#curl").text == f"curl -C - -O --fail '{address}'"
    assert page.html.select_one("#wget").text == f"wget -c '{address}'"
    assert "Works until" in page
    check = page.html.select_one("#check").text
    (tmp_path / NAME).write_bytes(browser.get(path_of(page)).body)
    done = subprocess.run(["sh", "-c", check], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == f"{NAME}: OK\n"
    (tmp_path / NAME).write_bytes(b"cut off")
    assert subprocess.run(["sh", "-c", check], cwd=tmp_path, capture_output=True).returncode != 0
    assert hashlib.sha256(content(NAME)).hexdigest() in check
    assert address not in as_("bob").get("/downloads/")


def test_the_company_reads_that_a_link_was_made_without_the_link(as_, link):
    history = as_("bea").get("/history/")
    assert f"Bob Jensen made a download link for {NAME}" in history
    assert link.split("/")[3] not in history


@pytest.mark.parametrize(
    ("who", "edition"), [("bob", "cce"), ("gus", "cee"), ("ugo", "cre"), ("ben", "cre"), ("pat", "cre")]
)
def test_no_link_without_the_right_or_the_edition(as_, ids, who, edition):
    token = as_(who).get("/profile").html.find("input", attrs={"name": "csrf_token"})["value"]
    address = f"/downloads/{ids['2.4.0', edition, 'jammy']}/links"
    as_(who).post(address, {"csrf_token": token}, status=404)
    as_(who).post(address, status=400)


def test_its_time_is_over_after_the_minutes_of_the_setting(app, browser, link, monkeypatch):
    monkeypatch.setitem(app.config, "LINK_MINUTES", -1)
    answer = browser.get(link, status=410)
    assert answer.content_type == "text/plain"
    assert "time of this link is over" in answer
    assert record_of(app) == []


def test_a_link_for_another_file_opens_nothing(browser, link, ids):
    head, _slash, _name = link.rpartition("/")
    other = deb("2.4.0", "cee", "noble")
    for name in (other, f"{NAME}x", "x", "%2e%2e", "%00"):
        browser.get(f"{head}/{name}", status=404)


@pytest.mark.parametrize("at", [0, 20, -1])
def test_a_link_with_one_letter_changed_opens_nothing(browser, link, at):
    token = link.split("/")[3]
    letter = "A" if token[at] != "A" else "Q"
    broken = token[:at] + letter + (token[at + 1 :] if at != -1 else "")
    answer = browser.get(link.replace(token, broken), status=404)
    assert answer.content_type == "text/plain"


@pytest.mark.parametrize("token", ["x", "a.b.c", ".", "x" * 5000, "%2e%2e", "%00", "eyJ.eyJ.eyJ", "WyJhIl0.aaaaaa.x"])
def test_what_was_never_a_link_opens_nothing(browser, token):
    browser.get(f"/downloads/links/{token}/{NAME}", status=404)


def test_another_signature_of_the_portal_is_no_link(app, as_, browser):
    cookie = as_("bob").cookies["portal"]
    browser.get(f"/downloads/links/{cookie}/{NAME}", status=404)


def test_whoever_is_signed_in_counts_for_nothing(app, as_, link):
    assert as_("gus").get(link).body == content(NAME)
    assert [who for who, *_rest in record_of(app)] == ["bob"]


def test_it_ends_when_the_person_is_disabled(app, browser, link):
    change(app, lambda _session, bob: bob.disable(by=None))
    browser.get(link, status=404)
    change(app, lambda _session, bob: bob.enable(by=None))
    browser.get(link)


def test_it_ends_when_the_right_is_taken_away(app, as_, browser, link):
    browser.get(link, headers={"Range": "bytes=0-99"}, status=206)
    change(app, lambda _session, bob: bob.grants.clear())
    browser.get(link, headers={"Range": "bytes=100-"}, status=404)


def test_it_ends_when_the_person_is_deleted(app, browser, link):
    change(app, lambda _session, bob: bob.delete(by=None))
    browser.get(link, status=404)


def test_it_ends_when_the_person_moves_even_where_they_get_the_right_again(app, browser, link):
    def move(session, bob):
        bob.move(session.get_one(Customer, "acme"), by=None)
        bob.grants.append(users.Grant(right=Right.DOWNLOAD_LICENSE))

    change(app, move)
    browser.get(link, status=404)


def test_it_ends_with_the_company(app, browser, link):
    change(app, lambda session, _bob: session.get_one(Customer, "beta").archive(session, by=None))
    browser.get(link, status=404)


def test_it_ends_with_the_subscription(app, browser, link):
    change(
        app,
        lambda session, _bob: session.execute(
            update(Subscription)
            .where(Subscription.customer_id == "beta")
            .values(starts_on=today() - timedelta(days=400), ends_on=today() - timedelta(days=15))
        ),
    )
    browser.get(link, status=404)


def test_it_ends_when_the_release_is_withdrawn(app, browser, link):
    withdraw(app, "2.4.0", "It breaks")
    browser.get(link, status=404)


def test_it_outlives_the_session_it_was_made_in(as_, browser, link):
    page = as_("bob").get("/downloads/")
    form_at(page, "/logout").submit(status=302)
    browser.get(link)


def test_it_is_no_way_to_anything_else(browser, link):
    browser.get(link)
    assert "/login" in browser.get("/downloads/", status=302).location
    browser.post(link, status=405)


def test_two_links_are_never_the_same_for_two_people(app, as_, ids):
    make(app, "bo2", customer="beta", role=PortalRole.USER, rights=(Right.DOWNLOAD_LICENSE,))
    id = ids["2.4.0", "cee", "jammy"]
    assert path_of(mint(as_("bob"), id)) != path_of(mint(as_("bo2"), id))


def test_a_failure_does_not_write_the_link_into_the_log(app, as_, ids, link, caplog, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError("broken")

    monkeypatch.setattr("portal.storage.answer", broken)
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    token = link.split("/")[3]
    with app.test_client() as client:
        assert client.get(link).status_code == 500
    assert "GET /downloads/links/…/" in caplog.text
    assert not re.search(re.escape(token), caplog.text)
