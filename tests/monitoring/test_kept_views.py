"""Views that people keep: made, changed, copied, shared on their own side and nowhere else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.audit.models import Event
from portal.database import db
from portal.monitoring.kept import KeptView
from portal.monitoring.tables.table import Table
from tests.monitoring.fleet import host, names, service

OWN, STAFF = "/monitoring/views/", "/provider/monitoring/views/"


@pytest.fixture(autouse=True)
def _services(fleet):
    fleet.add("acme_hamburg", "services", service("web1", "http", 2), service("db1", "cpu", 1), service("db1", "ok"))


def make(browser, base: str = OWN, name: str = "Night", source: str = "services", shared: bool = False, **values):
    """Keep a view through the form; returns its page."""
    form = _form(browser.get(f"{base}new?source={source}"))
    form["name"] = name
    if shared:
        form["shared"] = True
    for field, value in values.items():
        form[field] = value
    return form.submit(status=302).follow()


def _form(page):
    return next(form for form in page.forms.values() if "name" in form.fields and form.method.lower() == "post")


class TestMaking:
    def test_name_columns_filters_sort_and_grouping_are_kept(self, as_):
        page = _form(as_("ada").get(f"{OWN}new?source=services"))
        page["name"] = "Night shift"
        for at, column in enumerate(("service_description", "host", "service_state")):
            page.set("columns", column, at)
        for at in range(3, 11):
            page.set("columns", "", at)
        page["state"], page["group"] = "problem", "host"
        page.set("sort", "-service_description", 0)
        shown = page.submit(status=302).follow()
        assert shown.html.h1.text == "Night shift"
        assert [heading.text for heading in shown.html.select("thead th")] == ["Service", "Host", "State"]
        assert names(shown) == ["cpu", "http"]
        assert [row.th.contents[0].text for row in shown.html.select("tr.group-row")] == ["db1", "web1"]
        assert [link.text for link in as_("ada").get(OWN).html.select("td.main a")] == ["Night shift"]

    def test_files_of_a_view(self, as_):
        page = make(as_("ada"), state="crit")
        address = page.request.path
        assert [row[2] for row in as_("ada").get(f"{address}.json").json] == ["service_description", "http"]
        assert b"http" in as_("ada").get(f"{address}.csv").body
        as_("bea").get(f"{address}.csv", status=404)

    def test_a_view_can_be_narrowed_further_for_once(self, as_):
        address = make(as_("ada"), state="problem").request.path
        assert names(as_("ada").get(f"{address}?q=cpu")) == ["cpu"]
        assert names(as_("ada").get(f"{address}?state=")) == ["cpu", "ok", "http"]
        assert names(as_("ada").get(address)) == ["cpu", "http"]

    def test_columns_move_and_places_are_added_without_saving(self, as_, app):
        form = _form(as_("ada").get(f"{OWN}new?source=services"))
        form["name"] = "Half done"
        page = form.submit("move", value="down-0")
        again = _form(page)
        assert [field.value for field in again.fields["columns"]][:2] == ["host", "service_state"]
        assert again["name"].value == "Half done"
        again.set("columns", "customer_name", 8)
        more = _form(again.submit("move", value="more"))
        assert len(more.fields["columns"]) == 12
        assert more.fields["columns"][8].value == "customer_name"
        with app.app_context():
            assert db.session.scalars(select(KeptView)).all() == []

    def test_a_list_is_kept_as_it_is_narrowed(self, as_):
        page = as_("ada").get("/monitoring/problems/?site=site:acme_hamburg&q=web")
        form = _form(page.click("Keep this as a view"))
        form["name"] = "From the list"
        shown = form.submit(status=302).follow()
        assert names(shown) == ["http"]
        assert shown.html.find("option", selected=True, value="unhandled")
        assert shown.html.find("option", selected=True, value="site:acme_hamburg")

    def test_what_does_not_hold_is_said_and_kept(self, as_):
        form = _form(as_("ada").get(f"{OWN}new?source=services"))
        form["q"] = "web"
        page = form.submit(status=422)
        assert "Give the view a name." in page
        assert _form(page)["q"].value == "web"
        make(as_("ada"), name="Night")
        again = _form(as_("ada").get(f"{OWN}new?source=hosts"))
        again["name"] = " night "
        assert "a view of this name already" in again.submit(status=422)

    @pytest.mark.parametrize(
        "forged", [{"columns": "password"}, {"sort": "-nothing"}, {"group": "nothing"}, {"state": "broken"}]
    )
    def test_a_choice_that_was_never_offered_is_refused(self, as_, forged):
        page = as_("ada").get(f"{OWN}new?source=services")
        token = page.html.select_one("main form input[name=csrf_token]")["value"]
        as_("ada").post(f"{OWN}new?source=services", {"csrf_token": token, "name": "x", **forged}, status=403)

    def test_only_staff_are_offered_all_customers(self, as_):
        assert "All customers" in as_("pat").get(f"{STAFF}new")
        assert "All customers" not in as_("ada").get(f"{OWN}new")
        assert "What is a row" in as_("ada").get(f"{OWN}new?source=customers")
        page = make(as_("pat"), STAFF, source="customers")
        assert names(page) == ["Acme GmbH", "Beta AG", "Provider"]


class TestChanging:
    def test_edit_copy_and_delete(self, as_, app):
        ada = as_("ada")
        page = make(ada)
        form = _form(page.click("Edit the view"))
        form["name"] = "Renamed"
        page = form.submit(status=302).follow()
        assert page.html.h1.text == "Renamed"
        copy = _form(page.click("Copy the view"))
        assert copy["name"].value == "Renamed, copy"
        copy.submit(status=302)
        delete = next(form for form in page.forms.values() if form.action.endswith("/deletion"))
        delete.submit(status=302)
        assert [link.text for link in ada.get(OWN).html.select("td.main a")] == ["Renamed, copy"]
        ada.get(page.request.path, status=404)

    def test_who_comes_second_is_told(self, as_):
        page = make(as_("ada"))
        first, second = _form(page.click("Edit the view")), _form(page.click("Edit the view"))
        first["name"] = "First"
        first.submit(status=302)
        second["name"] = "Second"
        assert "changed this meanwhile" in second.submit(status=409)

    def test_what_is_no_more_is_left_out_of_a_kept_view(self, app):
        kept = {"columns": ["gone", "host"], "filters": {"gone": "x", "state": "never", "q": "a"}, "sort": ["-gone"],
                "group": "gone", "sites": ["site:x"]}  # fmt: skip
        with app.test_request_context("/"):
            table = Table.from_json("services", kept)
        assert (table.columns, table.filters, table.group) == (("host",), {"q": "a"}, "")
        assert table.sort == ("host", "service_description")

    def test_a_view_of_a_site_that_is_gone_matches_nothing(self, as_, app):
        page = make(as_("ada"))
        with app.app_context():
            view = db.session.scalars(select(KeptView)).one()
            view.body = {**view.body, "sites": ["site:gone"]}
            db.session.commit()
        assert names(as_("ada").get(page.request.path)) == []


class TestSharing:
    def test_an_own_view_is_nobody_elses(self, as_):
        path = make(as_("ugo")).request.path
        for person in ("ada", "alan", "uma", "bea"):
            as_(person).get(path, status=404)
        as_("pat").get(f"/provider{path}", status=404)
        assert "Night" not in as_("ada").get(OWN)

    def test_admins_share_within_their_company(self, as_):
        path = make(as_("alan"), shared=True).request.path
        for person in ("ada", "ugo"):
            assert names(as_(person).get(path)) == ["cpu", "ok", "http"]
        as_("bea").get(path, status=404)
        as_("pat").get(f"/provider{path}", status=404)
        as_("ada").get(f"{path}/edit")
        assert "somebody else" in as_("ugo").get(f"{path}/edit", status=403)
        assert "Copy the view" in as_("ugo").get(path)
        assert "Edit the view" not in as_("ugo").get(path)

    def test_users_keep_but_do_not_share(self, as_, app):
        form = _form(as_("ugo").get(f"{OWN}new?source=hosts"))
        assert "shared" not in form.fields
        token = form["csrf_token"].value
        as_("ugo").post(
            f"{OWN}new?source=hosts", {"csrf_token": token, "name": "x", "columns": "host", "shared": "y"}, status=302
        )
        with app.app_context():
            assert db.session.scalars(select(KeptView.is_shared)).all() == [False]

    def test_staff_share_among_themselves_and_guests_only_look(self, as_, fleet):
        fleet.add("beta_zurich", "hosts", host("beta1"))
        path = make(as_("pat"), STAFF, source="hosts", shared=True).request.path
        page = as_("gil").get(path)
        assert names(page) == ["beta1"]
        for control in ("Edit the view", "Copy the view", "Delete the view"):
            assert control not in page
        as_("gil").get(f"{STAFF}new", status=403)
        as_("gil").get(f"{path}/edit", status=403)
        assert "New view" not in as_("gil").get(STAFF)
        as_("ada").get(path.removeprefix("/provider"), status=404)

    def test_a_shared_view_shows_each_reader_their_own_sites_only(self, as_, fleet):
        fleet.add("beta_zurich", "services", service("beta1", "secret"))
        path = make(as_("ada"), shared=True).request.path
        assert "secret" not in as_("ugo").get(path)

    def test_sharing_stands_in_the_history(self, as_, app):
        make(as_("ada"), shared=True)
        make(as_("ugo"), name="Mine")
        with app.app_context():
            assert db.session.scalars(select(Event.tag).where(Event.tag.like("view.%"))).all() == ["view.shared"]
        assert "shared the view Night" in as_("ada").get("/history/")

    def test_a_person_who_moves_leaves_their_views_behind(self, as_, app):
        path = make(as_("ugo")).request.path
        from portal.accounts.users import User

        with app.app_context():
            ugo = db.session.scalars(select(User).where(User.username == "ugo")).one()
            ugo.customer_id = "beta"
            db.session.commit()
        as_("ugo").get(path, status=404)


def test_one_person_cannot_keep_any_number(as_, app, monkeypatch):
    monkeypatch.setattr("portal.monitoring.kept.MOST", 1)
    make(as_("ada"))
    form = _form(as_("ada").get(f"{OWN}new?source=hosts"))
    form["name"] = "Second"
    assert "Delete one first" in form.submit(status=422)
