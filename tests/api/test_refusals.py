"""Who gets nothing from the API: without a credential, with a wrong one, with a cookie, or by guessing."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from sqlalchemy import update

from portal.customers.models import Customer
from portal.customers.subscriptions import Subscription, today
from portal.database import db
from portal.licensing.credentials import Credential
from tests.api.sites import USAGE, VERIFICATION, a_report, ask, problem, samples, send, site
from tests.browser import Browser
from tests.factories.licensing import basic, held


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

    def test_an_unknown_id_costs_what_a_wrong_password_costs(self, app, statements):
        one, costs = held(app), []
        for header in (basic(one.licensing_id, "wrong"), basic("none-none-none-none", "wrong")):
            statements.clear()
            ask(app, header, 401)
            costs.append([statement.split("(")[0] for statement in statements])
        assert costs[0] == costs[1] != []

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
            problem(browser.get("/api", status=404))
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
