"""Views through the API: what is kept, and the rows in it."""

from __future__ import annotations

from tests.access.addresses import fill


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
