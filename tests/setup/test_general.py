"""What goes to all sites: host tags, time periods, notification rules and global settings, on their pages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.customers.elements import Element
from portal.database import db
from portal.setup.changes import Change
from portal.setup.distribution import contents
from tests.factories.certificates import certificate
from tests.factories.elements import as_pat, element

SETUP = "/provider/setup"
KINDS = ("host-tags", "time-periods", "notification-rules", "global-settings")


def add(browser, slug, status=302, **values):
    """Fill in the page that adds an element of a kind, and send it."""
    form = browser.get(f"{SETUP}/{slug}/new").forms["element"]
    form["id"], form["title"] = values.pop("id", "one"), values.pop("title", "One")
    for name, value in values.items():
        form.set(name, value, index=0)
    return form.submit(status=status)


def body(app, slug, key="one"):
    """Return what is kept of an element."""
    with app.app_context():
        found = select(Element).where(Element.kind == slug, Element.key == key, Element.archived_at.is_(None))
        element = db.session.scalars(found).one_or_none()
        assert element is None or (element.release, element.customer_id) == ("general", None)
        return element.body if element else None


def changes(app):
    """Return scope, act and key of what waits."""
    with app.app_context():
        rows = db.session.execute(
            select(Change.scope, Change.act, Change.key).where(Change.kind.in_(KINDS)).order_by(Change.number)
        )
        return [tuple(row) for row in rows]


def test_host_tags_are_lines_of_id_and_title(app, as_):
    pat = as_("pat")
    add(pat, "host-tags", id="criticality", topic="Importance", tags="prod Production system\r\n\r\ntest  Trial\r\nold")
    assert body(app, "host-tags", "criticality") == {
        "topic": "Importance",
        "tags": [
            {"id": "prod", "title": "Production system"},
            {"id": "test", "title": "Trial"},
            {"id": "old", "title": "old"},
        ],
    }
    assert changes(app) == [("general", "created", "criticality")]
    pat.get(f"{SETUP}/host-tags/").mustcontain("3 tags", "Importance")
    form = pat.get(f"{SETUP}/host-tags/criticality/edit").forms["element"]
    assert form["tags"].value == "prod Production system\ntest Trial\nold old"
    form["tags"] = "prod Production"
    form.submit(status=302)
    assert body(app, "host-tags", "criticality")["tags"] == [{"id": "prod", "title": "Production"}]


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [
        ("", "Give at least one tag."),
        ("a b\na c", "The tag “a” stands there twice."),
        ("ä b", "“ä” cannot be the ID of a tag"),
        ("x" * 300, "A line has at most 255 characters."),
        ("\n".join(f"t{number}" for number in range(501)), "At most 500 lines."),
        ("a \u202eb", "characters that cannot be shown"),
    ],
)
def test_tags_that_do_not_hold_are_kept_as_typed(app, as_, tags, sentence):
    page = add(as_("pat"), "host-tags", 422, tags=tags)
    page.mustcontain(sentence)
    assert page.forms["element"]["tags"].value.replace("\r\n", "\n") == tags
    assert body(app, "host-tags") is None


def test_a_time_period_has_times_for_each_day_and_exceptions(app, as_):
    pat = as_("pat")
    times = {"monday": "13:00-17:00, 9:00–12:00", "sunday": "00:00-24:00"}
    add(pat, "time-periods", **times, exceptions="2026-12-25\n2026-12-24 09:00-12:00")
    kept = body(app, "time-periods")
    assert kept["monday"] == [["09:00", "12:00"], ["13:00", "17:00"]]
    assert kept["tuesday"] == []
    assert kept["sunday"] == [["00:00", "24:00"]]
    assert kept["exceptions"] == [
        {"date": "2026-12-24", "ranges": [["09:00", "12:00"]]},
        {"date": "2026-12-25", "ranges": []},
    ]
    form = pat.get(f"{SETUP}/time-periods/one/edit").forms["element"]
    assert form["monday"].value == "09:00-12:00, 13:00-17:00"
    assert form["exceptions"].value == "2026-12-24 09:00-12:00\n2026-12-25"
    pat.get(f"{SETUP}/time-periods/").mustcontain("Monday 09:00-12:00, 13:00-17:00; Sunday 00:00-24:00")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("monday", "17:00-09:00", "“17:00-09:00” is no time of day."),
        ("monday", "09:00-25:00", "“09:00-25:00” is no time of day."),
        ("monday", "09:60-10:00", "“09:60-10:00” is no time of day."),
        ("monday", "all day", "“all day” is no time of day."),
        ("monday", "09:00-12:00 11:00-13:00", "These times overlap: until 12:00, and from 11:00."),
        ("exceptions", "24.12.2026 09:00-12:00", "“24.12.2026” is no date."),
        ("exceptions", "2026-02-30 09:00-12:00", "“2026-02-30” is no date."),
        ("exceptions", "2026-12-24\n2026-12-24 09:00-10:00", "The date 2026-12-24 stands there twice."),
        ("exceptions", "2026-12-24", "This period never is."),
    ],
)
def test_times_that_do_not_hold(app, as_, field, value, sentence):
    add(as_("pat"), "time-periods", 422, **{field: value}).mustcontain(sentence)
    assert body(app, "time-periods") is None


def test_a_notification_rule_refers_to_what_is_there(app, as_):
    with as_pat(app) as (session, pat):
        element(session, "contact-groups", "oncall", customer="provider", by=pat)
        element(session, "time-periods", "night", body={"monday": [["00:00", "06:00"]], "exceptions": []}, by=pat)
        element(session, "host-tags", "criticality", body={"tags": [{"id": "prod", "title": "Production"}]}, by=pat)
    pat = as_("pat")
    add(
        pat, "notification-rules", hosts="~^web", host_tags="criticality:prod", period="night", contact_groups="oncall",
        users="bea", emails="ops@vendor.example", method="script", script="sms.sh", all_contacts=False, position="20",
    )  # fmt: skip
    kept = body(app, "notification-rules")
    assert kept["hosts"] == ["~^web"]
    assert (kept["host_tags"], kept["period"], kept["contact_groups"]) == (["criticality:prod"], "night", ["oncall"])
    assert (kept["users"], kept["emails"]) == (["bea"], ["ops@vendor.example"])
    assert (kept["method"], kept["script"], kept["all_contacts"]) == ("script", "sms.sh", False)
    pat.get(f"{SETUP}/time-periods/night").mustcontain("One")
    token = pat.get(f"{SETUP}/time-periods/night").html.find("input", attrs={"name": "csrf_token"})["value"]
    pat.post(f"{SETUP}/time-periods/night/deletion", {"csrf_token": token}, status=409)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"all_contacts": False}, "This rule would tell nobody."),
        ({"emails": "nobody"}, "“nobody” is no e-mail address."),
        ({"hosts": "~("}, "“~(” is no regular expression."),
        ({"host_tags": "prod"}, "“prod” names no tag."),
        ({"method": "script"}, "Name the script"),
        ({"method": "script", "script": "../x"}, "Name the script"),
        ({"period": "none"}, "There is none with the ID “none”."),
    ],
)
def test_a_notification_rule_that_does_not_hold(app, as_, values, sentence):
    add(as_("pat"), "notification-rules", 422, **values).mustcontain(sentence)
    assert body(app, "notification-rules") is None


@pytest.mark.parametrize(("name", "value"), [("users", "whoever"), ("host_tags", "none:such")])
def test_a_notification_rule_that_refers_to_nothing(app, as_, name, value):
    add(as_("pat"), "notification-rules", 409, **{name: value}).mustcontain("missing:")
    assert body(app, "notification-rules") is None


def test_leaks_are_shown_while_editing_and_hinder_nobody(app, as_):
    pat = as_("pat")
    form = pat.get(f"{SETUP}/notification-rules/new").forms["element"]
    form["id"], form["title"], form["comment"] = "one", "One", "Ask Beta or bea.hansen@beta.example"
    page = form.submit("check_for_leaks")
    page.mustcontain("2 leaks", "Names a customer", "(Bea Hansen)")
    assert body(app, "notification-rules") is None
    page.forms["element"].submit(status=302).follow().mustcontain("2 leaks.", "Leak check")
    page = pat.get(f"{SETUP}/notification-rules/one/edit")
    page.mustcontain("2 leaks", "Holds an e-mail address")
    form = page.forms["element"]
    form["comment"] = "Ask whoever is on call"
    form.submit("check_for_leaks").mustcontain("No leaks found")
    saved = form.submit(status=302).follow()
    assert "leak" not in saved.html.find("main").text.lower().replace("leak check", "")


def settings(browser):
    """Return the form of the global settings."""
    page = browser.get(f"{SETUP}/global-settings/")
    return next(form for form in page.forms.values() if "page_heading" in form.fields)


def test_a_setting_is_an_element_once_it_differs_from_its_default(app, as_):
    pat = as_("pat")
    form = settings(pat)
    form["user_idle_timeout"], form["simulation_mode"], form["staleness_threshold"] = "30", True, "2,5"
    page = form.submit(status=302).follow()
    assert body(app, "global-settings", "user_idle_timeout") == {"value": 30}
    assert body(app, "global-settings", "simulation_mode") == {"value": True}
    assert body(app, "global-settings", "staleness_threshold") == {"value": "2.5"}
    assert body(app, "global-settings", "page_heading") is None
    page.mustcontain("Default: 90", "Changed")
    form = settings(pat)
    form["user_idle_timeout"] = "90"
    form.submit(status=302)
    assert body(app, "global-settings", "user_idle_timeout") is None
    assert changes(app)[-1] == ("general", "deleted", "user_idle_timeout")
    settings(pat).submit(status=302).follow().mustcontain("Nothing was changed.")


def test_settings_that_do_not_hold_are_kept_as_typed(app, as_):
    form = settings(as_("pat"))
    form["user_idle_timeout"], form["http_proxy"], form["page_heading"] = "often", "proxy", "Ours"
    page = form.submit(status=422)
    page.mustcontain("A number from 0 to 10080.", "This is no address.", "often")
    assert body(app, "global-settings", "page_heading") is None
    form = settings(as_("pat"))
    form["trusted_certificate_authorities"] = "none"
    form.submit(status=422).mustcontain("This is no certificate in PEM.")


def test_two_who_edit_the_settings_at_once(app, as_):
    pat = as_("pat")
    first, second = settings(pat), settings(pat)
    first["page_heading"] = "First"
    first.submit(status=302)
    second["page_heading"] = "Second"
    page = second.submit(status=409)
    page.mustcontain("Somebody else changed this meanwhile", "First")
    again = next(form for form in page.forms.values() if "page_heading" in form.fields)
    again.submit(status=302)
    assert body(app, "global-settings", "page_heading") == {"value": "Second"}


def test_settings_are_checked_for_leaks_before_they_are_saved(app, as_):
    form = settings(as_("pat"))
    form["page_heading"], form["notification_fallback_email"] = "For Beta", "bea.hansen@beta.example"
    form.submit("check_for_leaks").mustcontain("2 leaks", "Names a customer", "Bea Hansen")
    assert body(app, "global-settings", "page_heading") is None


def test_the_providers_authorities_are_kept_back(app, as_):
    pat = as_("pat")
    form = settings(pat)
    form["trusted_certificate_authorities"] = certificate("Vendor Root")
    form["page_heading"] = "Ours"
    page = form.submit(status=302).follow()
    page.mustcontain("CN=Vendor Root", "go to no site", "1 leak")
    assert changes(app) == [("general", "created", "page_heading")]
    with app.app_context():
        delivered = contents.general(db.session())
    told = str(delivered)
    assert "Ours" in told
    assert "CERTIFICATE" not in told
    assert "trusted_certificate_authorities" not in told


def test_a_guest_reads_the_settings_and_changes_none(app, as_):
    page = as_("gil").get(f"{SETUP}/global-settings/")
    page.mustcontain("Session idle timeout", "90")
    assert not page.html.find("main").select("form, button")
    token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
    as_("gil").post(f"{SETUP}/global-settings/", {"csrf_token": token}, status=403)
    as_("ada").get(f"{SETUP}/global-settings/", status=404)


def test_a_setting_is_found_by_its_name(as_):
    pat = as_("pat")
    found = pat.get(f"{SETUP}/global-settings/log_level", status=302).location
    assert found.endswith("/global-settings/#log_level")
    assert pat.get(f"{SETUP}/global-settings/").html.find(id="log_level")
    pat.get(f"{SETUP}/global-settings/new", status=404)
    pat.get(f"{SETUP}/global-settings/none/edit", status=404)
