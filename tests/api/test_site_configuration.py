"""What a site fetches and reports: with its own token alone, whole, signed, compressed, and only once."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from sqlalchemy import select

from portal import signing
from portal.audit.models import Event
from portal.customers.models import Customer
from portal.customers.sites import Site
from portal.database import db
from portal.setup import sites as deeds
from portal.setup.distribution.snapshots import verify
from portal.setup.distribution.standing import SiteStanding
from tests.api.sites import problem, site
from tests.setup import sites as at

NO_REPORTS: list[dict[str, Any]] = [
    {},
    {"snapshot": 1},
    {"state": "applied"},
    {"snapshot": True, "state": "applied"},
    {"snapshot": "1", "state": "applied"},
    {"snapshot": 1, "state": "done"},
    {"snapshot": 2, "state": "applied"},
    {"snapshot": 0, "state": "applied"},
    {"snapshot": 10**30, "state": "applied"},
    {"snapshot": 1, "state": "applied", "reason": "no"},
    {"snapshot": 1, "state": "failed", "reason": "x" * 501},
    {"version": "1"},
    {"edition": 1},
    {"edition": "x" * 21},
    {"edition": "a\nb"},
    {"edition": "cme", "other": 1},
]


@pytest.fixture
def tokens(app):
    found = at.connect(app, "acme-1", "beta-1")
    at.add(app, "passwords", "pw", "acme", secret="OpenSesame")
    at.activate(app)
    return found


def address(site_id: str, what: str = "configuration") -> str:
    return f"/api/v1/sites/{site_id}/{what}"


def fetch(app, token: str, site_id: str = "acme-1", status: int = 200, **headers: str) -> Any:
    sent = {"Authorization": f"Bearer {token}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return site(app).get(address(site_id), headers=sent, status=status)


def tell(app, token: str, status: int = 204, site_id: str = "acme-1", body: bytes | None = None, **said: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return site(app).post(address(site_id, "report"), body or json.dumps(said).encode(), headers, status=status)


def standing(app, site_id: str = "acme-1") -> SiteStanding:
    with app.app_context():
        found = db.session.get_one(SiteStanding, site_id)
        db.session.remove()
    return found


def do(app, deed: Any) -> None:
    with at.setup(app) as (session, pat):
        deed(session, session.get_one(Site, "acme-1"), pat)


class TestFetching:
    def test_it_gets_what_was_activated_signed(self, app, tokens):
        answer = fetch(app, tokens["acme-1"])
        assert answer.content_type == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        with app.app_context():
            parts = verify(answer.body, signing.public())
        assert parts["customer:acme"]["elements"]["passwords"][0]["password"] == "OpenSesame"
        assert "beta" not in answer.text.lower()
        assert (standing(app).fetched_number, standing(app).fetched_at is not None) == (1, True)

    def test_compressed_where_it_asks_so(self, app, tokens):
        answer = app.test_client().get(
            address("acme-1"), headers={"Authorization": f"Bearer {tokens['acme-1']}", "Accept-Encoding": "gzip"}
        )
        assert answer.headers["Content-Encoding"] == "gzip"
        assert json.loads(gzip.decompress(answer.data))["manifest"]["number"] == 1
        again = app.test_client().get(
            address("acme-1"),
            headers={
                "Authorization": f"Bearer {tokens['acme-1']}", "Accept-Encoding": "gzip",
                "If-None-Match": answer.headers["ETag"],
            },
        )  # fmt: skip
        assert (again.status_code, again.data) == (304, b"")

    def test_only_what_it_does_not_have(self, app, tokens):
        tag = fetch(app, tokens["acme-1"]).headers["ETag"]
        assert not tag.startswith("W/")
        assert fetch(app, tokens["acme-1"], "acme-1", 304, If_None_Match=tag).body == b""
        assert fetch(app, tokens["acme-1"], "acme-1", 304, If_None_Match=f"W/{tag}").body == b""
        at.rename(app, "passwords", "pw", "Renamed")
        at.activate(app)
        assert fetch(app, tokens["acme-1"], If_None_Match=tag).headers["ETag"] != tag

    def test_asking_for_the_headers_alone_is_no_fetch(self, app, tokens):
        site(app).head(address("acme-1"), headers={"Authorization": f"Bearer {tokens['acme-1']}"})
        assert standing(app).fetched_number == 0

    def test_a_tampered_document_does_not_hold(self, app, tokens):
        body = fetch(app, tokens["acme-1"]).body
        with app.app_context():
            key = signing.public()
        for wrong in (
            body.replace(b"OpenSesame", b"OpenSesamf"), body.replace(b'"number":1', b'"number":2'),
            body.replace(b'"site":"acme-1"', b'"site":"beta-1"'), body[:-9], b"{}", b"[]", b"",
        ):  # fmt: skip
            assert wrong != body
            with pytest.raises(ValueError, match=r"."):
                verify(wrong, key)

    def test_nothing_was_activated_yet(self, app):
        token = at.connect(app, "acme-1")["acme-1"]
        assert "Nothing was activated" in problem(fetch(app, token, status=404))

    def test_after_it_changed_hands_not_until_the_next_activation(self, app, tokens):
        do(app, lambda session, one, pat: deeds.move(session, one, "beta", by=pat))
        fetch(app, tokens["acme-1"], status=401)
        made: list[str] = []
        do(app, lambda session, one, pat: made.append(one.renew_token(session, by=pat)))
        assert "changed hands" in problem(fetch(app, made[0], status=409))
        at.activate(app)
        fetch(app, tokens["acme-1"], status=401)
        answer = fetch(app, made[0])
        assert answer.json["manifest"]["customer"] == "beta"
        assert "OpenSesame" not in answer.text

    def test_an_edition_that_is_not_managed(self, app, tokens):
        tell(app, tokens["acme-1"], edition="cee", version="2.4.0p1")
        assert "managed services edition" in problem(fetch(app, tokens["acme-1"], status=409))
        tell(app, tokens["acme-1"], edition="cme", version="2.4.0p1")
        fetch(app, tokens["acme-1"])


class TestWhoMay:
    def test_all_that_is_wrong_looks_the_same(self, app, tokens):
        do(app, lambda session, one, pat: one.renew_token(session, by=pat))
        wrong = [
            fetch(app, token, site_id, 401)
            for token, site_id in (
                (tokens["beta-1"], "acme-1"), (tokens["acme-1"], "acme-1"), ("x" * 43, "acme-1"), ("x" * 43, "none"),
                (tokens["beta-1"], "none"),
            )
        ]  # fmt: skip
        wrong += [site(app).get(address("acme-1"), status=401)]
        for header in ("Basic YTpi", "Bearer", "Bearer " + "x" * 10_000, "Bearer a b", "bearer", ""):
            wrong.append(site(app).get(address("acme-1"), headers={"Authorization": header}, status=401))
        assert len({answer.body for answer in wrong}) == 1
        assert wrong[0].headers["WWW-Authenticate"].startswith("Bearer")
        problem(wrong[0])
        assert standing(app).fetched_number == 0
        tell(app, tokens["beta-1"], 401, snapshot=1, state="applied")

    def test_one_that_is_gone(self, app, tokens):
        do(app, lambda session, one, pat: session.get_one(Customer, "acme").archive(session, by=pat))
        fetch(app, tokens["acme-1"], status=401)
        with at.setup(app) as (session, pat):
            deeds.remove(session, session.get_one(Site, "beta-1"), by=pat)
        fetch(app, tokens["beta-1"], "beta-1", 401)

    def test_a_disabled_one_may(self, app, tokens):
        do(app, lambda session, one, pat: deeds.change(session, one, is_disabled=True, by=pat))
        fetch(app, tokens["acme-1"])

    def test_guessing_ends(self, app, tokens):
        answers = [fetch(app, "x" * 43, status="*").status_int for _try in range(11)]
        assert answers == [401] * 10 + [429]
        problem(fetch(app, tokens["acme-1"], status=429))
        fetch(app, tokens["beta-1"], "beta-1")

    def test_a_cookie_opens_nothing(self, as_):
        problem(as_("pat").get(address("acme-1"), status=401))


class TestReporting:
    def test_applied_failed_and_mended(self, app, tokens, as_):
        tell(app, tokens["acme-1"], snapshot=1, state="failed", reason="No space left")
        assert "No space left" in as_("pat").get("/provider/changes/")
        assert "Failed" in as_("pat").get("/provider/changes/?show=failed")
        tell(app, tokens["acme-1"], snapshot=1, state="applied", edition="cme", version="2.4.0")
        assert "No space left" not in as_("pat").get("/provider/changes/")
        assert standing(app).applied_number == 1
        with app.app_context():
            found = db.session.get_one(Site, "acme-1")
            db.session.remove()
        assert (found.edition, found.product_version) == ("cme", "2.4.0")

    @pytest.mark.parametrize("said", NO_REPORTS, ids=str)
    def test_what_is_no_report(self, app, tokens, said):
        assert problem(tell(app, tokens["acme-1"], 422, body=json.dumps(said).encode()))
        assert standing(app).failed_number == standing(app).applied_number == 0

    @pytest.mark.parametrize("body", [b"x", b"[]", b"1", b"\xff", b"[" * 10_000, b'{"snapshot": NaN}'])
    def test_what_is_no_json(self, app, tokens, body):
        assert problem(tell(app, tokens["acme-1"], 422, body=body))

    def test_too_large(self, app, tokens):
        problem(tell(app, tokens["acme-1"], 413, body=b" " * 20_000))


class TestExport:
    def test_is_the_document_and_on_record(self, app, tokens, as_):
        exported = as_("pat").get("/provider/changes/sites/acme-1/snapshots/1.json")
        assert standing(app).fetched_number == 0
        assert exported.body == fetch(app, tokens["acme-1"]).body
        assert "attachment" in exported.headers["Content-Disposition"]
        assert exported.headers["Cache-Control"] == "no-store"
        with app.app_context():
            event = db.session.scalars(select(Event).where(Event.tag == "setup.exported")).one()
            db.session.remove()
        assert event.data == {"site": "acme-1", "number": 1}
        as_("gil").get("/provider/changes/sites/acme-1/snapshots/1.json", status=403)
