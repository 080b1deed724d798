"""Authorization settings (seed "User management", 4.2 and 4.3): how strict visibility is, chosen by the provider."""

from __future__ import annotations

from sqlalchemy import select

from portal.contacts import authorization
from portal.database import db
from portal.setup.changes import Change
from portal.setup.distribution import contents
from tests.factories.sites import connect

PAGE = "/provider/setup/global-settings/"
STRICT_HOSTS, STRICT_GROUPS = (
    "Strict - Must be explicit contact of a service",
    "Strict - must be contact of all members",
)


def chosen(app):
    with app.app_context():
        row = authorization.chosen(db.session())
        return row.is_strict_for_services, row.is_strict_for_groups


def set_to(browser, hosts, groups):
    form = browser.get(PAGE).forms[1]
    form["service_authorization"], form["group_authorization"] = hosts, groups
    return form.submit(status=302).follow()


def test_the_choices_have_the_seeds_words_and_say_that_notifications_stay(app, as_):
    page = as_("pat").get(PAGE)
    options = [option.text for option in page.html.select("select option")]
    assert STRICT_HOSTS in options
    assert STRICT_GROUPS in options
    assert page.text.count("Who is notified of what does not depend on it.") == 2
    assert chosen(app) == (False, False)


def test_each_is_chosen_by_itself_and_taken_back(app, as_):
    set_to(as_("pat"), "strict", "loose")
    assert chosen(app) == (True, False)
    set_to(as_("pat"), "strict", "strict")
    assert chosen(app) == (True, True)
    set_to(as_("pat"), "loose", "strict")
    assert chosen(app) == (False, True)
    set_to(as_("pat"), "loose", "loose")
    assert chosen(app) == (False, False)


def test_it_is_on_record_waits_for_activation_and_goes_to_all_sites(app, as_):
    set_to(as_("pat"), "strict", "loose")
    assert "Authorization settings: hosts" in as_("pat").get("/provider/history/")
    with app.app_context():
        waits = db.session.execute(select(Change.scope, Change.key).where(Change.kind == "global-settings"))
        assert [tuple(row) for row in waits] == [("general", "service_authorization")]
        [told] = contents.general(db.session())["elements"]["global-settings"]
    assert (told["id"], told["value"]) == ("service_authorization", "strict")


def test_no_site_has_another(app, as_):
    connect(app, "lab", "acme")
    page = as_("pat").get("/provider/sites/lab/settings")
    assert "log_level" in page
    assert "service_authorization" not in page


def test_who_only_reads_setup_reads_it(as_):
    page = as_("gil").get(PAGE)
    assert "Loose - Visible if at least one member is visible" in page
    token = page.html.find("input", attrs={"name": "csrf_token"})["value"]
    as_("gil").post(PAGE, {"csrf_token": token, "service_authorization": "strict"}, status=403)
