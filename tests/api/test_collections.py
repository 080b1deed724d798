"""The collections: read in pages, made, changed in the version that was read, under the policy of the pages."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from openapi_spec_validator import validate
from sqlalchemy import select

from portal.accounts.attributes import CustomAttribute
from portal.accounts.users import User
from portal.api import description
from portal.api.collections import COLLECTIONS
from portal.api.idempotency import KeptAnswer, forget
from portal.database import db
from portal.seals import digest
from tests.access.addresses import fill
from tests.api.client import Checked
from tests.setup import sites as at

PATHS = [collection.path for collection in COLLECTIONS if collection.is_listed]
STAFF_ALONE = {"contact-groups", "host-groups", "service-groups", "passwords", "roles"}


@pytest.fixture
def by(app: Any) -> Any:
    programs: dict[str, Checked] = {}

    def found(username: str) -> Checked:
        if username not in programs:
            programs[username] = Checked.of(app, username)
        return programs[username]

    return found


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

    def test_while_it_is_under_way(self, app, by, still):
        person = by("pat").read("account")
        with app.app_context():
            user = db.session.scalars(select(User).where(User.username == person.json["username"])).one()
            asked = digest(json.dumps(["POST", "/api/v1/customers", {"id": "delta", "name": "Delta"}], sort_keys=True))
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

    def test_another_method(self, by):
        answer = by("pat").request("/api/v1/customers", method="DELETE", status=405)
        assert answer.content_type == "application/problem+json"
        assert "GET" in answer.headers["Allow"]

    @pytest.mark.parametrize("id", ["%00", "x%00", "%ff", "%F0%9F%92%A9", "x" * 5000, "..", "%2e%2e", "'; --"])
    def test_names_that_nothing_has(self, by, id):
        for path in ("customers", "users", "roles", "contact-groups", "sites", "hosts/x", "services/x/y", "views"):
            assert by("pat").read(f"{path}/{id}", "*").status_int == 404


class TestUsers:
    def test_a_customers_people_manage_their_colleagues(self, by):
        new = {"name": "Nina New", "email": "nina@acme.example", "role": "user", "rights": ["download_license"]}
        made = by("ada").make("users", 201, **new).json
        assert (made["state"], made["customer"], made["rights"]) == ("invited", "acme", ["download_license"])
        path = f"users/{made['id']}"
        assert by("ada").change(path, name="Nina Other", rights=[]).json["rights"] == []
        assert by("ada").change(path, is_disabled=True).json["state"] == "disabled"
        by("alan").change(path, 403, role="admin")
        by("ada").change(path, 422, roles=["admin"])
        by("ada").remove(path)
        by("ada").read(path, 404)

    def test_staff_make_machine_accounts_that_may_then_ask(self, app, by):
        new = {"name": "Robot", "username": "robot", "is_machine": True, "secret": "0123456789", "roles": ["guest"]}
        made = by("pat").make("users", 201, **new).json
        assert (made["is_machine"], made["roles"], "secret" in made) == (True, ["guest"], False)
        robot = Checked(app, "Bearer robot 0123456789")
        assert robot.read("account").json["username"] == "robot"
        robot.make("host-groups", 403, id="a", title="A", customer="provider")
        by("pat").change(f"users/{made['id']}", secret="another secret")
        robot.read("account", 401)

    def test_contact_groups_and_sites(self, app, by):
        at.connect(app, "acme-1")
        by("pat").make("contact-groups", id="linux", title="Linux", customer="acme")
        uma = by("pat").read("users?q=uma").json["items"][0]
        changed = by("pat").change(f"users/{uma['id']}", contact_groups=["linux"], sites=["acme-1"], pager="0800").json
        assert (changed["contact_groups"], changed["sites"], changed["pager"]) == (["linux"], ["acme-1"], "0800")
        assert "contact_groups" in by("pat").change(f"users/{uma['id']}", 422, contact_groups=["none"]).json["errors"]

    def test_personal_settings_and_custom_attributes(self, app, by):
        with app.app_context():
            CustomAttribute.create(db.session(), id="room", title="Room", topic="identity", by=None)
            db.session.commit()
            db.session.remove()
        uma = f"users/{by('pat').read('users?q=uma').json['items'][0]['id']}"
        said = {
            "theme": "dark", "language": "de", "time_zone": "Europe/Zurich", "start_page": "/downloads/",
            "sees_only_own": True, "attributes": {"room": "12"}, "is_muted": True,
            "muted_until": "2027-01-01T00:00:00+01:00",
        }  # fmt: skip
        changed = by("pat").change(uma, **said).json
        assert changed == by("pat").read(uma).json
        assert {name: changed[name] for name in said} == said | {"muted_until": "2026-12-31T23:00:00+00:00"}
        assert by("pat").change(uma, pager="0800").json["attributes"] == {"room": "12"}
        awake = by("pat").change(uma, is_muted=False, attributes={}).json
        assert (awake["is_muted"], awake["muted_until"], awake["attributes"]) == (False, None, {})

    @pytest.mark.parametrize(
        ("name", "value"),
        [("theme", "pink"), ("language", "xx"), ("time_zone", "Mars/Base"), ("start_page", "https://evil.example"),
         ("attributes", {"none": "x"}), ("attributes", {"room": 1}), ("muted_until", "tomorrow"), ("is_muted", "no")],
    )  # fmt: skip
    def test_settings_that_there_are_not_are_refused_by_name(self, by, name, value):
        uma = f"users/{by('pat').read('users?q=uma').json['items'][0]['id']}"
        assert name in by("pat").change(uma, 422, **{name: value}).json["errors"]

    def test_settings_are_for_staff_who_manage_users(self, by):
        uma = f"users/{by('ada').read('users?q=uma').json['items'][0]['id']}"
        assert "theme" not in by("ada").read(uma).json
        assert "theme" in by("ada").change(uma, 422, theme="dark").json["errors"]

    def test_nobody_raises_themselves(self, by):
        uma = by("ada").read("users?q=uma").json["items"][0]
        me = by("ada").read("users?q=ada").json["items"][0]
        by("ada").change(f"users/{me['id']}", 403, name="Me")
        by("ada").change(f"users/{uma['id']}", 403, role="super_user")


class TestSetup:
    def test_a_password_is_taken_and_never_told(self, by):
        made = by("pat").make("passwords", id="pw", title="One", customer="acme", password="OpenSesame1")
        assert "OpenSesame1" not in made.text + by("pat").read("passwords").text
        assert by("pat").change("passwords/pw", comment="two\nlines").json["comment"] == "two\nlines"
        assert "owner" in by("pat").change("passwords/pw", 422, owner="none").json["errors"]
        assert "password" in by("pat").make("passwords", 422, id="b", title="B", customer="acme").json["errors"]
        by("pat").remove("passwords/pw")

    def test_who_only_reads_changes_nothing(self, by):
        by("gil").make("host-groups", 403, id="a", title="A", customer="provider")

    def test_a_role_is_a_clone(self, by):
        made = by("pat").make("roles", id="night", alias="Night", based_on="guest", answers={"general.act": "yes"}).json
        assert (made["based_on"], made["answers"]) == ("guest", {"general.act": "yes"})
        assert "general.act" in made["permissions"]
        changed = by("pat").change("roles/night", answers={"general.act": "default"}).json
        assert (changed["answers"], "general.act" in changed["permissions"]) == ({}, False)
        assert "answers" in by("pat").change("roles/night", 422, answers={"no.such": "yes"}).json["errors"]
        by("pat").remove("roles/night")
        by("pat").remove("roles/guest", 409)

    def test_a_site_is_connected_moved_and_removed(self, by):
        made = by("pat").make("sites", id="north", customer="acme", livestatus="tcp:north.example:6557").json
        assert (made["alias"], made["timeout"]) == ("north", 2000)
        assert "livestatus" in by("pat").change("sites/north", 422, livestatus="tcp:x").json["errors"]
        assert by("pat").change("sites/north", customer="beta").json["customer"] == "beta"
        by("pat").remove("sites/north")

    def test_contact_groups_of_a_single_host(self, app, by):
        fill(app)
        path = "hosts/harbour/web1/contact_groups"
        by("pat").make("contact-groups", id="linux", title="Linux", customer="acme")
        assert by("pat").change(path, contact_groups=["linux"]).json == {"contact_groups": ["linux"]}
        assert by("pat").read(path).json == {"contact_groups": ["linux"]}
        assert "contact_groups" in by("pat").change(path, 422, contact_groups=["none"]).json["errors"]
        assert by("pat").change(path, contact_groups=[]).json == {"contact_groups": []}
        of_service = "hosts/harbour/web1/services/cpu/contact_groups"
        assert by("pat").change(of_service, contact_groups=["linux"]).json == {"contact_groups": ["linux"]}


class TestTickets:
    NEW: dict[str, Any] = {"subject": "It hangs", "description": "Since **noon**.", "impact": "limited"}

    def test_one_is_opened_and_answered(self, by):
        made = by("uma").make("tickets", 201, **self.NEW).json
        assert (made["state"], made["environment"], made["messages"][0]["body"]) == (
            "new", "production", "Since **noon**.",
        )  # fmt: skip
        path = f"tickets/{made['id']}"
        by("pat").make(f"{path}/messages", 201, body="Look again.", state="solved")
        assert by("uma").read(path).json["state"] == "solved"
        by("uma").make(f"{path}/messages", 422, body="No.", state="open")
        by("uma").make(f"{path}/messages", 201, body="It hangs again.")
        found = by("uma").read(path).json
        assert (found["state"], [one["is_staff"] for one in found["messages"]]) == ("reopened", [False, True, False])
        assert "tier" not in found
        by("bea").read(path, 404)

    def test_staff_open_one_for_somebody_who_called(self, by):
        uma = by("pat").read("users?q=uma").json["items"][0]
        made = by("pat").make("tickets", 201, **self.NEW, customer="acme", opener_id=uma["id"]).json
        assert (made["opener"], made["customer"]) == ("Uma Dietrich", "acme")
        assert "customer" in by("pat").make("tickets", 422, **self.NEW, customer="beta").json["errors"]
        assert "opener_id" in by("uma").make("tickets", 422, **self.NEW, opener_id=uma["id"]).json["errors"]


class TestViews:
    def test_a_list_of_the_portals_and_a_kept_one(self, app, by):
        ids = fill(app)
        found = by("pat").read("views/hosts").json
        assert found["columns"][:2] == ["host_state", "host"]
        assert [one["site"] for one in found["silent"]] == ["harbour"]
        kept = by("pat").read(f"views/{ids['board']}").json
        assert kept["name"] == "board"
        assert [one["name"] for one in by("pat").read("views").json["items"]] == ["board"]
        by("pat").read("views/hosts?state=none", 422)
        by("ada").read(f"views/{ids['board']}", 404)
        by("ada").read("views/customers", 404)
