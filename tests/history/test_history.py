"""History: what happened, as sentences, for a company's super user and admins."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.users import User
from portal.audit.models import Event, record
from portal.audit.sentences import TAGS, TOPICS, say, topics
from portal.customers.sites import Site
from portal.database import db, now
from tests.factories.contacts import Allocation, group, see_all
from tests.people.helpers import forge, form_at, id_of, make


def sentences(page) -> list[str]:
    return [p.text for p in page.html.select(".timeline li > p:first-child")]


def happened(app, tag: str, *, customer: str = "acme", by: str | None = "ada", to: str = "uma", ago: int = 0, **data):
    with app.app_context():
        people = {user.username: user for user in db.session.scalars(select(User))}
        event = record(
            db.session(), tag, by=people[by] if by else None, customer_id=customer, subject_id=people[to].id, **data
        )
        event.at = now() - timedelta(days=ago)
        db.session.commit()
        db.session.remove()


@pytest.mark.parametrize("actor", ["uma", "ugo", "pat", "gil"])
def test_only_the_super_user_and_admins_read_it(as_, actor):
    as_(actor).get("/history/", status=404)
    as_(actor).get("/history.csv", status=404)


def test_a_deed_reads_as_a_sentence_with_names(app, as_):
    form = form_at(as_("ada").get(f"/users/{id_of(app, 'ugo')}/edit"))
    form.set("rights", True, index=1)
    form.submit(status=302)
    assert "Ada Arnold gave Ugo Evans the right Request Support" in sentences(as_("alan").get("/history/"))
    assert "Ada Arnold (you) gave Ugo Evans the right Request Support" in sentences(as_("ada").get("/history/"))


def test_a_company_reads_only_its_own(app, as_):
    happened(app, "user.disabled", customer="beta", by="bea", to="bob")
    with app.app_context():
        pat = db.session.scalar(select(User).where(User.username == "pat"))
        record(db.session(), "user.roles_changed", by=pat, customer_id="provider", subject_id=pat.id, roles=["admin"])
        db.session.commit()
        db.session.remove()
    page = as_("ada").get("/history/")
    assert "Bob Jensen" not in page
    assert "Pat Lindner" not in page
    assert "Bob Jensen" in as_("bea").get("/history/")
    foreign = as_("ada").get(f"/history/?person={id_of(app, 'bob')}")
    assert "Nothing like that happened" in foreign


def test_what_somebody_does_to_themselves_reads_well(app, as_):
    happened(app, "session.ended", by="uma", to="uma")
    happened(app, "session.ended", by="ada", to="uma")
    happened(app, "user.renamed", by="uma", to="uma")
    assert sentences(as_("alan").get("/history/?topic=security"))[1:3] == [
        "Ada Arnold ended sessions of Uma Dietrich", "Uma Dietrich ended sessions of their own",
    ]  # fmt: skip
    assert sentences(as_("alan").get("/history/?topic=people"))[0] == "Uma Dietrich changed their own name"


def test_the_portal_and_staff_are_named_as_such(app, as_):
    happened(app, "user.disabled", by="pat")
    happened(app, "user.disabled", by=None)
    assert sentences(as_("ada").get("/history/?topic=people"))[:2] == [
        "The portal disabled Uma Dietrich", "Pat Lindner (provider) disabled Uma Dietrich",
    ]  # fmt: skip


def test_only_events_of_security_say_where_they_came_from(app, as_):
    as_("alan")
    page = as_("ada").get("/history/?topic=security")
    assert "Alan Becker signed in" in page
    assert "from 127.0.0.1" in page
    forge(as_("ada"), f"/users/{id_of(app, 'ugo')}/disablement", 302)
    assert "127.0.0.1" not in as_("ada").get("/history/?topic=people")


def test_it_is_filtered_by_topic_person_and_period(app, as_):
    make(app, "old", name="Olga Old")
    happened(app, "user.right_granted", right="request_support", ago=10)
    happened(app, "user.disabled", to="ugo", ago=5)
    happened(app, "user.enabled", by="old", to="ugo")
    ada, uma = as_("ada"), id_of(app, "uma")
    assert len(sentences(ada.get("/history/?topic=rights"))) == 1
    assert sentences(ada.get(f"/history/?person={uma}&topic=rights")) == sentences(ada.get("/history/?topic=rights"))
    assert "Ugo" not in " ".join(sentences(ada.get(f"/history/?person={uma}")))
    assert sentences(ada.get("/history/?person=olga"))[0] == "Olga Old enabled Ugo Evans"
    day = (now() - timedelta(days=5)).date()
    page = ada.get(f"/history/?from={day}&to={day}")
    assert sentences(page) == ["Ada Arnold (you) disabled Ugo Evans"]
    assert [h2.text for h2 in page.html.select("section.history h2")] == [f"{day.day} {day:%b %Y}"]


@pytest.mark.parametrize(
    "query", ["topic=x", "from=yesterday", "to=9999-12-31", "after=x", "per_page=-1", "person=%00"]
)
def test_an_unknown_parameter_falls_back(as_, query):
    assert sentences(as_("ada").get(f"/history/?{query}"))


def test_people_who_left_keep_their_name_and_lose_their_address(app, as_):
    id = id_of(app, "ugo")
    forge(as_("ada"), f"/users/{id}/deletion", 302)
    page = as_("ada").get("/history/")
    assert "Ada Arnold (you) deleted Ugo Evans" in page
    assert "ugo.evans@acme.example" not in page
    options = {option.text for option in page.html.select("select[name=person] option")}
    assert "Ugo Evans (deleted)" in options
    assert "Ada Arnold (you) deleted Ugo Evans" in as_("ada").get(f"/history/?person={id}")


def test_many_people_are_looked_for_by_name(app, as_):
    for number in range(101):
        make(app, f"p{number}")
    page = as_("ada").get("/history/?person=p77")
    assert page.html.select_one("input[name=person]")["value"] == "p77"
    assert sentences(page) == ["The portal added P77 as User"]


def test_pages_follow_each_other_without_gap_or_repeat(app, as_):
    for number in range(60):
        happened(app, "user.disabled" if number % 2 else "user.enabled", to="ugo")
    seen, address = [], "/history/?per_page=25"
    while address:
        page = as_("ada").get(address)
        seen += sentences(page)
        link = page.html.select_one("a[rel=next]")
        address = link["href"] if link else None
    with app.app_context():
        count = len(db.session.scalars(select(Event.id).where(Event.customer_id == "acme")).all())
        db.session.remove()
    assert len(seen) == count > 60


@pytest.mark.parametrize(("rows", "count"), [(0, 4), (60, 5)])
def test_a_page_takes_a_fixed_number_of_statements(app, as_, statements, rows, count):
    browser = as_("ada")
    for _number in range(rows):
        happened(app, "user.enabled", to="ugo")
    statements.clear()
    browser.get("/history/")
    assert len(statements) == count


def test_the_csv_holds_everything_of_the_filter_and_runs_no_formula(app, as_):
    make(app, "evil", name="=1+1")
    for _number in range(30):
        happened(app, "user.enabled", by="evil", to="ugo")
    rows = list(csv.reader(io.StringIO(as_("ada").get("/history.csv?topic=people").body.decode("utf-8-sig"))))
    assert rows[0] == ["Time", "What happened", "Topic", "Who", "From address"]
    assert len(rows) > 31
    assert rows[1][1:4] == ["'=1+1 enabled Ugo Evans", "People", "'=1+1"]
    assert rows[1][0][-6] in "+-"


def test_every_tag_has_a_topic_and_a_sentence(app):
    data = {"right": "request_support", "role": "admin", "title": "Checkmk Cloud", "roles": ["admin"], "rights": []}
    data |= {
        "kind": "passwords",
        "added": ["Linux"],
        "taken": [],
        "reason": "They know",
        "sites": 2,
        "number": 3,
        "of": 2,
    }
    data |= {
        "tier": "basic",
        "before": "minimal",
        "impact": "limited",
        "first": 60,
        "next": 90,
        "name": "Wall",
        "alias": "Night",
        "source": "Guest",
    }
    with app.test_request_context():
        for tag in TAGS:
            for own in (False, True):
                told = say(tag, actor="Ada", subject="Uma", data=data, own=own)
                assert any(name in told for name in ("Ada", "Uma", "Checkmk Cloud")), tag
        assert set(topics()) == set(TOPICS)
        assert sorted(tag for _label, tags in topics().values() for tag in tags) == sorted(TAGS)


def test_an_erased_person_breaks_no_page(app, as_):
    with app.app_context():
        db.session.add(Event(tag="user.enabled", customer_id="acme", actor_id=uuid.uuid4(), subject_id=uuid.uuid4()))
        db.session.commit()
        db.session.remove()
    assert "The portal enabled somebody" in sentences(as_("ada").get("/history/"))


def test_what_was_done_to_a_host_is_told_to_those_who_see_it(app, as_):
    """Seed "User management", section 4: for who is no contact of it, it is as if it did not exist."""
    with app.app_context():
        Site.create(db.session(), id="acme_1", alias="One", customer_id="acme", livestatus="unix:/nowhere", by=None)
        group("web", "alan")
        given = Allocation()
        given.host("acme_1", "web1", "web")
        given.host("acme_1", "db1")
        given.service("acme_1", "web1", "CPU", of_host=("web",))
        given.service("acme_1", "db1", "Disk")
        see_all("ada")
        db.session.commit()
        db.session.remove()
    for host, service in (("web1", ""), ("db1", ""), ("web1", "CPU"), ("db1", "Disk")):
        happened(app, "problem.acknowledged", site="acme_1", host=host, service=service, comment="known")
    happened(app, "problem.unacknowledged", by="alan", site="acme_1", host="gone", service="")
    told = [line for line in sentences(as_("alan").get("/history/")) if "acknowledge" in line]
    assert [line.split(" of ")[-1].split(":")[0] for line in told] == ["gone", "web1 / CPU", "web1"]
    assert "db1" not in as_("alan").get("/history.csv").text
    assert "db1 / Disk" in as_("ada").get("/history/").text
