"""Acknowledgements, downtimes and comments, set on the pages and seen in a real core."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from portal.audit.models import Event
from portal.customers.sites import Site
from portal.database import db, now
from portal.errors import Refused
from portal.i18n import local
from portal.monitoring import acts
from portal.monitoring.tables.row import Row
from tests.factories.contacts import see_all
from tests.factories.core import connect, reachable

SITE = "acme_hamburg"


@pytest.fixture(autouse=True)
def _site(app, core, monkeypatch):
    reachable(app, monkeypatch)
    with app.app_context():
        connect(SITE, core.tcp, alias="Hamburg")
        see_all("ada", "uma")
        db.session.commit()
        db.session.remove()


@pytest.fixture
def problem(core):
    """A service of the core that is critical and that nobody has acknowledged."""
    rows = core.rows("GET services\nColumns: host_name description\nFilter: state = 2\nFilter: acknowledged = 0")
    return tuple(rows[0])


def service(thing, act=""):
    host, name = thing
    return f"/monitoring/service{act}?" + urlencode({"site": SITE, "host": host, "service": name})


def standing(core, thing, *columns):
    host, name = thing
    return core.rows(
        f"GET services\nColumns: {' '.join(columns)}\nFilter: host_name = {host}\nFilter: description = {name}"
    )[0]


def test_an_acknowledgement_set_on_the_page_is_seen_in_the_core(app, as_, core, problem):
    page = as_("ada").get(service(problem)).click("Acknowledge$")
    form = page.forms["acknowledge"]
    form["comment"] = "Known; the roof leaks"
    back = form.submit(status=302).follow()
    assert "Acknowledged" in back.text
    assert standing(core, problem, "acknowledged") == [1]
    said = core.rows(f"GET comments\nColumns: author comment\nFilter: host_name = {problem[0]}\nFilter: entry_type = 4")
    assert ["ada", "Known; the roof leaks"] in said
    with app.app_context():
        event = db.session.query(Event).filter_by(tag="problem.acknowledged").one()
        assert (event.customer_id, event.data["service"]) == ("acme", problem[1])
    removal = next(
        form
        for form in back.forms.values()
        if form.action.startswith(service(problem, "/acknowledgement/removal").split("?")[0])
    )
    assert "Acknowledged" not in removal.submit(status=302).follow().html.select_one(".standing").text
    assert standing(core, problem, "acknowledged") == [0]


def test_a_downtime_is_scheduled_and_cancelled(as_, core, problem):
    page = as_("ada").get(service(problem)).click("Downtimes")
    form = page.forms["downtime"]
    form["comment"] = "New disks"
    back = form.submit(status=302).follow()
    assert "New disks" in back.text
    assert standing(core, problem, "scheduled_downtime_depth") == [1]
    page = back.click("Downtimes")
    cancel = next(form for form in page.forms.values() if "cancellation" in form.action)
    cancel.submit(status=302)
    assert standing(core, problem, "scheduled_downtime_depth") == [0]
    cancel.submit(status=409)


def test_a_comment_is_written_and_removed(app, as_, core, problem):
    page = as_("ada").get(service(problem)).click("Comments$")
    form = page.forms["writing"]
    form["comment"] = "The roof leaks; again"
    back = form.submit(status=302).follow()
    assert "The roof leaks; again" in back.text
    said = core.rows(f"GET comments\nColumns: author comment\nFilter: host_name = {problem[0]}\nFilter: entry_type = 1")
    assert ["ada", "The roof leaks; again"] in said
    page = back.click("Comments$")
    removal = next(form for form in page.forms.values() if "removal" in form.action)
    assert "The roof leaks" not in removal.submit(status=302).follow().text
    removal.submit(status=409)
    with app.app_context():
        tags = [tag for (tag,) in db.session.query(Event.tag).filter(Event.tag.like("comment.%")).order_by(Event.id)]
        assert tags == ["comment.written", "comment.removed"]


def test_a_comment_of_nothing_is_none(as_, problem):
    form = as_("ada").get(service(problem, "/comments")).forms["writing"]
    assert "Write something." in form.submit(status=422).text


def test_hosts_too(as_, core):
    name = core.rows("GET hosts\nColumns: name\nFilter: state = 1\nFilter: acknowledged = 0")[0][0]
    at = urlencode({"site": SITE, "name": name})
    form = as_("ada").get(f"/monitoring/host/acknowledgement?{at}").forms["acknowledge"]
    form["comment"] = "Known"
    form.submit(status=302)
    page = as_("ada").get(f"/monitoring/host/acknowledgement?{at}")
    next(form for form in page.forms.values() if "removal" in form.action).submit(status=302)
    assert core.rows(f"GET hosts\nColumns: acknowledged\nFilter: name = {name}") == [[0]]


def test_what_is_well_has_nothing_to_acknowledge(as_, core):
    well = core.rows("GET services\nColumns: host_name description\nFilter: state = 0")[0]
    form = as_("ada").get(service(well, "/acknowledgement")).forms["acknowledge"]
    form["comment"] = "Why not"
    assert "no problem to acknowledge" in form.submit(status=409).text


@pytest.mark.parametrize(("hours", "wrong"), [((2, 1), "after its beginning"), ((-3, -1), "not in the past")])
def test_a_downtime_that_does_not_hold(app, as_, core, problem, hours, wrong):
    form = as_("ada").get(service(problem, "/downtimes")).forms["downtime"]
    with app.test_request_context():
        start, end = (local(now() + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M") for hour in hours)
    form["comment"], form["start"], form["end"] = "Late", start, end
    assert wrong in form.submit(status=422).text
    form["comment"] = ""
    assert "Say in a few words why" in form.submit(status=422).text


def test_nobody_acts_on_what_they_do_not_see(as_, problem):
    for address in (service(problem, f"/{act}") for act in ("acknowledgement", "downtimes", "comments")):
        as_("bea").get(address, status=404)  # of another company
        as_("ada").get(address.replace(SITE, "central"), status=404)
        as_("ada").get(address.replace("site=", "host=nothing&site="), status=404)


def test_a_guest_looks_and_does_not_act(as_, problem):
    page = as_("gil").get("/provider" + service(problem))
    assert not page.html.find("a", string="Acknowledge")
    as_("gil").get("/provider" + service(problem, "/acknowledgement"), status=403)


def test_a_site_that_does_not_answer_is_told_nothing(app, as_):
    with app.app_context():
        db.session.get(Site, SITE).livestatus = "tcp:127.0.0.1:9"
        db.session.commit()
    page = as_("ada").get(service(("web1", "http"), "/acknowledgement"), status=503)
    assert "nothing was done" in page.text


def test_a_site_that_lies_about_its_downtimes_is_told_nothing(app):
    lies = [Row(None, {"id": "1;2"}), Row(None, {"id": None}), Row(None, {"id": float("nan")})]
    with app.test_request_context(), pytest.raises(Refused, match="no such downtime"):
        acts.cancel(db.session(), acts.Thing(None, "web1", "", Row(None, {}), lies, []), by=None)
