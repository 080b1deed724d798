"""Usage reported and licences verified over the API: what comes in, what is answered, and what is noted."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import signing
from portal.audit.models import Event
from portal.database import db, now
from portal.licensing import verification
from portal.licensing.credentials import Credential
from portal.licensing.usage.reports import LARGEST
from portal.licensing.usage.samples import Sample
from tests.api.sites import USAGE, VERIFICATION, a_report, ask, problem, samples, send, site
from tests.factories.licensing import Held, held, subscription


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
            said = verification.verify(answer.body, signing.public())
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
