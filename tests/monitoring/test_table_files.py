"""Tables as files: CSV, the JSON that Checkmk gives, and a report on paper."""

from __future__ import annotations

import csv
import io
import re

import pytest

from portal.access.roles import Role, RoleAnswer
from portal.database import db
from tests.monitoring.fleet import host, service


@pytest.fixture(autouse=True)
def _services(fleet):
    fleet.add(
        "acme_hamburg", "services",
        service("stable", "Filesystem /", 2, plugin_output="CRIT - 96.0% used", perf_data="'/'=96%;80;90;0;100"),
        service("stable", "=HYPERLINK(1)", 1, plugin_output="+cmd|' /C calc'!A0", acknowledged=1),
    )  # fmt: skip


def rows_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))))


class TestCsv:
    def test_titles_first_then_all_rows_of_the_filter(self, as_):
        answer = as_("ada").get("/monitoring/services.csv?state=crit")
        assert answer.content_type.startswith("text/csv")
        assert 'filename="services.csv"' in answer.headers["Content-Disposition"]
        titles, row = rows_of(answer)
        assert titles == ["State", "Host", "Service", "Also", "Output", "Since", "Checked", "Figure"]
        assert row[:5] == ["CRIT", "stable", "Filesystem /", "", "CRIT - 96.0% used"]
        assert re.fullmatch(r"60 min;3\d sec;96 %", ";".join(row[5:]))

    def test_cells_a_spreadsheet_would_run_are_disarmed(self, as_):
        [_titles, _other, row] = rows_of(as_("ada").get("/monitoring/services.csv?sort=-service_state"))
        assert row[2] == "'=HYPERLINK(1)"
        assert row[4] == "'+cmd|' /C calc'!A0"
        assert row[3] == "ack"

    def test_more_rows_than_a_page_shows(self, as_, fleet):
        fleet.add("acme_lab", "hosts", *(host(f"h{n:03}") for n in range(120)))
        assert len(rows_of(as_("ada").get("/monitoring/hosts.csv"))) == 121


class TestJson:
    def test_a_list_of_lists_the_ids_first(self, as_):
        [ids, row] = as_("ada").get("/monitoring/problems.json").json
        assert re.fullmatch(r"3\d sec", row.pop(6))
        assert [ids, row] == [
            ["service_state", "host", "service_description", "service_icons", "svc_plugin_output", "svc_state_age",
             "svc_check_age", "perfometer"],
            ["CRIT", "stable", "Filesystem /", "", "CRIT - 96.0% used", "60 min", "96 %"],
        ]  # fmt: skip

    def test_nothing_is_a_list_with_the_ids_alone(self, as_):
        assert as_("ada").get("/monitoring/services.json?host=nowhere").json == [
            ["service_state", "host", "service_description", "service_icons", "svc_plugin_output", "svc_state_age",
             "svc_check_age", "perfometer"],
        ]  # fmt: skip


class TestReport:
    @pytest.fixture
    def printed(self, monkeypatch):
        """What goes to the printer."""
        found: list[str] = []
        monkeypatch.setattr("portal.pdf.render", lambda html: found.append(html) or b"%PDF-1.7")
        return found

    def test_it_names_the_company_the_filters_the_time_and_the_sites_that_said_nothing(self, as_, fleet, printed):
        fleet.dead["acme_lab"] = "The site does not answer."
        answer = as_("ada").get("/monitoring/services.pdf?state=crit&site=customer:acme")
        assert answer.content_type == "application/pdf"
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", printed[0]))
        for said in ("Acme GmbH", "Services", "Sites", "State Critical", "As of", "Filesystem /", "96.0% used",
                     "Lab", "Dead. The site does not answer."):  # fmt: skip
            assert said in text, said

    def test_hostile_words_stay_words(self, as_, fleet, printed):
        fleet.add("acme_lab", "services", service("x", "<script>", 2, plugin_output="<img src=file:///etc/passwd>"))
        as_("ada").get("/monitoring/services.pdf?host=x")
        assert "<script>" not in printed[0]
        assert "<img src=file" not in printed[0]

    def test_a_long_one_says_where_the_rest_is(self, as_, fleet, printed):
        fleet.add("acme_lab", "hosts", *(host(f"h{n:03}") for n in range(501)))
        as_("ada").get("/monitoring/hosts.pdf")
        assert "The first 500 of 501 rows" in printed[0]
        assert "h499" in printed[0]
        assert "h500" not in printed[0]

    def test_it_can_really_be_printed(self, as_):
        assert as_("pat").get("/provider/monitoring/problems.pdf").body.startswith(b"%PDF-")


def test_whoever_may_not_export_sees_the_list_and_gets_no_file_of_it(app, as_, fleet):
    with app.app_context():
        for id in ("admin", "user"):
            db.session.get_one(Role, id).answers = [RoleAnswer(permission="general.csv_export", granted=False)]
        db.session.commit()
    browser = as_("uma")
    page = browser.get("/monitoring/hosts/")
    assert not page.html.select(".count a")
    for form in ("csv", "json", "pdf"):
        refused = browser.get(f"/monitoring/hosts.{form}", status=403)
        assert "Your roles do not let you save tables as files." in refused.text
