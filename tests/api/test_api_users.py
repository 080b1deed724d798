"""Users through the API: colleagues for a customer's people, every account for staff who manage users."""

from __future__ import annotations

import pytest

from portal.accounts.attributes import CustomAttribute
from portal.database import db
from tests.api.client import Checked
from tests.programs import machine
from tests.setup import sites as at


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

    def test_another_secret_stands_in_the_file_too_where_there_is_one(self, app, by):
        machine(app, as_file=True)
        robot = by("pat").read("users?q=automation").json["items"][0]["id"]
        by("pat").change(f"users/{robot}", secret="another-secret")
        assert (app.config["DATA"] / "automation" / "automation.secret").read_text() == "another-secret\n"

    def test_what_is_wrong_with_one_is_said_by_name(self, by):
        new = {"name": "Robot", "username": "robot", "is_machine": True, "secret": "0123456789", "roles": ["guest"]}
        said = by("pat").make("users", 422, **new | {"secret": "short"}).json["errors"]
        assert said == {"secret": ["Use at least 10 characters."]}
        said = by("pat").make("users", 422, **new | {"roles": ["none"]}).json["errors"]
        assert said == {"roles": ["There is no role none."]}
        said = by("pat").make("users", 422, **new | {"theme": "pink"}).json["errors"]
        assert said == {"theme": ['Choose one of: "", light, dark.']}

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
