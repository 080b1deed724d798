"""The account itself through the API: who it is, and the settings that its profile lets one change."""

from __future__ import annotations

import pytest

from tests.api.client import Checked
from tests.programs import machine
from tests.setup import sites as at

SETTINGS = {"theme": "dark", "language": "de", "time_zone": "Europe/Zurich", "start_page": "/downloads/"}
MUTED = {"is_muted": True, "muted_until": "2027-01-01T00:00:00+00:00"}


class TestOwnSettings:
    def test_everybody_sets_their_own_and_nobody_elses(self, by):
        changed = by("uma").change("account", **SETTINGS).json
        assert changed == by("uma").read("account").json == by("uma").read("account/").json
        assert {name: changed[name] for name in SETTINGS} == SETTINGS
        assert by("ugo").read("account").json["theme"] == ""

    def test_notifications_are_silenced_where_roles_allow_it(self, by):
        assert MUTED.items() <= by("pat").change("account", **MUTED).json.items()
        awake = by("pat").change("account", is_muted=False).json
        assert (awake["is_muted"], awake["muted_until"]) == (False, None)
        assert "notifications" in by("uma").change("account", 403, **MUTED).json["detail"]

    def test_what_one_lays_aside_is_no_longer_among_the_permissions(self, by):
        assert "general.see_all" in by("pat").read("account").json["permissions"]
        assert "general.see_all" not in by("pat").change("account", sees_only_own=True).json["permissions"]
        assert "general.see_all" in by("pat").change("account", sees_only_own=False).json["permissions"]

    def test_a_machine_account_sets_its_own(self, app):
        machine(app, roles=("user",))
        assert Checked(app, "Bearer automation GLV@GYCAKINOLICMAFVP").change("account", language="de").status_int == 200

    def test_a_guest_has_none_to_set(self, by):
        by("gil").change("account", 403, theme="dark")
        assert by("gil").read("account").json["theme"] == ""

    def test_who_does_not_see_all_lays_nothing_aside(self, app, by):
        at.connect(app, "acme-1")
        by("uma").change("account", 403, sees_only_own=True)

    def test_a_late_one_is_told_both_versions(self, by):
        tag = by("uma").read("account").headers["ETag"]
        by("uma").change("account", theme="light")
        late = by("uma").send("PATCH", "account", {"theme": "dark"}, 412, If_Match=tag).json
        assert (late["current"]["theme"], late["sent"]) == ("light", {"theme": "dark"})
        by("uma").send("PATCH", "account", {"theme": "dark"}, 428)
        by("uma").read("account", 304, If_None_Match=by("uma").read("account").headers["ETag"])

    @pytest.mark.parametrize(
        ("name", "value"),
        [("theme", "pink"), ("language", "xx"), ("time_zone", "Mars/Base"), ("start_page", "https://evil.example"),
         ("muted_until", "tomorrow"), ("is_muted", "no"), ("muted_from", "0001-01-01T00:00:00+14:00"),
         ("name", "Me"), ("permissions", []), ("roles", ["admin"]), ("customer", "beta")],
    )  # fmt: skip
    def test_what_there_is_not_to_set_is_refused_by_name(self, by, name, value):
        assert name in by("pat").change("account", 422, **{name: value}).json["errors"]

    def test_a_time_without_silence_is_refused(self, by):
        answer = by("pat").change("account", 422, muted_until="2027-01-01T00:00:00+00:00")
        assert "is_muted" in answer.json["errors"]
