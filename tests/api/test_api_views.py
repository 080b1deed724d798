"""Views through the API: what is kept, how it is made and changed, and the rows in it."""

from __future__ import annotations

import ast
import csv
import io

import pytest

from tests.access.addresses import fill
from tests.monitoring.fleet import answering, service
from tests.programs import with_token

NEW = {
    "name": "Broken", "source": "services", "columns": ["service_state", "host"], "filters": {"state": "crit"},
    "sort": ["-service_state"],
}  # fmt: skip


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


class TestForms:
    """All rows at once, the names of the columns first, as from `view.py?output_format=…`."""

    @pytest.fixture(autouse=True)
    def _rows(self, app, monkeypatch):
        fleet = answering(app, monkeypatch)
        fleet.add("acme_hamburg", "services", service("stable", "Filesystem /", 2, plugin_output='CRIT; "full"'))
        fleet.add("beta_zurich", "services", service("far", "Load", 1))

    def test_every_form_begins_with_the_columns(self, by, app):
        program, path = with_token(app, "pat"), "/api/v1/views/problems?output_format="
        rows = by("pat").read("views/problems?output_format=json").json
        assert rows[0] == by("pat").read("views/problems").json["columns"]
        assert {row[1] for row in rows[1:]} == {"stable", "far"}
        assert ast.literal_eval(program.get(f"{path}python").text) == rows
        answer = program.get(f"{path}csv", headers={"Accept": "text/csv"})
        assert answer.content_type == "text/csv"
        assert list(csv.reader(io.StringIO(answer.text), delimiter=";")) == rows

    def test_filters_names_of_checkmk_and_own_views(self, by):
        assert [row[1] for row in by("pat").read("views/svcproblems?output_format=json&customer=beta").json[1:]] == [
            "far"
        ]
        kept = by("pat").make("views", 201, **NEW).json["id"]
        assert by("pat").read(f"views/{kept}?output_format=json").json == [NEW["columns"], ["CRIT", "stable"]]

    def test_everybody_sees_their_own(self, by):
        assert {row[1] for row in by("bea").read("views/problems?output_format=json").json[1:]} == {"far"}

    @pytest.mark.parametrize("query", ["output_format=xml", "output_format=json&limit=5", "output_format=csv&cursor=x"])
    def test_what_is_no_form(self, by, query):
        by("pat").read(f"views/problems?{query}", 422)

    def test_who_may_not_export_gets_no_file(self, by):
        by("pat").change("roles/guest", answers={"general.csv_export": "no"})
        assert "export" in by("gil").read("views/problems?output_format=csv", 403).json["detail"]
        by("gil").read("views/problems?output_format=json")


class TestKeeping:
    def test_one_is_made_changed_and_deleted(self, app, by):
        fill(app)
        answer = by("uma").make("views", 201, **NEW)
        made = answer.json
        assert NEW.items() <= made.items()
        path = f"views/{made['id']}"
        assert answer.headers["Location"] == f"/api/v1/{path}/definition"
        assert by("uma").read(path).json["columns"] == NEW["columns"]
        changed = by("uma").change(f"{path}/definition", name="All", filters={}).json
        assert (changed["name"], changed["filters"], changed["columns"]) == ("All", {}, NEW["columns"])
        by("ada").read(f"{path}/definition", 404)  # not shared
        by("uma").remove(f"{path}/definition")
        by("uma").read(path, 404)

    def test_the_usual_columns_where_none_are_named(self, app, by):
        fill(app)
        assert len(by("pat").make("views", 201, name="Plain", source="hosts").json["columns"]) > 3

    @pytest.mark.parametrize(
        ("name", "value"),
        [("columns", ["nothing"]), ("columns", "host"), ("filters", {"none": "x"}), ("filters", {"state": "odd"}),
         ("sort", ["+host"]), ("group", "nothing"), ("source", "customers"), ("name", ""), ("id", "x")],
    )  # fmt: skip
    def test_what_these_rows_do_not_have_is_refused_by_name(self, app, by, name, value):
        fill(app)
        assert name in by("uma").make("views", 422, **{**NEW, name: value}).json["errors"]

    def test_sharing_and_what_others_share(self, app, by):
        ids = fill(app)
        by("uma").make("views", 403, **NEW, is_shared=True)
        shared = by("ada").make("views", 201, **NEW, is_shared=True).json
        path = f"views/{shared['id']}/definition"
        assert by("uma").read(path).json["is_own"] is False
        assert "somebody else" in by("uma").change(path, 403, name="Mine").json["detail"]
        by("uma").remove(path, 403)
        by("uma").read(f"views/{ids['board']}/definition", 404)
        by("gil").make("views", 403, **NEW)
