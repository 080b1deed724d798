"""Who sees and follows tickets: chosen by super user and admins, who read nothing of them here."""

from __future__ import annotations

import pytest

from portal.access.rights import Right
from portal.support.impact import Impact
from tests.factories.tickets import do, look, opened
from tests.people.helpers import forge, form_at, id_of, make

SECRET = {
    "subject": "Secretsubject",
    "description": "Secretbody",
    "site": "Secretsite",
    "product_version": "9.9.9secret",
}


def secret(app, **values) -> str:
    return opened(app, seen_by_whom="opener", impact=Impact.CRITICAL, **{**SECRET, **values})


@pytest.mark.parametrize("reader", ["abe", "ada", "alan"])
def test_nothing_of_what_a_ticket_says_stands_here(app, as_, reader):
    id = secret(app)
    do(app, id, "answer", "Secretanswer", by="pat")
    reference = look(app, id)["reference"]
    for address in ("/support/watchers/", f"/support/watchers/{id}", "/history/", "/support/watchers/?q=secretsubject"):
        page = as_(reader).get(address)
        assert "ecret" not in page.html.select_one("main").text.replace("q=secretsubject", "")
    page = as_(reader).get("/support/watchers/")
    row = page.html.select_one("table.list tbody tr").get_text(" ", strip=True)
    assert row.startswith(f"{reference} Uma Dietrich")
    assert "Only whoever opened it" in row
    assert "Critical" not in page


def test_an_admin_without_the_right_reads_no_ticket_but_says_who_follows(app, as_):
    id = secret(app)
    as_("abe").get(f"/support/tickets/{id}", status=404)
    assert "Read the ticket" not in as_("abe").get(f"/support/watchers/{id}")
    assert "Read the ticket" not in as_("ada").get(f"/support/watchers/{id}")
    form = form_at(as_("abe").get(f"/support/watchers/{id}"), f"/support/watchers/{id}/watchers")
    form["watcher"] = id_of(app, "alan")
    page = form.submit(status=302).follow()
    assert "Alan Becker follows the ticket" in page
    assert look(app, id)["watchers"] == {"alan"}
    assert "Secretsubject" in as_("alan").get(f"/support/watchers/{id}").click("Read the ticket")
    assert "Alan Becker follows the ticket" in as_("ada").get("/history/")
    forge(as_("abe"), f"/support/watchers/{id}/watchers/{id_of(app, 'alan')}/end", 302)
    as_("alan").get(f"/support/tickets/{id}", status=404)


@pytest.mark.parametrize("whom", ["abe", "ugo", "dot", "bea", "pat", "gus"])
def test_only_holders_of_the_right_can_follow(app, as_, whom):
    id = secret(app)
    page = forge(as_("abe"), f"/support/watchers/{id}/watchers", 422, watcher=id_of(app, whom))
    assert "Choose somebody of the company who has the right" in page
    assert look(app, id)["watchers"] == set()


@pytest.mark.parametrize("typed", ["", "nobody at all", "a\x00b", "not-a-uuid"])
def test_a_look_up_that_finds_nobody_says_so(app, as_, typed):
    page = forge(as_("abe"), f"/support/watchers/{secret(app)}/watchers", 422, watcher=typed)
    assert page.html.select_one("#watcher-error")


def test_the_look_up_offers_holders_only_and_not_the_opener(app, as_):
    page = as_("abe").get(f"/support/watchers/{secret(app)}")
    assert [option.text for option in page.html.select("datalist option")] == [
        "Ada Arnold · ada.arnold@acme.example", "Alan Becker · alan.becker@acme.example",
    ]  # fmt: skip


def test_who_lost_the_right_is_marked(app, as_):
    id = secret(app)
    cleo = make(app, "cleo", rights=(Right.REQUEST_SUPPORT,))
    forge(as_("ada"), f"/support/watchers/{id}/watchers", 302, watcher=cleo)
    forge(as_("ada"), f"/users/{cleo}/edit", 302, name="Cleo", email="cleo@acme.example", role="user", version="2")
    assert "Without the right now" in as_("ada").get(f"/support/watchers/{id}")
    as_("cleo").get(f"/support/tickets/{id}", status=404)


def test_who_sees_one_and_who_sees_new_ones(app, as_):
    id = secret(app)
    forge(as_("alan"), f"/support/watchers/{id}/visibility", 422, seen_by="")
    forge(as_("alan"), f"/support/watchers/{id}/visibility", 302, seen_by="company")
    assert "Secretsubject" in as_("ada").get(f"/support/tickets/{id}")
    page = as_("alan").get("/support/watchers/")
    assert page.html.select_one("input[name=seen_by][checked]")["value"] == "company"
    forge(as_("alan"), "/support/watchers/default", 422, seen_by="")
    forge(as_("alan"), "/support/watchers/default", 403, seen_by="nobody")
    forge(as_("alan"), "/support/watchers/default", 302, seen_by="opener")
    assert as_("ada").get("/support/watchers/").html.select_one("input[name=seen_by][checked]")["value"] == "opener"
    assert "Alan Becker chose who sees new tickets" in as_("ada").get("/history/")
    assert look(app, id)["seen_by_whom"] == "company"


@pytest.mark.parametrize("reader", ["uma", "ugo", "bea", "ben", "bob", "gus", "pat"])
def test_others_do_not_choose_for_this_company(app, as_, reader):
    id = secret(app)
    as_(reader).get(f"/support/watchers/{id}", status=404)
    forge(as_(reader), f"/support/watchers/{id}/watchers", 404, watcher=id_of(app, "alan"))
    forge(as_(reader), f"/support/watchers/{id}/visibility", 404, seen_by="company")
    forge(as_(reader), f"/support/watchers/{id}/watchers/{id_of(app, 'uma')}/end", 404)
    assert look(app, id)["seen_by_whom"] == "opener"


def test_the_list_is_found_by_reference_and_opener_and_costs_the_same(app, as_, statements):
    id = secret(app)
    opened(app, by="ada")
    abe, reference = as_("abe"), look(app, id)["reference"]
    for query in (f"q={reference[:6].lower()}", "q=dietrich", "q=uma&state=unsolved"):
        assert [link.text for link in abe.get(f"/support/watchers/?{query}").html.select(".list .main a")] == [
            reference
        ]
    assert "Nothing matches" in abe.get("/support/watchers/?state=over")
    costs = []
    for _round in range(2):
        for address in ("/support/watchers/", f"/support/watchers/{id}"):
            statements.clear()
            abe.get(address)
            costs.append(len(statements))
        for _number in range(8):
            opened(app)
    assert costs == [3, 4, 3, 4]
