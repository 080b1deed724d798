"""The collections: read in pages, made, changed in the version that was read, under the policy of the pages."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from openapi_spec_validator import validate
from sqlalchemy import select

from portal.accounts.users import User
from portal.api import description
from portal.api.collections import COLLECTIONS
from portal.api.idempotency import KeptAnswer, forget
from portal.database import db
from portal.seals import digest, fingerprint
from tests.setup import sites as at

PATHS = [collection.path for collection in COLLECTIONS if collection.is_listed]
STAFF_ALONE = {"contact-groups", "host-groups", "service-groups", "passwords", "roles"}


def test_the_description_is_one(app):
    with app.test_request_context():
        said = json.loads(json.dumps(description.openapi()))
    validate(said)


class TestReading:
    @pytest.mark.parametrize("path", PATHS)
    def test_staff_read_every_list(self, by, path):
        assert isinstance(by("pat").read(path).json["items"], list)

    @pytest.mark.parametrize("path", PATHS)
    def test_one_is_as_in_the_list(self, by, path):
        for item in by("pat").read(path).json["items"][:2]:
            one = by("pat").read(f"{path}/{item['id']}").json
            assert {name: one[name] for name in item} == item


class TestWhoReads:
    @pytest.mark.parametrize("path", sorted(STAFF_ALONE))
    def test_setup_is_the_providers(self, by, path):
        by("ada").read(path, 404)

    @pytest.mark.parametrize("path", [path for path in PATHS if path.startswith("documents/")])
    def test_a_user_sees_no_documents(self, by, documents, path):
        by("ada").read(path)
        by("uma").read(path, 200 if path == "documents/subscriptions" else 404)
        by("ugo").read("users", 404)

    def test_everybody_sees_their_own_company_alone(self, by, documents):
        for path in PATHS:
            if path in STAFF_ALONE:
                continue
            own = {item["customer"] for item in by("bea").read(path, "*").json.get("items", []) if "customer" in item}
            assert own <= {"beta"}, path
        assert {item["customer"] for item in by("pat").read("documents/invoices?limit=200").json["items"]} > {"beta"}

    def test_what_is_anothers_is_not_there(self, by, documents):
        for path in ("users", "documents/invoices", "licenses"):
            theirs = by("pat").read(f"{path}?customer=acme").json["items"][0]["id"]
            assert by("bea").read(f"{path}/{theirs}", 404).json == by("bea").read(f"{path}/{theirs}x", 404).json

    def test_no_cookie_counts(self, as_):
        for path in PATHS:
            assert as_("pat").get(f"/api/v1/{path}", status=401).content_type == "application/problem+json"

    def test_a_customers_people_see_nothing_of_how_a_site_is_reached(self, app, by):
        at.connect(app, "acme-1")
        assert set(by("ada").read("sites/acme-1").json) == {"id", "alias", "customer", "gui_url"}
        assert "livestatus" in by("pat").read("sites/acme-1").json

    def test_amounts_are_decimal_text_in_a_currency(self, by, documents):
        for invoice in by("ada").read("documents/invoices").json["items"]:
            assert re.fullmatch(r"-?\d+\.\d\d", invoice["total"])
            assert invoice["currency"] in ("EUR", "USD")


class TestPaging:
    def test_pages_follow_one_another_and_leave_nothing_out(self, by, documents):
        program, path, seen = by("pat"), "/api/v1/documents/invoices?limit=3", []
        while path:
            answer = program.get(path)
            seen += [item["id"] for item in answer.json["items"]]
            path = answer.json["next"]
            assert answer.headers.get("Link") == (f'<{path}>; rel="next"' if path else None)
        assert seen == [item["id"] for item in program.read("documents/invoices?limit=200").json["items"]]
        assert len(seen) == len(set(seen)) > 3

    def test_a_row_that_is_gone_ends_no_list(self, by):
        for name in "abc":
            by("pat").make("host-groups", id=name, title=name, customer="provider")
        following = by("pat").read("host-groups?limit=1").json["next"]
        by("pat").remove("host-groups/a")
        assert [item["id"] for item in by("pat").get(following).json["items"]] == ["b"]

    @pytest.mark.parametrize("path", PATHS)
    def test_a_page_takes_a_fixed_number_of_statements(self, by, documents, statements, path):
        by("pat").read(f"{path}?limit=1")
        counts = set()
        for limit in (2, 200):
            statements.clear()
            by("pat").read(f"{path}?limit={limit}")
            counts.add(len(statements))
        assert len(counts) == 1
        assert counts.pop() <= 6

    @pytest.mark.parametrize(
        "query",
        ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "cursor=x", "cursor=W10", "cursor=WzFd", "cursor=%00",
         "customer=%00", "nothing=1", "state=none", "q=" + "x" * 201, "cursor=W1siYSJdLCJiIl0", "cursor=bnVsbA"],
    )  # fmt: skip
    def test_what_is_no_page(self, by, query):
        assert by("pat").read(f"users?{query}", 422).json["errors"]

    def test_filters_narrow(self, by):
        program = by("pat")
        assert {item["customer"] for item in program.read("users?customer=beta").json["items"]} == {"beta"}
        assert {item["state"] for item in program.read("users?state=disabled").json["items"]} == {"disabled"}
        assert [item["id"] for item in program.read("customers?q=beta").json["items"]] == ["beta"]
        assert program.read("licenses?state=ended").json["items"] != program.read("licenses").json["items"]


class TestVersions:
    def test_who_has_it_is_not_told_again(self, by):
        tag = by("pat").read("customers/acme").headers["ETag"]
        assert by("pat").read("customers/acme", 304, If_None_Match=tag).headers["ETag"] == tag
        assert by("pat").read("customers/acme", 304, If_None_Match=f'W/{tag[:-1]}:gzip"')
        by("pat").change("customers/acme", city="Ulm")
        assert by("pat").read("customers/acme", If_None_Match=tag).json["city"] == "Ulm"

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
    def test_a_change_says_of_which_version(self, by, method):
        by("pat").make("host-groups", id="linux", title="Linux", customer="provider")
        by("pat").send(method, "host-groups/linux", {"title": "X", "customer": "provider"}, 428)
        late = by("pat").send(
            method, "host-groups/linux", {"title": "X", "customer": "provider"}, 412, If_Match='"another"'
        )  # fmt: skip
        present = by("pat").read("host-groups/linux")
        assert (late.json["current"], late.headers["ETag"]) == (present.json, present.headers["ETag"])
        assert late.json["sent"] == ({} if method == "DELETE" else {"title": "X", "customer": "provider"})

    def test_of_two_at_once_one_is_told_both(self, by):
        by("pat").make("passwords", id="pw", title="One", customer="acme", password="OpenSesame1")
        tag = by("pat").read("passwords/pw").headers["ETag"]
        by("pat").send("PATCH", "passwords/pw", {"title": "Two"}, If_Match=tag)
        late = by("pat").send("PATCH", "passwords/pw", {"title": "Three", "password": "x"}, 412, If_Match=tag)
        assert (late.json["current"]["title"], late.json["sent"]) == ("Two", {"title": "Three"})

    def test_a_star_is_whichever_there_is(self, by):
        assert by("pat").send("PATCH", "customers/acme", {"city": "Ulm"}, If_Match="*").json["city"] == "Ulm"

    def test_put_says_all_of_it(self, by):
        found = by("pat").change("customers/acme", city="Ulm", vat="DE1").json
        tag = by("pat").read("customers/acme").headers["ETag"]
        answer = by("pat").send("PUT", "customers/acme", {**found, "city": "Bonn"}, If_Match=tag)
        assert (answer.json["city"], answer.json["vat"]) == ("Bonn", "DE1")
        answer = by("pat").send("PUT", "customers/acme", {"name": "Acme"}, If_Match="*")
        assert (answer.json["city"], answer.json["vat"]) == ("", "")
        errors = by("pat").send("PUT", "customers/acme", {"state": "archived"}, 422, If_Match="*").json["errors"]
        assert set(errors) == {"state", "name"}


class TestOnce:
    def make(self, by: Any, key: str, status: int = 201, /, **body: Any) -> Any:
        return by("pat").send(
            "POST", "customers", {"id": "delta", "name": "Delta", **body}, status, Idempotency_Key=key
        )

    def test_the_same_key_gets_the_first_answer_again(self, by):
        first, again = self.make(by, "k1"), self.make(by, "k1")
        assert again.json == first.json
        assert [again.headers[name] for name in ("ETag", "Location")] == [
            first.headers[name] for name in ("ETag", "Location")
        ]
        assert first.headers["Location"] == "/api/v1/customers/delta"
        assert "ID" in self.make(by, "k2", 422).json["errors"]["id"][0]

    def test_another_body_is_another_thing(self, by):
        self.make(by, "k1")
        self.make(by, "k1", 422, name="Other")

    def test_what_was_refused_may_be_sent_again(self, by):
        self.make(by, "k1", 422, id="global")
        self.make(by, "k1")

    def test_keys_are_each_accounts_own(self, by):
        self.make(by, "k1")
        assert by("gil").send("POST", "customers", {"id": "d", "name": "D"}, 403, Idempotency_Key="k1")

    def test_a_chosen_secret_cannot_be_guessed_from_what_is_kept(self, app, by):
        body = {"name": "Robot", "username": "robot", "is_machine": True, "secret": "0123456789", "roles": ["guest"]}
        by("pat").send("POST", "users", body, 201, Idempotency_Key="k1")
        with app.app_context():
            kept = db.session.scalars(select(KeptAnswer)).one()
            assert kept.asked != digest(json.dumps(["POST", "/api/v1/users", body], sort_keys=True))
            assert "0123456789" not in str(kept.answer)
            db.session.rollback()

    def test_while_it_is_under_way(self, app, by, still):
        person = by("pat").read("account")
        with app.app_context():
            user = db.session.scalars(select(User).where(User.username == person.json["username"])).one()
            asked = fingerprint(
                json.dumps(["POST", "/api/v1/customers", {"id": "delta", "name": "Delta"}], sort_keys=True)
            )
            db.session.add(KeptAnswer(user_id=user.id, key=digest("k1"), asked=asked))
            db.session.commit()
            db.session.remove()
        assert self.make(by, "k1", 409).headers["Retry-After"] == "1"
        still.shift(timedelta(minutes=3))
        self.make(by, "k1")

    def test_it_is_forgotten_after_a_day(self, app, by, still):
        self.make(by, "k1")
        still.shift(timedelta(hours=23))
        self.make(by, "k1")
        with app.app_context():
            still.shift(timedelta(hours=2))
            forget(db.session(), None)
            assert db.session.scalars(select(KeptAnswer)).all() == []
            db.session.rollback()

    @pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
    def test_what_is_no_key(self, by, key):
        self.make(by, key, 422)


BODIES = [
    (b"", 422), (b"[]", 422), (b"1", 422), (b"null", 422), (b"{", 422), (b"\xff", 422), (b'{"name": NaN}', 422),
    (b'{"name": 1e999}', 422), (b'{"name": "a", "name": "b"}', 422), (b'{"name": "\\ud800"}', 422),
    (b'{"name": "a\\u0000b"}', 422), (b'{"name": "a\\nb"}', 422), (b'{"name": ["a"]}', 422), (b'{"name": null}', 422),
    (b'{"nothing": 1}', 422), (b'{"name": ' + b"[" * 100_000, 422), (b'{"a":' * 10 + b"1" + b"}" * 10, 422),
    (b'{"name": "' + b"x" * 201 + b'"}', 422), (b'{"city": ' + b"9" * 5000 + b"}", 422),
    (b" " * (512 * 1024 + 1), 413), (b'{"country": "de"}', 422), (b'{"email": "nobody"}', 422),
]  # fmt: skip


class TestBadInput:
    @pytest.mark.parametrize(("body", "status"), BODIES, ids=[str(body[:30]) for body, _status in BODIES])
    def test_bodies_of_wrong_shape_size_and_type(self, by, body, status):
        before = by("pat").read("customers/acme").json
        answer = by("pat").send("PATCH", "customers/acme", body, status, If_Match="*")
        assert answer.content_type == "application/problem+json"
        assert by("pat").read("customers/acme").json == before

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
    def test_what_is_no_json(self, by, kind):
        by("pat").send("PATCH", "customers/acme", {"city": "Ulm"}, 415, If_Match="*", Content_Type=kind)

    def test_compressed(self, by):
        by("pat").send("PATCH", "customers/acme", {"city": "Ulm"}, 415, If_Match="*", Content_Encoding="gzip")

    def test_an_answer_nobody_wants(self, by):
        by("pat").read("customers", 406, Accept="text/html")
        by("pat").read("customers/acme", 406, Accept="application/xml;q=0.9")
        by("pat").read("customers", Accept="application/*")
        by("pat").read("customers", Accept="")

    def test_another_method(self, by):
        answer = by("pat").request("/api/v1/customers", method="DELETE", status=405)
        assert answer.content_type == "application/problem+json"
        assert "GET" in answer.headers["Allow"]

    @pytest.mark.parametrize("id", ["%00", "x%00", "%ff", "%F0%9F%92%A9", "x" * 5000, "..", "%2e%2e", "'; --"])
    def test_names_that_nothing_has(self, by, id):
        for path in ("customers", "users", "roles", "contact-groups", "sites", "hosts/x", "services/x/y", "views"):
            assert by("pat").read(f"{path}/{id}", "*").status_int == 404
