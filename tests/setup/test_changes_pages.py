"""The pages of changes: what waits for whom, in words; who may activate; and at what cost."""

from __future__ import annotations

from typing import Any

import pytest

from portal.jobs import work_once
from portal.setup import elements, sites
from portal.setup.distribution import standing
from portal.setup.users import passwords
from tests.setup import sites as at


@pytest.fixture
def activated(app):
    at.connect(app, "acme-1", "beta-1")
    at.add(app, "host-groups", "plants", "acme", title="Plants")
    at.activate(app)
    return app


def rows(page: Any, title: str) -> list[str]:
    """Return the rows of the table under a heading, as text."""
    section = page.html.find("h2", string=title).find_parent("section")
    return [row.get_text(" ", strip=True) for row in section.find("tbody").find_all("tr")]


class TestWhatWaits:
    def test_moved_is_two_changes_for_two_sets_of_sites(self, activated, as_):
        at.move(activated, "host-groups", "plants", "beta")
        page = as_("pat").get("/provider/changes/")
        found = " | ".join(rows(page, "Pending changes"))
        assert "Removed from customer Acme GmbH" in found
        assert "Moved to customer Beta AG" in found
        assert "Pat" in found
        acme = as_("pat").get("/provider/changes/sites/acme-1")
        assert "Removed from customer Acme GmbH" in acme
        assert "Moved to customer" not in acme

    def test_what_differs_field_by_field_and_never_a_secret(self, activated, as_):
        at.add(activated, "passwords", "pw", "acme", secret="OldSecret")
        at.activate(activated)
        with at.setup(activated) as (session, pat):
            found = at.element(session, "passwords", "pw")
            elements.change(session, found, title="New title", secret="NewSecret", by=pat)
        page = as_("pat").get("/provider/changes/sites/acme-1")
        (row,) = rows(page, "Pending changes")
        assert "Title: PW → New title" in row
        assert "replaced" in row
        assert "Secret" not in page

    def test_of_a_site_and_of_people(self, activated, as_):
        with at.setup(activated) as (session, pat):
            sites.set_settings(session, at.site(session, "acme-1"), {"log_level": "debug"}, by=pat)
            passwords.put(session, pat, "$2y$12$" + "a" * 53, by=pat)
        page = as_("pat").get("/provider/changes/")
        assert "Log level" in page
        assert "Debug" in page
        assert len(rows(page, "Pending changes")) == 1

    def test_a_first_activation_says_what_the_site_would_get(self, activated, as_):
        at.connect(activated, "acme-2")
        assert "First activation" in as_("pat").get("/provider/changes/")
        page = as_("pat").get("/provider/changes/sites/acme-2")
        section = page.html.find("h2", string="First activation").find_parent("section").get_text(" ", strip=True)
        assert "Host groups 1" in section
        assert "Users 6" in section

    def test_nothing_waits(self, activated, as_):
        page = as_("pat").get("/provider/changes/")
        assert "No site waits" in page
        assert "Activate for all sites that wait" not in page
        assert "Every site that was activated has all" in page

    @pytest.mark.parametrize(
        ("show", "there"),
        [("", ["Acme-1", "Beta-1", "Beta-2"]), ("pending", ["Acme-1"]), ("offered", ["Acme-1", "Beta-1"]),
         ("failed", ["Beta-1"]), ("held_back", ["Beta-2"]), ("nonsense", ["Acme-1", "Beta-1", "Beta-2"])],
    )  # fmt: skip
    def test_the_list_can_be_narrowed(self, activated, as_, show, there):
        at.connect(activated, "beta-2")
        at.rename(activated, "host-groups", "plants", "Renamed")
        with at.setup(activated) as (session, _pat):
            sites.report(session, "beta-2", edition="cre", product_version="2.4.0")
            standing.reported(session, "beta-1", 1, applied=False, why="broken")
        page = as_("pat").get("/provider/changes/", {"show": show})
        found = [
            link.text for link in page.html.find(id="activation").find_all("a") if link.text.endswith(("-1", "-2"))
        ]
        assert found == there
        assert "Acme-1" in as_("pat").get("/provider/changes/?q=acme gm")
        assert "No site found" in as_("pat").get("/provider/changes/?q=nowhere")


class TestActivating:
    def test_of_the_chosen_sites(self, activated, as_):
        at.add(activated, "time-periods", "nights", None)
        form = as_("pat").get("/provider/changes/").forms["activation"]
        form.set("sites", True, index=1)
        form["comment"] = "For the night shift"
        page = form.submit("chosen", status=302).follow()
        assert "Activated for 1 site" in page
        assert "For the night shift" in page
        assert at.last(activated, "beta-1")["number"] == 2
        assert at.last(activated, "acme-1")["number"] == 1
        assert "For the night shift" in as_("gil").get("/provider/changes/activations/")

    def test_none_chosen_is_no_wish_for_all(self, activated, as_):
        at.add(activated, "time-periods", "nights", None)
        form = as_("pat").get("/provider/changes/").forms["activation"]
        assert "Choose at least one site" in form.submit("chosen", status=422)
        assert at.last(activated, "beta-1")["number"] == 1

    def test_of_all(self, activated, as_):
        at.add(activated, "time-periods", "nights", None)
        form = as_("pat").get("/provider/changes/").forms["activation"]
        assert "Activated for 2 sites" in form.submit(status=302).follow()
        token = form["csrf_token"].value
        page = as_("pat").post("/provider/changes/", {"csrf_token": token}, status=409)
        assert "Nothing waits to be activated there" in page

    def test_of_one_that_is_not_there_or_not_a_site(self, activated, as_):
        at.add(activated, "time-periods", "nights", None)
        token = as_("pat").get("/provider/changes/").forms["activation"]["csrf_token"].value
        for sent, status in (("", 422), ("none", 409), ("x" * 100, 422), ("a\0b", 409), ("'; --", 409)):
            as_("pat").post("/provider/changes/", {"csrf_token": token, "sites": sent}, status=status)
        as_("pat").post("/provider/changes/", {"csrf_token": token, "comment": "x" * 501}, status=422)
        assert at.last(activated, "acme-1")["number"] == 1

    def test_gil_sees_and_cannot(self, activated, as_):
        at.add(activated, "time-periods", "nights", None)
        page = as_("gil").get("/provider/changes/")
        assert "Nights".upper() in page
        assert not page.html.find_all("input", attrs={"name": "sites"})
        assert "Activate for" not in page
        site = as_("gil").get("/provider/changes/sites/acme-1")
        assert "Download" not in site
        assert "Activate for" not in site

    def test_on_the_page_of_the_site(self, activated, as_):
        at.add(activated, "time-periods", "nights", None)
        page = as_("pat").get("/provider/sites/acme-1")
        assert "1 change" in page.html.find("h2", string="Configuration").find_parent("section").text
        page = page.click(href="/provider/changes/sites/acme-1$")
        form = next(form for form in page.forms.values() if "sites" in form.fields)
        assert "Activated for 1 site" in form.submit(status=302).follow()

    def test_the_activation_says_what_became_of_it_on_each_site(self, activated, as_):
        at.add(activated, "time-periods", "nights", None)
        page = as_("pat").get("/provider/changes/").forms["activation"].submit(status=302).follow()
        with at.setup(activated) as (session, _pat):
            standing.fetched(session, "acme-1", 2, again=False)
            standing.reported(session, "beta-1", 2, applied=False, why="broken")
        found = rows(as_("pat").get(page.request.path), "Sites")
        assert ["Fetched" in found[0], "Failed" in found[1]] == [True, True]


class TestCost:
    @pytest.mark.parametrize(
        "path", ["/provider/changes/", "/provider/changes/all", "/provider/changes/activations/",
                 "/provider/changes/sites/acme-1", "/provider/changes/sites/acme-1/snapshots/1/rollback"],
    )  # fmt: skip
    def test_a_fixed_number_of_statements(self, activated, as_, statements, path):
        def cost() -> int:
            statements.clear()
            pat.get(path)
            return len(statements)

        pat = as_("pat")
        at.rename(activated, "host-groups", "plants", "Renamed")
        at.connect(activated, "acme-2")
        at.activate(activated, "acme-1")
        at.add(activated, "host-groups", "one", "acme")
        before = cost()
        at.connect(activated, *(f"acme-{number}" for number in range(3, 30)))
        for number in range(12):
            at.add(activated, "service-groups", f"g{number}", "beta" if number % 2 else "acme")
        at.activate(activated, "acme-3", "acme-4", "acme-5")
        work_once(activated)
        assert cost() <= before + 1  # one more where a list has more than a page
        assert before <= 16

    def test_a_thousand_sites_are_paged(self, app, as_):
        at.connect(app, *(f"acme-{number:02}" for number in range(60)))
        page = as_("pat").get("/provider/changes/")
        assert "60 sites wait" in page
        seen = []
        while True:
            links = page.html.find(id="activation").find_all("a", href=lambda href: "/sites/acme" in href)
            seen += [link.text for link in links]
            if "Next" not in page:
                break
            page = page.click("Next")
        assert seen == [f"Acme-{number:02}" for number in range(60)]
