"""Usage reported and licences verified over the API, by whom, and how everything else is refused."""

from __future__ import annotations

import base64
import io
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from portal.audit.models import Event
from portal.customers.models import Customer
from portal.customers.subscriptions import Subscription, today
from portal.database import db, now
from portal.licensing import keys, verification
from portal.licensing.credentials import Credential
from portal.licensing.reports import LARGEST
from portal.licensing.samples import Sample
from tests.browser import Browser
from tests.factories import usage
from tests.factories.licensing import Held, basic, held, subscription

USAGE, VERIFICATION = "/api/v1/licensing/usage", "/api/v1/licensing/verification"


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(now(), tick=False) as clock:
        yield clock


def site(app: Flask) -> Browser:
    """A program: it keeps no cookies and sends no forms."""
    return Browser(app)


def send(app: Flask, one: Held, body: bytes, status: int = 200, **headers: str) -> Any:
    headers = {"Content-Type": "application/json", **one.header, **headers}
    return site(app).post(USAGE, body, headers, status=status)


def ask(app: Flask, headers: dict[str, str], status: int = 200, query: str = "") -> Any:
    return site(app).get(VERIFICATION + query, headers=headers, status=status)


def a_report(days: int = 3, **more: Any) -> bytes:
    return usage.report(usage.history(now().date(), [100] * days), **more)


def problem(answer: Any) -> str:
    """Return the sentence of a problem; it is JSON and says its own status, whatever went wrong."""
    assert answer.content_type == "application/problem+json"
    said = json.loads(answer.body)
    assert said["status"] == answer.status_int
    return str(said.get("detail", ""))


def samples(app: Flask) -> int:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Sample)) or 0
        db.session.remove()
    return count


class TestReporting:
    @pytest.mark.parametrize("rotated", [True, False])
    def test_a_report_is_kept_once(self, app, rotated):
        one = held(app)
        assert send(app, one, a_report(rotated=rotated)).json == {"samples": 3, "new": 3, "known": 0}
        assert send(app, one, a_report(rotated=rotated)).json == {"samples": 3, "new": 0, "known": 3}
        assert samples(app) == 3

    @pytest.mark.parametrize(
        "kind", ["application/json", "text/plain; charset=utf-8", "application/octet-stream",
                 "application/x-www-form-urlencoded"],
    )  # fmt: skip
    def test_as_any_plain_file(self, app, kind):
        assert send(app, held(app), a_report(), **{"Content-Type": kind}).json["new"] == 3

    def test_counts_for_the_subscription_of_the_credential(self, app):
        one, other = held(app, edition="cce"), subscription(app, edition="cee")
        send(app, one, a_report())
        with app.app_context():
            assert set(db.session.scalars(select(Sample.subscription_id))) == {one.subscription_id}
            assert other not in set(db.session.scalars(select(Sample.subscription_id)))
            db.session.remove()

    def test_is_seen_in_the_history_and_beside_the_credential(self, app, as_):
        one = held(app)
        send(app, one, a_report())
        assert "with the credential central" in as_("ada").get("/history/")
        assert "from 127.0.0.1" in as_("uma").get(f"/licenses/{one.subscription_id}")

    @pytest.mark.parametrize(
        "body", [b"", b"nonsense", b"{}", b"[" * 100_000, b"\xff\xfe", b'{"VERSION": "9.9", "history": []}',
                 a_report(1)[:-9]],
    )  # fmt: skip
    def test_what_is_no_report_is_refused_in_a_sentence(self, app, body):
        assert problem(send(app, held(app), body, 422))
        assert samples(app) == 0

    def test_a_site_of_another_company_is_refused(self, app):
        send(app, held(app, "beta"), a_report())
        assert "another company" in problem(send(app, held(app), a_report(), 422))
        assert samples(app) == 3

    def test_too_large_is_not_read(self, app):
        one = held(app)
        problem(send(app, one, b" " * (LARGEST + 1), 413))
        assert "at most 2" in problem(send(app, one, b"[" * 50_000_000, 413))

    def test_too_large_without_a_length_is_not_read_to_its_end(self, app):
        one, body = held(app), io.BytesIO(a_report() + b" " * 50_000_000)
        answer = app.test_client().post(
            USAGE, headers={**one.header, "Content-Type": "application/json", "Transfer-Encoding": "chunked"},
            input_stream=body, environ_overrides={"wsgi.input_terminated": True},
        )  # fmt: skip
        assert answer.status_code == 413
        assert body.tell() < 4_000_000
        assert samples(app) == 0

    def test_as_large_as_may_be(self, app):
        report = a_report(rotated=False)
        send(app, held(app), report + b" " * (LARGEST - len(report)))

    @pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "image/png", "application/zip", "text/html"])
    def test_what_no_report_is_sent_as(self, app, kind):
        assert problem(send(app, held(app), a_report(), 415, **{"Content-Type": kind}))

    def test_compressed_it_is_not_read(self, app):
        answer = send(app, held(app), a_report(), 415, **{"Content-Encoding": "gzip"})
        assert answer.headers["Accept-Encoding"] == "identity"


class TestVerifying:
    def test_says_what_is_licensed_and_signs_it(self, app):
        one = held(app)
        answer = ask(app, one.header, query="?request_id=q-1&instance_id=i-1")
        assert answer.content_type == "application/json"
        with app.app_context():
            said = verification.verify(answer.body, keys.public())
        assert (said["request_id"], said["instance_id"]) == ("q-1", "i-1")
        assert said["licensing_id"] == one.licensing_id
        assert said["customer"] == {"id": "acme", "name": "Acme GmbH"}
        assert said["subscription"]["id"] == str(one.subscription_id)

    @pytest.mark.parametrize("name", ["x" * 101, "%00", "%0a", "%C3%A4", "%20x"])
    def test_repeats_no_name_that_is_none(self, app, name):
        assert "request_id" in problem(ask(app, held(app).header, 422, f"?request_id={name}"))

    def test_head_says_the_same_without_words(self, app):
        answer = site(app).head(VERIFICATION, headers=held(app).header)
        assert answer.status_int == 200
        assert not answer.body

    def test_leaves_no_trace_but_the_last_use(self, app):
        one = held(app)
        before = events(app)
        ask(app, one.header)
        assert events(app) == before
        assert last_used(app, one) == (now(), "127.0.0.1")

    def test_the_last_use_is_written_every_five_minutes(self, app, still, statements):
        one, start = held(app), now()
        ask(app, one.header)
        still.shift(timedelta(minutes=4))
        statements.clear()
        ask(app, one.header)
        assert [statement for statement in statements if not statement.startswith("SELECT")] == []
        assert last_used(app, one)[0] == start
        still.shift(timedelta(minutes=2))
        ask(app, one.header)
        assert last_used(app, one)[0] == start + timedelta(minutes=6)

    def test_another_address_is_noted_at_once(self, app):
        one = held(app)
        ask(app, one.header)
        site(app).get(VERIFICATION, headers=one.header, extra_environ={"REMOTE_ADDR": "203.0.113.7"})
        assert last_used(app, one)[1] == "203.0.113.7"


class TestWhoIsRefused:
    @pytest.mark.parametrize(
        "header",
        ["", "Basic", "Basic ", "Basic !!!", "Basic \xe4\xf6\xfc", "Bearer abc", "basic abc", "Digest username=x",
         "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(), "Basic " + base64.b64encode(b"no colon").decode(),
         "Basic " + base64.b64encode(b"a\x00b:c").decode(), "Basic " + base64.b64encode(b"x" * 100_000).decode()],
    )  # fmt: skip
    @pytest.mark.parametrize(("method", "path"), [("POST", USAGE), ("GET", VERIFICATION)])
    def test_who_brings_no_credential(self, app, method, path, header):
        answer = site(app).request(path, method=method, headers={"Authorization": header} if header else {}, status=401)
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
        assert problem(answer)

    def test_all_that_is_wrong_looks_the_same(self, app):
        one, other = held(app), held(app, "beta")
        revoked = held(app, label="revoked")
        with app.app_context():
            found = db.session.get_one(Credential, revoked.id)
            found.revoke(db.session(), by=None)
            db.session.commit()
            db.session.remove()
        wrong = (
            basic("none-none-none-none", one.password), basic(one.licensing_id, "wrong"),
            basic(one.licensing_id, other.password), revoked.header,
        )  # fmt: skip
        answers = [ask(app, header, 401) for header in wrong]
        assert len({answer.body for answer in answers}) == 1
        assert problem(answers[0])

    def test_a_password_whose_overlap_is_over(self, app, still):
        one = held(app)
        with app.app_context():
            found = db.session.get_one(Credential, one.id)
            found.rotate(db.session(), overlap=timedelta(days=1), by=None)
            db.session.commit()
            db.session.remove()
        ask(app, one.header)
        still.shift(timedelta(days=1))
        ask(app, one.header, 401)

    def test_a_subscription_that_ended_says_so(self, app):
        one = held(app)
        with app.app_context():
            day = today() - timedelta(days=15)
            db.session.execute(update(Subscription).where(Subscription.id == one.subscription_id).values(ends_on=day))
            db.session.commit()
            db.session.remove()
        assert "The subscription ended on" in problem(ask(app, one.header, 403))
        assert "The subscription ended on" in problem(send(app, one, a_report(), 403))
        assert samples(app) == 0

    def test_a_company_that_is_archived(self, app):
        one = held(app)
        with app.app_context():
            db.session.get_one(Customer, "acme").archive(db.session(), by=None)
            db.session.commit()
            db.session.remove()
        ask(app, one.header, 401)
        send(app, one, a_report(), 401)

    def test_a_person_with_a_cookie_and_nothing_else(self, app, as_):
        for username in ("uma", "pat"):
            browser = as_(username)
            problem(browser.get(VERIFICATION, status=401))
            answer = browser.post(USAGE, a_report(), status=401)
            assert "Set-Cookie" not in answer.headers

    def test_a_cookie_beside_a_credential_changes_nothing(self, app, as_):
        one = held(app)
        said = as_("bob").get(VERIFICATION, headers=one.header).json["document"]
        assert said["customer"]["id"] == "acme"
        assert as_("bob").get("/profile", status=200)

    def test_another_sites_page_is_no_matter_without_cookies(self, app):
        send(app, held(app), a_report(), 200, Origin="https://elsewhere.example", **{"Sec-Fetch-Site": "cross-site"})

    def test_unknown_addresses_and_methods_are_problems_too(self, app, as_):
        for browser in (site(app), as_("uma")):
            problem(browser.get("/api/", status=404))
            problem(browser.get("/api/v1/nothing", status=404))
            problem(browser.post("/api/v1/nothing", status=404))
            answer = browser.get(USAGE, status=405)
            assert "POST" in answer.headers["Allow"]
            problem(answer)
        options = app.test_client().options(VERIFICATION)
        assert (options.status_code, options.data) == (200, b"")
        assert "GET" in options.headers["Allow"]


class TestGuessing:
    def test_the_eleventh_try_waits(self, app):
        one = held(app)
        for licensing_id in (one.licensing_id, "none-none-none-none"):
            answers = [ask(app, basic(licensing_id, "wrong"), "*").status_int for _try in range(11)]
            assert answers == [401] * 10 + [429]
        answer = ask(app, one.header, 429)
        assert answer.headers["Retry-After"] == "300"
        problem(answer)

    def test_it_is_over_after_five_minutes(self, app, still):
        one = held(app)
        for _try in range(10):
            ask(app, basic(one.licensing_id, "wrong"), 401)
        ask(app, one.header, 429)
        still.shift(timedelta(minutes=5, seconds=1))
        ask(app, one.header)

    def test_who_guesses_elsewhere_silences_no_site(self, app):
        one = held(app)
        for _try in range(11):
            site(app).get(
                VERIFICATION, headers=basic(one.licensing_id, "wrong"), status="*",
                extra_environ={"REMOTE_ADDR": "203.0.113.66"},
            )  # fmt: skip
        ask(app, one.header)

    def test_one_address_cannot_try_many(self, app):
        answers = [ask(app, basic(f"id-{number}", "wrong"), "*").status_int for number in range(101)]
        assert answers == [401] * 100 + [429]

    def test_nobody_is_kept_from_signing_in_by_it(self, app):
        for number in range(20):
            ask(app, basic("none", f"wrong {number}"), "*")
        Browser(app).sign_in("uma")


def events(app: Flask) -> int:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Event)) or 0
        db.session.remove()
    return count


def last_used(app: Flask, one: Held) -> tuple[Any, str]:
    with app.app_context():
        found = db.session.get_one(Credential, one.id)
        used = found.last_used_at, found.last_used_from
        db.session.remove()
    return used
