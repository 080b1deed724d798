"""Own notification rules, on the profile."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from portal.access.roles import Role, RoleAnswer
from portal.accounts.users import User, UserRole
from portal.contacts.authorization import AuthorizedSite
from portal.database import now, separate
from portal.monitoring.notifications.own_rules import OwnRule
from tests.factories.elements import as_pat, element
from tests.monitoring.fleet import host, service
from tests.monitoring.notifications.rounds import look, prepare, rule

OWN = "/profile/notifications/"


@pytest.fixture
def lab(app, fleet):
    prepare(app)
    rows = {"web1": host("web1"), "CPU": service("web1", "CPU")}
    fleet.add("acme_lab", "hosts", rows["web1"])
    fleet.add("acme_lab", "services", rows["CPU"])
    look(app)
    return rows


def add(browser, status=302, **values):
    form = browser.get(f"{OWN}new").forms["rule"]
    for name, value in {"title": "Mine", **values}.items():
        form[name] = value
    return form.submit(status=status)


def titles(browser):
    return [cell.text.strip() for cell in browser.get(OWN).html.select("td.main")]


def test_whoever_may_says_what_they_are_not_told(app, as_, lab):
    ada = as_("ada")
    ada.get("/profile").click("Notification rules").mustcontain("No rules of your own")
    add(ada, effect="cancel", services="~C", hosts="web1").follow().mustcontain("Mine", "Not told")
    lab["CPU"]["state"] = 2
    assert look(app) == [("uma", "CPU on web1: Critical")]
    lab["web1"]["state"] = 1
    assert look(app) == [("ada", "web1: Down"), ("uma", "web1: Down")]
    page = as_("pat").get("/provider/monitoring/notifications/?site=acme_lab&host=web1&service=CPU")
    page.mustcontain("A rule takes it back.", "Own rule: Mine")


def test_whose_role_allows_none_has_none_and_kept_ones_do_not_count(app, as_, lab):
    ada = as_("ada")
    add(ada, effect="cancel")
    with as_pat(app) as (session, _pat):
        role = session.get_one(Role, "user")
        role.answers.append(RoleAnswer(permission="general.edit_notifications", granted=False))
        user = session.query(User).filter_by(username="ada").one()
        user.roles = [UserRole(role_id="user")]
    as_("ada").get(OWN, status=404)
    as_("gil").get(OWN, status=404)
    lab["web1"]["state"] = 1
    assert look(app) == [("ada", "web1: Down"), ("uma", "web1: Down")]


def test_what_the_provider_says_must_stay_stays(app, as_, lab):
    rule(app, "must", position=20, allow_own=False)
    add(as_("ada"), effect="cancel")
    lab["web1"]["state"] = 1
    assert [to for to, _what in look(app)] == ["ada", "uma"]


def test_a_disabled_accounts_rules_count_as_before(app, as_, lab):
    add(as_("ada"), effect="cancel")
    with app.app_context(), separate() as session:
        session.execute(update(User).where(User.username == "ada").values(disabled_at=now()))
    lab["web1"]["state"] = 1
    assert [to for to, _what in look(app)] == ["uma"]


def test_who_sees_all_may_ask_to_be_told_of_their_authorized_sites(app, as_, lab):
    """Others are no contact there, and it is as if what is at other sites did not exist."""
    add(as_("pat"))
    with app.app_context(), separate() as session:
        session.execute(update(User).where(User.username == "pat").values(has_chosen_sites=True))
    lab["CPU"]["state"] = 1
    assert [to for to, _what in look(app)] == ["ada", "uma"]
    with app.app_context(), separate() as session:
        pat = session.query(User).filter_by(username="pat").one()
        session.add(AuthorizedSite(user_id=pat.id, site_id="acme_lab"))
    lab["CPU"]["state"] = 2
    assert "pat" in [to for to, _what in look(app)]


def test_they_are_put_in_order_changed_and_deleted(app, as_, lab):
    ada = as_("ada")
    for title in ("First", "Second", "Third"):
        add(ada, title=title)
    page = ada.get(OWN)
    up = next(form for form in page.forms.values() if "direction" in form.fields and form["direction"].value == "up")
    up.submit()
    assert titles(ada) == ["Second", "First", "Third"]
    form = ada.get(OWN).click("Second").forms["rule"]
    form["title"], form["enabled"] = "Renamed", False
    stale = ada.get(OWN).click("Second").forms["rule"]
    form.submit().follow().mustcontain("Renamed", "Disabled")
    stale.submit(status=409).mustcontain("Somebody else changed this meanwhile")
    page = ada.get(OWN)
    delete = next(form for form in page.forms.values() if form.action.endswith("/deletion"))
    delete.submit()
    assert titles(ada) == ["First", "Third"]


def test_nobody_reaches_somebody_elses(app, as_, lab):
    ada, uma = as_("ada"), as_("uma")
    add(ada)
    address = ada.get(OWN).html.select_one("td.main a")["href"]
    assert titles(uma) == []
    uma.get(address, status=404)
    token = uma.get(f"{OWN}new").html.find("input", {"name": "csrf_token"})["value"]
    for deed in ("deletion", "position"):
        uma.post(address.replace("edit", deed), {"csrf_token": token}, status=404)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "Give a title."),
        ("hosts", "~(a+)+$", "could take for ever"),
        ("hosts", "~(", "is no regular expression"),
        ("host_tags", "prod", "names no tag"),
        ("bulk_minutes", "2000", "Give a number from 0 to 1440."),
        ("bulk_minutes", "often", "Give a number from 0 to 1440."),
    ],
)
def test_what_does_not_hold_is_said(as_, lab, field, value, sentence):
    add(as_("ada"), 422, **{field: value}).mustcontain(sentence)
    assert titles(as_("ada")) == []


def test_only_installed_scripts_are_offered_and_a_forged_one_is_refused(app, as_, lab, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "NOTIFICATION_SCRIPTS", str(tmp_path))
    (tmp_path / "sms").write_text("#!/bin/sh\n")
    (tmp_path / "sms").chmod(0o755)
    ada = as_("ada")
    form = ada.get(f"{OWN}new").forms["rule"]
    assert [value for value, *_rest in form["method"].options] == ["mail", "script:sms"]
    form["title"] = "Mine"
    form["method"].force_value("script:../../bin/sh")
    form.submit(status=403)
    add(ada, 422, method="script:sms", bulk_minutes="5").mustcontain("Only mail can be collected.")
    add(ada, method="script:sms").follow().mustcontain("Script sms")


def test_time_periods_are_offered(app, as_, lab):
    with as_pat(app) as (session, pat):
        element(session, "time-periods", "night", customer=None, title="At night", by=pat)
    add(as_("ada"), period="night", effect="cancel")
    form = as_("ada").get(OWN).click("Mine").forms["rule"]
    assert (form["period"].value, form["effect"].value) == ("night", "cancel")


def test_no_more_fit_than_fifty(app, as_, lab, monkeypatch):
    monkeypatch.setattr(OwnRule, "MOST", 1)
    ada = as_("ada")
    page = ada.get(f"{OWN}new").forms["rule"]
    add(ada)
    page["title"] = "One more"
    page.submit(status=409).mustcontain("no more fit")
