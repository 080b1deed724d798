"""Addresses of Checkmk: scripts of the seed's section 8, screens of its section 9, as curl and browsers ask."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import shlex
import subprocess

import pytest

from portal import isolation
from portal.accounts import passwords
from portal.accounts.users import User, UserRole
from portal.commands import serving
from portal.database import db
from portal.monitoring import old_addresses
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.factories.serving import served
from tests.monitoring.fleet import host, service
from tests.programs import SECRET, Program, change, machine, with_token

VIEW = "/mysite/check_mk/view.py?view_name=svcproblems&output_format=json"
COLUMNS = [
    "service_state", "host", "service_description", "service_icons", "svc_plugin_output", "svc_state_age",
    "svc_check_age", "perfometer",
]  # fmt: skip
"""Seed, section 8: the first row of the view's answer."""


@pytest.fixture(autouse=True)
def _rows(fleet):
    fleet.add("acme_hamburg", "hosts", host("stable"))
    fleet.add("acme_hamburg", "services", service("stable", "Filesystem /", 2, plugin_output='CRIT; "full"'))
    fleet.add("beta_zurich", "services", service("far", "Load", 1, plugin_output="=cmd()"))


@pytest.fixture
def address(app):
    """Serve the portal on a port of this machine; return its address."""
    with served(app) as address:
        yield address


def curl(address, line):
    """Run a line of the seed as it stands there, but for the name of the server; return status and body."""
    words = shlex.split(re.sub(r"http://[\w.]+", address, line))
    done = subprocess.run(
        [*words, "-sS", "-w", "\n%{http_code}"], capture_output=True, text=True, check=True, timeout=30
    )
    body, _newline, status = done.stdout.rpartition("\n")
    return int(status), body


SCRIPT = (
    "curl 'http://moni01.mycompany.net/mysite/check_mk/view.py?_username=automation&_secret=GLV@GYCAKINOLICMAFVP"
    "&view_name=svcproblems&output_format=json'"
)
SCREEN = (
    "curl 'http://localhost/mysite/check_mk/login.py?_origtarget=/mysite/check_mk/dashboard.py?name=mydashboard"
    f"&_username=gil&_password={PASSWORD}&_login=1'"
)


class TestScripts:
    def test_a_token_opens_no_view_while_its_person_has_a_password_to_choose(self, app):
        uma = with_token(app, "uma")
        assert uma.get(VIEW).status_int == 200
        change(app, "uma", lambda user: setattr(user, "must_change_password", True))
        uma.get(VIEW, status=401)

    def test_a_session_opens_no_other_customers_rows_to_the_database(self, app, as_, monkeypatch):
        """The second line, behind the conditions of each statement: also once the first transaction is over."""
        scopes = []
        rows = old_addresses.rows
        monkeypatch.setattr(old_addresses, "rows", lambda *given: scopes.append(isolation._scope.get()) or rows(*given))
        as_("uma").get(VIEW)
        with_token(app, "uma").get(VIEW)
        assert scopes == ["acme", "acme"]

    def test_the_seeds_line_runs_unchanged_where_the_operator_allows_it(self, app, address, monkeypatch):
        monkeypatch.setitem(app.config, "SECRETS_IN_ADDRESSES", True)
        machine(app)
        status, body = curl(address, SCRIPT)
        rows = json.loads(body)
        assert (status, rows[0]) == (200, COLUMNS)
        assert ["CRIT", "stable", "Filesystem /"] in [row[:3] for row in rows]

    def test_and_is_refused_where_not(self, app, address):
        machine(app)
        status, body = curl(address, SCRIPT)
        assert status == 401
        assert "switched off" in json.loads(body)["detail"]
        assert SECRET not in body

    def test_a_header_does_it_always(self, app, address):
        machine(app)
        line = f"curl -H 'Authorization: Bearer automation {SECRET}' 'http://x{VIEW}'"
        assert curl(address, line)[0] == 200
        assert curl(address, f"curl -u automation:{SECRET} 'http://x{VIEW}'")[0] == 200

    def test_an_address_opens_to_machine_accounts_alone(self, app, monkeypatch):
        monkeypatch.setitem(app.config, "SECRETS_IN_ADDRESSES", True)
        Browser(app).get(f"{VIEW}&_username=pat&_secret={PASSWORD}", status=401)
        token = with_token(app, "pat").extra_environ["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
        Browser(app).get(f"{VIEW}&_username=&_secret={token}", status=401)

    def test_forms_of_the_view(self, app):
        machine(app)
        program = Program(app, f"Bearer automation {SECRET}")
        base = VIEW.removesuffix("json")
        answer = program.get(f"{base}csv")
        found = list(csv.reader(io.StringIO(answer.text), delimiter=";"))
        assert found[0] == COLUMNS
        assert 'CRIT; "full"' in [row[4] for row in found]
        assert "'=cmd()" in [row[4] for row in found]
        assert ast.literal_eval(program.get(f"{base}python").text)[0] == COLUMNS
        assert "attachment; filename=svcproblems-" in program.get(f"{base}json_export").headers["Content-Disposition"]
        program.get(f"{base}xml", status=400)
        program.get(base.partition("&")[0], status=400)  # pages are not for machines
        program.get("/mysite/check_mk/view.py?view_name=nothing&output_format=json", status=404)

    def test_it_is_narrowed_by_site_and_names(self, app):
        machine(app)
        program = Program(app, f"Bearer automation {SECRET}")

        def hosts(address):
            return {row[1] for row in program.get(address).json[1:]}

        assert hosts(VIEW) == {"stable", "far"}
        assert hosts(VIEW.replace("mysite", "beta_zurich")) == {"far"}
        assert hosts(f"{VIEW}&site=acme_hamburg") == {"stable"}
        assert hosts(f"{VIEW}&host=stable") == {"stable"}
        assert hosts(f"{VIEW}&host_regex=^f") == {"far"}
        program.get(f"{VIEW}&site=unknown", status=404)
        program.get(f"{VIEW}&host_regex=(", status=400)

    def test_each_sees_their_own(self, app):
        assert {row[1] for row in with_token(app, "bea").get(VIEW).json[1:]} == {"far"}
        assert {row[1] for row in with_token(app, "ada").get(VIEW.replace("mysite", "beta_zurich")).json[1:]} == {
            "stable"
        }
        with_token(app, "gus").get(VIEW, status=404)

    def test_whoever_is_signed_in_is_led_to_the_page(self, as_):
        page = VIEW.removesuffix("&output_format=json")
        assert as_("gil").get(page, status=302).location.endswith("/provider/monitoring/problems/")
        assert as_("ada").get(f"{page}&host=stable", status=302).location.endswith("problems/?host=%3Dstable")


class TestScreens:
    def test_the_seeds_line_answers_302(self, app, address, monkeypatch):
        """Seed, section 9: you will receive the result "302 Found"."""
        monkeypatch.setitem(app.config, "SIGN_IN_BY_ADDRESS", True)
        assert curl(address, SCREEN)[0] == 302

    def test_and_the_form_where_the_operator_does_not_allow_it(self, app, address):
        status, body = curl(address, SCREEN)
        assert status == 200
        assert 'id="login"' in body
        assert PASSWORD not in body.replace(f"<code>{PASSWORD}</code>", "")

    def screen(self, app, monkeypatch, **given):
        monkeypatch.setitem(app.config, "SIGN_IN_BY_ADDRESS", True)
        browser = Browser(app)
        asked = {"_username": "gil", "_password": PASSWORD, "_login": "1", **given}
        return browser, browser.get("/mysite/check_mk/login.py", asked)

    def test_the_session_opens_monitoring_and_nothing_else(self, app, monkeypatch):
        browser, answer = self.screen(app, monkeypatch, _origtarget="/mysite/check_mk/dashboard.py?name=main")
        assert answer.location == "/mysite/check_mk/dashboard.py?name=main"
        assert answer.follow().location.endswith("/provider/monitoring/")
        page = browser.get("/provider/monitoring/services/")
        for link in page.html.select("header.top a[href], nav a[href^='/']"):
            browser.get(link["href"], status=200)
        for closed in ("", "customers/", "setup/", "access/users/"):
            browser.get(f"/provider/{closed}", status=404)
        for closed in ("/profile", "/search"):
            browser.get(closed, status=404)
        assert browser.get("/mysite/check_mk/login.py", status=302)

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
    def test_it_leads_nowhere_else(self, app, monkeypatch, target):
        _browser, answer = self.screen(app, monkeypatch, _origtarget=target)
        assert answer.location == "/mysite/check_mk/index.py"

    @pytest.mark.parametrize(
        "given", [{"_password": "wrong"}, {"_username": "pat"}, {"_username": "ada"}, {"_login": ""}, {"_username": ""}]
    )
    def test_nobody_else_gets_in(self, app, monkeypatch, given):
        """Who may change anything does not put the password into an address."""
        browser, answer = self.screen(app, monkeypatch, **given)
        assert answer.forms["login"]
        browser.get("/provider/monitoring/", status=302)

    def test_a_customers_guest_does(self, app, monkeypatch):
        with app.app_context():
            user = db.session.query(User).filter_by(username_key="uma").one()
            user.roles = [UserRole(role_id="guest")]
            user.grants = []
            db.session.commit()
        browser, answer = self.screen(app, monkeypatch, _username="uma")
        assert answer.status_int == 302
        browser.get("/monitoring/")
        browser.get("/licenses/", status=404)

    def test_and_changes_nothing_not_even_their_own_views(self, app, monkeypatch):
        self.test_a_customers_guest_does(app, monkeypatch)
        screen, _answer = self.screen(app, monkeypatch, _username="uma")
        forms = screen.get("/monitoring/views/new?source=hosts").forms.values()
        form = next(form for form in forms if "/views/new" in form.action)
        form["name"] = "Mine"
        form.submit(status=404)

    def test_no_machine_does(self, app, monkeypatch):
        machine(app, roles=("guest",))
        with app.app_context():
            user = db.session.query(User).filter_by(username_key="automation").one()
            passwords.set_password(user, PASSWORD)
            db.session.commit()
        _browser, answer = self.screen(app, monkeypatch, _username="automation")
        assert answer.forms["login"]


def test_secrets_of_addresses_stand_in_no_answer_and_no_redirect(app):
    answer = Browser(app).get(f"/mysite/check_mk/webapi.py?_username=automation&_secret={SECRET}", status=302)
    assert SECRET not in answer.location


def test_who_manages_accounts_is_warned_of_such_settings(app, as_, monkeypatch):
    assert "logs keep addresses" not in as_("pat").get("/provider/access/users/").text
    monkeypatch.setitem(app.config, "SECRETS_IN_ADDRESSES", True)
    warned = as_("pat").get("/provider/access/users/").text
    assert "logs keep addresses: PORTAL_SECRETS_IN_ADDRESSES." in warned
    assert "logs keep addresses" not in as_("gil").get("/provider/access/users/").text


def test_who_starts_the_portal_is_warned(app, monkeypatch):
    assert not serving._warnings(app)
    monkeypatch.setitem(app.config, "SIGN_IN_BY_ADDRESS", True)
    assert "PORTAL_SIGN_IN_BY_ADDRESS" in serving._warnings(app)[0]
